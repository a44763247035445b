"""Heavy-tailed proposals: split t distributions at modes, then mixtures fitted to weighted draws.

References
----------
Geweke (1989), doi:10.2307/1913710 (split t); Cappé, Douc, Guillin, Marin and Robert (2008),
doi:10.1007/s11222-008-9059-x (mixtures by population Monte Carlo).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int

    from formix.engines.marginal.mode import LogDensity, Mode
    from formix.engines.marginal.streams import Stream

    Point = Float[np.ndarray, " coordinate"]
    Points = Float[np.ndarray, "point coordinate"]
    Values = Float[np.ndarray, " point"]

DF = 5.0
"""Degrees of freedom: heavier tails than what exponentials of the coordinates usually have."""

_NEAR, _FAR = 1.5, np.array([3.0, 5.0, 8.0, 12.0])
"""How far from the mode the density's fall is measured, in standard deviations: for the bulk, and
for tails such as that of the logarithm of a standard deviation towards zero."""

_WITHIN, _MOST_FOLDS = 5.0, 5
"""Standard deviations between a mode and zero, below which proposals are folded there."""

_NARROWEST, _WIDEST = 0.4, 4.0
_CLOSE = 0.3
"""Standard deviations of room, below which a side's scale cannot be measured."""

_TAIL_SHARE = 0.3
_EDGE_SHARE = 0.02, 0.2
"""The least and the largest share of proposals with a standard deviation near zero."""

_EM_STEPS, _LLOYD_STEPS = 12, 5
_LEAST_SPREAD = 0.05
"""The share of the whole covariance that a component's has at least, at the start."""

_DEFENSIVE = 0.15
"""The share that earlier proposals keep in a fitted mixture."""


@dataclass(frozen=True, eq=False)
class SplitT:
    """A multivariate t whose scale along each axis differs on the two sides of its centre."""

    center: Point
    root: Float[np.ndarray, "coordinate coordinate"]
    below: Point
    above: Point

    def place(self, z: Points) -> Points:
        """Return where standardised draws lie."""
        return self.center + (z * np.where(z < 0.0, self.below, self.above)) @ self.root.T

    def log_density(self, points: Points) -> Values:
        """Return the log density at points."""
        size, df = len(self.center), DF
        z = np.linalg.solve(self.root, (points - self.center).T).T
        z = z / np.where(z < 0.0, self.below, self.above)
        # The side's scale enters as the Jacobian of that side.
        width = np.where(z < 0.0, np.log(self.below), np.log(self.above)).sum(axis=1)
        constant = special.gammaln(0.5 * (df + size)) - special.gammaln(0.5 * df)
        constant -= 0.5 * size * np.log(df * np.pi) + np.linalg.slogdet(self.root)[1]
        distance = np.square(z).sum(axis=1)
        return constant - width - 0.5 * (df + size) * np.log1p(distance / df)


@dataclass(frozen=True, eq=False)
class Mixture:
    """A mixture of split t distributions, folded at zero along some coordinates.

    What a component proposes below zero there is proposed as its mirror image.
    """

    weights: Float[np.ndarray, " component"]
    components: tuple[SplitT, ...]
    folds: tuple[int, ...] = ()

    def draw(self, stream: Stream, count: int, *, inflation: float = 1.0) -> Points:
        """Return draws; `inflation` scales their distance from the centres.

        The first draws are the same however many there are.
        """
        size = len(self.components[0].center)
        share = stream.component.random(count)
        z = stream.normal.standard_normal((count, size))
        z *= inflation / np.sqrt(stream.spread.chisquare(DF, count) / DF)[:, None]
        return self.placed(share, z)

    def placed(self, share: Values, z: Points) -> Points:
        """Return where standardised draws lie, each of the component in whose share a number is."""
        chosen = np.searchsorted(np.cumsum(self.weights)[:-1], share, side="right")
        points = np.empty_like(z)
        for k, component in enumerate(self.components):
            mine = chosen == k
            points[mine] = component.place(z[mine])
        points[:, self.folds] = np.abs(points[:, self.folds])
        return points

    def by_component(self, points: Points) -> Float[np.ndarray, "point component"]:
        """Return the log of each component's weight times its density."""
        logs = [self._mirrored(component, points) for component in self.components]
        with np.errstate(divide="ignore"):
            return np.stack(logs, axis=1) + np.log(self.weights)

    def _mirrored(self, component: SplitT, points: Points) -> Values:
        """Return the log of the sum of a component's densities at all mirror images."""
        total = component.log_density(points)
        for signs in list(product((1.0, -1.0), repeat=len(self.folds)))[1:]:
            image = points.copy()
            image[:, self.folds] *= signs
            total = np.logaddexp(total, component.log_density(image))
        return total

    def log_density(self, points: Points) -> Values:
        """Return the log density at points."""
        return special.logsumexp(self.by_component(points), axis=1)


