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
    """Where chains are: coordinates, the log density there, and its slope."""

    x: Any
    value: Any
    slope: Any

    @classmethod
    def at(cls, x: Float[np.ndarray, "chain coordinate"]) -> Place:
        """Return places of which nothing is known yet: the first step finds out, and stays."""
        return cls(x, np.full(len(x), -np.inf), np.zeros_like(x))


@dataclass(frozen=True, eq=False)
class Record:
    """What is recorded of steps: the sites, and how the steps went; axes are step and chain."""

    sites: Mapping[str, np.ndarray]
    stats: Mapping[str, np.ndarray]


def advance(
    target: Target, keep: tuple[str, ...], most: int, place: Place, moves: Any, given: Any
) -> tuple[Place, Any]:
    """Return where the chains are after some steps, and their records.

    Parameters
    ----------
    keep
        The sites that are recorded.
    most
        The length of the records.
    moves
        `count` steps; of each step the `normals` of the momentum and the `logarithms` of what the
        acceptance is compared to, by chain, the `strides` by chain, and how many `leaps`.
    """
    look = jax.vmap(jax.value_and_grad(target.followed), (0, None))
    exact = jax.vmap(target.log_density, (0, None))

    def body(index: Array, carried: tuple[Place, Any]) -> tuple[Place, Any]:
        place, records = carried
        stride = moves["strides"][index][:, None]
        momentum = moves["normals"][index]

        def leap(_: Array, moving: tuple[Place, Array]) -> tuple[Place, Array]:
            at, p = moving
            p = p + 0.5 * stride * at.slope
            x = at.x + stride * p
            value, slope = look(x, given)
            return Place(x, value, slope), p + 0.5 * stride * slope

        end, p = jax.lax.fori_loop(0, moves["leaps"][index], leap, (place, momentum))
        if target.single:
            end = end._replace(value=exact(end.x, given))
        energy = 0.5 * jnp.sum(jnp.square(momentum), axis=1) - place.value
        gain = energy - (0.5 * jnp.sum(jnp.square(p), axis=1) - end.value)
        gain = jnp.where(jnp.isfinite(end.value), gain, -jnp.inf)
        taken = moves["logarithms"][index] < gain
        chosen = Place(
            jnp.where(taken[:, None], end.x, place.x),
            jnp.where(taken, end.value, place.value),
            jnp.where(taken[:, None], end.slope, place.slope),
        )
        stats = {
            "acceptance_rate": jnp.exp(jnp.minimum(gain, 0.0)),
            "diverging": gain < -_DIVERGED,
            "energy": energy,
        }
        new = {**stats, **sites(chosen)}
        return chosen, jax.tree.map(lambda old, x: old.at[index].set(x), records, new)

    def sites(place: Place) -> Any:
        """Return the sites that are kept, and the program's log density at its free coordinates."""
        return jax.vmap(partial(_sites, target, keep), (0, 0, None))(place.x, place.value, given)

    stats = {"acceptance_rate": place.value, "diverging": place.value > 0.0, "energy": place.value}
    shapes = {**jax.eval_shape(sites, place), **stats}
    blank = jax.tree.map(lambda leaf: jnp.zeros((most, *leaf.shape), leaf.dtype), shapes)
    return jax.lax.fori_loop(0, moves["count"], body, (place, blank))


def _sites(target: Target, keep: tuple[str, ...], x: Array, value: Array, given: Any) -> Any:
    free, log_slope = target.free(x, given)
    _, sites = target.joint(free, given)
    missing = [name for name in keep if name not in sites]
    if missing:
        raise EngineError(f"the program has no site `{missing[0]}`, which the results need")
    return {f"{_SITE}{name}": sites[name] for name in keep} | {"lp": value - log_slope}


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
    """

    program: Compiled
    chains: int
    size: int
    most: int

    def moved(
        self, place: Place, moves: Mapping[str, np.ndarray], given: Any
    ) -> tuple[Place, Record]:
        """Return where the chains are after some steps, and their records; Ctrl-C is heard.

        Raises
        ------
        EngineError
            If the compiled program fails, as it does without memory.
        """
        count = len(moves["leaps"])
        padded: dict[str, Any] = {name: _padded(x, self.most) for name, x in moves.items()}
        padded["count"] = np.int64(count)

        def work() -> Any:
            with float64():
                return jax.device_get(self.program(place, padded, given))

        try:
            after, records = in_background(work)
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
        return Place(*after), Record(sites, stats)


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

    place = Place(shape(chains, size), shape(chains), shape(chains, size))
    moves = {
        "normals": shape(most, chains, size),
        "logarithms": shape(most, chains),
        "strides": shape(most, chains),
        "leaps": shape(most, dtype=np.int64),
        "count": shape(dtype=np.int64),
    }
    given = jax.tree.map(lambda x: shape(*x.shape, dtype=x.dtype), given)
    lowered = jax.jit(partial(advance, target, keep, most)).lower(place, moves, given)
    return Walk(compiled(lowered), chains, size, most)


def _padded(x: np.ndarray, most: int) -> np.ndarray:
    """Return an array with room for the most steps, so that one program takes any number."""
    found = np.zeros((most, *x.shape[1:]), x.dtype)
    found[: len(x)] = x
    return found
