"""The tails of skewed distributions, of angles, and of counts with zeros of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpyro.distributions as dist
from jax.nn import log_sigmoid
from jax.scipy.special import i0e

from formix import closed_tails
from formix.distributions.tails import counted, log_tails, within

if TYPE_CHECKING:
    from formix.masses import Tails


def _asymmetric_laplace(distribution: Any, value: Any) -> Tails:
    loc, scale, quantile = distribution.loc, distribution.scale, distribution.quantile
    return within(
        value,
        -jnp.inf,
        jnp.inf,
        lambda y: closed_tails.asymmetric_laplace(jnp, (y - loc) / scale, quantile),
    )


def _von_mises(distribution: Any, value: Any) -> Tails:
    def tails(y: Any) -> Tails:
        angle, loc, kappa = jnp.broadcast_arrays(y, distribution.loc, distribution.concentration)
        return closed_tails.von_mises(jnp, lambda k: jnp.log(i0e(k)), angle, loc, kappa)

    return within(value, -jnp.pi, jnp.pi, tails)


def _geometric(distribution: Any, value: Any) -> Tails:
    failure = log_sigmoid(-distribution.logits)
    return counted(value, jnp.inf, lambda count: closed_tails.geometric(jnp, count, failure))


def _inflated(distribution: Any, value: Any) -> Tails:
    base, gate = distribution.base_dist, distribution.gate
    return counted(
        value,
        jnp.inf,
        lambda count: closed_tails.inflated(jnp, log_tails(base, count), gate),
    )


def _behind_hurdle(distribution: Any, value: Any) -> Tails:
    base, gate = distribution.base_dist, distribution.gate
    if not base.support.is_discrete:
        raise NotImplementedError("the tails of numbers behind a hurdle are not known")
    above = log_tails(base, jnp.zeros(()))[1]
    return counted(
        value,
        jnp.inf,
        lambda count: closed_tails.behind_hurdle(jnp, log_tails(base, count)[1], above, gate),
    )


def _expanded(distribution: Any, value: Any) -> Tails:
    return log_tails(distribution.base_dist, value)


for _kind, _tails in (
    (dist.AsymmetricLaplaceQuantile, _asymmetric_laplace),
    (dist.ExpandedDistribution, _expanded),
    (dist.GeometricLogits, _geometric),
    (dist.VonMises, _von_mises),
    (dist.discrete.HurdleProbs, _behind_hurdle),
    (dist.discrete.ZeroInflatedProbs, _inflated),
):
    log_tails.register(_kind, _tails)