def at_modes(
    log_density: LogDensity,
    modes: Sequence[Mode],
    edges: Sequence[Mode],
    folded: Bool[np.ndarray, " coordinate"],
    *,
    thorough: bool = True,
) -> Mixture:
    """Return split t distributions around modes, weighted by their masses.

    Along each principal axis of a mode's covariance, and on each side, the scale is such that the
    proposal falls as the density does.
    """
    masses = np.array([mode.log_mass for mode in modes])
    weights = np.exp(masses - masses.max())
    # A mode of little mass by Laplace's rule may have more: none is left out.
    weights = np.maximum(weights / weights.sum(), 0.05 if len(modes) < 10 else 0.01)
    weights = weights / weights.sum()
    near = tuple(_split(log_density, mode, np.array([_NEAR]), folded) for mode in modes)
    distances = _FAR if thorough else _FAR[1:2]
    far = tuple(_split(log_density, mode, distances, folded) for mode in modes)
    one = np.ones(len(folded))
    there = tuple(SplitT(edge.point, edge.root, one, one) for edge in edges)
    masses = np.array([edge.log_mass for edge in edges]) - masses.max()
    at_edges = np.clip(np.exp(np.minimum(masses, 0.0)), *_EDGE_SHARE)
    shares = np.concatenate([weights * (1.0 - _TAIL_SHARE), weights * _TAIL_SHARE, at_edges])
    return Mixture(shares / shares.sum(), (*near, *far, *there), _folds(modes, folded))


def _folds(modes: Sequence[Mode], folded: Bool[np.ndarray, " coordinate"]) -> tuple[int, ...]:
    """Return the coordinates along which proposals reach beyond zero, the nearest few."""
    sds = np.stack([np.sqrt(np.square(mode.root).sum(axis=1)) for mode in modes])
    away = np.min(np.stack([mode.point for mode in modes]) / sds, axis=0)
    near = [int(j) for j in np.argsort(away) if folded[j] and away[j] < _WITHIN]
    return tuple(sorted(near[:_MOST_FOLDS]))


