"""A posterior beside lme4: its stored numbers, our own maximum, and R itself where it is there."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fit_at import fit_at, random_fit

import formix as fx

SLEEP = "Reaction ~ Days + (Days | Subject)"

# From `summary(lmer(Reaction ~ Days + (Days | Subject), sleepstudy))`, lme4 1.1-31.
REML = {
    "Intercept": (251.40510, 6.82460),
    "Days": (10.46729, 1.54579),
    "sd(Intercept)": 24.74066,
    "sd(Days)": 5.92214,
    "cor(Intercept, Days)": 0.06555,
    "sd": 25.59180,
}

WITH_R = shutil.which("Rscript") is not None
needs_r = pytest.mark.skipif(not WITH_R, reason="R is not installed")


@pytest.fixture(scope="module")
def sleep():
    return random_fit(fx.Model(SLEEP, fx.load("sleepstudy")))


def at(table: pd.DataFrame, name: str) -> pd.Series:
    return table.xs(name, level="name").iloc[0]


def test_a_packaged_model_has_lme4s_own_numbers_beside_it(sleep):
    table = fx.compare_lme4(sleep)
    assert table.columns.name == "REML by lme4 1.1-31"
    assert table["lme4"].tolist() == [
        "(Intercept)",
        "Days",
        "sd_(Intercept)|Subject",
        "sd_Days|Subject",
        "cor_Days.(Intercept)|Subject",
        "sigma",
    ]
    for name in ("Intercept", "Days"):
        np.testing.assert_allclose(
            at(table, name)[["estimate", "se"]].astype(float), REML[name], rtol=2e-5
        )
    for name in ("sd(Intercept)", "sd(Days)", "cor(Intercept, Days)", "sd"):
        np.testing.assert_allclose(at(table, name)["estimate"], REML[name], rtol=1e-4)
    draws = sleep["posterior"]["beta"].to_numpy()[..., 1]
    np.testing.assert_allclose(at(table, "Days")["mean"], draws.mean())
    np.testing.assert_allclose(at(table, "Days")["sd"], draws.std(ddof=1))


def test_differences_are_in_standard_errors_and_else_in_posterior_sds():
    model = fx.Model(SLEEP, fx.load("sleepstudy"))
    two = np.array([-1.0, 1.0])
    found = fit_at(
        model,
        {
            "beta": np.stack([251.40510 + 6.82460 + two, 10.46729 - 2.0 * 1.54579 + two], axis=1),
            "sd_Subject": np.stack([24.74066 + 3.0 * np.sqrt(2.0) + two, 5.92214 + two], axis=1),
            "cor_Subject": np.tile(np.eye(2), (2, 1, 1)),
            "r_Subject": np.zeros((2, 18, 2)),
            "sigma": 25.59180 + two,
        },
    )
    difference = fx.compare_lme4(found)["difference"].droplevel("part")
    expected = {"Intercept": 1.0, "Days": -2.0, "sd(Intercept)": 3.0, "sd(Days)": 0.0, "sd": 0.0}
    for name, value in expected.items():
        np.testing.assert_allclose(difference[name], value, atol=1e-3)


def test_ml_is_had_too_and_our_own_where_nothing_is_stored(sleep):
    by_lme4 = fx.compare_lme4(sleep, "ML")
    assert by_lme4.columns.name == "ML by lme4 1.1-31"
    renamed = fx.load("sleepstudy").rename(columns={"Days": "days"})
    model = fx.Model("Reaction ~ days + (days | Subject)", renamed)
    for method, theirs in (("ML", by_lme4), (None, fx.compare_lme4(sleep))):
        ours = fx.compare_lme4(random_fit(model), method)
        assert ours.columns.name == f"{method or 'REML'} by formix"
        np.testing.assert_allclose(ours["estimate"], theirs["estimate"], rtol=1e-3)
        np.testing.assert_allclose(ours["se"][:2], theirs["se"][:2], rtol=1e-4)


def test_the_same_formula_on_other_data_is_not_taken_for_the_packaged_one():
    other = fx.load("sleepstudy").assign(Reaction=lambda d: d["Reaction"] + 1.0)
    table = fx.compare_lme4(random_fit(fx.Model(SLEEP, other)))
    assert table.columns.name == "REML by formix"
    np.testing.assert_allclose(at(table, "Intercept")["estimate"], REML["Intercept"][0] + 1.0)


def test_names_are_translated_both_ways():
    table = fx.compare_lme4(
        random_fit(fx.Model("strength ~ 1 + (1 | batch / cask)", fx.load("Pastes")))
    )
    theirs = dict(zip(table.index, table["lme4"], strict=True))
    assert theirs["batch:cask", "sd(Intercept)"] == "sd_(Intercept)|cask:batch"
    np.testing.assert_allclose(
        table.loc[("batch:cask", "sd(Intercept)"), "estimate"], 2.90408, rtol=1e-4
    )
    formula = "angle ~ recipe + temp + (1 | recipe:replicate)"
    table = fx.compare_lme4(random_fit(fx.Model(formula, fx.load("cake"))))
    assert table.columns.name == "REML by lme4 1.1-31"
    assert table.loc[("common", "recipe[B]"), "lme4"] == "recipeB"


@pytest.mark.parametrize("left", ["cbind(incidence, size - incidence)", "incidence | trials(size)"])
def test_a_logit_model_has_its_packaged_numbers(left: str):
    model = fx.Model(f"{left} ~ period + (1 | herd)", fx.load("cbpp"), "binomial")
    table = fx.compare_lme4(random_fit(model))
    assert table.columns.name == "ML by lme4 1.1-31"
    # From lme4's own documentation of glmer: the Laplace fit of cbpp.
    np.testing.assert_allclose(at(table, "Intercept")["estimate"], -1.3983, atol=1e-4)
    np.testing.assert_allclose(at(table, "sd(Intercept)")["estimate"], 0.6421, atol=1e-4)
    assert "Residual" not in table.index.get_level_values("part")


STORED = {
    "lme4_version": "1.1.31",
    "reml": {
        "fixed": {"names": ["(Intercept)", "Days"], "estimate": [250.0, 10.0], "se": [5.0, 2.0]},
        "varcomp": [
            {"group": "Subject", "names": ["(Intercept)"], "sd": [24.0], "corr": [[1]]},
            {"group": "Subject.1", "names": ["Days"], "sd": [0.0], "corr": [[None]]},
        ],
        "sigma": 26.0,
    },
}


def test_a_stored_result_is_taken_as_a_mapping_or_as_a_file(tmp_path: Path):
    model = fx.Model("Reaction ~ Days + (Days || Subject)", fx.load("sleepstudy"))
    found = random_fit(model)
    (tmp_path / "fit.json").write_text(json.dumps(STORED), encoding="utf-8")
    for reference in (STORED, tmp_path / "fit.json", str(tmp_path / "fit.json")):
        table = fx.compare_lme4(found, reference)
        assert table.columns.name == "REML by lme4 1.1-31"
        assert table["estimate"].tolist() == [250.0, 10.0, 24.0, 0.0, 26.0]


def test_a_stored_result_says_whose_it_is():
    model = fx.Model("Reaction ~ Days + (Days || Subject)", fx.load("sleepstudy"))
    for made, said in (("metafor 3.8-1", "metafor 3.8-1"), ("R 4.2.2, lme4 1.1-31", "lme4 1.1-31")):
        stored = {"made_with": made, "reml": STORED["reml"]}
        assert fx.compare_lme4(random_fit(model), stored).columns.name == f"REML by {said}"


def test_what_one_of_them_has_not_is_not_a_number():
    """lme4 reads `||` with a factor as a correlated block of all its levels, and that is said."""
    model = fx.Model("angle ~ recipe + (recipe || replicate)", fx.load("cake"))
    effects = ["recipeA", "recipeB", "recipeC"]
    cor = [[1.0, 0.9, 0.8], [0.9, 1.0, 0.7], [0.8, 0.7, 1.0]]
    blocks = [
        {"group": "replicate", "names": ["(Intercept)"], "sd": [2.0], "corr": [[1.0]]},
        {"group": "replicate.1", "names": effects, "sd": [5.0, 6.0, 7.0], "corr": cor},
    ]
    fixed = {"names": ["(Intercept)", "recipeB", "recipeC"], "estimate": [33.0, -1.0, -2.0]}
    stored = {"reml": {"fixed": {**fixed, "se": [1.0] * 3}, "varcomp": blocks, "sigma": 5.0}}
    found = random_fit(model)
    with pytest.warns(fx.FormixWarning, match="lme4 1.x keeps the columns of `recipe` correlated"):
        table = fx.compare_lme4(found, stored)
    theirs = table.set_index("lme4")
    assert theirs.loc["sd_recipeB|replicate", "estimate"] == 6.0
    assert np.isnan(theirs.loc["sd_recipeA|replicate", "mean"])
    assert theirs.loc["cor_recipeA.recipeC|replicate", "estimate"] == 0.8


def test_a_dot_that_lme4_reads_differently_is_said():
    """In lme4 1.1-31 `lFormula(y ~ . + (1 | g))$X` has the columns of g too."""
    data = fx.load("sleepstudy")
    found = random_fit(fx.Model("Reaction ~ . + (1 | Subject)", data))
    with pytest.warns(fx.FormixWarning, match="nor the group Subject, which lme4 counts in"):
        table = fx.compare_lme4(found)
    assert table.loc["common"].index.tolist() == ["Intercept", "Days"]


def test_a_number_that_makes_several_correlations_has_no_counterpart():
    formula = "angle ~ recipe + cs(recipe | replicate)"
    table = fx.compare_lme4(random_fit(fx.Model(formula, fx.load("cake"))))
    assert np.isnan(table.loc[("replicate", "rho"), "estimate"])
    assert np.isfinite(table.loc[("replicate", "sd(Intercept)"), "estimate"])


def test_a_reference_of_another_model_is_refused(sleep):
    other = {"reml": {**STORED["reml"], "fixed": {"names": ["x"], "estimate": [1.0], "se": [1.0]}}}
    with pytest.raises(fx.ArgumentError, match="the reference is of another model"):
        fx.compare_lme4(sleep, other)


@pytest.mark.parametrize(
    ("reference", "error", "says"),
    [
        ({"ml": {}}, fx.DataError, "is not a stored result"),
        ("nowhere.json", fx.DataError, "cannot open `nowhere.json`"),
        (3, fx.ArgumentError, "`reference` is 3"),
    ],
)
def test_a_reference_that_is_none_is_refused(sleep, reference, error, says):
    with pytest.raises(error) as caught:
        fx.compare_lme4(sleep, reference)
    assert says in str(caught.value)


def test_models_that_lme4_has_not_are_refused():
    frame = fx.load("sleepstudy")
    found = random_fit(fx.Model("Reaction ~ Days; sigma ~ Days", frame))
    with pytest.raises(fx.UnsupportedError, match="lme4 has no model of sigma"):
        fx.compare_lme4(found)
    counts = frame.assign(Reaction=lambda d: d["Reaction"].round())
    found = random_fit(fx.Model("Reaction ~ Days + (1 | Subject)", counts, "geometric"))
    with pytest.raises(fx.UnsupportedError, match="there are no ML estimates of this model"):
        fx.compare_lme4(found)


def test_a_generalised_model_is_set_beside_its_ml_estimates():
    counts = fx.load("sleepstudy").assign(Reaction=lambda d: (d["Reaction"] / 50.0).round())
    model = fx.Model("Reaction ~ Days + (1 | Subject)", counts, "poisson")
    table = fx.compare_lme4(random_fit(model))
    found = model.ml()
    assert table.columns.name == "ML by formix"
    np.testing.assert_allclose(table.loc["common", "estimate"], found.fixed["estimate"])
    np.testing.assert_allclose(table.loc["common", "se"], found.fixed["se"])
    sd = table.loc[("Subject", "sd(Intercept)"), "estimate"]
    assert sd == pytest.approx(found.varcorr["estimate"].iloc[0])
    with pytest.raises(fx.UnsupportedError, match="there are no REML estimates of this model"):
        fx.compare_lme4(random_fit(model), "REML")


def test_without_r_it_is_said_how_to_have_it(sleep, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(fx.UnsupportedError, match="R is not installed"):
        fx.compare_lme4(sleep, "R")


@needs_r
def test_what_r_fits_without_lme4_is_refused():
    found = random_fit(fx.Model("Reaction ~ Days", fx.load("sleepstudy")))
    with pytest.raises(fx.UnsupportedError, match="lme4 has no such model"):
        fx.compare_lme4(found, "R")


@needs_r
def test_r_gives_the_packaged_numbers(sleep):
    stored, run = fx.compare_lme4(sleep), fx.compare_lme4(sleep, "R")
    assert "of R" in str(run.columns.name)
    assert run["lme4"].tolist() == stored["lme4"].tolist()
    # lme4's own stopping rule leaves its estimates right to about 1e-4 of a scale.
    np.testing.assert_allclose(run["estimate"], stored["estimate"], rtol=1e-3)


@needs_r
def test_r_sorts_texts_and_truths_as_we_do():
    rows = np.arange(180)
    frame = fx.load("sleepstudy").assign(
        _text=np.array(["b", "A", "a", "B"])[rows % 4], truth=rows % 3 == 0
    )
    found = random_fit(fx.Model("Reaction ~ _text + truth + (1 | Subject)", frame))
    run = fx.compare_lme4(found, "R")
    np.testing.assert_allclose(run["estimate"], fx.compare_lme4(found)["estimate"], rtol=1e-3)


@needs_r
def test_r_gets_levels_weights_and_odd_names_as_they_are():
    frame = fx.load("cake").rename(columns={"recipe": "the recipe"})
    frame["w"] = 1.0 + np.arange(len(frame)) % 2
    frame["the recipe"] = frame["the recipe"].cat.reorder_categories(["C", "A", "B"])
    formula = "angle | weights(w) ~ `the recipe` * temperature + (1 | `the recipe`:replicate)"
    model = fx.Model(formula, frame)
    run = fx.compare_lme4(random_fit(model), "R")
    np.testing.assert_allclose(
        run["estimate"], fx.compare_lme4(random_fit(model))["estimate"], rtol=1e-3, atol=1e-6
    )
    assert run.loc[("common", "`the recipe`[A]"), "lme4"] == "`the recipe`A"


def test_estimates_of_a_model_are_a_reference_and_those_of_another_are_not():
    data = fx.load("sleepstudy")
    model = fx.Model("Reaction ~ Days + (Days | Subject)", data)
    found = random_fit(model)
    given, named = fx.compare_lme4(found, model.ml()), fx.compare_lme4(found, "ML")
    np.testing.assert_allclose(given["estimate"], named["estimate"], rtol=2e-3)
    assert given.columns.name == "ML by formix"
    other = fx.Model("Reaction ~ 1 + (1 | Subject)", data).ml()
    with pytest.raises(fx.ArgumentError, match="of another model: `Days`"):
        fx.compare_lme4(found, other)
    others = {
        "sd((Intercept) | Subject)": fx.Model("Reaction ~ Days + (0 + Days | Subject)", data),
        "cor((Intercept), Days | Subject)": fx.Model("Reaction ~ Days + (Days || Subject)", data),
        "its data": fx.Model(SLEEP, data.assign(Reaction=lambda d: 2.0 * d["Reaction"] + 100.0)),
        "162 rows": fx.Model(SLEEP, data[data["Days"] < 9]),
    }
    for says, one in others.items():
        with pytest.raises(fx.ArgumentError, match=re.escape(says)):
            fx.compare_lme4(found, one.ml())
    counts = data.assign(Reaction=lambda d: (d["Reaction"] / 50.0).round())
    rates = random_fit(fx.Model(SLEEP, counts, "poisson"))
    with pytest.raises(fx.ArgumentError, match="is gaussian with the identity link"):
        fx.compare_lme4(rates, fx.Model(SLEEP, counts).reml())
    shown = str(given)
    assert max(map(len, shown.splitlines())) <= 80
    difference = f"{given['difference'].iloc[0]:.2f}"
    assert difference in shown
    assert f"{given['difference'].iloc[0]:.4f}" not in shown
