"""The mean and the variance of a response within bounds, from the tails of its distribution.

A mean is the area above the distribution function right of some number, less that below it to the
left: E[Y] = c + int_c^inf P(Y > y) dy - int_-inf^c P(Y <= y) dy, and E[(Y - c)^2] is the same with
2 |y - c| times the tails. So densities that are infinite, or numbers that have a probability, take
no care of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from formix.areas import Side
from formix.masses import Tails, just_below, log_between

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    Array = Float[np.ndarray, " value"]
    Pick = Int[np.ndarray, " some"] | slice
    Moments = tuple[Array, Array]
    Tail = Callable[[Array, Pick], Array]

_ALL = slice(None)

_NOTHING = 1e-17
"""The share of a sum that what is left of it may have where it ends."""

_BULK = float(np.log(0.05))
"""The log probability on either side of a number that lies in the midst of a distribution."""

_HALVINGS = 64
"""As many as there are bits in a number: what is left is one number."""

_FAR = 2.0**40
"""So many times as far as a distribution goes, it either has an end or falls off like others."""


@dataclass(frozen=True, eq=False)
class Within:
    """A distribution given that it lies between two bounds, both of them included.

    Parameters
    ----------
    tails
        `(y, which values these are of) -> the tails` of the distribution without bounds.
    low, high
        The bounds of each value; infinite where there is none.
    discrete
        Whether it is of whole numbers only.
    """

    tails: Callable[[Array, Pick], Tails]
    low: Array
    high: Array
    discrete: bool = False

    @cached_property
    def _below(self) -> Tails:
        return self.tails(just_below(np, self.low, discrete=self.discrete), _ALL)

    @cached_property
    def _above(self) -> Tails:
        return self.tails(self.high, _ALL)

    @cached_property
    def _mass(self) -> Array:
        return log_between(np, self._below, self._above)

    def lower(self, y: Array, pick: Pick) -> Array:
        """Return log P(Y <= y), given the bounds."""
        below = self._below[0][pick], self._below[1][pick]
        return np.minimum(log_between(np, below, self.tails(y, pick)) - self._mass[pick], 0.0)

    def upper(self, y: Array, pick: Pick) -> Array:
        """Return log P(Y > y), given the bounds."""
        above = self._above[0][pick], self._above[1][pick]
        return np.minimum(log_between(np, self.tails(y, pick), above) - self._mass[pick], 0.0)


def moments(law: Within, start: Array, spread: Array, *, angle: bool = False) -> Moments:
    """Return the mean and the variance of numbers within their bounds, one of which is finite.

    Parameters
    ----------
    start, spread
        Where the distribution is and how far it goes, as far as that is known.
    angle
        Whether the numbers are angles: the mean is then their direction, and the variance one less
        the length of the mean of the points on the circle.
    """
    centre = _midst(law, np.clip(start, law.low, law.high))
    low, high = (_end(law, centre, spread, sign) for sign in (-1.0, 1.0))
    right = Side(law.upper, 1.0, centre, high).areas(spread, angle=angle)
    left = Side(law.lower, -1.0, centre, low).areas(spread, angle=angle)
    with np.errstate(invalid="ignore"):
        first, second = right[0] - left[0], right[1] + left[1]
        if not angle:
            found = centre + first, second - np.square(first)
            return np.clip(found[0], law.low, law.high), np.maximum(found[1], 0.0)
        length = np.hypot(1.0 - second, first)
        short = (2.0 * second - np.square(second) - np.square(first)) / (1.0 + length)
    direction = centre + np.arctan2(first, 1.0 - second)
    return direction - 2.0 * np.pi * np.round(direction / (2.0 * np.pi)), np.maximum(short, 0.0)


def counted_moments(law: Within, start: Array) -> Moments:
    """Return the mean and the variance of whole numbers within their bounds: sums of their tails.

    A sum ends where what is left of it would be nothing if its terms went on to fall as they did
    last.
    """
    low, high = np.ceil(law.low), np.floor(law.high)
    centre = np.clip(np.round(start), low, high)
    # Where nothing is known of the middle a bound is as good.
    centre = np.where(np.isfinite(centre), centre, np.where(np.isfinite(low), low, high))
    above = _sum(law.upper, 1.0, centre, high - centre)
    below = _sum(law.lower, -1.0, centre, centre - low)
    first = above[0] - below[0]
    found = centre + first, above[1] + below[1] - np.square(first)
    return np.clip(found[0], law.low, law.high), np.maximum(found[1], 0.0)


def _sum(tail: Tail, sign: float, centre: Array, steps: Array) -> Moments:
    """Return the sums of the tails at every whole number on one side, plain and by distance."""
    total, square, last = np.zeros(len(centre)), np.zeros(len(centre)), np.ones(len(centre))
    # P(Y > c + j) is of the numbers above; P(Y <= c - 1 - j) of those below.
    away = 0.0 if sign > 0.0 else 1.0
    pick, j = np.flatnonzero(steps > 0.0), 0.0
    while len(pick):
        term = np.exp(tail(centre[pick] + sign * (j + away), pick))
        total[pick] += term
        square[pick] += (2.0 * j + 1.0) * term
        with np.errstate(invalid="ignore", divide="ignore"):
            rest = term / np.maximum(1.0 - term / last[pick], 1e-300)
            left = (2.0 * j + 1.0) * rest > _NOTHING * square[pick]
        last[pick] = term
        j += 1.0
        pick = pick[left & (j < steps[pick])]
    return total, square


def _midst(law: Within, centre: Array) -> Array:
    """Return numbers on either side of which something of each distribution lies."""
    out = np.flatnonzero(~_is_midst(law, centre, _ALL))
    centre = centre.copy()
    from_low = np.isfinite(law.low[out])
    sign = np.where(from_low, 1.0, -1.0)
    base = np.where(from_low, law.low[out], law.high[out])
    width = np.minimum(law.high[out] - law.low[out], np.finfo(np.float64).max)
    # The distance from a bound is halved by its place among all numbers, so that any scale is near.
    near, far = np.zeros(len(out), np.int64), width.view(np.int64).copy()
    pick = np.arange(len(out))
    for _ in range(_HALVINGS):
        if not len(pick):
            break
        middle = near[pick] + ((far[pick] - near[pick]) >> 1)
        y = base[pick] + sign[pick] * middle.view(np.float64)
        lower, upper = (tail(y, out[pick]) for tail in (law.lower, law.upper))
        centre[out[pick]] = y
        behind = np.where(from_low[pick], lower, upper) < _BULK
        near[pick] = np.where(behind, middle, near[pick])
        far[pick] = np.where(behind, far[pick], middle)
        pick = pick[np.minimum(lower, upper) < _BULK]
    return centre


def _is_midst(law: Within, centre: Array, pick: Pick) -> np.ndarray:
    return np.minimum(law.lower(centre, pick), law.upper(centre, pick)) >= _BULK


def _end(law: Within, centre: Array, spread: Array, sign: float) -> Array:
    """Return the ends on one side: the bounds, or where nothing lies any more short of them."""
    end, which = (law.high, 1) if sign > 0.0 else (law.low, 0)
    far = centre + sign * _FAR * np.where(np.isfinite(spread), np.maximum(spread, 1.0), 1.0)
    reach = np.where(np.isfinite(end), end, far)
    out = np.flatnonzero((law.tails(reach, _ALL)[which] == -np.inf) & (reach != centre))
    near, beyond = np.zeros(len(out), np.int64), np.abs(reach - centre)[out].view(np.int64).copy()
    for _ in range(_HALVINGS if len(out) else 0):
        middle = near + ((beyond - near) >> 1)
        y = centre[out] + sign * middle.view(np.float64)
        some = law.tails(y, out)[which] > -np.inf
        near, beyond = np.where(some, middle, near), np.where(some, beyond, middle)
    end = end.copy()
    end[out] = centre[out] + sign * beyond.view(np.float64)
    return end