def _split(
    log_density: LogDensity,
    mode: Mode,
    distances: Float[np.ndarray, " distance"],
    folded: Bool[np.ndarray, " coordinate"],
) -> SplitT:
    """Return a split t that falls along each axis as the density does, where it falls slowest."""
    size = len(mode.point)
    _, vectors = np.linalg.eigh(mode.root.T @ mode.root)
    # Principal axes of the covariance itself, as columns.
    root = mode.root @ vectors
    axes = np.concatenate([-np.eye(size), np.eye(size)])
    away = np.minimum(distances[:, None], _room(mode.point, axes @ root.T, folded))
    points = mode.point + (away[:, :, None] * (axes @ root.T)).reshape(-1, size)
    fall = mode.log_density - log_density(points).reshape(away.shape)
    fall = np.where(np.isfinite(fall), np.maximum(fall, 1e-3), np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(away > _CLOSE, away / np.sqrt(2.0 * fall), 1.0)
    scale = np.clip(np.max(scale, axis=0), _NARROWEST, _WIDEST)
    return SplitT(mode.point, root, scale[:size], scale[size:])


def _room(
    point: Point, directions: Points, folded: Bool[np.ndarray, " coordinate"]
) -> Float[np.ndarray, " direction"]:
    """Return how far one can go in each direction before a coordinate turns negative."""
    with np.errstate(divide="ignore", invalid="ignore"):
        room = np.where((directions < 0.0) & folded, point / -directions, np.inf)
    return np.maximum(np.min(room, axis=1) * (1.0 - 1e-9), 0.0)


def fitted(
    stream: Stream,
    points: Points,
    weights: Values,
    earlier: Mixture,
    components: int,
) -> Mixture:
    """Return a mixture fitted to weighted draws; the earlier one keeps a share."""
    size = points.shape[1]
    weights = weights / weights.sum()
    mean = weights @ points
    covariance = _covariance(points - mean, weights)
    floor = 1e-4 * covariance + 1e-12 * np.eye(size)
    nearest = _clusters(stream, points, weights, components)
    centers = np.empty((components, size))
    roots: list[np.ndarray] = []
    shares = np.empty(components)
    for k in range(components):
        mine = np.where(nearest == k, weights, 0.0)
        shares[k] = max(float(mine.sum()), 1e-4)
        centers[k] = mine @ points / max(float(mine.sum()), 1e-300)
        spread = _covariance(points - centers[k], mine / shares[k])
        roots.append(np.linalg.cholesky(spread + _LEAST_SPREAD * covariance + floor))
    shares = shares / shares.sum()
    one = np.ones(size)
    for _ in range(_EM_STEPS):
        mixture = Mixture(
            shares,
            tuple(SplitT(c, r, one, one) for c, r in zip(centers, roots, strict=True)),
        )
        logs = mixture.by_component(points)
        share = np.exp(logs - special.logsumexp(logs, axis=1, keepdims=True)) * weights[:, None]
        shares = np.maximum(share.sum(axis=0), 1e-4)
        shares = shares / shares.sum()
        updated: list[np.ndarray] = []
        for k in range(components):
            away = points - centers[k]
            z = np.asarray(np.linalg.solve(roots[k], away.T), dtype=np.float64)
            gamma = (DF + size) / (DF + np.square(z).sum(axis=0))
            mine = share[:, k] * gamma
            centers[k] = mine @ points / max(mine.sum(), 1e-300)
            spread = _covariance(points - centers[k], mine / max(share[:, k].sum(), 1e-300))
            updated.append(np.linalg.cholesky(spread + floor))
        roots = updated
    components_now = tuple(SplitT(c, r, one, one) for c, r in zip(centers, roots, strict=True))
    return Mixture(
        np.concatenate([shares * (1.0 - _DEFENSIVE), earlier.weights * _DEFENSIVE]),
        (*components_now, *earlier.components),
        earlier.folds,
    )


def _clusters(
    stream: Stream, points: Points, weights: Values, count: int
) -> Int[np.ndarray, " point"]:
    """Return a cluster for each point: weighted means, begun far apart, each point's nearest."""
    mean = weights @ points
    z = (points - mean) / np.sqrt(weights @ np.square(points - mean) + 1e-300)
    first = int(stream.accept.choice(len(points), p=weights))
    means = z[[first]]
    square = np.square(z - means[0]).sum(axis=1)
    for _ in range(count - 1):
        chance = weights * square
        if not chance.sum() > 0.0:
            # All that weighs anything is in one place.
            break
        chosen = int(stream.accept.choice(len(points), p=chance / chance.sum()))
        means = np.concatenate([means, z[[chosen]]])
        square = np.minimum(square, np.square(z - z[chosen]).sum(axis=1))
    nearest = np.zeros(len(points), dtype=np.int64)
    for _ in range(_LLOYD_STEPS):
        nearest = np.argmin(np.square(means).sum(axis=1) - 2.0 * z @ means.T, axis=1)
        for k in range(len(means)):
            mine = np.where(nearest == k, weights, 0.0)
            if mine.sum() > 0.0:
                means[k] = mine @ z / mine.sum()
    return nearest


def _covariance(away: Points, weights: Values) -> Float[np.ndarray, "coordinate coordinate"]:
    return (away * weights[:, None]).T @ away
