"""The model: its floors, its text, and its making again from a result."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpyro.distributions as dist
import pandas as pd
import pytest
import shapes

import formix as fx
from formix.models import Model

GOLDEN = Path(__file__).parent / "golden" / "overviews"


def test_every_floor_can_be_looked_at():
    model = Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    assert model.terms.text == "Reaction ~ 1 + Days + (1 + Days | Subject)"
    assert model.design.columns == ("Intercept", "Days")
    block = model.design.blocks[0]
    assert (block.group, block.columns, len(block.levels)) == ("Subject", ("Intercept", "Days"), 18)
    assert block.Z.shape == (180, 2)
    assert block.index.shape == (180,)
    assert model.priors is model.spec.priors
    assert list(model.frame.columns) == ["Reaction", "Days", "Subject"]
    assert set(model.data) == {"X", "Subject", "Z_Subject", "Reaction"}
    assert model.notes == ()


def test_the_source_runs_on_its_own_with_the_data():
    model = Model("y ~ x + (x | g)", shapes.data())
    namespace: dict[str, object] = {}
    exec(model.source.replace("numpyro.enable_x64()", ""), namespace)
    from numpyro import handlers

    trace = handlers.trace(handlers.seed(namespace["model"], 0)).get_trace(**model.data)
    assert {"beta", "sd_g", "cor_g", "r_g", "sigma", "y"} <= set(trace)


def test_every_engine_prints_the_program_that_it_runs():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    assert model.source_for("nuts") == model.source
    assert model.source_for() == model.source_for("marginal") != model.source
    assert set(model.data_for("nuts")) == set(model.data)
    for engine in ("nuts", "marginal"):
        named = re.search(r"def model\((.*?)\):", model.source_for(engine))
        assert named is not None
        taken = [argument.split("=")[0].strip() for argument in named[1].split(",")]
        assert taken == list(model.data_for(engine))


def test_a_program_of_an_engine_that_declines_is_refused():
    frame = shapes.data().assign(y=lambda d: d["y"].abs() + 1.0)
    model = fx.Model("y ~ x", frame, fx.gaussian(link="log"))
    assert model.source_for() == model.source
    with pytest.raises(fx.UnsupportedError, match="the link of mu is log, not identity"):
        model.source_for("marginal")
    with pytest.raises(fx.ArgumentError, match="there is no engine 'stan'"):
        model.source_for("stan")


@pytest.mark.parametrize("formula", ["y | trials(n) ~ x", "f[a] ~ x"])
def test_a_response_that_another_family_counts_can_be_looked_at(formula: str):
    model = fx.Model(formula, shapes.data().assign(f=["a", "b"] * 30))
    assert model.design.X.shape == (60, 2)
    with pytest.raises(fx.DataError) as caught:
        _ = model.spec
    assert caught.value.message in str(model)


def test_several_formulas_are_a_list_or_one_text():
    data = shapes.data()
    together = Model("y ~ x; sigma ~ z", data)
    apart = Model(["y ~ x", "sigma ~ z"], data)
    assert together.terms == apart.terms
    assert apart.design["sigma"].labels == ("Intercept", "z")


@pytest.mark.parametrize(
    ("formula", "says", "marked"),
    [
        ("y | se(n) ~ x; sigma ~ z", "`sigma` has no part in a model whose", "sigma"),
        ("y | se(n) ~ x; sigma = 1", "`sigma` has no part in a model whose", "sigma"),
        ("y | se(n) ~ 0", "nothing of this model is left to estimate", "y"),
        ("y | se(n) ~ 0 + offset(x)", "nothing of this model is left to estimate", "y"),
    ],
)
def test_known_standard_errors_leave_no_sigma(formula: str, says: str, marked: str):
    with pytest.raises(fx.FormulaError, match=says) as refusal:
        Model(formula, shapes.data())
    assert refusal.value.span.of(formula) == marked
    assert "se(s, sigma = TRUE)" in refusal.value.hint


@pytest.mark.parametrize(
    ("left", "family", "lines"),
    [
        (
            'y | se(n) + weights(n, kind = "likelihood")',
            "gaussian",
            ["standard errors from 1 to 8, in place of sigma", "likelihood weights from 1 to 8"],
        ),
        ("y | cens(l)", "gaussian", ["censored: 15 right, of 60 rows"]),
        (
            "y | cens(k - 2, y + 1)",
            "student",
            ["censored: 15 left, 15 right, 15 interval, of 60 rows"],
        ),
        ("y | trunc(lb = -50)", "gaussian", ["truncated below bounds of -50"]),
        (
            "y | trunc(n - 20, 50)",
            "gaussian",
            ["truncated below bounds from -19 to -12 and above bounds of 50"],
        ),
        ("n | rate(k)", "poisson", ["rate from 1 to 4, times mu of one unit"]),
        ("n | rate(k)", "negative_binomial", ["rate from 1 to 4, times mu and shape of one unit"]),
        (
            "n | weights(k)",
            "gamma",
            ["weights from 1 to 4, and a row's variance is mu^2 / (shape weight)"],
        ),
    ],
)
def test_what_is_known_is_told(left: str, family: str, lines: list[str]):
    model = Model(f"{left} ~ x", shapes.data(), family)
    told = [line.split(maxsplit=1)[1] for line in str(model).splitlines() if "known  " in line]
    assert told == lines


@pytest.mark.parametrize("addition", ["se(n)", "se(n, sigma = TRUE)", "weights(n)"])
def test_a_family_without_a_dispersion_says_so(addition: str):
    family = replace(fx.gaussian, name="counts", dispersion="", dispersions=())
    formula = f"y | {addition} ~ x"
    with pytest.raises(fx.FormulaError, match="says nothing of a counts response") as refusal:
        Model(formula, shapes.data(), family)
    assert refusal.value.span.of(formula) == addition


def test_precision_is_that_of_a_response_under_another_link():
    data = shapes.data().assign(y=lambda d: np.exp(0.2 * d["x"]))
    source = Model("y | se(n) ~ x", data, family=fx.gaussian(link="log")).source
    assert "dist.Normal(mu, se)" in source


def test_names_of_columns_give_way_in_the_program():
    data = shapes.data().assign(se=lambda d: d["g"], weights=1.0, sigma=lambda d: d["g"])
    model = Model("y | se(weights, sigma = TRUE) ~ 1 + (1 | se) + (1 | sigma)", data)
    assert "dist.Normal(eta, jnp.sqrt(se**2 + sigma_2**2))" in model.source
    np.testing.assert_array_equal(model.data["se"], np.ones(60))


def test_a_wrong_prior_is_refused_when_the_model_is_made():
    with pytest.raises(fx.PriorError, match="did you mean"):
        Model("y ~ x", shapes.data(), priors={"beta[X]": "Normal(0, 1)"})


def test_rank_is_said_once_at_the_users_line():
    data = shapes.data().assign(twice=lambda d: 2.0 * d["x"])
    with pytest.warns(fx.RankWarning, match="`twice` depends on earlier columns") as caught:
        model = Model("y ~ x + twice", data)
    assert [w.filename for w in caught] == [__file__]
    assert model.design.columns == ("Intercept", "x")
    assert any("twice" in note for note in model.notes)


def test_draws_that_are_too_few_are_said_at_the_users_line():
    model = Model("y ~ x + (1 | g)", shapes.data())
    with pytest.warns(fx.ConvergenceWarning) as caught:
        model.fit(draws=20, seed=1)
    assert [w.filename for w in caught] == [__file__]


def test_missing_rows_are_counted_and_left_out():
    data = shapes.data()
    data.loc[[3, 7], "x"] = np.nan
    model = Model("y ~ x + (1 | g)", data)
    assert len(model.frame) == len(model.design.rows) == 58
    assert any("2 of 60 rows" in note for note in model.notes)


@pytest.mark.parametrize("shape", shapes.SHAPES, ids=lambda shape: shape.name)
def test_a_model_is_made_again_from_its_recipe(shape: shapes.Shape):
    model = Model(
        shape.formula, shapes.data(), priors=shape.priors, contrasts=shape.contrasts or None
    )
    again = Model.from_recipe(model.recipe)
    assert again.source == model.source
    assert str(again) == str(model)
    for name, values in model.data.items():
        np.testing.assert_array_equal(again.data[name], values)


def test_what_a_recipe_cannot_hold_is_asked_for():
    data = shapes.data()
    functions = {"cube": lambda x: x**3}
    priors = {"beta[cube(x)]": dist.Gumbel(0.0, 1.0)}
    model = Model("y ~ cube(x)", data, functions=functions, priors=priors)
    with pytest.raises(fx.ResultError, match="your function `cube`"):
        Model.from_recipe(model.recipe)
    with pytest.raises(fx.ResultError, match=r"the prior of `beta\[cube\(x\)\]`"):
        Model.from_recipe(model.recipe, functions=functions)
    again = Model.from_recipe(model.recipe, functions=functions, priors=priors)
    assert again.source == model.source


def test_priors_are_drawn_from_at_once():
    model = Model("y ~ x + (x | g)", shapes.data())
    drawn = model.prior(draws=20, seed=1)
    assert drawn.prior["r_g"].dims == ("chain", "draw", "g", "g_effect")
    assert drawn.prior_predictive["y"].shape == (1, 20, 60)


def test_the_family_takes_other_links():
    data = shapes.data().assign(y=lambda d: np.exp(0.2 * d["x"]))
    model = Model("y ~ x", data, family=fx.gaussian(link="log"))
    assert "mu = jnp.exp(eta)" in model.source
    assert "gaussian (mu log)" in str(model)


OVERVIEWS = {
    "sleepstudy": ("Reaction ~ Days + (Days | Subject)", "sleepstudy", {}),
    "pastes": ("strength ~ 1 + (1 | batch / cask)", "Pastes", {}),
    "cake": ("angle ~ recipe * temp + (temp || recipe:replicate)", "cake", {"priors": "brms"}),
    "aspirin": ("y | se(sd) ~ 1 + (1 | study)", "aspirin", {}),
    "aspirin_sigma": ("y | se(sd, sigma = TRUE) ~ 1", "aspirin", {"priors": "brms"}),
    "aspirin_weights": ("y | weights(1 / sd^2) ~ 1", "aspirin", {}),
    "cbpp": (
        "cbind(incidence, size - incidence) ~ period + (1 | herd)",
        "cbpp",
        {"family": "binomial"},
    ),
    "own": (
        "Reaction ~ . + (1 | Subject)",
        "sleepstudy",
        {"priors": {"beta": "Normal(0, 100)", "sigma^2": "InverseGamma(2, 1)"}},
    ),
}


@pytest.mark.parametrize("name", OVERVIEWS)
def test_the_text_of_a_model_is_the_reviewed_one(name: str):
    formula, dataset, options = OVERVIEWS[name]
    model = Model(formula, fx.load(dataset), **options)
    assert f"{model}\n" == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_models_are_made_in_threads():
    sources: list[str] = []

    def make() -> None:
        sources.append(Model("y ~ poly(x, 2) + (x | g)", shapes.data()).source)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sources) == 4
    assert len(set(sources)) == 1


def test_data_of_any_kind_give_the_same_program():
    frame = shapes.data()
    arrays = {name: frame[name].to_numpy() for name in ("y", "x", "g")}
    expected = Model("y ~ x + (x | g)", frame)
    for data in (arrays, pd.DataFrame(arrays), frame.to_xarray()):
        assert Model("y ~ x + (x | g)", data).source == expected.source
