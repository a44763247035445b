"""The mode of what is sampled, and the normal model there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.engines.decline import Decline
from formix.engines.whitened.rows import linear_predictor, slopes, some, working
from formix.engines.whitened.softened import BELOW, FAR, deviations, ends
from formix.engines.whitened.start import begun

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jaxtyping import Float

    from formix.engines.whitened.frozen import Freezing
    from formix.engines.whitened.layout import Layout
    from formix.engines.whitened.rows import Distinct
    from formix.engines.whitened.walk import Walk

    Point = Float[np.ndarray, " coordinate"]
    Points = Float[np.ndarray, "point coordinate"]

_ROUNDS, _INNER = 25, 12
"""Steps towards the mode of the scales, and towards that of the effects at each, at most."""

_FARTHEST = 3.0
"""By which the linear predictor of a row may change at once."""

_LEVELS = np.linspace(-20.0, 20.0, 41)
"""Linear predictors that are tried first."""

_ENOUGH = 20_000
"""Rows that tell which of those is best."""

_NEAR, _ENDURED = 1e-3, 0.1
"""Of the log density, by which one more step of the scales would add so little; and with which the
search makes do in the end, as chains learn the place of their coordinates themselves."""

_CLOSE = 0.02
"""The change of a linear predictor, after which Newton's method is as near as its square."""

_NUDGE = 1e-3
_FLATTEST = 0.15
"""The least curvature along a direction: a normal prior of the logarithm with this precision is
as wide as any that the data say something of."""

_SHARES = np.array([1.0, 0.5, 0.25, 0.1, 0.03, 0.01])


@dataclass(frozen=True, eq=False)
class Mode:
    """The mode of the scales under the normal model, that model, and the root of the covariance."""

    point: Point
    root: Float[np.ndarray, "coordinate coordinate"]
    given: Any


def blank(
    of: Layout,
    rows: Distinct,
    freezing: Freezing,
    numbers: Mapping[str, np.ndarray] | None = None,
    *,
    single: bool = False,
) -> Any:
    """Return what the compiled programs are given: a normal model of rows that all say alike.

    Parameters
    ----------
    numbers
        What the program takes beside rows.
    single
        Whether the rows are given in single precision too.
    """
    more = {"single": _of_rows(rows, numbers or {}, np.float32)} if single else {}
    return {
        **_of_rows(rows, numbers or {}, np.float64),
        **more,
        "frozen": freezing.frozen(rows.counts, np.zeros(len(rows.counts))),
        "centre": np.zeros(of.sampled),
        "root": np.eye(of.sampled),
        "ends": np.full(of.sampled, FAR),
        "widths": np.ones(of.size - of.sampled),
    }


