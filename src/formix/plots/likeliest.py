"""The coefficients under which rows are most likely, of every level of a group at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Bool, Float, Int

    from formix.plots.held import Held
    from formix.spec import Predictor

_ROUNDS, _HALVINGS = 40, 12
"""Steps of Newton's method, and times that one is halved that makes rows less likely."""

_CLOSE, _STEP, _FAR = 1e-8, 1e-4, 25.0
"""When a step is no more, what derivatives are taken over, and where a link's ends are reached."""

_SINGULAR = 1e-10
"""The least eigenvalue of the products of a level's columns, relative to the largest."""


def likeliest(
    fit: Held,
    predictor: Predictor,
    Z: Float[np.ndarray, "obs effect"],
    index: Int[np.ndarray, " obs"],
    count: int,
    linear: Float[np.ndarray, " obs"],
) -> Float[np.ndarray, "level effect"]:
    """Return what is to be added to each level's coefficients so that its rows are most likely.

    Newton's method in all levels at once, the derivatives of each row's log density by differences.
    Levels whose columns are not of full rank, or that run away to the end of a link, are NaN.
    """

    def density(at: Float[np.ndarray, " obs"]) -> Float[np.ndarray, " obs"]:
        return fit.log_density(predictor.name, at)

    def at(shift: Float[np.ndarray, "level effect"]) -> Float[np.ndarray, " obs"]:
        return linear + np.sum(Z * shift[index], axis=1)

    def value(shift: Float[np.ndarray, "level effect"]) -> Float[np.ndarray, " level"]:
        return _summed(density(at(shift)), index, count)

    shift = np.zeros((count, Z.shape[1]))
    good = _full_rank(Z, index, count)
    moving = good.copy()
    for _ in range(_ROUNDS):
        slope, curve = _derivatives(density, at(shift))
        gradient = _summed(Z * slope[:, None], index, count)
        hessian = _summed(Z[:, :, None] * Z[:, None, :] * curve[:, None, None], index, count)
        step, solved = _solved(hessian, gradient)
        good &= solved | ~moving
        moving &= good
        step = _halved(value, shift, step * moving[:, None])
        shift = shift + step
        scale = np.maximum(1.0, np.abs(shift).max(axis=1, initial=0.0))
        moving &= np.abs(step).max(axis=1, initial=0.0) > _CLOSE * scale
        if not moving.any():
            break
    if predictor.link.name != "identity" or fit.spec.family.thresholds:
        far = np.abs(at(shift)) > _FAR + np.abs(linear).max(initial=0.0)
        good[index[far]] = False
    return np.where((good & ~moving)[:, None], shift, np.nan)


def _halved(
    value: Callable[[np.ndarray], np.ndarray],
    shift: Float[np.ndarray, "level effect"],
    step: Float[np.ndarray, "level effect"],
) -> Float[np.ndarray, "level effect"]:
    """Return steps, each halved until it makes the rows of its level no less likely."""
    before = value(shift)
    least = before - 1e-9 * np.maximum(1.0, np.abs(before))
    for _ in range(_HALVINGS):
        worse = ~(value(shift + step) >= least)
        if not worse.any():
            return step
        step = np.where(worse[:, None], 0.5 * step, step)
    return step


def _derivatives(
    density: Callable[[np.ndarray], np.ndarray], at: Float[np.ndarray, " obs"]
) -> tuple[Float[np.ndarray, " obs"], Float[np.ndarray, " obs"]]:
    """Return the slope of each row's log density in its linear predictor, and how it bends."""
    h = _STEP * np.maximum(1.0, np.abs(at))
    low, here, high = (density(at + sign * h) for sign in (-1.0, 0.0, 1.0))
    return (high - low) / (2.0 * h), np.maximum(-(high - 2.0 * here + low) / h**2, 0.0)


def _summed(
    values: Float[np.ndarray, ...], index: Int[np.ndarray, " obs"], count: int
) -> Float[np.ndarray, ...]:
    total = np.zeros((count, *values.shape[1:]))
    np.add.at(total, index, values)
    return total


def _full_rank(
    Z: Float[np.ndarray, "obs effect"], index: Int[np.ndarray, " obs"], count: int
) -> Bool[np.ndarray, " level"]:
    """Return the levels whose own rows tell every effect from the others."""
    scaled = Z / np.where(Z.any(axis=0), np.abs(Z).max(axis=0), 1.0)
    products = _summed(scaled[:, :, None] * scaled[:, None, :], index, count)
    values = np.linalg.eigvalsh(products)
    return values[:, 0] > _SINGULAR * np.maximum(values[:, -1], 1e-300)


def _solved(
    hessian: Float[np.ndarray, "level effect effect"], gradient: Float[np.ndarray, "level effect"]
) -> tuple[Float[np.ndarray, "level effect"], Bool[np.ndarray, " level"]]:
    """Return Newton's steps, and the levels that have one."""
    scale = np.sqrt(np.einsum("lee->le", hessian))
    solved = np.isfinite(scale).all(axis=1) & (scale > 0.0).all(axis=1)
    step = np.zeros_like(gradient)
    unit = np.where(solved[:, None], scale, 1.0)
    matrix = hessian / unit[:, :, None] / unit[:, None, :]
    ridge = 1e-12 * np.eye(hessian.shape[1])
    solved[solved] = np.linalg.eigvalsh(matrix[solved])[:, 0] > _SINGULAR
    found = np.linalg.solve(matrix[solved] + ridge, (gradient / unit)[solved][..., None])
    step[solved] = found[..., 0] / unit[solved]
    return step, solved
