"""Bases of splines, with the numbers of R's package splines.

References
----------
de Boor, *A Practical Guide to Splines*, 2001, chapters IX and X.
Hastie, "Generalized Additive Models", in *Statistical Models in S*, 1992, section 7.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.design.arguments import ABSENT, Fault, column, learnable, number, several, truth, whole
from formix.design.values import Argument, Matrix

if TYPE_CHECKING:
    from formix.design.transforms import Memory


def bs(
    memory: Memory,
    x: Argument,
    df: Argument = ABSENT,
    knots: Argument = ABSENT,
    degree: Argument = 3.0,
    intercept: Argument = False,
    Boundary_knots: Argument = ABSENT,
) -> Matrix:
    """R's `bs`: B-splines, with knots at quantiles; beyond the boundary the last pieces go on."""
    values = column(x, "bs")
    if not memory:
        order = whole(degree, "the degree of `bs`", 1) + 1
        first = truth(intercept, "intercept")
        inner, outer = _knots(values, "bs", df, knots, Boundary_knots, order - 1 + first)
        memory.update(knots=inner, boundary=outer, order=order, intercept=first)
    order = memory["order"]
    basis = b_splines(values, _sequence(memory, order), order)
    return _named(basis if memory["intercept"] else basis[:, 1:])


def ns(
    memory: Memory,
    x: Argument,
    df: Argument = ABSENT,
    knots: Argument = ABSENT,
    intercept: Argument = False,
    Boundary_knots: Argument = ABSENT,
) -> Matrix:
    """R's `ns`: natural cubic splines, straight lines beyond the boundary."""
    values = column(x, "ns")
    if not memory:
        first = truth(intercept, "intercept")
        inner, outer = _knots(values, "ns", df, knots, Boundary_knots, 1 + first)
        memory.update(knots=inner, boundary=outer, intercept=first)
    sequence = _sequence(memory, 4)
    skip = 0 if memory["intercept"] else 1
    low, high = memory["boundary"]
    # Two conditions, no curvature at either boundary; what is orthogonal to them stays.
    curvature = b_splines(np.array([low, high]), sequence, 4, derivative=2)[:, skip:]
    q, _ = np.linalg.qr(curvature.T, mode="complete")
    inside = np.clip(values, low, high)
    basis = b_splines(inside, sequence, 4)[:, skip:]
    beyond = values - inside
    if beyond.any():
        basis += beyond[:, None] * b_splines(inside, sequence, 4, derivative=1)[:, skip:]
    return _named(basis @ q[:, 2:])


def _named(basis: np.ndarray) -> Matrix:
    return Matrix(basis, tuple(str(k) for k in range(1, basis.shape[1] + 1)))


def _sequence(memory: Memory, order: int) -> np.ndarray:
    low, high = memory["boundary"]
    return np.sort(np.array([low] * order + list(memory["knots"]) + [high] * order, dtype=float))


def _knots(
    x: np.ndarray, what: str, df: Argument, knots: Argument, boundary: Argument, least: int
) -> tuple[list[float], list[float]]:
    """Return the inner knots, at quantiles unless given, and the boundary."""
    learnable(x, what)
    low, high = float(x.min()), float(x.max())
    if boundary is not ABSENT:
        ends = sorted(several(boundary, "Boundary.knots"))
        if len(ends) != 2:
            raise Fault(f"Boundary.knots of `{what}` must be two numbers")
        low, high = ends
    if low == high:
        raise Fault(f"`{what}` needs a column that varies")
    if knots is not ABSENT:
        inner = several(knots, "knots")
    elif df is ABSENT:
        inner = []
    else:
        count = whole(df, f"df of `{what}`", 1) - least
        if count < 0:
            raise Fault(
                f"df of `{what}` is {number(df, 'df'):g}, and at least {least} are needed here"
            )
        within = x[(x >= low) & (x <= high)]
        inner = [float(np.quantile(within, (k + 1) / (count + 1))) for k in range(count)]
    if any(not low < knot < high for knot in inner):
        raise Fault(
            f"the knots of `{what}` must lie inside its boundary, {low:g} to {high:g}",
            hint=""
            if df is ABSENT
            else "too many values are alike for knots at quantiles: lower df, or give knots",
        )
    return inner, [low, high]


def b_splines(x: np.ndarray, knots: np.ndarray, order: int, derivative: int = 0) -> np.ndarray:
    """Return the B-splines of an order on a knot sequence, or a derivative of them, at `x`.

    Beyond the boundary the polynomials of the first and the last interval go on.
    """
    width = len(knots) - order
    # The interval of each point; the last one is closed on the right.
    at = np.clip(np.searchsorted(knots, x, side="right") - 1, order - 1, width - 1)
    local = np.ones((len(x), 1))
    for k in range(1, order - derivative):
        local = _raise(local, x, knots, at, k)
    for k in range(order - derivative, order):
        local = _differentiate(local, knots, at, k)
    basis = np.zeros((len(x), width))
    columns = at[:, None] + np.arange(-order + 1, 1)
    np.put_along_axis(basis, columns, local, axis=1)
    return basis


def _raise(
    local: np.ndarray, x: np.ndarray, knots: np.ndarray, at: np.ndarray, k: int
) -> np.ndarray:
    """Return the k + 1 splines of the next order from the k of order k, as Cox and de Boor do."""
    result = np.zeros((len(x), k + 1))
    for j in range(k):
        left, right = knots[at + 1 - k + j], knots[at + 1 + j]
        part = local[:, j] / (right - left)
        result[:, j] += (right - x) * part
        result[:, j + 1] += (x - left) * part
    return result


def _differentiate(local: np.ndarray, knots: np.ndarray, at: np.ndarray, k: int) -> np.ndarray:
    """Return the derivative of splines of order k + 1, from those of order k."""
    result = np.zeros((len(local), k + 1))
    for j in range(k):
        left, right = knots[at + 1 - k + j], knots[at + 1 + j]
        part = k * local[:, j] / (right - left)
        result[:, j] -= part
        result[:, j + 1] += part
    return result
