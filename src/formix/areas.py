"""The area below a tail of a distribution, from some number to an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import cosh, exp, pi, sinh
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int

    Array = Float[np.ndarray, " value"]
    Some = Int[np.ndarray, " some"]
    Pick = Some | slice
    Tail = Callable[[Array, Pick], Array]
    Areas = tuple[Array, Array]

_STEP = 0.1
"""Of the rules: they err by parts in 10^12 of the families' moments, and mostly by less."""

_NOTHING = 1e-17
"""The share of a sum that its next term may have where it ends."""

_LEFT = 1e-9
"""The share of an area that may be left of it beyond all numbers: where it is more, all is."""

_FARTHEST = 1e150
"""Beyond it nothing is sought: its square is a number still."""

_NEAR = 0.02
"""The share of the way to an end that the scale of a tail may be and not reach to it."""

_WIDER = 4.0
"""How much wider the scale is best taken of a tail that falls slowly or comes to an end."""

_CLIMB = 4.0
"""By how much a guess of a scale is moved at once."""


@dataclass(frozen=True)
class _Rule:
    """A rule on the half line t = exp(g(u)), with equal steps of u.

    Parameters
    ----------
    log
        g and its derivative at u.
    last
        The u farthest out.
    """

    log: Callable[[float], tuple[float, float]]
    last: float

    def places(self, direction: int) -> Iterator[tuple[float, float]]:
        """Yield t, and the weight of the place over t, from the middle on in one direction."""
        for k in range(direction < 0, int(self.last / _STEP) + 1):
            log, slope = self.log(direction * k * _STEP)
            yield exp(log), slope * _STEP


_FALLING = _Rule(lambda u: (u - exp(-u), 1.0 + exp(-u)), 7.0)
"""Of tails that fall as exponentials do, or faster.

References
----------
Takahasi and Mori (1974), doi:10.2977/prims/1195192451.
"""

_SLOW = _Rule(lambda u: (0.5 * pi * sinh(u), 0.5 * pi * cosh(u)), 6.2)
"""Of tails that fall as powers do, or that come to an end.

References
----------
Takahasi and Mori (1974), doi:10.2977/prims/1195192451.
"""


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a number in each of several distributions.

    Parameters
    ----------
    tail
        `(y, which distributions these are of) -> log probability` of what is beyond y.
    sign
        1 to the right, -1 to the left.
    centre, end
        Where it starts, and where it ends, which may be infinite.
    """

    tail: Tail
    sign: float
    centre: Array
    end: Array

    @cached_property
    def width(self) -> Array:
        """How far the end is from the centre."""
        return np.abs(self.end - self.centre)

    def areas(self, spread: Array, *, angle: bool) -> Areas:
        """Return the integrals of the tail, plain and by twice the distance; some are infinite.

        Of angles they are by the cosine and the sine of the distance.

        Parameters
        ----------
        spread
            A guess of how far the tail goes.
        """
        scale = np.zeros(len(self.centre))
        some = np.flatnonzero(self.width > 0.0)
        scale[some] = self._scale(spread[some], some)
        sums = _Sums(self, scale, angle)
        # Most tails fall as exponentials do, long before a bound.
        falls = scale[some] < _NEAR * self.width[some]
        slow = sums.add(_FALLING, some[falls])[0]
        rest = np.concatenate([some[~falls], slow])
        sums.clear(rest)
        scale[rest] *= _WIDER
        left, *shares = sums.add(_SLOW, rest)
        for total, share in zip((sums.plain, sums.far), shares, strict=True):
            total[left[share > _LEFT]] = np.inf
        return sums.plain, sums.far

    def at(self, scale: Array, t: float, pick: Pick) -> tuple[Array, Array, Array]:
        """Return a distance from the centre, the number there, and the distance by log t.

        The distance z is s t / (1 + s t / b), with s the scale of the tail and b the distance of
        the end, so that a rule is that of a half line where the end is far away, and that of an
        interval where it is near.
        """
        width = self.width[pick]
        away = np.minimum(scale[pick] * t, _FARTHEST)
        ratio = 1.0 + away / width
        distance = away / ratio
        from_end = self.end[pick] - self.sign * width / ratio
        y = np.where(away > width, from_end, self.centre[pick] + self.sign * distance)
        return distance, y, distance / ratio

    def _scale(self, guess: Array, some: Some) -> Array:
        """Return the distances at which the tails count most, about: uphill from a guess."""
        width = self.width[some]
        there = np.isfinite(guess) & (guess > 0.0)
        scale = np.minimum(np.where(there, guess, 1.0), 0.5 * width)
        best = self._log_weight(scale, some)
        moved = np.zeros(len(some), dtype=bool)
        for factor in (_CLIMB, 1.0 / _CLIMB):
            pick = np.flatnonzero(~moved)
            while len(pick):
                other = np.minimum(scale[pick] * factor, 0.75 * width[pick])
                found = self._log_weight(other, some[pick])
                # So far out that nothing is left any nearer place is better.
                lost = (best[pick] == -np.inf) & (factor < 1.0) & (other > 1.0 / _FARTHEST)
                better = ((found > best[pick]) | lost) & (other < _FARTHEST)
                pick, other, found = pick[better], other[better], found[better]
                scale[pick], best[pick], moved[pick] = other, found, True
        return scale

    def _log_weight(self, distance: Array, pick: Pick) -> Array:
        """Return how much the tail counts at a distance, by the logarithm of the distance."""
        y = self.centre[pick] + self.sign * distance
        return 1.5 * np.log(distance) + self.tail(y, pick)


class _Sums:
    """The sums of the terms of a rule: of a tail plain, and by twice the distance."""

    def __init__(self, side: Side, scale: Array, angle: bool) -> None:
        self._side, self._scale, self._angle = side, scale, angle
        self.plain, self.far = np.zeros(len(scale)), np.zeros(len(scale))

    def clear(self, some: Some) -> None:
        """Take back what was added of some distributions."""
        self.plain[some], self.far[some] = 0.0, 0.0

    def add(self, rule: _Rule, some: Some) -> tuple[Some, Array, Array]:
        """Add the terms of a rule: what came to no end, and its last terms' shares of the sums."""
        found = self._outwards(rule.places(1), some)
        self._outwards(rule.places(-1), some)
        return found

    def _outwards(
        self, places: Iterator[tuple[float, float]], pick: Some
    ) -> tuple[Some, Array, Array]:
        plain, far = (np.zeros(len(pick)) for _ in range(2))
        for t, weight in places:
            distance, y, height = self._side.at(self._scale, t, pick)
            height = weight * height * np.exp(self._side.tail(y, pick))
            terms = height * (np.cos(distance) if self._angle else 1.0)
            others = height * (np.sin(distance) if self._angle else 2.0 * distance)
            self.plain[pick] += terms
            self.far[pick] += others
            plain, far = _share(terms, self.plain[pick]), _share(others, self.far[pick])
            left: Bool[np.ndarray, " some"] = (plain > _NOTHING) | (far > _NOTHING)
            pick, plain, far = pick[left], plain[left], far[left]
            if not len(pick):
                break
        return pick, plain, far


def _share(term: Array, total: Array) -> Array:
    """Return how large a term is beside its sum."""
    return np.abs(term) / np.where(total == 0.0, 1.0, np.abs(total))
