"""The fit of an approximation and draws from it, as one function for JAX to compile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree
from numpyro.infer import SVI
from numpyro.infer.util import potential_energy
from numpyro.optim import ClippedAdam

from formix.engines.chain import GENERATOR, Chain, recorded
from formix.engines.svi.guide import PathElbo, guide, normal, stub

Tree = Any

BLOCK = 100
"""Steps whose bounds are averaged before they are compared."""

_PARTICLES = 10
"""Draws a step."""

_STRIDE, _HALVINGS = 0.05, 7
"""The first step size of Adam, in widths of the density, and how often it is halved at most."""

_CLIP = 10.0
"""A slope in a heavy tail would fill Adam's memory of slopes for a thousand steps."""

_SETTLED = 1e-3
"""Nats: a smaller rise of the bound is none."""

_AT_ONCE = 100
"""Draws that are made into sites at once: bounds the memory."""


class Fitted(NamedTuple):
    """Draws from the approximation, by site, and how well it was fitted.

    Parameters
    ----------
    values
        Sites of the results.
    log_density, log_approximation
        Of each draw, in free coordinates.
    good
        Whether there was a place to start.
    settled, steps
        Whether the bound had settled, and after how many steps.
    """

    values: Tree
    log_density: Tree
    log_approximation: Tree
    good: Tree
    settled: Tree
    steps: Tree


class _Climb(NamedTuple):
    """Where the optimiser stands.

    Its state, its step size, the mean of the negative bound over the last block and its error, and
    the steps so far.
    """

    state: Tree
    stride: Tree
    mean: Tree
    error: Tree
    steps: Tree


@dataclass(frozen=True)
class Ascent:
    """The fit of a model, in coordinates over the widths of its density near the mode.

    Parameters
    ----------
    chain
        Finds the start, and says which sites are kept.
    draws
        How many are made of the approximation.
    """

    chain: Chain
    draws: int

    def __call__(self, z: Tree, key: Tree, most: Tree, data: Tree) -> Fitted:
        """Return the fit from `z`, after `most` steps at most."""
        function = self.chain.function
        start = self.chain.start(z, data)
        point, sites = ravel_pytree(start.point)
        width, _ = ravel_pytree(start.width)
        slope, _ = ravel_pytree(start.slope)
        good = jnp.isfinite(start.value) & jnp.all(jnp.isfinite(slope))

        def energy(x: Tree) -> Tree:
            return potential_energy(function, (), data, sites(point + width * x))

        fitting, drawing = jax.random.split(jax.random.wrap_key_data(key, impl=GENERATOR))
        of = guide(point.size)
        climb, parameters = _climbed(of, energy, point.size, fitting, jnp.where(good, most, 0))
        found = normal(of, parameters)
        x = found.sample(drawing, (self.draws,))

        def look(x: Tree) -> tuple[Tree, Tree]:
            free = sites(point + width * x)
            values = recorded(function, self.chain.settings.keep, free, data)
            return values, -potential_energy(function, (), data, free)

        values, log_density = jax.lax.map(look, x, batch_size=_AT_ONCE)
        return Fitted(
            values,
            log_density,
            found.log_prob(x) - jnp.sum(jnp.log(width)),
            good,
            _halved_enough(climb),
            climb.steps,
        )


def _climbed(of: Any, energy: Any, size: int, key: Tree, most: Tree) -> tuple[_Climb, Tree]:
    """Return where the optimiser ends, and the guide's parameters there.

    The step size is halved wherever the bound, averaged over a block, has not risen by more than
    its noise; the bound has settled when that no longer helps.
    """
    elbo = PathElbo(energy, _PARTICLES)

    def climbing(stride: Tree) -> SVI:
        return SVI(partial(stub, size), of, ClippedAdam(stride, clip_norm=_CLIP), elbo)

    first = climbing(_STRIDE)
    begin = first.init(key)

    def block(climb: _Climb) -> _Climb:
        svi = climbing(climb.stride)
        svi.constrain_fn = first.constrain_fn

        def step(index: Tree, carried: tuple[Tree, Tree]) -> tuple[Tree, Tree]:
            state, losses = carried
            state, loss = svi.stable_update(state)
            return state, losses.at[index].set(loss)

        state, losses = jax.lax.fori_loop(0, BLOCK, step, (climb.state, jnp.zeros((BLOCK,))))
        mean, error = jnp.mean(losses), jnp.std(losses) / jnp.sqrt(BLOCK)
        noise = 2.0 * jnp.hypot(error, climb.error)
        # Not a number is not a rise either.
        rose = climb.mean - mean > jnp.maximum(noise, _SETTLED)
        stride = jnp.where(rose, climb.stride, 0.5 * climb.stride)
        return _Climb(state, stride, mean, error, climb.steps + BLOCK)

    def goes_on(climb: _Climb) -> Tree:
        return (climb.steps + BLOCK <= most) & ~_halved_enough(climb)

    nothing = jnp.zeros(())
    end = jax.lax.while_loop(
        goes_on,
        block,
        _Climb(begin, jnp.array(_STRIDE), jnp.array(jnp.inf), nothing, jnp.zeros((), jnp.int64)),
    )
    return end, first.get_params(end.state)


def _halved_enough(climb: _Climb) -> Tree:
    return climb.stride < _STRIDE * 0.75 * 0.5**_HALVINGS
