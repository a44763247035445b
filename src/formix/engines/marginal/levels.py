"""Small Cholesky factors of many levels at many points at once: unrolled to four effects.

Arrays have the levels last. A symmetric matrix a level is packed: its lower entries by rows, so
that one product of matrices scales those of all levels.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

    Factor = Float[np.ndarray, "point effect effect"]
    Packed = Float[np.ndarray, "#point entry level"]
    Half = Float[np.ndarray, "point effect effect level"]

UNROLLED = 4
"""With more effects than this LAPACK is faster."""


@cache
def entries(size: int) -> tuple[tuple[int, int], ...]:
    """Return the places of a packed matrix's entries."""
    return tuple((i, j) for i in range(size) for j in range(i + 1))


def packed(matrices: Float[np.ndarray, "level effect effect"]) -> Float[np.ndarray, "entry level"]:
    """Return the lower entries of a matrix a level."""
    rows, columns = zip(*entries(matrices.shape[1]), strict=True)
    return np.ascontiguousarray(matrices[:, rows, columns].T)


def whitened(
    precision: Packed, factor: Factor, scale: Float[np.ndarray, " point"] | None = None
) -> tuple[Float[np.ndarray, "point level"], Half]:
    """Return of each level the log determinant of `M = I + L' P L`, and `H` with `H'H = L M^-1 L'`.

    `L` is the factor of the effects' covariance, `P` the precision that the data bring; `H` is the
    inverse of M's own factor times `L'`. It is finite where a standard deviation is zero.

    Parameters
    ----------
    precision
        `P`, packed.
    factor
        `L`, a point.
    scale
        A number a point that multiplies `P`.
    """
    size = factor.shape[-1]
    congruence = _congruence(factor)
    if scale is not None:
        congruence *= scale[:, None, None]
    M = congruence @ precision
    for entry, (i, j) in enumerate(entries(size)):
        if i == j:
            M[:, entry] += 1.0
    if size == 1:
        root = np.sqrt(M)
        return 2.0 * np.log(root[:, 0]), (factor / root)[:, None]
    return _unrolled(M, factor) if size <= UNROLLED else _by_lapack(M, factor)


def _congruence(factor: Factor) -> Float[np.ndarray, "point entry entry"]:
    """Return the matrix that takes packed `P` to packed `L' P L`."""
    places = entries(factor.shape[-1])
    answer = np.empty((len(factor), len(places), len(places)))
    for row, (p, q) in enumerate(places):
        for column, (i, j) in enumerate(places):
            value = factor[:, i, p] * factor[:, j, q]
            if i != j:
                value = value + factor[:, j, p] * factor[:, i, q]
            answer[:, row, column] = value
    return answer


def _unrolled(
    M: Float[np.ndarray, "point entry level"], factor: Factor
) -> tuple[Float[np.ndarray, "point level"], Half]:
    size = factor.shape[-1]
    place = {ij: entry for entry, ij in enumerate(entries(size))}
    lower: dict[tuple[int, int], np.ndarray] = {}
    half = np.empty((len(M), size, size, M.shape[-1]))
    pivots = np.ones((len(M), M.shape[-1]))
    for i in range(size):
        for j in range(i + 1):
            value = M[:, place[i, j]]
            for k in range(j):
                value = value - lower[i, k] * lower[j, k]
            # Roundoff alone can bring a pivot of I + (something positive) below one.
            lower[i, j] = np.sqrt(value) if i == j else value / lower[j, j]
        pivots = pivots * lower[i, i]
        for column in range(size):
            right = factor[:, column, i][:, None]
            for k in range(i):
                right = right - lower[i, k] * half[:, k, column]
            half[:, i, column] = right / lower[i, i]
    return 2.0 * np.log(pivots), half


def _by_lapack(
    M: Float[np.ndarray, "point entry level"], factor: Factor
) -> tuple[Float[np.ndarray, "point level"], Half]:
    size = factor.shape[-1]
    full = np.empty((len(M), M.shape[-1], size, size))
    for entry, (i, j) in enumerate(entries(size)):
        full[:, :, i, j] = M[:, entry]
        full[:, :, j, i] = M[:, entry]
    lower = np.linalg.cholesky(full)
    transposed = np.swapaxes(factor, -1, -2)[:, None]
    half = np.linalg.solve(lower, np.broadcast_to(transposed, full.shape))
    log_determinant = 2.0 * np.sum(np.log(np.diagonal(lower, axis1=-2, axis2=-1)), axis=-1)
    return log_determinant, np.moveaxis(half, 1, -1)


def applied(
    half: Half, columns: Float[np.ndarray, "#point column effect level"]
) -> Float[np.ndarray, "point column effect level"]:
    """Return `H c` of each level's columns `c`."""
    size = half.shape[1]
    if size == 1:
        return half[:, None, 0] * columns
    return np.stack(
        [sum_products(half[:, None, i], columns) for i in range(size)],
        axis=2,
    )


def sum_products(
    one: Float[np.ndarray, "#point #column effect level"],
    other: Float[np.ndarray, "#point column effect level"],
) -> Float[np.ndarray, "point column level"]:
    """Return the inner products over a level's effects."""
    total = one[:, :, 0] * other[:, :, 0]
    for i in range(1, one.shape[2]):
        total = total + one[:, :, i] * other[:, :, i]
    return total


def mixed(
    half: Half, values: Float[np.ndarray, "point effect level"]
) -> Float[np.ndarray, "point effect level"]:
    """Return `H v` of each level."""
    return applied(half, values[:, None])[:, 0]


def mixed_back(
    half: Half, values: Float[np.ndarray, "point effect level"]
) -> Float[np.ndarray, "point effect level"]:
    """Return `H' v` of each level."""
    return applied(np.swapaxes(half, 1, 2), values[:, None])[:, 0]


def unmixed_back(
    half: Half, values: Float[np.ndarray, "point effect level"]
) -> Float[np.ndarray, "point effect level"]:
    """Return the `v` with `H' v` the given values: the inverse of `mixed_back`."""
    if half.shape[1] == 1:
        return values / half[:, 0]
    matrices = np.moveaxis(half, -1, 1)
    right = np.moveaxis(values, -1, 1)[..., None]
    return np.moveaxis(np.linalg.solve(np.swapaxes(matrices, -1, -2), right)[..., 0], 1, -1)
