"""The Student-t family against SciPy, its priors, and the responses that it takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from families.drawn import check_moments
from scipy import stats

from formix import Model, student
from formix.errors import DataError

DATA = pd.DataFrame(
    {"x": np.arange(4.0), "y": [0.5, 1.0, 0.25, 3.0], "n": [4.0] * 4, "f": ["a", "b", "a", "b"]}
)


def test_log_density_is_scipys_elementwise():
    generator = np.random.default_rng(0)
    mu, sigma = generator.normal(size=(5, 7)), generator.gamma(2.0, size=(5, 1))
    nu, y = generator.gamma(2.0, 10.0, size=(5, 1)), generator.normal(size=7) * 10.0
    found = student.log_density(y, {"mu": mu, "sigma": sigma, "nu": nu})
    np.testing.assert_allclose(found, stats.t(nu, mu, sigma).logpdf(y), rtol=1e-10)


def test_many_degrees_of_freedom_are_a_normal():
    given = {"mu": np.zeros(1), "sigma": np.ones(1), "nu": np.full(1, 1e15)}
    found = student.log_density(np.array([1.5]), given)
    assert found[0] == pytest.approx(stats.norm.logpdf(1.5), rel=1e-12)


def test_draws_have_their_mean_and_variance():
    _, variance, _, kurtosis = stats.t(12.0, 3.0, 0.5).stats("mvsk")
    given = {"mu": 3.0, "sigma": 0.5, "nu": 12.0}
    check_moments(student, given, float(variance), float(kurtosis))


def test_there_is_no_mean_at_one_degree_of_freedom_or_fewer():
    given = {"mu": np.full(2, 3.0), "sigma": np.ones(2), "nu": np.array([1.0, 1.5])}
    np.testing.assert_array_equal(student.mean(given), [np.nan, 3.0])


def test_its_parameters_have_priors():
    model = Model("y ~ x", DATA, "student")
    assert str(model.priors["nu"].prior) == "Gamma(2, 0.1)"
    assert str(model.priors["sigma"].prior) == "HalfStudentT(3, 1.248)"


def test_the_priors_of_brms_are_brms():
    model = Model("y ~ x", DATA, "student", priors="brms")
    assert str(model.priors["sigma"].prior) == "HalfStudentT(3, 2.5)"
    assert str(model.priors["nu"].prior) == "TruncatedGamma(2, 0.1, low=1)"
    assert 'numpyro.sample("nu", TruncatedGamma(2.0, 0.1, low=1.0, high=None))' in model.source


def test_standard_errors_take_the_place_of_sigma():
    model = Model("y | se(n) ~ x", DATA, "student")
    assert "dist.StudentT(nu, eta, se)" in model.source
    assert [p.site for p in model.spec.parameters] == ["beta", "nu"]


def test_other_responses_are_refused():
    with pytest.raises(DataError, match="a student response is a number"):
        Model("f ~ x", DATA, "student")
