"""Posteriors of responses observed in part, against quadrature over both parameters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import formix as fx
from formix.results.ess import ess_bulk, mcse_mean

PRIORS = {"beta[Intercept]": "Normal(0, 10)", "sigma": "HalfNormal(5)"}
ROWS = 60
FARTHEST = 4.0
"""In standard errors of a mean or a spread; of the twelve of them one is so far in 1,000 seeds."""


def drawn(seed: int, rows: int = ROWS) -> np.ndarray:
    return np.random.default_rng(seed).normal(2.0, 1.5, rows)


def of_censored(y, status, upper) -> Callable:
    def log_likelihood(mu, sigma):
        theirs = stats.norm(mu, sigma)
        kinds = [theirs.logcdf(y), theirs.logpdf(y), theirs.logsf(y)]
        with np.errstate(divide="ignore"):
            kinds.append(np.log(theirs.cdf(upper) - theirs.cdf(y)))
        return np.choose(status + 1, kinds).sum(axis=-1)

    return log_likelihood


def of_truncated(y, low) -> Callable:
    def log_likelihood(mu, sigma):
        theirs = stats.norm(mu, sigma)
        return (theirs.logpdf(y) - theirs.logsf(low)).sum(axis=-1)

    return log_likelihood


def exact(log_likelihood: Callable) -> dict[str, tuple[float, float]]:
    """Means and standard deviations by sums over a grid, which err by less than 1e-6 here."""
    mu, sigma = np.linspace(-3.0, 5.0, 161), np.linspace(0.5, 6.0, 161)
    height = log_likelihood(mu[:, None, None], sigma[:, None])
    height += stats.norm(0.0, 10.0).logpdf(mu)[:, None] + stats.halfnorm(0.0, 5.0).logpdf(sigma)
    weights = np.exp(height - height.max())
    # What the grid leaves out must not matter.
    edges = (weights[0], weights[-1], weights[:, 0], weights[:, -1])
    assert max(edge.max() for edge in edges) < 1e-6
    weights /= weights.sum()
    found = {}
    for name, values, share in (("beta", mu, weights.sum(1)), ("sigma", sigma, weights.sum(0))):
        mean = values @ share
        found[name] = (mean, np.sqrt(np.square(values - mean) @ share))
    return found


def check(model: fx.Model, expected: dict[str, tuple[float, float]]):
    posterior = model.fit(engine="nuts", draws=4000, seed=7, progress=False).posterior
    for name, (mean, spread) in expected.items():
        values = posterior[name].to_numpy().reshape(4, 4000)
        assert abs(values.mean() - mean) < FARTHEST * float(mcse_mean(values)), name
        # The standard error of a spread, twice what it is of a normal one for heavier tails.
        error = 2.0 * spread / np.sqrt(2.0 * float(ess_bulk(values)))
        assert abs(values.std() - spread) < FARTHEST * error, name


@pytest.mark.slow
def test_posterior_of_a_censored_response():
    y = drawn(1)
    status = np.arange(ROWS) % 4 - 1
    data = pd.DataFrame({"y": y, "y2": y + 0.7, "c": status})
    model = fx.Model("y | cens(c, y2) ~ 1", data, priors=PRIORS)
    check(model, exact(of_censored(y, status, y + 0.7)))


@pytest.mark.slow
def test_posterior_of_a_truncated_response():
    y = drawn(2, 300)
    y = y[y > 1.0]
    model = fx.Model("y | trunc(lb = 1) ~ 1", pd.DataFrame({"y": y}), priors=PRIORS)
    check(model, exact(of_truncated(y, 1.0)))


@pytest.mark.slow
def test_posterior_of_rows_that_count_several_times():
    y = drawn(3)
    weights = np.arange(ROWS) % 3
    data = pd.DataFrame({"y": y, "w": weights})
    model = fx.Model('y | weights(w, kind = "likelihood") ~ 1', data, priors=PRIORS)
    again = np.repeat(y, weights)
    check(model, exact(lambda mu, sigma: stats.norm(mu, sigma).logpdf(again).sum(axis=-1)))
