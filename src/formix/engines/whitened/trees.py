"""Trees of NUTS that many chains grow side by side, each at its own pace, leap by leap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.engines.whitened.leaps import DIVERGED, Moving

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jaxtyping import Bool, Float, Int

    Points = Float[np.ndarray, "chain coordinate"]
    Numbers = Float[np.ndarray, " chain"]
    Which = Bool[np.ndarray, " chain"]

DEEPEST = 10
"""Doublings of a trajectory."""


@dataclass(frozen=True, eq=False)
class At:
    """Where chains are: coordinates, the slope there, and the log density."""

    x: Points
    slope: Points
    value: Numbers

    def put(self, which: Which, other: At) -> None:
        """Take over where others are, for some of the chains."""
        self.x[which] = other.x[which]
        self.slope[which] = other.slope[which]
        self.value[which] = other.value[which]

    def copy(self) -> At:
        """Return the same, in arrays of its own."""
        return At(*(np.array(x, np.float64) for x in (self.x, self.slope, self.value)))


@dataclass(frozen=True, eq=False)
class Grown:
    """How trees ended, by chain: what is recorded of a draw."""

    energy: Numbers
    rate: Numbers
    leaps: Int[np.ndarray, " chain"]
    depth: Int[np.ndarray, " chain"]
    diverged: Which


class Trees:
    """The tree that each chain is growing.

    A tree doubles, by a branch ahead or back in time of as many leaps as it has points, until its
    ends, or those of any of its branches, near each other. Its draw is one of its points, by their
    density, and rather one of the last branch.

    Parameters
    ----------
    at
        Where the chains are. A tree that has ended leaves there its draw.
    deepest
        The most doublings.

    References
    ----------
    Hoffman and Gelman (2014), JMLR 15; Betancourt (2017), arXiv:1701.02434, appendix A; Phan,
    Pradhan and Jankowiak (2019), arXiv:1912.11554 (branches without recursion).
    """

    def __init__(self, at: At, deepest: int = DEEPEST) -> None:
        chains, size = at.x.shape
        self.at = at.copy()
        self.deepest = deepest
        self._chosen, self._twig = self.at.copy(), self.at.copy()
        self.ends = {way: _still(at) for way in (-1, 1)}
        self.now = _still(at)
        self.way = np.ones(chains, int)
        self._total, self._twig_total = np.zeros((2, chains, size))
        self._weight, self._twig_weight, self._energy, self._rates = np.zeros((4, chains))
        self._leaps, self._leaf, self._depth = np.zeros((3, chains), int)
        self._marks: list[tuple[Points, Points]] = []
        self._draws: dict[int, np.random.Generator] = {}

    def begin(
        self, which: Which, normals: Points, generators: Mapping[int, np.random.Generator]
    ) -> None:
        """Let some chains grow new trees, from where they are.

        Parameters
        ----------
        normals
            The momenta, of every chain.
        generators
            Those of all else that is random, by chain.
        """
        for end in self.ends.values():
            _put(end, which, Moving(self.at.x, self.at.slope, normals))
        self._chosen.put(which, self.at)
        self._total[which] = normals[which]
        kinetic = 0.5 * np.sum(np.square(normals), axis=1)
        self._energy[which] = (kinetic - self.at.value)[which]
        for numbers in (self._weight, self._rates, self._leaps, self._depth):
            numbers[which] = 0
        self._draws.update(generators)
        self._branch(which)

    def grow(self, which: Which, leapt: Moving, value: Numbers) -> Which:
        """Let a leap be part of the trees of some chains, and return which of those have ended.

        Parameters
        ----------
        leapt, value
            Where the leap from `now`, to the side `way`, has led, and the log density there.
        """
        _put(self.now, which, leapt)
        with np.errstate(all="ignore"):
            kinetic = 0.5 * np.sum(np.square(leapt.momentum), axis=1)
            gain = self._energy - (kinetic - value)
        gain = np.where(np.isfinite(value) & ~np.isnan(gain), gain, -np.inf)
        self._rates[which] += np.exp(np.minimum(gain, 0.0))[which]
        self._leaps[which] += 1
        diverged = which & (gain < -DIVERGED)
        self._diverged = diverged
        lives = which & ~diverged
        self._joined(lives, np.where(lives, gain, 0.0), At(leapt.x, leapt.slope, value))
        turned = self._turned(lives)
        self._leaf[which] += 1
        whole = lives & ~turned & (self._leaf == 1 << self._depth)
        ended = diverged | turned | self._doubled(whole)
        self.at.put(ended, self._chosen)
        self._branch(whole & ~ended)
        return ended

    def grown(self) -> Grown:
        """Return how the trees of those chains that have ended did."""
        return Grown(
            self._energy.copy(),
            self._rates / np.maximum(self._leaps, 1),
            self._leaps.copy(),
            self._depth.copy(),
            self._diverged.copy(),
        )

    def _branch(self, which: Which) -> None:
        """Let some chains begin a branch at one of their ends."""
        for chain in np.flatnonzero(which).tolist():
            self.way[chain] = 1 if self._draws[chain].random() < 0.5 else -1
        for way, end in self.ends.items():
            _put(self.now, which & (self.way == way), end)
        self._leaf[which] = 0
        self._twig_weight[which] = -np.inf
        self._twig_total[which] = 0.0

    def _joined(self, which: Which, gain: Numbers, at: At) -> None:
        """Let a point join the branches: it is their draw as often as its share of the weight."""
        self._twig_weight[which] = np.logaddexp(self._twig_weight, gain)[which]
        self._twig_total[which] += self.now.momentum[which]
        self._twig.put(which & (self._chances(which) <= gain - self._twig_weight), at)

    def _turned(self, which: Which) -> Which:
        """Return whose branches have turned, or a part of those that the last point makes whole.

        Of each part that is not whole yet, its first momentum is remembered, with the sum up to it:
        as many as the point's number has ones, without its last digit.
        """
        turned = np.zeros(len(which), dtype=bool)
        level = _ones(self._leaf >> 1)
        even = which & (self._leaf % 2 == 0)
        for mark in range(int(level[even].max(initial=-1)) + 1):
            here = even & (level == mark)
            if mark == len(self._marks):
                self._marks.append((np.zeros_like(self._total), np.zeros_like(self._total)))
            momentum, total = self._marks[mark]
            momentum[here] = self.now.momentum[here]
            total[here] = self._twig_total[here]
        odd = which & ~even
        first = level - _ones(self._leaf & ~(self._leaf + 1)) + 1
        for mark in range(int(level[odd].max(initial=-1)) + 1):
            here = odd & (first <= mark) & (mark <= level)
            momentum, total = (x[here] for x in self._marks[mark])
            between = self._twig_total[here] - total + momentum
            turned[here] |= near(momentum, self.now.momentum[here], between)
        return turned

    def _doubled(self, which: Which) -> Which:
        """Let whole branches be part of their trees, and return which of those have ended."""
        taken = which & (self._chances(which) <= self._twig_weight - self._weight)
        self._chosen.put(taken, self._twig)
        self._weight[which] = np.logaddexp(self._weight, self._twig_weight)[which]
        self._total[which] += self._twig_total[which]
        for way, end in self.ends.items():
            _put(end, which & (self.way == way), self.now)
        self._depth[which] += 1
        ended = near(self.ends[-1].momentum, self.ends[1].momentum, self._total)
        return which & (ended | (self._depth >= self.deepest))

    def _chances(self, which: Which) -> Numbers:
        """Return logarithms of uniform numbers for some chains, and zero for the others."""
        found = np.zeros(len(which))
        for chain in np.flatnonzero(which).tolist():
            found[chain] = -self._draws[chain].standard_exponential()
        return found


def near(first: Points, last: Points, total: Points) -> Which:
    """Return where the ends of a trajectory near each other, as it goes on at either.

    Parameters
    ----------
    first, last, total
        Momenta at the ends, and the sum of all, the ends too.
    """
    middle = total - 0.5 * (first + last)
    ahead, back = (np.sum(end * middle, axis=1) for end in (last, first))
    return (ahead <= 0.0) | (back <= 0.0)


def _still(at: At) -> Moving:
    return Moving(np.array(at.x), np.array(at.slope), np.zeros_like(at.x))


def _put(into: Moving, which: Which, other: Any) -> None:
    for own, new in zip(into, other, strict=True):
        own[which] = new[which]


def _ones(numbers: Int[np.ndarray, " chain"]) -> Int[np.ndarray, " chain"]:
    """Return how many ones each has in base two."""
    return np.sum([(numbers >> digit) & 1 for digit in range(DEEPEST)], axis=0)
