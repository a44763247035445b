"""NUTS where trajectories of one length will not do: in the same coordinates, compiled already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from formix.engines.compile import ran
from formix.engines.decline import Decline
from formix.engines.whitened.leaps import LENGTH, SHORTEST, STAGES, longer
from formix.engines.whitened.trees import DEEPEST, At, Trees
from formix.engines.whitened.tuning import Tuned, learnt, settled
from formix.engines.whitened.walk import HINT, Known, Place, Record, Walk, stacked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from formix.engines.whitened.plan import Plan

PACED = 10
"""Draws from which a stride is learnt."""

HEARD = (10, 20)
"""Draws from which widths are learnt, one time after the other, of each short chain."""

WARMED = sum(HEARD) + PACED * (len(HEARD) + 1)
"""Draws of the warm-up."""

LONGEST = 100.0
"""Leaps a draw, on average, beyond which trajectories are too long to be followed."""

_WAITED = 6.0
"""Times as many, beyond which all others have waited too long for one chain; but no fewer than are
one whole tree."""

_FIRST = 0.1
"""The least stride to begin with."""

_AT_ONCE = 32
"""Leaps that run on unheard after Ctrl-C."""


@dataclass(frozen=True, eq=False)
class Turning(Walk):
    """Steps of NUTS by the compiled programs of a walk.

    Each chain grows its own trees, and does not wait for others before a call's draws are made.

    Parameters
    ----------
    bounded
        Whether trajectories that are too long are given up.
    """

    bounded: bool = True

    @classmethod
    def of(cls, walk: Walk, *, bounded: bool = True) -> Turning:
        """Return the same programs, for such steps."""
        return cls(walk.ahead, walk.known, walk.chains, walk.size, bounded)

    def moves(self, generators: Sequence[np.random.Generator]) -> dict[str, np.ndarray]:
        """Return the random numbers of steps that learn nothing, each of its own generator."""
        seeds = np.stack([g.integers(2**63, size=self.chains) for g in generators])
        chains = (self.chains, self.size)
        normals = np.stack([g.standard_normal(chains) for g in generators])
        return {"normals": normals, "seeds": seeds, "gains": np.zeros(len(generators))}

    def moved(
        self,
        place: Place,
        stride: float,
        moves: Mapping[str, np.ndarray],
        given: Any,
        target: float = 1.0,
    ) -> tuple[Place, float, Record]:
        """Return where the chains are after some steps, their stride, and their records.

        Parameters
        ----------
        moves
            Of each step, by chain, the `normals` of the momentum and the `seeds` of all else that
            is random; and the `gains` by which the stride learns.

        Raises
        ------
        EngineError
            If a compiled program fails, as it does without memory.
        Decline
            If trajectories are too long.
        """
        gains = moves["gains"]
        # While the stride is learnt each draw has its own.
        apart = len(gains) if np.any(gains) else 1
        sites: list[Mapping[str, np.ndarray]] = []
        stats: list[Mapping[str, np.ndarray]] = []
        for part in np.array_split(np.arange(len(gains)), apart):
            grove = _Grove(place, {name: x[part] for name, x in moves.items()})
            while grove.busy.any():
                if self.bounded and grove.long:
                    raise Decline("its trajectories do not turn back for long")
                ran(lambda grove=grove, stride=stride: self._leapt(grove, stride, given), HINT)
            known = [self.looked(x, given) for x in grove.drawn]
            place = grove.place(known[-1])
            sites += [each.sites for each in known]
            stats += grove.told(known, stride)
            rate = float(np.mean(stats[-1]["acceptance_rate"]))
            factor = np.exp(gains[part[0]] * longer(rate, target))
            stride = float(np.clip(stride * factor, SHORTEST, LENGTH))
        return place, stride, Record(stacked(sites), stacked(stats))

    def _leapt(self, grove: _Grove, stride: float, given: Any) -> None:
        """Let all chains leap some times."""
        there = jax.device_put(given)
        for _ in range(_AT_ONCE):
            trees = grove.trees
            ended = self.ahead(trees.now, stride * trees.way, np.int64(STAGES), there)
            grove.grow(*jax.device_get((ended, self.known(ended.x, there).value)))
            if not grove.busy.any():
                return


class _Grove:
    """So many trees of every chain, one after the other.

    Parameters
    ----------
    place
        Where the chains are.
    moves
        The random numbers of each draw.
    """

    def __init__(self, place: Place, moves: Mapping[str, np.ndarray]) -> None:
        self.moves = moves
        self.drawn = np.empty_like(moves["normals"])
        count, chains, _ = self.drawn.shape
        self.trees = Trees(At(place.x, place.slope, place.known.value))
        self._done = np.zeros(chains, int)
        self._leaps = self._waited = 0
        numbers = {name: np.zeros((count, chains)) for name in ("energy", "acceptance_rate")}
        wholes = {name: np.zeros((count, chains), int) for name in ("n_steps", "tree_depth")}
        self._stats = {**numbers, **wholes, "diverging": np.zeros((count, chains), bool)}
        self._begin(self.busy)

    @property
    def busy(self) -> np.ndarray:
        """Which chains have draws to make."""
        return self._done < len(self.drawn)

    @property
    def long(self) -> bool:
        """Whether there were more leaps than draws are worth."""
        count, chains, _ = self.drawn.shape
        waited = max(_WAITED * LONGEST * count, 1 << DEEPEST)
        return self._leaps > LONGEST * count * chains or self._waited > waited

    def grow(self, leapt: Any, value: np.ndarray) -> None:
        """Take in where a leap of every chain has led, and the log density there."""
        busy = self.busy
        self._leaps += int(busy.sum())
        self._waited += 1
        ended = self.trees.grow(busy, leapt, value)
        if not ended.any():
            return
        grown, who = self.trees.grown(), np.flatnonzero(ended)
        draw = self._done[who]
        self.drawn[draw, who] = self.trees.at.x[who]
        told = {
            "energy": grown.energy,
            "acceptance_rate": grown.rate,
            "n_steps": STAGES * grown.leaps,
            "tree_depth": grown.depth,
            "diverging": grown.diverged,
        }
        for name, x in told.items():
            self._stats[name][draw, who] = x[who]
        self._done[who] += 1
        self._begin(ended & self.busy)

    def place(self, known: Known) -> Place:
        """Return where the chains are, of which so much is known."""
        return Place(self.trees.at.x, self.trees.at.slope, known)

    def told(self, known: Sequence[Known], stride: float) -> list[dict[str, np.ndarray]]:
        """Return how each draw was made."""
        strides = np.full(len(self._done), stride)
        return [
            {name: x[draw] for name, x in self._stats.items()} | {"step_size": strides, "lp": at.lp}
            for draw, at in enumerate(known)
        ]

    def _begin(self, which: np.ndarray) -> None:
        who = np.flatnonzero(which)
        normals = np.zeros_like(self.drawn[0])
        normals[who] = self.moves["normals"][self._done[who], who]
        seeds = self.moves["seeds"][self._done[who], who]
        each = zip(who.tolist(), seeds.tolist(), strict=True)
        generators = {chain: np.random.default_rng(seed) for chain, seed in each}
        self.trees.begin(which, normals, generators)


def turned(
    walk: Walk, state: Tuned, plan: Plan, tell: Callable[[int], None]
) -> tuple[Turning, Tuned]:
    """Return steps of NUTS in place of a walk's, and the chains settled by them.

    Parameters
    ----------
    state
        Where the walk has come to.
    tell
        Is told how many draws are done, of `WARMED`.

    Raises
    ------
    Decline
        If trajectories are too long, or their steps too short.
    """
    machine, done = Turning.of(walk), 0
    generator = np.random.default_rng([plan.seed, 3])
    state = replace(state, stride=max(state.stride, _FIRST))
    for draws in (*HEARD, 0):
        gains = 1.0 / (1.0 + np.arange(PACED)) ** 0.6
        state, strides = settled(machine, state, generator, plan, gains)
        state = replace(state, stride=float(np.exp(np.mean(np.log(strides[PACED // 2 :])))))
        done += PACED
        tell(done)
        heard: list[np.ndarray] = []
        for _ in range(draws):
            state, _ = settled(machine, state, generator, plan, np.zeros(1))
            heard.append(state.place.x)
        if heard:
            state = learnt(machine, state, np.concatenate(heard), len(state.given["centre"]))
        done += draws
        tell(done)
    return machine, state
