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

from formix.engines.approach import approach
from formix.errors import EngineError

Tree = Any
"""A nest of arrays, as JAX takes it; NumPyro gives its states no types."""

_GENERATOR = "threefry2x32"
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
    keep
        Sites that are recorded.
    """

    warmup: int
    max_tree_depth: int
    dense: tuple[str, ...]
    keep: tuple[str, ...]


class Counters(NamedTuple):
    """What all chains share: the step, -1 before the first, and the window of adaptation.

    Shared, they keep the adaptation's branches branches where chains are vectorised; with one for
    each chain, every step would compute both sides and factor the mass matrix.
    """

    step: Tree
    window: Tree


def parted(state: Tree) -> tuple[Counters, Tree]:
    """Return the counters of a state, and the state without them."""
    counters = Counters(state.i, state.adapt_state.window_idx)
    return counters, _with(state, Counters(None, None))


def _with(state: Tree, counters: Counters) -> Tree:
    adaptation = state.adapt_state._replace(window_idx=counters.window)
    return state._replace(i=counters.step, adapt_state=adaptation)


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

    def begun(self, z: Tree, key: Tree, target: Tree, data: Tree) -> Tree:
        """Return the state at a starting point, with nothing adapted yet."""
        potential, begin, _ = self._nuts(data)
        return self._begun(potential, begin, z, key, target)

    def advance(
        self, most: int, shared: Counters, own: Tree, steps: Tree, target: Tree, data: Tree
    ) -> tuple[Counters, Tree, Tree]:
        """Return the state `steps` steps on, and their records in arrays of length `most`.

        A state whose step is -1 is begun first; with no steps, that is all.
        """
        potential, begin, step = self._nuts(data)
        state: Tree = jax.lax.cond(
            shared.step < 0,
            lambda: self._begun(potential, begin, own.z, own.rng_key, target),
            lambda: _with(own, shared),
        )
        state = state._replace(rng_key=jax.random.wrap_key_data(state.rng_key, impl=_GENERATOR))
        blank = jax.tree.map(
            lambda leaf: jnp.zeros((most, *leaf.shape), leaf.dtype),
            jax.eval_shape(self.record, state, data),
        )

        def body(index: Tree, carried: tuple[Tree, Tree]) -> tuple[Tree, Tree]:
            state, records = carried
            state = step(state)
            new = self.record(state, data)
            return state, jax.tree.map(lambda old, x: old.at[index].set(x), records, new)

        state, records = jax.lax.fori_loop(0, steps, body, (state, blank))
        state = state._replace(rng_key=jax.random.key_data(state.rng_key))
        return *parted(state), records

    def record(self, state: Tree, data: Tree) -> Tree:
        """Return what is kept of a step: the sites of the results, and how the step went."""
        sites = constrain_fn(self.function, (), data, state.z, return_deterministic=True)
        missing = [name for name in self.settings.keep if name not in sites]
        if missing:
            raise EngineError(f"the program has no site `{missing[0]}`, which the results need")
        values = {name: sites[name] for name in self.settings.keep}
        stats = {
            "lp": -state.potential_energy,
            "energy": state.energy,
            "acceptance_rate": state.accept_prob,
            "step_size": state.adapt_state.step_size,
            "n_steps": state.num_steps,
            "diverging": state.diverging,
        }
        return values, stats

    def _nuts(self, data: Tree) -> tuple[Callable[..., Tree], ...]:
        potential = partial(potential_energy, self.function, (), data)
        return potential, *hmc(potential, algo="NUTS")

    def _begun(
        self,
        potential: Callable[..., Tree],
        begin: Callable[..., Tree],
        z: Tree,
        key: Tree,
        target: Tree,
    ) -> Tree:
        dense = self.settings.dense
        first = {name: z[name] for name in dense}
        others = {name: x for name, x in z.items() if name not in first}
        small, unravel = ravel_pytree(first)
        x, rest = ravel_pytree(others)

        def whole(flat: Tree) -> Tree:
            return unravel(flat[: small.size]) | rest(flat[small.size :])

        start = approach(
            jax.value_and_grad(lambda flat: potential(whole(flat))),
            jnp.concatenate([small, x]),
            small.size,
        )
        width = whole(start.width)
        blocks = [block for block in (dense, tuple(sorted(others))) if block]
        variances = {
            block: jnp.square(ravel_pytree([width[name] for name in block])[0]) for block in blocks
        }
        state = begin(
            ParamInfo(whole(start.point), start.value, whole(start.slope)),
            self.settings.warmup,
            dense_mass=[dense] if dense else [],
            inverse_mass_matrix=variances,
            target_accept_prob=target,
            max_tree_depth=self.settings.max_tree_depth,
            rng_key=jax.random.wrap_key_data(key, impl=_GENERATOR),
        )
        # The first step's own momentum makes its energy; the adaptation's key is for a search of
        # step sizes that is not made. Without them the generator is compiled fewer times.
        adaptation = state.adapt_state._replace(rng_key=None)
        return state._replace(energy=start.value, rng_key=key, adapt_state=adaptation)
