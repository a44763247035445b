"""Integrals of many densities that have one peak each, over one or two standardised effects.

The trapezoidal rule is laid about the peak in units of its curvature, outwards until nothing is
left, and its step is halved until it changes nothing: for densities as smooth as those of families
each halving doubles the digits.

References
----------
Trefethen and Weideman (2014), doi:10.1137/130932132.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int

    ByLevel = Float[np.ndarray, "sample level"]
    Effects = Float[np.ndarray, "sample level effect"]
    Matrices = Float[np.ndarray, "sample level effect effect"]
    LogDensity = Callable[[Effects, Int[np.ndarray, " sample"]], ByLevel]

MOST_EFFECTS = 2
"""Effects of a level that are integrated: each more takes a hundred times as long."""

_STEP, _HALVINGS = 0.8, {1: 7, 2: 4}
"""The first step of the rule, and how often it is halved at most, by the number of effects."""

_NOTHING = 1e-14
"""A share of an integral beyond which the rule goes no farther out."""

_CHANGE, _SETTLED = 1e-6, 1e-10
"""A change of a log integral by halving the step after which little is left, if the digits have
doubled as they should; and one after which nothing is in any case."""

_DOUBLED = 1.5
"""The power of the change before that a change is at most where digits double."""

_AT_ONCE = 500_000
"""Numbers worked on at once, of several points where samples are few."""

_DIFFERENCE = 1e-3
_ROUNDS, _FAR, _NEAR = 40, 5.0, 1e-3
_FLATTEST = 0.25


@dataclass(frozen=True, eq=False)
class _Peak:
    """Where each density is highest, the root of its covariance there, and how high it is."""

    at: Effects
    root: Matrices
    log_width: ByLevel
    height: ByLevel


def log_integral(
    log_density: LogDensity, samples: int, levels: int, size: int, work: int = 0
) -> tuple[ByLevel, float]:
    """Return the logarithms of integrals, and about how much they may err.

    Parameters
    ----------
    log_density
        `(effects, places of samples) -> log density`, of standard normal effects with it.
    samples, levels, size
        How many there are, and how many effects a level has.
    work
        Numbers that the density of one sample works on; by default one a level.
    """
    peak = _peak(log_density, samples, levels, size)
    rule = _Rule(log_density, peak, np.zeros((samples, levels)), max(work, levels))
    left, step, error = np.arange(samples), _STEP, 0.0
    rule.add(left, step, halved=False)
    answer = np.log(rule.total) + size * np.log(step)
    before = np.zeros(samples)
    for _ in range(_HALVINGS[size]):
        step *= 0.5
        rule.add(left, step, halved=True)
        again = np.log(rule.total[left]) + size * np.log(step)
        change = np.max(np.abs(again - answer[left]), axis=1, initial=0.0)
        answer[left] = again
        settled = (change <= _CHANGE) & (change <= before[left] ** _DOUBLED) | (change <= _SETTLED)
        before[left] = change
        error = max(error, float(np.max(change[settled] ** _DOUBLED, initial=0.0)))
        left = left[~settled]
        if not len(left):
            break
    error = max(error, float(np.max(before[left], initial=0.0)))
    return answer + peak.log_width + peak.height, error


@dataclass(frozen=True, eq=False)
class _Rule:
    """The sums of the trapezoidal rule, in units of the height of each peak."""

    log_density: LogDensity
    peak: _Peak
    total: ByLevel
    work: int

    def add(self, left: Int[np.ndarray, " sample"], step: float, *, halved: bool) -> None:
        """Add the points of some samples, outwards until nothing is left.

        Those of even places are there already where the step was halved.
        """
        sums = self.total[left]
        distance = 0
        while len(left):
            found = _shell(distance, self.peak.at.shape[2])
            points = np.array([p for p in found if not halved or any(x % 2 for x in p)])
            largest = np.zeros(())
            for share in self._shares(points * step, left):
                sums += share.sum(axis=0)
                largest = np.maximum(largest, share.max(axis=0))
            if len(points) and distance * step > 1.0 and np.all(largest <= _NOTHING * sums):
                break
            distance += 1
        self.total[left] = sums

    def _shares(
        self, points: Float[np.ndarray, "point effect"], left: Int[np.ndarray, " sample"]
    ) -> Iterator[Float[np.ndarray, "point sample level"]]:
        at, root, height = self.peak.at[left], self.peak.root[left], self.peak.height[left]
        together = max(1, _AT_ONCE // (self.work * len(left)))
        for start in range(0, len(points), together):
            some = points[start : start + together]
            where = at + np.einsum("slij,pj->psli", root, some)
            flat = where.reshape(-1, *at.shape[1:])
            found = self.log_density(flat, np.tile(left, len(some)))
            yield np.exp(found.reshape(len(some), *height.shape) - height)


def _shell(distance: int, size: int) -> Iterator[tuple[int, ...]]:
    """Yield the points of a grid that are so far from its middle in one direction at least."""
    if size == 1:
        yield from ((distance,), (-distance,)) if distance else ((0,),)
        return
    across = range(-distance, distance + 1)
    yield from (p for p in product(across, repeat=size) if max(map(abs, p)) == distance)


def _peak(log_density: LogDensity, samples: int, levels: int, size: int) -> _Peak:
    """Return the peaks by Newton's method, with differences, each step no farther than it climbs.

    They need not be exact: the rule corrects for them.
    """
    every = np.arange(samples)
    at = np.zeros((samples, levels, size))
    height = log_density(at, every)
    for _ in range(_ROUNDS):
        slope, curvature = _derivatives(log_density, at, height, every)
        move = np.linalg.solve(curvature, slope[..., None])[..., 0]
        move *= np.minimum(1.0, _FAR / np.maximum(np.linalg.norm(move, axis=2), _NEAR))[..., None]
        at, height = _climbed(log_density, at, height, move, every)
        if np.max(np.abs(move), initial=0.0) < _NEAR:
            break
    _, curvature = _derivatives(log_density, at, height, every)
    lower = np.linalg.cholesky(curvature)
    root = np.swapaxes(np.linalg.inv(lower), -1, -2)
    width = -np.sum(np.log(np.diagonal(lower, axis1=-2, axis2=-1)), axis=-1)
    return _Peak(at, root, width, height)


def _climbed(
    log_density: LogDensity,
    at: Effects,
    height: ByLevel,
    move: Effects,
    every: Int[np.ndarray, " sample"],
) -> tuple[Effects, ByLevel]:
    """Return where a step leads, halved where that is lower, or back to where it began."""
    share = np.ones(height.shape)
    better: Bool[np.ndarray, "sample level"] = np.zeros(height.shape, dtype=bool)
    for _ in range(5):
        there = at + share[..., None] * move
        reached = log_density(there, every)
        better = reached >= height
        if better.all():
            return there, reached
        share = np.where(better, share, 0.3 * share)
    there = np.where(better[..., None], at + share[..., None] * move, at)
    return there, log_density(there, every)


def _derivatives(
    log_density: LogDensity, at: Effects, height: ByLevel, every: Int[np.ndarray, " sample"]
) -> tuple[Effects, Matrices]:
    """Return the slope and the curvature, which is at least that of something rather flat."""
    size = at.shape[2]
    unit = _DIFFERENCE * np.eye(size)
    ahead = [log_density(at + e, every) for e in unit]
    behind = [log_density(at - e, every) for e in unit]
    slope = np.stack([a - b for a, b in zip(ahead, behind, strict=True)], axis=2) / (
        2.0 * _DIFFERENCE
    )
    curvature = np.empty((*height.shape, size, size))
    for i in range(size):
        curvature[..., i, i] = 2.0 * height - ahead[i] - behind[i]
        for j in range(i):
            both = log_density(at + unit[i] + unit[j], every)
            mixed = ahead[i] + ahead[j] - both - height
            curvature[..., i, j] = curvature[..., j, i] = mixed
    values, vectors = np.linalg.eigh(curvature / _DIFFERENCE**2)
    values = np.maximum(values, _FLATTEST)
    return slope, (vectors * values[..., None, :]) @ np.swapaxes(vectors, -1, -2)