class Search:
    """Looks for the mode with the compiled programs alone.

    At a point of the scales and standard normals of zero, the program's effects are the mean under
    the normal model, which is a step of Newton's method towards their mode; and its density is that
    of the scales, effects integrated out, as Laplace has it.
    """

    def __init__(
        self, of: Layout, rows: Distinct, freezing: Freezing, walk: Walk, given: Any
    ) -> None:
        self.of, self.rows, self.freezing, self.walk = of, rows, freezing, walk
        self.given = given
        self._tilts = np.zeros((len(of.moving), len(rows.counts)))

    def mode(self) -> Mode:
        """Return the mode.

        Raises
        ------
        Decline
            If it is not found.
        """
        point = begun(self.rows.spec, self.of)
        _, sites = self.looked(point[None])
        values = _at(sites, 0)
        eta = self._settled(point, self._first(values), values)
        point, eta, curvature = self._climbed(point, eta)
        softer = self._softer(point)
        if softer is not None:
            point, _, curvature = self._climbed(softer, eta)
        return Mode(point, _root(curvature), self.given)

    def _climbed(self, point: Point, eta: Point) -> tuple[Point, Point, Points]:
        """Return the mode, the linear predictor there, and the negative curvature.

        Weights change with every step, so that steps may go to and fro past the mode: those that
        turn back go half as far.
        """
        last, most = np.zeros_like(point), 1.0
        for number in range(_ROUNDS):
            self.tilted(eta, point)
            value, slope, curvature = self._shape(point)
            step, decrement = _newton(slope, curvature)
            near = _NEAR if number + 1 < _ROUNDS else _ENDURED
            if decrement < near or not len(point):
                return point, eta, curvature
            most = 0.5 * most if last @ step < 0.0 else min(1.4 * most, 1.0)
            last = step
            tried = point + most * _SHARES[:, None] * step
            values, sites = self.looked(tried)
            best = int(np.nanargmax(np.where(np.isfinite(values), values, -np.inf)))
            if not values[best] > value:
                return point, eta, curvature
            point = tried[best]
            eta = self._settled(point, eta, _at(sites, best))
        raise Decline("the mode of the standard deviations was not found")

    def _softer(self, point: Point) -> Point | None:
        """Return the mode in softened coordinates, where a standard deviation may be zero."""
        place = deviations(self.of)
        below = point - BELOW * np.eye(len(point))[place]
        values, _ = self.looked(np.concatenate([point[None], below]))
        found, moved = ends(place, point, values[0] - values[1:])
        if np.all(found == FAR):
            return None
        self.given = self.given | {"ends": found}
        return moved

    def looked(self, points: Points) -> tuple[np.ndarray, Mapping[str, np.ndarray]]:
        """Return the log density and the sites at points of the scales."""
        found = [(self.walk.looked(x, self.given), count) for x, count in self._filled(points)]
        values = np.concatenate([known.value[:count] for known, count in found])
        names = found[0][0].sites
        each = {name: [known.sites[name][:count] for known, count in found] for name in names}
        return values, {name: np.concatenate(parts) for name, parts in each.items()}

    def _filled(self, points: Points) -> Iterator[tuple[Points, int]]:
        """Yield coordinates of all chains at once, the first of which are these points."""
        chains, size = self.walk.chains, self.walk.size
        for start in range(0, max(len(points), 1), chains):
            part = points[start : start + chains]
            x = np.zeros((chains, size))
            x[: len(part), : self.of.sampled] = part
            x[len(part) :] = x[0]
            yield x, len(part)

    def freeze(self, eta: Point, point: Point, values: Mapping[str, np.ndarray]) -> None:
        """Let the normal model be that of rows at a linear predictor, and a point of the scales."""
        found = working(self.rows, eta, values)
        self._frozen(found.weights, found.response, point)

    def averaged(self, each: Sequence[Mapping[str, np.ndarray]], point: Point) -> None:
        """Let the normal model be the mean of those of rows at draws of all sites.

        Where rows say all but nothing at the mean, as where they are told apart without error, they
        say more at some of the draws: there steps are short.
        """
        weights, pulls = np.zeros((2, len(self.rows.counts)))
        for values in each:
            found = working(self.rows, linear_predictor(self.rows, values), values)
            weights += found.weights / len(each)
            pulls += found.weights * found.response / len(each)
        self._frozen(weights, pulls / weights, point)

    def _frozen(self, weights: Point, response: Point, point: Point) -> None:
        at = point[np.array(self.of.moving, int)]
        frozen = self.freezing.frozen(weights, response, at, self._tilts)
        self.given = self.given | {"frozen": frozen}

    def tilted(self, eta: Point, point: Point) -> None:
        """Let it follow what moves rows' densities, to first order around a point of the scales.

        Else a threshold and all effects, which move rows alike, would seem to be two things.
        """
        moving = self.of.moving
        if not moving:
            return
        nudges = _NUDGE * np.eye(len(point))[list(moving)]
        _, sites = self.looked(np.concatenate([point[None], point + nudges, point - nudges]))
        each = [_at(sites, i) for i in range(1 + 2 * len(moving))]
        found = [slopes(self.rows, eta, values) for values in each[1:]]
        ahead, behind = found[: len(moving)], found[len(moving) :]
        self._tilts = np.subtract(ahead, behind) / (2.0 * _NUDGE)
        self.freeze(eta, point, each[0])

    def _first(self, values: Mapping[str, np.ndarray]) -> Point:
        """Return the best linear predictor that is one number in all rows, beside the offset."""
        few = some(self.rows, _ENOUGH)
        found = [working(few, _blank(few) + level, values).log_density for level in _LEVELS]
        finite = np.where(np.isfinite(found), found, -np.inf)
        return _blank(self.rows) + _LEVELS[int(np.argmax(finite))]

    def _settled(self, point: Point, eta: Point, values: Mapping[str, np.ndarray]) -> Point:
        """Return the linear predictor at the mode of the effects, given the scales."""
        for _ in range(_INNER):
            self.freeze(eta, point, values)
            density, sites = self.looked(point[None])
            if not np.isfinite(density[0]):
                raise Decline("the density is not finite where its mode was looked for")
            values = _at(sites, 0)
            step = linear_predictor(self.rows, values) - eta
            farthest = float(np.max(np.abs(step), initial=0.0))
            eta = eta + step * min(1.0, _FARTHEST / max(farthest, 1e-300))
            if farthest < _CLOSE:
                break
        return eta

    def _shape(self, point: Point) -> tuple[float, Point, Points]:
        """Return the log density at a point, its slope, and its negative curvature."""
        size = len(point)
        nudges = _NUDGE * np.eye(size)
        around = np.concatenate([point[None], point + nudges, point - nudges])
        found = [(self.walk.found(x, self.given), count) for x, count in self._filled(around)]
        slopes = np.concatenate([place.slope[:count, :size] for place, count in found])
        curvature = (slopes[1 + size :] - slopes[1 : 1 + size]) / (2.0 * _NUDGE)
        return float(found[0][0].known.value[0]), slopes[0], 0.5 * (curvature + curvature.T)


def _of_rows(
    rows: Distinct, numbers: Mapping[str, np.ndarray], kind: type[np.floating[Any]]
) -> dict[str, Any]:
    """Return the program's data, and how many rows each stands for where it is not one."""
    data: dict[str, np.ndarray] = {}
    for name, x in {**rows.data, **numbers}.items():
        x = np.asarray(x)
        data[name] = x.astype(kind, copy=False) if x.dtype.kind == "f" else x
    if np.all(rows.counts == 1.0):
        return {"data": data}
    return {"data": data, "counts": rows.counts.astype(kind)}


def _blank(rows: Distinct) -> Point:
    """Return the linear predictor of rows without effects and coefficients."""
    offset = rows.spec.predictors[0].offset
    return np.zeros(len(rows.counts)) if offset is None else offset


def _at(sites: Mapping[str, np.ndarray], point: int) -> dict[str, np.ndarray]:
    return {name: x[point] for name, x in sites.items()}


def _newton(slope: Point, curvature: Points) -> tuple[Point, float]:
    """Return a step up, and how much it would gain, of curvatures that are at least a little."""
    values, vectors = np.linalg.eigh(curvature)
    along = vectors.T @ slope
    step = along / np.maximum(np.abs(values), _FLATTEST)
    longest = float(np.max(np.abs(vectors @ step), initial=0.0))
    return vectors @ step * min(1.0, 2.0 / max(longest, 1e-300)), float(along @ step)


def _root(curvature: Points) -> Points:
    """Return a root of the covariance that a curvature means."""
    values, vectors = np.linalg.eigh(curvature)
    return vectors / np.sqrt(np.maximum(values, _FLATTEST))
