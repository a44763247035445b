"""The beta family against SciPy, its priors, and the responses that it takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from families.drawn import check_moments
from scipy import stats

from formix import Model, beta
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
    logits, phi = generator.normal(size=(5, 7)), generator.gamma(2.0, 3.0, size=(5, 1))
    y = generator.random(7)
    mu = stats.logistic.cdf(logits)
    found = beta.log_density(y, {"mu": mu, "logits": logits, "phi": phi})
    expected = stats.beta(mu * phi, (1.0 - mu) * phi).logpdf(y)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize(("mu", "phi"), [(0.3, 4.0), (0.9, 1.5)])
def test_draws_have_their_mean_and_variance(mu: float, phi: float):
    _, variance, _, kurtosis = stats.beta(mu * phi, (1.0 - mu) * phi).stats("mvsk")
    given = {"mu": mu, "phi": phi, "logits": np.log(mu / (1.0 - mu))}
    check_moments(beta, given, float(variance), float(kurtosis))


@pytest.mark.parametrize(
    ("priors", "says"), [("default", "InverseGamma(0.4, 0.3)"), ("brms", "Gamma(0.01, 0.01)")]
)
def test_priors_of_phi(priors: str, says: str):
    model = Model("share ~ x", DATA, "beta", priors=priors)
    assert str(model.priors["phi"].prior) == says


def test_its_own_parameter_takes_a_users_prior():
    model = Model("share ~ x", DATA, "beta", priors={"phi": "Exponential(2)"})
    assert "dist.Exponential(2.0)" in model.source


def test_draws_from_the_prior_are_responses():
    model = Model("share ~ x", DATA, "beta")
    drawn = model.prior(draws=100, seed=1)["prior_predictive"]["share"].to_numpy()
    assert drawn.shape == (1, 100, 4)
    assert (drawn >= 0.0).all()


@pytest.mark.parametrize(
    ("response", "says"),
    [
        ("half", "a beta response is a number above 0 and below 1; `half` is not in 2 rows: 1, 3"),
        ("f", "the response `f` is not numeric; a beta response is a number"),
        ("prop(count, n)", "a beta response is one number a row"),
    ],
)
def test_other_responses_are_refused(response: str, says: str):
    with pytest.raises(DataError) as caught:
        Model(f"{response} ~ x", DATA, "beta")
    assert says in str(caught.value)
