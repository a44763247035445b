"""The tails of a log-concave density by quadrature, which gradients go through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jax import lax
from jax.scipy.special import logsumexp

from formix.masses import Tails, log_complement
from formix.quadrature import COARSE, FINE, Rule


def log_concave_tails(
    log_density: Callable[..., Any],
    value: Any,
    parameters: tuple[Any, ...],
    upper: Any,
    scale: Any,
) -> Tails:
    """Return the tails of a smooth log-concave density over the whole line.

    One tail is integrated, the other is its complement: JAX has no gradient of an incomplete beta
    function in its parameters, and both it and the incomplete gamma function are 0 where their
    logarithm is not.

    Parameters
    ----------
    log_density
        `(value, *parameters) -> log density`, elementwise.
    value
        Finite numbers.
    parameters
        Of the density, broadcast with the values.
    upper
        Where the upper tail is integrated: it must not first be level and then fall steeply, and
        not be the larger one by far.
    scale
        A guess of how wide the tail is, for which a factor of a hundred does no harm.
    """
    value, upper, scale, *parameters_ = jnp.broadcast_arrays(value, upper, scale, *parameters)
    wide = tuple(parameter[..., None] for parameter in parameters_)
    side = jnp.where(upper, 1.0, -1.0)

    def integral(rule: Rule, scale: Any) -> Any:
        # As precise as what is given: JAX cannot lower one precision with constants of another.
        kind = jnp.result_type(value, scale)
        nodes, log_weights = (jnp.asarray(x, kind) for x in (rule.nodes, rule.log_weights))
        at = value[..., None] + (side * scale)[..., None] * nodes
        return logsumexp(log_density(at, *wide) + log_weights, axis=-1) + jnp.log(scale)

    # Where the nodes lie does not change what they sum to, so no gradient goes that way.
    guess = lax.stop_gradient(scale)
    height = log_density(value, *parameters_)
    width = lax.stop_gradient(jnp.exp(integral(COARSE, guess) - height))
    tail = integral(FINE, width)
    rest = log_complement(jnp, tail)
    return jnp.where(upper, rest, tail), jnp.where(upper, tail, rest)


def scale_of(slope: Any, curvature: Any) -> Any:
    """Return how wide a tail is that begins with this slope and (negative) curvature."""
    steep = jnp.abs(slope)
    return 2.0 / (steep + jnp.sqrt(jnp.square(steep) + 4.0 * curvature))
