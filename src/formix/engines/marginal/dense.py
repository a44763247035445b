"""What elimination leaves: other groups' effects and coefficients, by one Cholesky factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.coefficients import Coefficients
    from formix.engines.marginal.reduced import Factors

    Forms = Float[np.ndarray, "point column column"]
    Vectors = Float[np.ndarray, "point column"]

_BATCHED = 24
"""Up to this size NumPy's solver for many systems beats LAPACK's triangular one, one at a time."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Where the columns of a reduced form stand: effects of the groups left, then coefficients.

    `groups` holds each group's place among the model's groups, its levels and its effects.
    """

    groups: tuple[tuple[int, int, int], ...]
    common: Coefficients

    @property
    def effects(self) -> int:
        """How many effects are left."""
        return sum(levels * size for _, levels, size in self.groups)

    @property
    def solved(self) -> int:
        """How many unknowns are left: effects and integrated coefficients."""
        return self.effects + self.common.integrated


@dataclass(frozen=True, eq=False)
class Solved:
    """The factored form in standardised effects and integrated coefficients.

    Parameters
    ----------
    lower
        The factor; its last row is the residual's.
    log_pivots
        The sum of the logs of the unknowns' pivots.
    quadratic
        What remains of the residual's square.
    """

    lower: Forms
    log_pivots: Float[np.ndarray, " point"]
    quadratic: Float[np.ndarray, " point"]


def solved(
    form: Forms, layout: Layout, factors: Factors, fixed: Float[np.ndarray, "point free"]
) -> Solved:
    """Return the factored form.

    Parameters
    ----------
    form
        As elimination leaves it; it is changed.
    fixed
        The coordinates of the free coefficients.
    """
    q, common = layout.effects, layout.common
    form[:, q:, q:] += common.prior
    start = 0
    for group, levels, size in layout.groups:
        _scale(form, slice(start, start + levels * size), factors[group])
        start += levels * size
    form[:, np.arange(q), np.arange(q)] += 1.0
    if common.free:
        form = _without_free(form, layout.solved, fixed)
    # As much again on the last pivot keeps it positive when what remains is all but zero, whatever
    # the units: it has no digits below those of the residual's square anyway.
    more = np.where(form[:, -1, -1] > 0.0, form[:, -1, -1], 1.0)
    form[:, -1, -1] += more
    lower = factored(form)
    pivots = np.diagonal(lower, axis1=1, axis2=2)
    log_pivots = np.sum(np.log(pivots[:, :-1]), axis=1)
    return Solved(lower, log_pivots, np.square(pivots[:, -1]) - more)


def _scale(form: Forms, place: slice, factor: Float[np.ndarray, "point effect effect"]) -> None:
    """Turn a group's effects into standardised ones, in rows and columns."""
    size = factor.shape[-1]
    points, columns = form.shape[0], form.shape[2]
    if size == 1:
        form[:, place] *= factor
        form[:, :, place] *= factor
        return
    rows = form[:, place].reshape(points, -1, size, columns)
    form[:, place] = (np.swapaxes(factor, 1, 2)[:, None] @ rows).reshape(points, -1, columns)
    across = form[:, :, place].reshape(points, columns, -1, size)
    form[:, :, place] = (across @ factor[:, None]).reshape(points, columns, -1)


def _without_free(form: Forms, solved: int, fixed: Float[np.ndarray, "point free"]) -> Forms:
    """Return the form with the free coefficients' part taken from the residual."""
    combined = form[:, :, -1] - (form[:, :, solved:-1] @ fixed[:, :, None])[:, :, 0]
    answer = np.empty((len(form), solved + 1, solved + 1))
    answer[:, :-1, :-1] = form[:, :solved, :solved]
    answer[:, -1, :-1] = answer[:, :-1, -1] = combined[:, :solved]
    free = np.sum(combined[:, solved:-1] * fixed, axis=1)
    answer[:, -1, -1] = combined[:, -1] - free
    return answer


def factored(form: Forms) -> Forms:
    """Return lower Cholesky factors; NaN for a form that is not positive."""
    try:
        return np.linalg.cholesky(form)
    except np.linalg.LinAlgError:
        answer = np.full_like(form, np.nan)
        for point, one in enumerate(form):
            try:
                answer[point] = np.linalg.cholesky(one)
            except np.linalg.LinAlgError:
                continue
        return answer


def solution(
    lower: Forms, normals: Float[np.ndarray, "point column"]
) -> Float[np.ndarray, "point column"]:
    """Return the unknowns, given standard normals: their conditional mean where those are zero."""
    right = lower[:, -1, :-1] + normals
    matrices = np.swapaxes(lower[:, :-1, :-1], 1, 2)
    if not right.shape[1]:
        return right
    if right.shape[1] <= _BATCHED:
        return np.linalg.solve(matrices, right[:, :, None])[:, :, 0]
    answer = np.empty_like(right)
    for point, (matrix, one) in enumerate(zip(matrices, right, strict=True)):
        answer[point] = solve_triangular(matrix, one, check_finite=False)
    return answer


def normals_of(
    lower: Forms, unknowns: Float[np.ndarray, "point column"]
) -> Float[np.ndarray, "point column"]:
    """Return the standard normals that give these unknowns: the inverse of `solution`."""
    matrices = np.swapaxes(lower[:, :-1, :-1], 1, 2)
    return (matrices @ unknowns[:, :, None])[:, :, 0] - lower[:, -1, :-1]


def split(
    unknowns: Float[np.ndarray, "point column"], layout: Layout
) -> list[Float[np.ndarray, "point level effect"]]:
    """Return the standardised effects of the groups left, then the coefficients."""
    parts: list[np.ndarray] = []
    start = 0
    for _, levels, size in layout.groups:
        stop = start + levels * size
        parts.append(unknowns[:, start:stop].reshape(len(unknowns), levels, size))
        start = stop
    return [*parts, unknowns[:, start:]]


def joined(
    effects: Sequence[Float[np.ndarray, "point level effect"]],
    g: Float[np.ndarray, "point coef"],
) -> Float[np.ndarray, "point column"]:
    """Return what is left as one vector a point: effects, coefficients, and -1 for the residual."""
    flat = [one.reshape(len(g), -1) for one in effects]
    return np.concatenate([*flat, g, np.full((len(g), 1), -1.0)], axis=1)
