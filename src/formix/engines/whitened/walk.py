"""Many chains of Hamiltonian Monte Carlo side by side: compiled steps of all of them at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import numpy as np

from formix.engines.compile import compiled, ran
from formix.engines.lock import TRACING
from formix.engines.options import APART, FEWER, SOONER
from formix.engines.precision import float64
from formix.engines.whitened.leaps import (
    DIVERGED,
    LENGTH,
    SHORTEST,
    STAGES,
    Moving,
    longer,
    moved,
    trajectory,
)
from formix.errors import EngineError

if TYPE_CHECKING:
    from jax.stages import Compiled
    from jaxtyping import Float

    from formix.engines.whitened.target import Target

    Array = jax.Array
    Points = Float[np.ndarray, "chain coordinate"]

_MOST_STEPS = 16

_MOST_BYTES = 64_000_000
"""Of the random numbers of the steps of a call, and of each site."""

_KEPT = 8
"""Walks kept in memory."""

HINT = "if memory ran out, ask for fewer draws at once"

_JITTER = 0.2
"""Strides differ by as much, so that no coordinate comes back to where it was."""


class Known(NamedTuple):
    """What is known where chains are: the log density, the program's own, and the sites."""

    value: Any
    lp: Any
    sites: Any


class Place(NamedTuple):
    """Where chains are: coordinates, the slope there, and what else is known."""

    x: Any
    slope: Any
    known: Known


@dataclass(frozen=True, eq=False)
class Record:
    """What is recorded of steps: the sites, and how the steps went; axes are step and chain."""

    sites: Mapping[str, np.ndarray]
    stats: Mapping[str, np.ndarray]


def _ahead(target: Target, start: Moving, stride: Array, stages: Array, given: Any) -> Moving:
    """Return where trajectories end, of so many stages, from the slope and momentum at a start."""
    uphill = jax.vmap(jax.grad(target.followed), (0, None))
    return moved(lambda x: uphill(x, given), start, stride[:, None], stages)


def _known(target: Target, keep: tuple[str, ...], x: Array, given: Any) -> Known:
    """Return what is known at coordinates, of the sites those that are kept."""
    free, log_slope = target.free(x, given)
    value, sites = target.joint(free, given)
    missing = [name for name in keep if name not in sites]
    if missing:
        raise EngineError(f"the program has no site `{missing[0]}`, which the results need")
    return Known(value + log_slope, value, {name: sites[name] for name in keep})


