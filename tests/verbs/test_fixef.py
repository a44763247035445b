"""Common effects."""

import numpy as np
import pytest
from made_fits import drawn

import formix as fx
from formix.errors import ResultError


def test_one_row_a_coefficient(made):
    table = fx.fixef(made.groups)
    beta = made.draws.values["beta"]
    assert table.index.tolist() == ["Intercept", "Days"]
    assert table.index.name == "coef"
    np.testing.assert_allclose(table["mean"], beta.mean(axis=(0, 1)), rtol=1e-13)
    np.testing.assert_allclose(table["sd"], beta.reshape(-1, 2).std(axis=0, ddof=1), rtol=1e-13)


def test_draws_are_as_they_are(made):
    draws = fx.fixef(made.groups, summary=False)
    assert draws.dims == ("chain", "draw", "coef")
    assert draws["coef"].to_numpy().tolist() == ["Intercept", "Days"]
    np.testing.assert_array_equal(draws, made.draws.values["beta"])


def test_further_predictors_carry_their_name(distributional):
    table = fx.fixef(distributional.groups, prob=0.5)
    assert table.index.tolist() == ["Intercept", "Days", "sigma.Intercept", "sigma.Days"]
    assert table.columns.tolist() == ["mean", "sd", "25%", "75%"]
    draws = fx.fixef(distributional.groups, summary=False)
    np.testing.assert_array_equal(draws[..., 2:], distributional.draws.values["sigma.beta"])


def test_a_model_without_common_effects_says_so():
    data = {"y": [1.0, 2.0, 4.0, 3.0], "g": ["a", "b", "a", "b"]}
    bare = drawn("y ~ 0 + (1 | g)", data, draws=5)
    with pytest.raises(ResultError, match="no common effects"):
        fx.fixef(bare)
    assert fx.coef(bare).equals(fx.ranef(bare))
