"""Many chains of Hamiltonian Monte Carlo side by side, as one compiled program."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from formix.engines.compile import compiled
from formix.engines.lock import TRACING
from formix.engines.precision import float64
from formix.engines.waiting import in_background
from formix.engines.whitened.leaps import LENGTH, SHORTEST, STAGES, Moving, moved, trajectory
from formix.errors import EngineError

if TYPE_CHECKING:
    from jax.stages import Compiled
    from jaxtyping import Float

    from formix.engines.whitened.target import Target

    Array = jax.Array

_MOST_STEPS = 16
"""Steps that one call can make: their random numbers are arguments, which takes memory."""

_MOST_BYTES = 64_000_000

_KEPT = 8
"""Compiled programs kept in memory."""

_SITE = "site "
"""What stands before the name of a site in the records of a call."""

_DIVERGED = 1000.0
"""An error of the energy beyond which a trajectory has left where it can be followed."""


class Place(NamedTuple):
    """Where chains are: coordinates, the log density there and its slope, and the sites."""

    x: Any
    value: Any
    slope: Any
    sites: Any


@dataclass(frozen=True, eq=False)
class Record:
    """What is recorded of steps: the sites, and how the steps went; axes are step and chain."""

    sites: Mapping[str, np.ndarray]
    stats: Mapping[str, np.ndarray]


def advance(
    target: Target, keep: tuple[str, ...], most: int, place: Place, moves: Any, given: Any
) -> tuple[Place, Array, Any]:
    """Return where the chains are after some steps, their stride, and their records.

    Parameters
    ----------
    keep
        The sites that are recorded.
    most
        The length of the records.
    moves
        `count` steps from a `stride`; of each step, by chain, the `normals` of the momentum, the
        `logarithms` of what the acceptance is compared to, and the factors `apart` of strides;
        and `gains`, by which strides learn from how far the acceptance is from its `target`. Steps
        that are `still` stay where they are, and one slope is enough.
    """
    uphill = jax.vmap(jax.grad(target.followed), (0, None))
    known = jax.vmap(partial(_known, target, keep), (0, None))

    def body(index: Array, carried: tuple[Place, Array, Any]) -> tuple[Place, Array, Any]:
        place, tuned, records = carried
        leaps, length = trajectory(tuned)
        stages = jnp.where(moves["still"], 1, STAGES * leaps)
        stride = length * moves["apart"][index][:, None]
        momentum = moves["normals"][index]

        moving = Moving(place.x, place.slope, momentum)
        x, slope, p = moved(lambda x: uphill(x, given), moving, stride, stages)
        value, sites = known(x, given)
        end = Place(x, value, slope, sites)
        energy = 0.5 * jnp.sum(jnp.square(momentum), axis=1) - place.value
        gain = energy - (0.5 * jnp.sum(jnp.square(p), axis=1) - end.value)
        gain = jnp.where(jnp.isfinite(end.value), gain, -jnp.inf)
        gain = jnp.where(jnp.isnan(gain), -jnp.inf, gain)
        taken = moves["logarithms"][index] < gain
        chosen = jax.tree.map(lambda new, old: _where(taken, new, old), end, place)
        accepted = jnp.exp(jnp.minimum(gain, 0.0))
        stats = {
            "acceptance_rate": accepted,
            "diverging": gain < -_DIVERGED,
            "energy": energy,
            "n_steps": jnp.full(len(gain), stages),
            "step_size": jnp.full(len(gain), length),
        }
        new = {**stats, **chosen.sites}
        records = jax.tree.map(lambda old, x: old.at[index].set(x), records, new)
        error = jnp.mean(accepted) - moves["target"]
        tuned = jnp.clip(tuned * jnp.exp(moves["gains"][index] * error), SHORTEST, LENGTH)
        return chosen, tuned, records

    numbers = dict.fromkeys(("acceptance_rate", "energy", "step_size"), place.value)
    shapes = {
        **numbers,
        "diverging": place.value > 0.0,
        "n_steps": place.value.astype(np.int64),
        **place.sites,
    }
    blank = jax.tree.map(lambda leaf: jnp.zeros((most, *leaf.shape), leaf.dtype), shapes)
    carried = (place, moves["stride"], blank)
    return jax.lax.fori_loop(0, moves["count"], body, carried)


def _where(taken: Array, new: Array, old: Array) -> Array:
    return jnp.where(jnp.expand_dims(taken, tuple(range(1, jnp.ndim(new)))), new, old)


def _known(target: Target, keep: tuple[str, ...], x: Array, given: Any) -> tuple[Array, Any]:
    """Return the log density, and the sites that are kept with the program's own log density."""
    free, log_slope = target.free(x, given)
    value, sites = target.joint(free, given)
    missing = [name for name in keep if name not in sites]
    if missing:
        raise EngineError(f"the program has no site `{missing[0]}`, which the results need")
    return value + log_slope, {f"{_SITE}{name}": sites[name] for name in keep} | {"lp": value}


