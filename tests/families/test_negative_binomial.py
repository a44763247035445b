"""The negative binomial family against SciPy, its priors, and the responses that it takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from families.drawn import check_moments
from scipy import stats

from formix import Model, negative_binomial
from formix.errors import DataError

DATA = pd.DataFrame(
    {
        "x": np.arange(4.0),
        "count": [0, 2, 5, 3],
        "n": [5, 5, 5, 8],
        "half": [0.5, 1.0, 0.25, 3.0],
        "share": [0.5, 0.9, 0.01, 0.3],
        "f": ["a", "b", "a", "b"],
    }
)


def test_log_density_is_scipys_elementwise():
    generator = np.random.default_rng(0)
    mu, shape = generator.gamma(1.0, 5.0, size=(5, 7)), generator.gamma(2.0, size=(5, 1))
    y = generator.poisson(5.0, 7).astype(float)
    found = negative_binomial.log_density(y, {"mu": mu, "shape": shape})
    expected = stats.nbinom(shape, shape / (shape + mu)).logpmf(y)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("mu", "shape"), [(0.5, 1.5), (7.0, 0.8)])
def test_draws_have_their_mean_and_variance(mu: float, shape: float):
    _, variance, _, kurtosis = stats.nbinom(shape, shape / (shape + mu)).stats("mvsk")
    assert variance == pytest.approx(mu + mu**2 / shape)
    given = {"mu": mu, "shape": shape}
    check_moments(negative_binomial, given, float(variance), float(kurtosis))


@pytest.mark.parametrize(
    ("priors", "says"), [("default", "InverseGamma(0.4, 0.3)"), ("brms", "InverseGamma(0.4, 0.3)")]
)
def test_priors_of_shape(priors: str, says: str):
    model = Model("count ~ x", DATA, "negative_binomial", priors=priors)
    assert str(model.priors["shape"].prior) == says


def test_its_own_parameter_takes_a_users_prior():
    model = Model("count ~ x", DATA, "negative_binomial", priors={"shape": "Exponential(2)"})
    assert "dist.Exponential(2.0)" in model.source


def test_draws_from_the_prior_are_responses():
    model = Model("count ~ x", DATA, "negative_binomial")
    drawn = model.prior(draws=100, seed=1)["prior_predictive"]["count"].to_numpy()
    assert drawn.shape == (1, 100, 4)
    assert (drawn >= 0.0).all()


@pytest.mark.parametrize(
    ("response", "says"),
    [
        ("half", "a negative_binomial response is a whole number of at least 0"),
        ("f", "the response `f` is not numeric; a negative_binomial response is a number"),
        ("prop(count, n)", "a negative_binomial response is one number a row"),
    ],
)
def test_other_responses_are_refused(response: str, says: str):
    with pytest.raises(DataError) as caught:
        Model(f"{response} ~ x", DATA, "negative_binomial")
    assert says in str(caught.value)
