"""Normal distributions whose covariance is what a quasi-Newton optimiser knows of curvature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jaxtyping import Float

    Vector = Float[np.ndarray, " coordinate"]
    Draws = Float[np.ndarray, "draw coordinate"]
    Pairs = Float[np.ndarray, "pair coordinate"]

MEMORY = 20
"""Steps of which the curvature is remembered: the covariance has twice the rank beside its
diagonal."""

_CURVED = 1e-12
"""The least curvature along a step that is one, beside the change of the slope."""


@dataclass(frozen=True, eq=False)
class Normal:
    """A normal distribution of many coordinates, in space and time proportional to their number.

    Its covariance is `F F'` with `F = diag(scale) (I + Q (L - I) Q')`.

    Parameters
    ----------
    mean, scale
        By coordinate.
    basis
        `Q`, whose columns are orthonormal.
    factor
        `L`, lower triangular.
    """

    mean: Vector
    scale: Vector
    basis: Float[np.ndarray, "coordinate rank"]
    factor: Float[np.ndarray, "rank rank"]

    def draws(self, standard: Draws) -> Draws:
        """Return the draws that standard normal numbers become."""
        along = standard @ self.basis
        moved = (along @ self.factor.T - along) @ self.basis.T
        return self.mean + self.scale * (standard + moved)

    def log_density(self, points: Draws) -> Float[np.ndarray, " draw"]:
        """Return the log density at points."""
        apart = (points - self.mean) / self.scale
        along = apart @ self.basis
        back = solve_triangular(self.factor, along.T, lower=True).T
        # The squares across the basis, and along it those of what was drawn.
        squares = np.sum(apart**2, axis=1) - np.sum(along**2, axis=1) + np.sum(back**2, axis=1)
        logs = np.sum(np.log(self.scale)) + np.sum(np.log(np.diag(self.factor)))
        return -0.5 * squares - logs - 0.5 * len(self.mean) * np.log(2.0 * np.pi)


def along(points: Draws, slopes: Draws) -> Iterator[Normal | None]:
    """Yield a normal distribution for each point of a path; None where rounding leaves none.

    The covariance is the inverse Hessian that L-BFGS has there, from a diagonal that it learns too,
    and the mean is where Newton's step with it leads.

    Parameters
    ----------
    points, slopes
        Of an optimiser that minimises, step by step.

    References
    ----------
    Zhang, Carpenter, Gelman and Vehtari (2022), JMLR 23(306), algorithms 3 and 4; Byrd, Nocedal and
    Schnabel (1994), doi:10.1007/BF01582063.
    """
    size = points.shape[1]
    diagonal = np.ones(size)
    steps, changes = np.zeros((0, size)), np.zeros((0, size))
    for place, (point, slope) in enumerate(zip(points, slopes, strict=True)):
        if place:
            step, change = point - points[place - 1], slope - slopes[place - 1]
            if step @ change > _CURVED * (change @ change):
                diagonal = _diagonal(diagonal, step, change)
                steps = np.vstack([steps, step])[-MEMORY:]
                changes = np.vstack([changes, change])[-MEMORY:]
        yield _normal(point, slope, diagonal, steps, changes)


def _diagonal(diagonal: Vector, step: Vector, change: Vector) -> Vector:
    """Return the diagonal that a step and the change of the slope along it make of another."""
    a = np.sum(diagonal * change**2)
    b = change @ step
    c = np.sum(step**2 / diagonal)
    return 1.0 / (a / (b * diagonal) + change**2 / b - a * step**2 / (b * c * diagonal**2))


def _normal(
    point: Vector, slope: Vector, diagonal: Vector, steps: Pairs, changes: Pairs
) -> Normal | None:
    scale = np.sqrt(diagonal)
    products = steps @ changes.T
    inverse = solve_triangular(np.triu(products), np.eye(len(steps)))
    scaled = changes * scale
    inner = scaled @ scaled.T + np.diag(np.diag(products))
    middle = np.block(
        [[np.zeros_like(products), -inverse], [-inverse.T, inverse.T @ inner @ inverse]]
    )
    outer = np.vstack([changes * diagonal, steps]).T
    basis, root = np.linalg.qr(outer / scale[:, None])
    try:
        factor = np.linalg.cholesky(np.eye(len(root)) + root @ middle @ root.T)
    except np.linalg.LinAlgError:
        return None
    mean = point - diagonal * slope - outer @ (middle @ (outer.T @ slope))
    found = Normal(mean, scale, basis, factor)
    numbers = (found.mean, found.scale, found.factor)
    return found if all(np.isfinite(x).all() for x in numbers) else None
