"""The Student-t family against SciPy, its priors, and the responses that it takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from formix import Model, student

DATA = pd.DataFrame(
    {"x": np.arange(4.0), "y": [0.5, 1.0, 0.25, 3.0], "n": [4.0] * 4, "f": ["a", "b", "a", "b"]}
)


def test_many_degrees_of_freedom_are_a_normal():
    given = {"mu": np.zeros(1), "sigma": np.ones(1), "nu": np.full(1, 1e15)}
    found = student.log_density(np.array([1.5]), given)
    assert found[0] == pytest.approx(stats.norm.logpdf(1.5), rel=1e-12)


def test_there_is_no_mean_at_one_degree_of_freedom_or_fewer():
    given = {"mu": np.full(2, 3.0), "sigma": np.ones(2), "nu": np.array([1.0, 1.5])}
    np.testing.assert_array_equal(student.mean(given), [np.nan, 3.0])


def test_there_is_no_variance_at_two_degrees_of_freedom_or_fewer():
    given = {"mu": np.full(3, 3.0), "sigma": np.ones(3), "nu": np.array([1.0, 2.0, 4.0])}
    np.testing.assert_array_equal(student.variance(given), [np.nan, np.inf, 2.0])


def test_the_priors_of_brms_are_brms():
    model = Model("y ~ x", DATA, "student", priors="brms")
    assert str(model.priors["sigma"].prior) == "HalfStudentT(3, 2.5)"
    assert str(model.priors["nu"].prior) == "TruncatedGamma(2, 0.1, low=1)"
    assert 'numpyro.sample("nu", TruncatedGamma(2.0, 0.1, low=1.0, high=None))' in model.source


def test_standard_errors_take_the_place_of_sigma():
    model = Model("y | se(n) ~ x", DATA, "student")
    assert "dist.StudentT(nu, eta, se)" in model.source
    assert [p.site for p in model.spec.parameters] == ["beta", "nu"]
