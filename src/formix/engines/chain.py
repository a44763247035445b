"""One chain of NumPyro's NUTS as a function of its state, for JAX to transform and compile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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

RANDOM, GIVEN = -1, -2
"""The step of chains that are not begun: from a random point by way of `approach`, or as given."""

METRIC = ("inverse_mass_matrix", "mass_matrix_sqrt")
"""What NumPyro's state of adaptation holds of the mass matrix, block by block."""


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
    """What all chains share: the step, and the window of adaptation.

    Before the first the step is -1, and where `z`, the widths and the metric are given, -2.

    Shared, they keep the adaptation's branches branches where chains are vectorised; with one for
    each chain, every step would compute both sides and factor the mass matrix.
    """

    step: Tree
    window: Tree


class Own(NamedTuple):
    """What each chain has: its state in NumPyro's form, and the width of each free coordinate.

    The sampler moves in coordinates over their widths. They have no units, and neither then have
    its first step size and the ridge under its mass matrix. `before` is what it has seen, as it
    were, before any window of its adaptation: means, sums of squares and counts, by block.
    """

    state: Tree
    width: Tree
    before: Tree


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
        before = state.adapt_state.mm_state
        return *_parted(state, width, before), self._record(state, width, data)

    def advance(
        self, most: int, shared: Counters, own: Own, steps: Tree, target: Tree, data: Tree
    ) -> tuple[Counters, Own, Tree]:
        """Return the chain `steps` steps on, and their records in arrays of length `most`.

        Where the step is negative, the chain is begun first, from its `z`; with no steps, that is
        all.
        """
        old, key = own.state, own.state.rng_key
        begin, given = shared.step < 0, shared.step == GIVEN
        start: Start = jax.lax.cond(
            begin,
            lambda: self.start(old.z, data, own.width, given),
            lambda: Start(old.z, old.potential_energy, old.z_grad, own.width),
        )
        width = start.width
        fresh, step = self._nuts(start, key, target, data)
        fresh = _with_metric(fresh, old, given)
        state = jax.tree.map(
            lambda new, kept: jnp.where(begin, new, kept), fresh, _with(old, shared)
        )
        state = state._replace(rng_key=jax.random.wrap_key_data(state.rng_key, impl=GENERATOR))
        shapes = jax.eval_shape(self._record, state, width, data)
        blank = jax.tree.map(lambda leaf: jnp.zeros((most, *leaf.shape), leaf.dtype), shapes)

        def body(index: Tree, carried: tuple[Tree, Tree]) -> tuple[Tree, Tree]:
            state, records = carried
            state = _remembering(step(state), own.before)
            new = self._record(state, width, data)
            return state, jax.tree.map(lambda old, x: old.at[index].set(x), records, new)

        state, records = jax.lax.fori_loop(0, steps, body, (state, blank))
        state = state._replace(rng_key=jax.random.key_data(state.rng_key))
        return *_parted(state, width, own.before), records

    def start(
        self, z: Tree, data: Tree, width: Tree | None = None, given: Tree | bool = False
    ) -> Start:
        """Return a start near the mode given what is held, and the widths there, by site.

        Where it is `given`, it is `z` and the `width` as they are.
        """
        held = self.settings.held

        def flattened(tree: Tree) -> tuple[tuple[Tree, Tree], tuple[Tree, Tree]]:
            moves = ravel_pytree({name: x for name, x in tree.items() if name not in held})
            return moves, ravel_pytree({name: x for name, x in tree.items() if name in held})

        (moving, moving_sites), (still, still_sites) = flattened(z)

        def sites(flat: Tree) -> Tree:
            return moving_sites(flat[: moving.size]) | still_sites(flat[moving.size :])

        def energy(flat: Tree) -> Tree:
            return potential_energy(self.function, (), data, sites(flat))

        x = jnp.concatenate([moving, still])
        (wide, _), (wide_still, _) = flattened(
            jax.tree.map(jnp.ones_like, z) if width is None else width
        )
        widths = jnp.concatenate([wide, wide_still])
        start = approach(jax.value_and_grad(energy), x, moving.size, widths, given)
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


def _with_metric(fresh: Tree, old: Tree, given: Tree) -> Tree:
    """Return a fresh state, with the metric of an old one where it is given."""
    adaptation = fresh.adapt_state
    metric = {
        name: jax.tree.map(
            partial(jnp.where, given), getattr(old.adapt_state, name), getattr(adaptation, name)
        )
        for name in METRIC
    }
    return fresh._replace(adapt_state=adaptation._replace(**metric))


def _remembering(state: Tree, before: Tree) -> Tree:
    """Return a state whose blocks that have seen nothing yet have seen what was before."""
    seen = state.adapt_state.mm_state
    seen = {
        block: tuple(
            jnp.where(seen[block][-1] == 0, a, b)
            for a, b in zip(before[block], seen[block], strict=True)
        )
        for block in seen
    }
    return state._replace(adapt_state=state.adapt_state._replace(mm_state=seen))


def _parted(state: Tree, width: Tree, before: Tree) -> tuple[Counters, Own]:
    counters = Counters(state.i, state.adapt_state.window_idx)
    return counters, Own(_with(state, Counters(None, None)), width, before)


def _with(state: Tree, counters: Counters) -> Tree:
    adaptation = state.adapt_state._replace(window_idx=counters.window)
    return state._replace(i=counters.step, adapt_state=adaptation)