@dataclass(frozen=True, eq=False)
class Walk:
    """A compiled program of so many chains.

    Parameters
    ----------
    program
        Takes a `Place`, moves, and what is given; returns a `Place` and records.
    chains, size
        How many chains, and coordinates.
    most
        The most steps of one call.
    sites
        The shapes of what is recorded of where chains are.
    """

    program: Compiled
    chains: int
    size: int
    most: int
    sites: Mapping[str, tuple[int, ...]]

    def found(self, x: Float[np.ndarray, "chain coordinate"], given: Any) -> tuple[Place, Record]:
        """Return what is at coordinates: by a step that stays where it is."""
        chains = len(x)
        sites = {name: np.zeros(shape) for name, shape in self.sites.items()}
        place = Place(x, np.full(chains, -np.inf), np.zeros_like(x), sites)
        moves = {
            "normals": np.zeros((1, chains, self.size)),
            "logarithms": np.full((1, chains), -np.inf),
            "apart": np.zeros((1, chains)),
            "gains": np.zeros(1),
        }
        after, _, record = self.moved(place, LENGTH, moves, given, still=True)
        return after, record

    def moved(
        self,
        place: Place,
        stride: float,
        moves: Mapping[str, np.ndarray],
        given: Any,
        target: float = 1.0,
        *,
        still: bool = False,
    ) -> tuple[Place, float, Record]:
        """Return where the chains are after some steps, their stride, and their records.

        Ctrl-C is heard meanwhile.

        Raises
        ------
        EngineError
            If the compiled program fails, as it does without memory.
        """
        count = len(moves["gains"])
        padded: dict[str, Any] = {name: _padded(x, self.most) for name, x in moves.items()}
        numbers = {"stride": stride, "target": target}
        padded |= {name: np.float64(x) for name, x in numbers.items()} | {"count": np.int64(count)}
        padded["still"] = np.bool_(still)

        def work() -> Any:
            with float64():
                return jax.device_get(self.program(place, padded, given))

        try:
            after, learnt, records = in_background(work)
        except jax.errors.JaxRuntimeError as error:
            raise EngineError(
                f"the compiled program failed: {str(error).partition(chr(10))[0]}",
                hint="if memory ran out, ask for fewer draws at once",
            ) from error
        recorded = {name: x[:count] for name, x in records.items()}
        sites = {
            name.removeprefix(_SITE): x for name, x in recorded.items() if name.startswith(_SITE)
        }
        stats = {name: x for name, x in recorded.items() if not name.startswith(_SITE)}
        return Place(*after), float(learnt), Record(sites, stats)


_walks: OrderedDict[object, Walk] = OrderedDict()


def walk(target: Target, keep: tuple[str, ...], chains: int, given: Any) -> Walk:
    """Return the compiled program of so many chains; the same again where only values changed."""
    shapes = tuple((x.shape, x.dtype.str) for x in jax.tree.leaves(given))
    key = (target, keep, chains, shapes, str(jax.tree.structure(given)))
    with TRACING, float64():
        if key not in _walks:
            _walks[key] = _compile(target, keep, chains, given)
            while len(_walks) > _KEPT:
                _walks.popitem(last=False)
        _walks.move_to_end(key)
        return _walks[key]


def _compile(target: Target, keep: tuple[str, ...], chains: int, given: Any) -> Walk:
    size = target.of.size
    most = max(1, min(_MOST_STEPS, _MOST_BYTES // (8 * chains * size)))

    def shape(*axes: int, dtype: type = np.float64) -> jax.ShapeDtypeStruct:
        return jax.ShapeDtypeStruct(axes, dtype)

    given = jax.tree.map(lambda x: shape(*x.shape, dtype=x.dtype), given)
    with_sites = jax.vmap(partial(_known, target, keep), (0, None))
    _, known = jax.eval_shape(with_sites, shape(chains, size), given)
    place = Place(shape(chains, size), shape(chains), shape(chains, size), known)
    moves = {
        "normals": shape(most, chains, size),
        "logarithms": shape(most, chains),
        "apart": shape(most, chains),
        "gains": shape(most),
        "stride": shape(),
        "target": shape(),
        "still": shape(dtype=np.bool_),
        "count": shape(dtype=np.int64),
    }
    lowered = jax.jit(partial(advance, target, keep, most)).lower(place, moves, given)
    shapes = {name: x.shape for name, x in known.items()}
    return Walk(compiled(lowered), chains, size, most, shapes)


def _padded(x: np.ndarray, most: int) -> np.ndarray:
    """Return an array with room for the most steps, so that one program takes any number."""
    found = np.zeros((most, *x.shape[1:]), x.dtype)
    found[: len(x)] = x
    return found
