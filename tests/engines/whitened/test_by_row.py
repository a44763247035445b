"""Rows' log densities as the engine computes them are NumPyro's, and so are their slopes."""

from __future__ import annotations

import jax
import numpy as np
import numpyro.distributions as dist
import pytest

from formix.engines.precision import float64
from formix.engines.whitened.by_row import row_log_density

LOGITS = np.concatenate([np.linspace(-700.0, 700.0, 282), np.linspace(-8.0, 8.0, 322)])
"""None is zero, where NumPyro's slope is that on one side."""


def bernoulli(x):
    return dist.Bernoulli(logits=x), np.arange(len(LOGITS)) % 2.0


def binomial(x):
    count = 1.0 + np.arange(len(LOGITS)) % 7.0
    return dist.Binomial(count, logits=x), np.floor(count * (np.arange(len(LOGITS)) % 3.0) / 2.0)


def poisson(x):
    return dist.Poisson(jax.numpy.exp(0.01 * x)), np.arange(len(LOGITS)) % 5.0


@pytest.mark.parametrize("family", [bernoulli, binomial, poisson])
def test_densities_and_slopes_are_those_of_numpyro(family):
    def ours(x):
        return row_log_density(*family(x))

    def theirs(x):
        fn, value = family(x)
        return fn.log_prob(value)

    with float64():
        for found, expected in ((ours, theirs), (slopes(ours), slopes(theirs))):
            # Terms of some thousands cancel where the logits are large.
            np.testing.assert_allclose(
                jax.jit(found)(LOGITS), jax.jit(expected)(LOGITS), rtol=1e-12, atol=1e-12
            )


def slopes(function):
    return jax.grad(lambda x: function(x).sum())


def test_a_slope_at_zero_is_that_of_both_sides():
    with float64():
        found = slopes(lambda x: row_log_density(dist.Bernoulli(logits=x), np.zeros(1)))(
            np.zeros(1)
        )
    assert float(found[0]) == -0.5
