"""Where the search for the mode starts, and how far each coordinate may plausibly vary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from formix.engines.marginal.resolution import NOISE_SHARE, column_lengths, spread

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.density import Marginal
    from formix.engines.marginal.numbers import Number
    from formix.engines.marginal.structure import GroupColumns

    Point = Float[np.ndarray, " coordinate"]

_EFFECT_SHARE = 0.5
"""Of the residual's standard deviation without groups, at the start."""

_MARGIN = 0.05


@dataclass(frozen=True, eq=False)
class Start:
    """A first point, units of plausible variation, and a first guess of widths."""

    point: Point
    units: Point
    widths: Point


def start(of: Marginal) -> Start:
    """Return where to start, from the least squares without groups."""
    algebra, numbers = of.algebra, of.coordinates
    deviation, weight = spread(algebra)
    point, units, widths = _free(of, deviation)
    for f, (group, sds) in enumerate(zip(numbers.groups, numbers.sds, strict=True)):
        lengths = column_lengths(algebra, f) / np.sqrt(algebra.statistics.rows * weight)
        unit = deviation if numbers.profile is None else 1.0 / NOISE_SHARE
        unit = unit / np.sqrt(weight) if algebra.scaled else unit
        each = [[lengths[i] for i in _places(group, j)] for j in range(len(sds))]
        shared = [sum(own) / len(own) for own in each]
        for number, length in zip(sds, shared, strict=True):
            point.append(_inside(number, _EFFECT_SHARE * unit / length))
            units.append(1.0)
            widths.append(min(1.0, 1.0 / np.sqrt(2.0 * group.levels)))
        pairs = sum(part.numbers for part in group.parts)
        point += [0.0] * pairs
        units += [1.0] * pairs
        widths += [min(1.0, 1.0 / np.sqrt(group.levels))] * pairs
    if numbers.sigma is not None:
        noise = NOISE_SHARE * deviation if numbers.profile is None else 1.0
        point.append(_inside(numbers.sigma, noise))
        units.append(1.0)
        widths.append(min(1.0, 1.0 / np.sqrt(2.0 * algebra.statistics.rows)))
    return Start(np.array(point), np.array(units), np.array(widths))


def _places(group: GroupColumns, deviation: int) -> list[int]:
    """Return the effects that have a standard deviation."""
    return [effect for effect, place in enumerate(group.deviations) if place == deviation]


def _free(of: Marginal, deviation: float) -> tuple[list[float], list[float], list[float]]:
    common = of.algebra.common
    if not common.free:
        return [], [], []
    inverse = solve_triangular(common.R, np.eye(common.size), check_finite=False)
    unit = deviation * np.linalg.norm(inverse, axis=1)[common.integrated :]
    unit = unit * np.sqrt(of.algebra.statistics.rows)
    levels = min([of.algebra.statistics.rows, *(levels for levels, _ in of.algebra.sizes)])
    point: list[float] = []
    units: list[float] = []
    widths: list[float] = []
    numbers = of.coordinates.free
    center = common.center[common.integrated :]
    for number, value, one in zip(numbers, center, unit, strict=True):
        bounded = np.isfinite(number.low) or np.isfinite(number.high)
        point.append(_inside(number, float(value)))
        units.append(1.0 if bounded else float(one))
        widths.append((0.3 if bounded else float(one)) / np.sqrt(levels))
    return point, units, widths


def _inside(number: Number, value: float) -> float:
    """Return the coordinate of a value, moved into the interval where it lies outside."""
    low, high = number.low, number.high
    if np.isfinite(low) and np.isfinite(high):
        margin = _MARGIN * (high - low)
        value = float(np.clip(value, low + margin, high - margin))
    elif np.isfinite(low):
        value = max(value, low + _MARGIN * max(1.0, abs(low)) if low > 0.0 else value)
        value = value if value > low else low + _MARGIN
    elif np.isfinite(high):
        value = value if value < high else high - _MARGIN
    return float(number.coordinate(np.array([value]))[0])
