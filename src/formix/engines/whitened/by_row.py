"""The log density of each row, as compilers make the most of it."""

from __future__ import annotations

from typing import Any, cast

import jax.numpy as jnp
from jax.custom_derivatives import custom_jvp
from jax.scipy.special import expit, gammaln
from numpyro.distributions import BernoulliLogits, BinomialLogits

Array = Any


def row_log_density(fn: Any, value: Array) -> Array:
    """Return `fn.log_prob(value)`, which takes a third of the time for yes or no by logits.

    NumPyro's own looks at every row for infinite logits, and such branches keep the logarithm from
    being computed for several rows at once. Where they are infinite this is not a number, and a
    trajectory that ends there is refused.
    """
    if type(fn) is BernoulliLogits:
        return value * fn.logits - softplus(fn.logits)
    if type(fn) is BinomialLogits:
        count = fn.total_count
        ways = gammaln(count + 1.0) - gammaln(value + 1.0) - gammaln(count - value + 1.0)
        return value * fn.logits - count * softplus(fn.logits) + ways
    return fn.log_prob(value)


def _plain(x: Array) -> Array:
    return jnp.maximum(x, 0.0) + jnp.log1p(jnp.exp(-jnp.abs(x)))


softplus = cast("Any", custom_jvp)(_plain)


def _along(at: tuple[Array], moved: tuple[Array]) -> tuple[Array, Array]:
    return softplus(at[0]), expit(at[0]) * moved[0]


softplus.defjvp(_along)
