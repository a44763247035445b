"""The residual standard deviation."""

import numpy as np
import pytest

import formix as fx
from formix.errors import ResultError


def test_it_is_one_row(made):
    found = fx.sigma(made.groups)
    sigma = made.draws.values["sigma"]
    assert found.index.tolist() == ["mean", "sd", "2.5%", "97.5%"]
    assert found.name == "sigma"
    assert np.isclose(found["mean"], sigma.mean())
    np.testing.assert_array_equal(fx.sigma(made.groups, summary=False), sigma)


def test_a_sigma_that_varies_points_to_its_coefficients(distributional):
    with pytest.raises(ResultError, match="varies by row") as caught:
        fx.sigma(distributional.groups)
    assert "fx.fixef(fit)" in caught.value.hint


def test_a_model_without_one(made):
    posterior = made.groups["posterior"].drop_vars("sigma")
    with pytest.raises(ResultError, match="no residual standard deviation") as caught:
        fx.sigma(made.groups.with_group("posterior", posterior))
    assert "se(s, sigma = TRUE)" in caught.value.hint