@dataclass(frozen=True, eq=False)
class Walk:
    """The compiled programs of so many chains.

    There are two: one of both would run no faster, and takes half as much again to compile, and
    more memory.

    Parameters
    ----------
    ahead
        Takes a `Moving`, each chain's stride, how many stages there are, and what is given; returns
        where the trajectories end.
    known
        Takes coordinates, and what is given; returns what is known there.
    chains, size
        How many chains, and coordinates.
    """

    ahead: Compiled
    known: Compiled
    chains: int
    size: int

    @property
    def most(self) -> int:
        """The most steps of a call, for its memory, and as Ctrl-C leaves it to run on unheard."""
        return max(1, min(_MOST_STEPS, _MOST_BYTES // (8 * self.chains * self.size)))

    def moves(self, generators: Sequence[np.random.Generator]) -> dict[str, np.ndarray]:
        """Return the random numbers of steps that learn nothing, each of its own generator."""
        chains, each = self.chains, generators
        return {
            "normals": np.stack([g.standard_normal((chains, self.size)) for g in each]),
            "logarithms": -np.stack([g.standard_exponential(chains) for g in each]),
            "apart": np.stack([g.uniform(1.0 - _JITTER, 1.0 + _JITTER, chains) for g in each]),
            "gains": np.zeros(len(each)),
        }

    def looked(self, x: Points, given: Any) -> Known:
        """Return what is known at coordinates."""
        return ran(lambda: self.known(x, given), HINT)

    def found(self, x: Points, given: Any) -> Place:
        """Return what is at coordinates, and the slope there."""

        def work() -> Place:
            still = Moving(x, np.zeros_like(x), np.zeros_like(x))
            end = self.ahead(still, np.zeros(self.chains), np.int64(1), given)
            return Place(x, end.slope, self.known(x, given))

        return ran(work, HINT)

    def moved(
        self,
        place: Place,
        stride: float,
        moves: Mapping[str, np.ndarray],
        given: Any,
        target: float = 1.0,
    ) -> tuple[Place, float, Record]:
        """Return where the chains are after some steps, their stride, and their records.

        Ctrl-C is heard meanwhile.

        Parameters
        ----------
        moves
            Of each step, by chain, the `normals` of the momentum, the `logarithms` of what the
            acceptance is compared to, and the factors `apart` of strides; and the `gains` by which
            the stride learns from how far the acceptance is from its `target`.

        Raises
        ------
        EngineError
            If a compiled program fails, as it does without memory.
        """

        def work() -> tuple[Place, float, Record]:
            here, longest = place, stride
            there = jax.device_put(given)
            sites: list[dict[str, np.ndarray]] = []
            stats: list[dict[str, np.ndarray]] = []
            for index, gain in enumerate(moves["gains"]):
                leaps, length = trajectory(longest)
                now = {name: moves[name][index] for name in ("normals", "logarithms", "apart")}
                here, told = self._step(here, leaps, length, now, there)
                sites.append(here.known.sites)
                stats.append(told)
                factor = np.exp(gain * longer(float(np.mean(told["acceptance_rate"])), target))
                longest = float(np.clip(longest * factor, SHORTEST, LENGTH))
            return here, longest, Record(stacked(sites), stacked(stats))

        return ran(work, HINT)

    def _step(
        self, place: Place, leaps: int, length: float, now: Mapping[str, np.ndarray], given: Any
    ) -> tuple[Place, dict[str, np.ndarray]]:
        """Return where the chains are after one step, and how it went."""
        momentum = now["normals"]
        start = Moving(place.x, place.slope, momentum)
        ended = self.ahead(start, length * now["apart"], np.int64(STAGES * leaps), given)
        end, known = jax.device_get((ended, self.known(ended.x, given)))
        energy = 0.5 * np.sum(np.square(momentum), axis=1) - place.known.value
        with np.errstate(all="ignore"):
            gain = energy - (0.5 * np.sum(np.square(end.momentum), axis=1) - known.value)
        gain = np.where(np.isfinite(known.value) & ~np.isnan(gain), gain, -np.inf)
        taken = now["logarithms"] < gain
        new = Place(end.x, end.slope, known)
        chosen = jax.tree.map(partial(_where, taken), new, place)
        return chosen, {
            "acceptance_rate": np.exp(np.minimum(gain, 0.0)),
            "diverging": gain < -DIVERGED,
            "energy": energy,
            "n_steps": np.full(self.chains, STAGES * leaps),
            "step_size": np.full(self.chains, length),
            "lp": chosen.known.lp,
        }


def _where(taken: np.ndarray, new: np.ndarray, old: np.ndarray) -> np.ndarray:
    return np.where(np.expand_dims(taken, tuple(range(1, new.ndim))), new, old)


def stacked(each: Sequence[Mapping[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Return arrays of each step as arrays of all, the step first."""
    return {name: np.stack([one[name] for one in each]) for name in each[0]}


_walks: OrderedDict[object, Walk] = OrderedDict()


def walk(target: Target, keep: tuple[str, ...], chains: int, given: Any) -> Walk:
    """Return the compiled programs of so many chains; the same again where only values changed."""
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

    def shape(*axes: int, dtype: type = np.float64) -> Any:
        return jax.ShapeDtypeStruct(axes, dtype)

    given = jax.tree.map(lambda x: shape(*x.shape, dtype=x.dtype), given)
    points = shape(chains, size)
    wishes = () if target.single else (SOONER,)
    # One after the other, as what is traced of both would add to what the compiler takes.
    ahead = compiled(
        jax.jit(partial(_ahead, target)).lower(
            Moving(points, points, points), shape(chains), shape(dtype=np.int64), given
        ),
        APART,
        FEWER,
        *wishes,
    )
    known = compiled(
        jax.jit(jax.vmap(partial(_known, target, keep), (0, None))).lower(points, given), *wishes
    )
    return Walk(ahead, known, chains, size)
