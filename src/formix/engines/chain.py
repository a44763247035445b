"""One chain of NumPyro's NUTS as a function of its state, for JAX to transform and compile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree
from numpyro.infer.hmc import hmc
from numpyro.infer.util import ParamInfo, constrain_fn, potential_energy

from formix.engines.approach import Start, approach
from formix.errors import EngineError

Tree = Any
"""A nest of arrays, as JAX takes it; NumPyro gives its states no types."""

GENERATOR = "threefry2x32"
"""Named, so that a user's own default does not change the draws."""


@dataclass(frozen=True)
class Settings:
    """What a chain is compiled for, besides its model and the shapes of its data.

    Parameters
    ----------
    warmup
        Steps that adapt.
    max_tree_depth
        A trajectory has fewer than two to this power leapfrogs.
    dense
        Latent sites that share a dense block of the mass matrix.
    held
        Latent sites that the way to the start leaves where they are.
    keep
        Sites that are recorded.
    """

    warmup: int
    max_tree_depth: int
    dense: tuple[str, ...]
    held: tuple[str, ...]
    keep: tuple[str, ...]


class Counters(NamedTuple):
    """What all chains share: the step, -1 before the first, and the window of adaptation.

    Shared, they keep the adaptation's branches branches where chains are vectorised; with one for
    each chain, every step would compute both sides and factor the mass matrix.
    """

    step: Tree
    window: Tree


class Own(NamedTuple):
    """What each chain has: its state in NumPyro's form, and the width of each free coordinate.

    The sampler moves in coordinates over their widths. They have no units, and neither then have
    its first step size and the ridge under its mass matrix.
    """

    state: Tree
    width: Tree


@dataclass(frozen=True)
class Chain:
    """One chain of a model: every method can be traced, vectorised and compiled.

    Parameters
    ----------
    function
        The program's `model`.
    settings
        What the chain is made for.
    """

    function: Callable[..., None]
    settings: Settings

    def template(self, z: Tree, key: Tree, target: Tree, data: Tree) -> tuple[Counters, Own, Tree]:
        """Return a chain at `z`, nothing adapted, and the record of a step: for their shapes."""
        width = jax.tree.map(jnp.ones_like, z)
        start = Start(z, jnp.zeros(()), z, width)
        state, _ = self._nuts(start, key, target, data)
        return *_parted(state, width), self._record(state, width, data)

    def advance(
        self, most: int, shared: Counters, own: Own, steps: Tree, target: Tree, data: Tree
    ) -> tuple[Counters, Own, Tree]:
        """Return the chain `steps` steps on, and their records in arrays of length `most`.

        Where the step is -1, the chain is begun first, from its `z`; with no steps, that is all.
        """
        old, key = own.state, own.state.rng_key
        begin = shared.step < 0
        start: Start = jax.lax.cond(
            begin,
            lambda: self.start(old.z, data),
            lambda: Start(old.z, old.potential_energy, old.z_grad, own.width),
        )
        width = start.width
        fresh, step = self._nuts(start, key, target, data)
        state = jax.tree.map(
            lambda new, kept: jnp.where(begin, new, kept), fresh, _with(old, shared)
        )
        state = state._replace(rng_key=jax.random.wrap_key_data(state.rng_key, impl=GENERATOR))
        shapes = jax.eval_shape(self._record, state, width, data)
        blank = jax.tree.map(lambda leaf: jnp.zeros((most, *leaf.shape), leaf.dtype), shapes)

        def body(index: Tree, carried: tuple[Tree, Tree]) -> tuple[Tree, Tree]:
            state, records = carried
            state = step(state)
            new = self._record(state, width, data)
            return state, jax.tree.map(lambda old, x: old.at[index].set(x), records, new)

        state, records = jax.lax.fori_loop(0, steps, body, (state, blank))
        state = state._replace(rng_key=jax.random.key_data(state.rng_key))
        return *_parted(state, width), records

    def start(self, z: Tree, data: Tree) -> Start:
        """Return a start near the mode given what is held, and the widths there, by site."""
        held = self.settings.held
        moving, moving_sites = ravel_pytree({name: x for name, x in z.items() if name not in held})
        still, still_sites = ravel_pytree({name: x for name, x in z.items() if name in held})

        def sites(flat: Tree) -> Tree:
            return moving_sites(flat[: moving.size]) | still_sites(flat[moving.size :])

        def energy(flat: Tree) -> Tree:
            return potential_energy(self.function, (), data, sites(flat))

        x = jnp.concatenate([moving, still])
        start = approach(jax.value_and_grad(energy), x, moving.size)
        return Start(sites(start.point), start.value, sites(start.slope), sites(start.width))

    def _nuts(
        self, start: Start, key: Tree, target: Tree, data: Tree
    ) -> tuple[Tree, Callable[[Tree], Tree]]:
        """Return the state at a start, and a step of NumPyro's sampler."""

        def energy(scaled: Tree) -> Tree:
            return potential_energy(self.function, (), data, _times(scaled, start.width))

        begin, step = hmc(energy, algo="NUTS")
        scaled = jax.tree.map(lambda x, width: x / width, start.point, start.width)
        dense = self.settings.dense
        state = begin(
            ParamInfo(scaled, start.value, _times(start.slope, start.width)),
            self.settings.warmup,
            dense_mass=[dense] if dense else [],
            target_accept_prob=target,
            max_tree_depth=self.settings.max_tree_depth,
            rng_key=jax.random.wrap_key_data(key, impl=GENERATOR),
        )
        # The first step's own momentum makes its energy; the adaptation's key is for a search of
        # step sizes that is not made. Without them the generator is compiled fewer times.
        adaptation = state.adapt_state._replace(rng_key=None)
        state = state._replace(energy=start.value, rng_key=key, adapt_state=adaptation)
        return state, step

    def _record(self, state: Tree, width: Tree, data: Tree) -> Tree:
        """Return what is kept of a step: the sites of the results, and how the step went."""
        values = recorded(self.function, self.settings.keep, _times(state.z, width), data)
        stats = {
            "lp": -state.potential_energy,
            "energy": state.energy,
            "acceptance_rate": state.accept_prob,
            "step_size": state.adapt_state.step_size,
            "n_steps": state.num_steps,
            "diverging": state.diverging,
        }
        return values, stats


def recorded(
    function: Callable[..., None], keep: tuple[str, ...], z: Tree, data: Tree
) -> dict[str, Tree]:
    """Return the sites of a program that are kept, at free coordinates."""
    sites = constrain_fn(function, (), data, z, return_deterministic=True)
    missing = [name for name in keep if name not in sites]
    if missing:
        raise EngineError(f"the program has no site `{missing[0]}`, which the results need")
    return {name: sites[name] for name in keep}


def _times(tree: Tree, width: Tree) -> Tree:
    return jax.tree.map(lambda x, wide: x * wide, tree, width)


def _parted(state: Tree, width: Tree) -> tuple[Counters, Own]:
    counters = Counters(state.i, state.adapt_state.window_idx)
    return counters, Own(_with(state, Counters(None, None)), width)


def _with(state: Tree, counters: Counters) -> Tree:
    adaptation = state.adapt_state._replace(window_idx=counters.window)
    return state._replace(i=counters.step, adapt_state=adaptation)
