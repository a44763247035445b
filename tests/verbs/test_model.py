"""The model of a fit, made again."""

import numpy as np
import pandas as pd
import pytest
from made_fits import drawn, make_draws

import formix as fx
from formix.errors import ResultError
from formix.results.datasets import collect
from formix.results.files import read_groups, write_groups
from formix.results.groups import Groups

N = 40
RNG = np.random.default_rng(4)
DATA = pd.DataFrame(
    {
        "y": RNG.gamma(3.0, size=N),
        "x": RNG.normal(size=N),
        "n": RNG.integers(1, 9, size=N),
        "f": pd.Categorical(np.tile(["lo", "hi", "mid", "hi"], 10), ["lo", "mid", "hi"]),
        "o": pd.Categorical(np.tile([3, 1, 2, 2, 1], 8), [1, 2, 3], ordered=True),
        "b": np.tile([True, False], 20),
        "s": np.tile(["β", "a/b", "c d", "e"], 10),
        "g": np.repeat(np.arange(10), 4),
        "odd name": RNG.normal(size=N),
        "when": pd.date_range("2020-01-01", periods=N),
    },
    index=[f"row {i}" for i in range(N)],
)
DATA.loc["row 3", "x"] = np.nan

FORMULAS = [
    "y ~ x",
    "log(y) ~ x + f + (x | g)",
    "y ~ f * x + o + (1 | g) + (0 + x | s)",
    "y ~ 0 + f:x + b + (1 | s:b)",
    "y ~ poly(x, 2) + scale(n) + offset(log(n)) + (poly(x, 2) | g)",
    "y ~ C(f, Sum) + I(x^2) + (f || g)",
    "y ~ `odd name` + (`odd name` | s)",
    "y ~ 1 + (1 | g/b)",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_the_model_is_the_one_that_was_fitted(formula, tmp_path):
    model = fx.Model(formula, DATA, priors={"sigma^2": "InverseGamma(2, 1)"})
    groups = collect(model.spec, make_draws(model.spec, draws=5), model.recipe)
    again = fx.model(read_groups(write_groups(groups, tmp_path / "fit.nc")))
    assert str(again.priors) == str(model.priors)
    assert again.source == model.source
    assert again.formula == model.formula
    assert again.design.columns == model.design.columns
    np.testing.assert_array_equal(again.design.X, model.design.X)
    for one, other in zip(again.design.blocks, model.design.blocks, strict=True):
        np.testing.assert_array_equal(one.Z, other.Z)
        np.testing.assert_array_equal(one.index, other.index)
        assert one.levels == other.levels
    pd.testing.assert_frame_equal(again.frame, model.frame)
    assert set(again.data) == set(model.data)
    for name, values in model.data.items():
        np.testing.assert_array_equal(again.data[name], values)


@pytest.mark.parametrize("priors", ["default", "brms", "flat"])
def test_every_set_of_priors_comes_back(priors):
    groups = drawn("y ~ x + (1 | g)", DATA, priors=priors, draws=4)
    again = fx.model(groups)
    assert again.priors.name == priors
    assert str(again.priors) == str(fx.Model("y ~ x + (1 | g)", DATA, priors=priors).priors)


def test_contrasts_by_argument_come_back():
    groups = drawn("y ~ f", DATA, contrasts={"f": "sum"}, draws=4)
    expected = fx.Model("y ~ f", DATA, contrasts={"f": "sum"}).design.X
    np.testing.assert_array_equal(fx.model(groups).design.X, expected)


def test_another_link_comes_back():
    groups = drawn("y ~ x", DATA, family=fx.model(drawn("y ~ x", DATA, draws=4)).family(mu="log"))
    assert fx.model(groups).family.link("mu").name == "log"


def test_a_function_of_the_users_is_asked_for():
    groups = drawn("y ~ f2(x)", DATA, functions={"f2": np.tanh}, draws=4)
    with pytest.raises(ResultError, match="your function `f2`"):
        fx.model(groups)
    again = fx.model(groups, functions={"f2": np.tanh})
    expected = np.tanh(DATA["x"].dropna().to_numpy())
    np.testing.assert_allclose(again.design.X[:, 1], expected)


def test_a_function_that_changed_is_found_out():
    groups = drawn("y ~ f2(x)", DATA, functions={"f2": np.tanh}, draws=4)
    with pytest.raises(ResultError, match="does not come out as it was fitted"):
        fx.model(groups, functions={"f2": np.sin})


def test_data_that_were_changed_are_found_out():
    groups = drawn("y ~ x", DATA, draws=4)
    data = groups["constant_data"]
    changed = groups.with_group("constant_data", data.assign(x=data["x"] + 1e-6))
    with pytest.raises(ResultError, match="does not come out as it was fitted"):
        fx.model(changed)


def test_a_fit_without_its_data_cannot_be_rebuilt():
    groups = drawn("y ~ x", DATA, draws=4)
    datasets = {k: v for k, v in groups.datasets.items() if k != "constant_data"}
    with pytest.raises(ResultError, match="no group `constant_data`"):
        fx.model(Groups(datasets, groups.attributes))
    assert len(fx.fixef(Groups(datasets, groups.attributes))) == 2


# JSON that is well formed, but of another shape.
@pytest.mark.parametrize("name", ["encoding", "formula", "family"])
def test_damage_below_the_recipe_is_an_error_of_ours(name):
    groups = drawn("y ~ x", DATA, draws=4)
    for value in ("{}", "no", "y ~ z + (", "[]"):
        with pytest.raises(fx.FormixError):
            fx.model(Groups(groups.datasets, {**groups.attributes, name: value}))
