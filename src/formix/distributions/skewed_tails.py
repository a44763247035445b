"""The tails of skewed distributions and of angles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
from jax.scipy.special import i0e

from formix import closed_tails
from formix.distributions.normal import log_mills, log_normal_cdf
from formix.distributions.quadrature import log_concave_tails, scale_of
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


def ex_gaussian(distribution: Any, value: Any) -> Tails:
    """Return the tails of a normal number and an exponential one."""
    loc, scale, tau = distribution.loc, distribution.scale, distribution.tau
    return within(
        value,
        -jnp.inf,
        jnp.inf,
        lambda y: closed_tails.ex_gaussian(
            jnp, log_normal_cdf, log_mills, (y - loc + tau) / scale, scale / tau
        ),
    )


def inverse_gaussian(distribution: Any, value: Any) -> Tails:
    """Return the tails of an inverse Gaussian."""
    mean, shape = distribution.loc, distribution.concentration
    return within(
        value,
        0.0,
        jnp.inf,
        lambda y: closed_tails.inverse_gaussian(jnp, log_mills, y, mean, shape),
    )


def skew_normal(distribution: Any, value: Any) -> Tails:
    """Return the tails of a skew normal of a mean, a standard deviation and a skewness."""
    alpha = distribution.alpha
    shift = alpha / jnp.sqrt(1.0 + jnp.square(alpha)) * jnp.sqrt(2.0 / jnp.pi)
    scale = distribution.scale / jnp.sqrt(1.0 - jnp.square(shift))
    loc = distribution.loc - scale * shift
    return within(
        value, -jnp.inf, jnp.inf, lambda y: standard_skew_normal((y - loc) / scale, alpha)
    )


def standard_skew_normal(z: Any, alpha: Any) -> Tails:
    """Return the tails of Azzalini's skew normal of location 0 and scale 1."""

    def log_density(z: Any, alpha: Any) -> Any:
        return 0.5 * jnp.log(2.0 / jnp.pi) - 0.5 * jnp.square(z) + log_normal_cdf(alpha * z)

    # The inverse of a Mills ratio is the slope of the log of a normal tail.
    slope = alpha * jnp.exp(-log_mills(-alpha * z)) - z
    return log_concave_tails(log_density, z, (alpha,), slope < 0.0, scale_of(slope, 1.0))
