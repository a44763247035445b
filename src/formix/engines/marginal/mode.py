"""The mode, searched from several starts, and the curvature, by differences in batches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

    Point = Float[np.ndarray, " coordinate"]
    Points = Float[np.ndarray, "point coordinate"]
    LogDensity = Callable[[Points], Float[np.ndarray, " point"]]

_STEP = 1e-2
"""Of a gradient's differences, in widths."""

_WIDE = 0.1
"""Of the curvature's differences, in widths: its error is the square of this."""

_MOST_STEPS = 40

_SETTLED = 1e-4
"""What a step would gain in log density, below which the search stops."""

_TRUSTED = 0.25
"""The share of what a step should gain that it must, not to be shortened or prolonged."""

_ALONG = np.concatenate([[4.0, 2.0], 0.5 ** np.arange(1, 12)])
"""Shares of a step that are tried at once, where the whole of it does not do."""

_DOWN, _UP = -np.geomspace(0.5, 8.0, 8), np.geomspace(0.5, 3.0, 5)
"""Where lines through a mode are looked at for other modes, in units of each coordinate."""

_TO_ZERO = -0.999 * np.linspace(0.1, 1.0, 8)
"""The same below the mode of a coordinate that is not negative, as shares of the way to zero."""

_EDGE = 0.25
"""The coordinate of a standard deviation that is all but zero."""

_LOWEST, _LOWEST_START = 15.0, 60.0
"""How far below the mode's an edge's log density may be, and that from which it is searched."""


@dataclass(frozen=True, eq=False)
class Mode:
    """A local maximum, and a scale matrix there: `root @ root.T` is about the covariance."""

    point: Point
    log_density: float
    root: Float[np.ndarray, "coordinate coordinate"]

    @property
    def log_mass(self) -> float:
        """The log of Laplace's approximation of the integral around it, up to a constant."""
        return self.log_density + float(np.linalg.slogdet(self.root)[1])


def modes(
    log_density: LogDensity,
    start: Point,
    units: Point,
    widths: Point,
    folded: Bool[np.ndarray, " coordinate"],
    *,
    thorough: bool = True,
) -> list[Mode]:
    """Return the local maxima found, the one of the largest mass first.

    After the search from `start`, every line through the mode along a coordinate is looked at; each
    rise on one, towards a standard deviation of zero among them, starts another search.

    Parameters
    ----------
    start
        A point of finite density.
    units
        How far each coordinate may plausibly vary; no scale is larger than three of them.
    widths
        A first guess of how wide the density is along each coordinate.
    folded
        The coordinates in which the density is mirrored at zero.
    thorough
        Whether to look along whole lines, and to climb again from what has been climbed.
    """

    def climbed(start: Point) -> Mode:
        mode = _climb(log_density, start, units, widths)
        return replace(mode, point=np.where(folded, np.abs(mode.point), mode.point))

    found = [climbed(start)]
    for other in _rises(log_density, found[0], units, folded, thorough=thorough):
        mode = climbed(other)
        if all(_apart(mode, one) for one in found):
            found.append(mode)
    return sorted(found, key=lambda mode: -mode.log_mass)


def edges(
    log_density: LogDensity,
    mode: Mode,
    units: Point,
    widths: Point,
    folded: Bool[np.ndarray, " coordinate"],
    *,
    thorough: bool = True,
) -> list[Mode]:
    """Return maxima where one standard deviation is all but zero, that have some mass.

    They are no modes, but a density that falls slowly towards zero has its tail around them.

    Parameters
    ----------
    thorough
        Whether to climb from each of them, and not only from those that one step brings near.
    """
    found: list[Mode] = []
    for j in np.flatnonzero(folded):
        others = np.arange(len(units)) != j

        def along(points: Points, others: np.ndarray = others) -> np.ndarray:
            whole = np.full((len(points), len(others)), _EDGE)
            whole[:, others] = points
            return log_density(whole)

        if mode.point[j] <= 2.0 * np.linalg.norm(mode.root[j]):
            continue
        if along(mode.point[None, others])[0] < mode.log_density - _LOWEST_START:
            continue
        if not (thorough or _near(along, mode, others)):
            continue
        there = _climb(along, mode.point[others], units[others], widths[others])
        if there.log_density < mode.log_density - _LOWEST:
            continue
        point = np.full(len(units), _EDGE)
        point[others] = there.point
        root = np.zeros((len(units), len(units)))
        root[j, j] = max(mode.point[j] / 4.0, _EDGE)
        root[np.ix_(others, others)] = there.root
        found.append(Mode(point, there.log_density, root))
    return found


def _near(along: LogDensity, mode: Mode, others: np.ndarray) -> bool:
    """Whether a step by the mode's own curvature brings an edge near to having some mass."""
    root = mode.root[others]
    steps = _STEP * root.T
    values = along(mode.point[others] + np.concatenate([0.0 * steps[:1], steps, -steps]))
    slopes = (values[1 : len(steps) + 1] - values[len(steps) + 1 :]) / (2.0 * _STEP)
    # Twice what a quadratic of that curvature would gain: it is flatter there, if anything.
    return bool(values[0] + np.sum(np.square(slopes)) > mode.log_density - 2.0 * _LOWEST)


