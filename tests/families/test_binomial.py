"""The binomial family against SciPy, and the responses that it takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from families.drawn import check_moments
from scipy import stats

from formix import FormulaError, Model, binomial
from formix.errors import DataError

DATA = pd.DataFrame(
    {
        "x": np.arange(4.0),
        "k": [0, 2, 5, 3],
        "n": [5, 5, 5, 8],
        "few": [1, 1, 9, 9],
        "half": [0.5, 1.0, 2.0, 3.0],
        "f": ["a", "b", "a", "b"],
    }
)


def test_log_density_is_scipys_elementwise():
    generator = np.random.default_rng(0)
    logits, n = generator.normal(size=(5, 7)) * 2.0, generator.integers(0, 30, 7).astype(float)
    y = generator.binomial(n.astype(int), 0.5).astype(float)
    mu = stats.logistic.cdf(logits)
    found = binomial.log_density(y, {"trials": n, "mu": mu, "logits": logits})
    np.testing.assert_allclose(found, stats.binom(n, mu).logpmf(y), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(("n", "p"), [(1, 0.4), (12, 0.1)])
def test_draws_have_their_mean_and_variance(n: int, p: float):
    _, variance, _, kurtosis = stats.binom(n, p).stats("mvsk")
    check_moments(binomial, {"mu": p, "trials": float(n)}, float(variance), float(kurtosis))


@pytest.mark.parametrize("response", ["cbind(k, n - k)", "prop(k, n)", "k | trials(n)"])
def test_three_spellings_are_one_model(response: str):
    model = Model(f"{response} ~ x", DATA, "binomial")
    assert model.data["trials"].tolist() == [5, 5, 5, 8]
    assert list(model.data.values())[-1].tolist() == [0, 2, 5, 3]
    assert "known    trials from 5 to 8" in str(model)


def test_one_number_of_trials_is_that_of_every_row():
    model = Model("k | trials(8) ~ x", DATA, "binomial")
    assert model.data["trials"].tolist() == [8] * 4
    assert "known    trials of 8" in str(model)


def test_draws_from_the_prior_lie_within_the_trials():
    drawn = Model("prop(k, n) ~ x", DATA, "binomial").prior(draws=200, seed=1)
    counts = drawn["prior_predictive"]["prop(k, n)"].to_numpy().reshape(-1, 4)
    assert (counts >= 0).all()
    assert (counts <= DATA["n"].to_numpy()).all()
    assert len(np.unique(counts)) == 9


@pytest.mark.parametrize(
    ("response", "says"),
    [
        ("k", "the response `k` does not say of how many trials"),
        ("k", "or `k | trials(n)`; for 0 and 1 take the family bernoulli"),
        (
            "k | trials(few)",
            "a binomial response is a whole number between 0 and its trials; "
            "`k` is not in 1 row: 2",
        ),
        ("prop(half, n)", "`prop(half, n)` is not in 1 row: 0.5"),
        ("cbind(k, n - half)", "the trials of `cbind(k, n - half)` are not whole numbers"),
        ("f | trials(n)", "is not numeric; a binomial response is successes among trials"),
    ],
)
def test_other_responses_are_refused(response: str, says: str):
    with pytest.raises(DataError) as caught:
        Model(f"{response} ~ x", DATA, "binomial")
    assert says in str(caught.value)


def test_precision_weights_are_refused_with_what_to_write():
    with pytest.raises(FormulaError, match="says nothing of a binomial response") as caught:
        Model("k | weights(n) ~ x", DATA, "binomial")
    assert "trials are said by prop(successes, trials)" in str(caught.value)
