"""The table of priors: what it says of each, that the words are true, and that its keys work."""

from __future__ import annotations

import re

import numpy as np
import pytest
import shapes

import formix as fx
from formix.prior import from_text

SLEEP = "Reaction ~ Days + (Days | Subject)"


def test_it_is_the_same_of_a_model_and_of_its_result():
    model = fx.Model(SLEEP, fx.load("sleepstudy"), priors={"sigma^2": "InverseGamma(2, 1000)"})
    table = fx.priors(model)
    assert table.index.tolist() == [entry.address for entry in model.priors]
    assert table["prior"].tolist() == [str(entry.prior) for entry in model.priors]
    assert fx.priors(model.prior(draws=5, seed=1)).equals(table)
    assert table.loc["sigma^2"].tolist() == [
        "InverseGamma(2, 1000)", "sigma^2", "yours, of its square", "sigma", "sigma", "", "",
    ]  # fmt: skip
    assert table.loc["sd_Subject[Days]"].tolist()[1:] == [
        "default", "scale sd(y) / sd(Days)", "sd", "mu", "Subject", "Days",
    ]  # fmt: skip
    assert table.loc["beta[Intercept@means]", "coef"] == "Intercept"
    assert table.loc["cor_Subject"].tolist()[2:] == ["uniform", "cor", "mu", "Subject", ""]


@pytest.mark.parametrize("name", ["default", "brms"])
@pytest.mark.parametrize(
    ("formula", "family"),
    [
        ("y ~ x + f + (x | g) + (1 | k)", "gaussian"),
        ("y ~ 0 + x + z", "gaussian"),
        ("y ~ x + offset(z)", "gaussian"),
        ("n ~ x + (x | g)", "poisson"),
        ("n ~ x + offset(z)", "poisson"),
        ("n ~ 0 + x", "gamma"),
        ("n ~ x + z", "lognormal"),
        ("l ~ x + (1 | g)", "bernoulli"),
    ],
)
def test_the_words_are_the_numbers(formula: str, family: str, name: str):
    """Read as arithmetic, what the rule says gives the prior's own numbers, to their digits."""
    frame = shapes.data()
    model = fx.Model(formula, frame, family, priors=name)
    y = np.asarray(model.design.response.values, float)
    known = {
        "y": y,
        "n": len(y),
        "offset": model.design["mu"].offset,
        "mean": np.mean,
        "median": np.median,
        "mad": lambda x: 1.4826 * np.median(np.abs(x - np.median(x))),
        "sd": lambda x: np.std(x, ddof=1),
        "rms": lambda x: np.sqrt(np.mean(x**2)),
        "log": np.log,
        "exp": np.exp,
        "hypot": np.hypot,
        "sum": np.sum,
        "max": max,
        "x": frame["x"],
        "z": frame["z"],
        "f": {level: (frame["f"] == level).astype(float) for level in frame["f"].unique()},
        **{level: level for level in frame["f"].unique()},
    }
    checked = 0
    for _, row in fx.priors(model).iterrows():
        if "scale" not in row["rule"]:
            assert row["rule"] in ("uniform", "none: improper", "the family's own")
            continue
        given = dict(re.findall(r"(centre|scale) (.+?)(?=, scale|$)", row["rule"]))
        scale = re.sub(r"^2\.5 (?!/)", "2.5 * ", given["scale"])
        prior = from_text(row["prior"]).named
        tolerance = 0.051 if name == "brms" else 1e-3 * prior["scale"]
        assert abs(eval(scale, known) - prior["scale"]) < tolerance, row["rule"]
        if "centre" in given:
            far = abs(eval(given["centre"], known) - prior["loc"])
            assert far < max(tolerance, 1e-3 * abs(prior["loc"])), row["rule"]
        checked += 1
    assert checked or "family's own" in row["rule"]


@pytest.mark.parametrize(
    ("formula", "family"),
    [
        ("y ~ x + (x | g)", "gaussian"),
        ("y ~ 0 + x + (1 | g)", "student"),
        ("y ~ x + (x | g); sigma ~ x + z + (x | g)", "gaussian"),
        ("y ~ x + (1 | p | g); sigma ~ x + (1 | p | g)", "gaussian"),
        ("f ~ x + (1 | g)", "categorical"),
        ("f ~ x + (1 | g)", "cumulative"),
    ],
)
def test_every_key_sets_its_prior(formula: str, family: str):
    data = shapes.data()
    if family == "cumulative":
        data["f"] = data["f"].cat.as_ordered()
    table = fx.priors(fx.Model(formula, data, family))
    given = fx.priors(fx.Model(formula, data, family, priors=table["prior"].to_dict()))
    assert given.index.equals(table.index)
    assert given["prior"].equals(table["prior"])
    assert given["origin"].tolist() == table.index.tolist()
    assert set(given["rule"]) == {"yours"}
    for one in table["class"].unique():
        texts = {"cor": "LKJ(3)", "beta": "Normal(0, 7)", "threshold": "Normal(0, 7)"}
        text = texts.get(one.rpartition(".")[2], "HalfNormal(7)")
        shown = fx.priors(fx.Model(formula, data, family, priors={one: text}))
        mine = shown["class"] == one
        assert set(shown.loc[mine, "prior"]) == {text}
        assert set(shown.loc[mine, "origin"]) == {one}
        assert text not in set(shown.loc[~mine, "prior"])


def test_the_predictor_of_another_parameter_is_told_by_its_name():
    table = fx.priors(fx.Model("y ~ x + (x | g); sigma ~ x + (x | g)", shapes.data()))
    assert table.loc["sigma.beta[x]"].tolist()[2:] == [
        "scale 2.5 / sd(x)", "sigma.beta", "sigma", "", "x",
    ]  # fmt: skip
    assert table.loc["sigma.beta[Intercept@means]", "rule"] == "centre log(sd(y)), scale 2.5"
    assert table.loc["sigma.sd_g[x]"].tolist()[3:] == ["sigma.sd", "sigma", "g", "x"]


def test_a_prior_of_coefficients_together_is_one_row():
    model = fx.Model("y ~ x + z", shapes.data(), priors={"beta": "R2D2()"})
    row = fx.priors(model).loc["beta"]
    assert row[["origin", "class", "parameter", "coef"]].tolist() == ["beta", "beta", "mu", ""]
