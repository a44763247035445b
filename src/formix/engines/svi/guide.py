"""Which normal distribution approximates a posterior, and what it is fitted by."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from numpyro.infer import init_to_value
from numpyro.infer.autoguide import (
    AutoContinuous,
    AutoDiagonalNormal,
    AutoLowRankMultivariateNormal,
    AutoMultivariateNormal,
)
from numpyro.infer.elbo import ELBO

Tree = Any

Covariance = Literal["full", "low rank", "diagonal"]

_FULL, _LOW_RANK = 300, 5_000
"""Free coordinates up to which a covariance matrix is full, and of low rank beside its diagonal."""

_SCALE = 0.3
"""The first standard deviations, in the widths at the start: wide ones overshoot the tails."""


def covariance(size: int) -> Covariance:
    """Return what covariance matrix so many free coordinates have.

    Examples
    --------
    >>> covariance(40), covariance(1_000), covariance(100_000)
    ('full', 'low rank', 'diagonal')
    """
    if size <= _FULL:
        return "full"
    return "low rank" if size <= _LOW_RANK else "diagonal"


def stub(size: int) -> None:
    """Stand for a model that has so many free coordinates and nothing else."""
    numpyro.sample("x", dist.Normal(jnp.zeros((size,)), 1.0).to_event(1))


def guide(size: int) -> AutoContinuous:
    """Return NumPyro's guide of so many free coordinates, around 0."""
    made = {
        "full": AutoMultivariateNormal,
        "low rank": AutoLowRankMultivariateNormal,
        "diagonal": AutoDiagonalNormal,
    }[covariance(size)]
    begin = init_to_value(values={"x": jnp.zeros((size,))})
    return made(partial(stub, size), init_loc_fn=begin, init_scale=_SCALE)


def normal(of: AutoContinuous, parameters: Tree) -> Any:
    """Return the normal distribution that a guide is, over all coordinates together."""
    found: Any = of.get_posterior(parameters)
    return found if found.event_dim else found.to_event(1)


class PathElbo(ELBO):
    """The evidence lower bound of an energy, whose gradient runs along the draws alone.

    What is left out of the gradient is zero on average, and its noise does not go away as the
    approximation becomes exact; without it, an exact one has no noise.

    Parameters
    ----------
    energy
        The negative log density of free coordinates.
    particles
        Draws for each look at the bound.

    References
    ----------
    Roeder, Wu and Duvenaud (2017), arXiv:1703.09194.
    """

    def __init__(self, energy: Callable[[Tree], Tree], particles: int) -> None:
        super().__init__(particles)
        self._energy = energy

    def loss_with_mutable_state(  # noqa: D102 - NumPyro's own
        self, rng_key: Tree, param_map: Tree, model: Any, guide: Any, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        del model, args, kwargs
        x = normal(guide, param_map).rsample(rng_key, (self.num_particles,))
        still = normal(guide, jax.lax.stop_gradient(param_map))
        loss = jnp.mean(still.log_prob(x) + jax.vmap(self._energy)(x))
        return {"loss": loss, "mutable_state": None}