def _apart(one: Mode, other: Mode) -> bool:
    away = np.linalg.solve(other.root, one.point - other.point)
    return bool(np.linalg.norm(away) > 0.5)


def _rises(
    log_density: LogDensity,
    mode: Mode,
    units: Point,
    folded: Bool[np.ndarray, " coordinate"],
    *,
    thorough: bool,
) -> list[Point]:
    """Return points of lines through the mode that are higher than their neighbour nearer to it."""
    sides = [(j, side) for j in range(len(units)) for side in _sides(mode, units, folded, j)]
    if not thorough:
        sides = [(j, side[[2, 5]]) for j, side in sides if folded[j] and side[0] < 0.0]
    points = [mode.point + step * np.eye(len(units))[j] for j, side in sides for step in side]
    values = log_density(np.array(points).reshape(-1, len(units)))
    found: list[Point] = []
    first = 0
    for _, side in sides:
        along = np.concatenate([[mode.log_density], values[first : first + len(side)]])
        # From no density to none there is no rise.
        with np.errstate(invalid="ignore"):
            up = np.flatnonzero(np.isfinite(along[1:]) & (np.diff(along) > 0.0))
        found += [points[first + up[0]]] if len(up) else []
        first += len(side)
    return found


def _sides(
    mode: Mode, units: Point, folded: Bool[np.ndarray, " coordinate"], j: int
) -> tuple[Point, Point]:
    """Return steps away from the mode along a coordinate, down and up, the nearest first."""
    down = _TO_ZERO * mode.point[j] if folded[j] else _DOWN * units[j]
    return down, _UP * units[j]


def _climb(log_density: LogDensity, start: Point, units: Point, widths: Point) -> Mode:
    """Climb by Newton's method in coordinates that each step's curvature whitens.

    Curvature is made positive by the sizes of its eigenvalues, so that every step leads uphill.
    """
    point, root = start, np.diag(np.minimum(widths, units))
    value, slope, hessian = _differences(log_density, point, root)
    for _ in range(_MOST_STEPS):
        uphill = _scale(hessian, root, units, uphill=True)
        ahead = uphill.T @ slope
        gain = 0.5 * float(ahead @ ahead)
        moved = None
        if gain > _SETTLED:
            moved = _ahead(log_density, point, root @ uphill @ ahead, value, gain)
        if moved is None:
            break
        point, root = moved, root @ uphill
        value, slope, hessian = _differences(log_density, point, root)
    return Mode(point, value, root @ _scale(hessian, root, units))


def _ahead(
    log_density: LogDensity, point: Point, step: Point, value: float, gain: float
) -> Point | None:
    """Return the point a step ahead, or where along it the density is highest; none if it falls."""
    if float(log_density((point + step)[None])[0]) > value + _TRUSTED * gain:
        return point + step
    tried = point + _ALONG[:, None] * step
    values = log_density(tried)
    best = int(np.argmax(np.where(np.isfinite(values), values, -np.inf)))
    return tried[best] if values[best] > value else None


def curvature(
    log_density: LogDensity, point: Point, root: np.ndarray
) -> Float[np.ndarray, "coordinate coordinate"]:
    """Return the negative second derivatives along the columns of `root`."""
    return _differences(log_density, point, root)[2]


def _differences(
    log_density: LogDensity, point: Point, root: np.ndarray
) -> tuple[float, Point, Float[np.ndarray, "coordinate coordinate"]]:
    """Return the log density, its slopes and its negative second derivatives along `root`."""
    size = len(point)
    steps = _WIDE * np.eye(size)
    pairs = [(i, j) for i in range(size) for j in range(i)]
    offsets = [np.zeros(size), *steps, *(-steps)]
    offsets += [s * (steps[i] + steps[j]) for i, j in pairs for s in (1.0, -1.0)]
    values = log_density(point + np.array(offsets) @ root.T)
    values = np.where(np.isfinite(values), values, values[0] - 1.0)
    middle, plus, minus = values[0], values[1 : size + 1], values[size + 1 : 2 * size + 1]
    answer = np.diag(2.0 * middle - plus - minus)
    for place, (i, j) in enumerate(pairs):
        both = values[2 * size + 1 + 2 * place : 2 * size + 3 + 2 * place].sum()
        answer[i, j] = 0.5 * (plus[i] + minus[i] + plus[j] + minus[j] - 2.0 * middle - both)
        answer[j, i] = answer[i, j]
    return float(middle), (plus - minus) / (2.0 * _WIDE), answer / _WIDE**2


def _scale(
    hessian: np.ndarray, root: np.ndarray, units: Point, *, uphill: bool = False
) -> np.ndarray:
    """Return a root of the inverse curvature, none longer than three units.

    For a step `uphill`, curvature that is negative counts by its size.
    """
    values, vectors = np.linalg.eigh(hessian)
    values = np.abs(values) if uphill else values
    lengths = np.linalg.norm((root @ vectors) / units[:, None], axis=0)
    return vectors / np.sqrt(np.maximum(values, np.square(lengths / 3.0)))
