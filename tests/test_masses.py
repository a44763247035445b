"""Logarithms of the probability of intervals, in NumPy and in JAX."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special, stats

from formix.masses import log_between, log_complement


@pytest.fixture(autouse=True)
def _double():
    with jax.enable_x64(True):
        yield


@pytest.mark.parametrize("xp", [np, jnp], ids=["numpy", "jax"])
def test_complement_has_its_digits_at_both_ends(xp):
    # Of exp(x) = 1 - d the complement is d; of a tiny exp(x) it is -exp(x).
    small = np.array([1e-18, 1e-12, 1e-6, 0.3])
    near = np.array([-1e-18, -1e-12, np.log1p(-1e-6), np.log(0.7)])
    np.testing.assert_allclose(log_complement(xp, near), np.log(small), rtol=1e-10)
    np.testing.assert_allclose(log_complement(xp, np.log(small)), np.log1p(-small), rtol=1e-13)
    assert log_complement(xp, np.array(-np.inf)) == 0.0


def test_gradient_of_the_complement_is_finite_on_the_whole_line():
    x = jnp.array([-jnp.inf, -800.0, -1.0, -1e-12, 0.0])
    gradient = jax.vmap(jax.grad(lambda x: log_complement(jnp, x)))(x)
    assert np.isfinite(np.asarray(gradient)).all()
    np.testing.assert_allclose(gradient[2], -np.exp(-1.0) / (1.0 - np.exp(-1.0)))


def tails(z):
    return special.log_ndtr(z), special.log_ndtr(-z)


@pytest.mark.parametrize("xp", [np, jnp], ids=["numpy", "jax"])
@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-1.0, 2.0, np.log(stats.norm.cdf(2.0) - stats.norm.cdf(-1.0))),
        # Far out the interval has all but all of the tail beyond its nearer end.
        (30.0, 40.0, stats.norm.logsf(30.0)),
        (-40.0, -30.0, stats.norm.logcdf(-30.0)),
        (9.0, 9.1, np.log(stats.norm.sf(9.0) - stats.norm.sf(9.1))),
        (-np.inf, -20.0, stats.norm.logcdf(-20.0)),
        (-20.0, np.inf, stats.norm.logsf(-20.0)),
        (-np.inf, np.inf, 0.0),
    ],
)
def test_an_interval_has_the_digits_of_the_smaller_tails(xp, low, high, expected):
    found = log_between(xp, tails(np.array(low)), tails(np.array(high)))
    assert float(found) == pytest.approx(expected, rel=1e-12, abs=1e-300)


def test_nothing_lies_beyond_everything():
    nowhere = (np.array(-np.inf), np.array(0.0))
    assert np.isneginf(log_between(np, nowhere, nowhere))
