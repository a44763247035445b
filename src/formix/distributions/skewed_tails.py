"""The tails of skewed distributions and of angles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
from jax.scipy.special import i0e

from formix import closed_tails
from formix.distributions.supports import within

if TYPE_CHECKING:
    from formix.masses import Tails


def asymmetric_laplace(distribution: Any, value: Any) -> Tails:
    """Return the tails of NumPyro's asymmetric Laplace of a quantile."""
    loc, scale, quantile = distribution.loc, distribution.scale, distribution.quantile
    return within(
        value,
        -jnp.inf,
        jnp.inf,
        lambda y: closed_tails.asymmetric_laplace(jnp, (y - loc) / scale, quantile),
    )


def von_mises(distribution: Any, value: Any) -> Tails:
    """Return the tails of an angle between -pi and pi."""

    def tails(y: Any) -> Tails:
        angle, loc, kappa = jnp.broadcast_arrays(y, distribution.loc, distribution.concentration)
        return closed_tails.von_mises(jnp, lambda k: jnp.log(i0e(k)), angle, loc, kappa)

    return within(value, -jnp.pi, jnp.pi, tails)
