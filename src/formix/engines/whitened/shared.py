"""What eliminating one group takes of all the others, by cross-products that all chains share.

Given standard deviations and correlations, each level of the group has the small precision `M` of
its effects, and what is left loses `B' Q B` a level, where `Q = L M^-1 L'` is all that depends on
them. So one product of a matrix of `Q`, a row a chain, with one of products of the rows of `B`
takes the place of a product a chain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import jax
import jax.numpy as jnp
import numpy as np
from jax.custom_derivatives import custom_vjp

if TYPE_CHECKING:
    from jaxtyping import Float

Array = Any

_MOST_NUMBERS = 4_000_000
"""Products, beyond which they take more memory than their speed is worth."""


def products(
    borders: Float[np.ndarray, "level effect column"],
) -> Float[np.ndarray, "weight product"] | None:
    """Return the products of the only group that is eliminated; None where they would be too many.

    Parameters
    ----------
    borders
        Of each level of that group its columns' cross-products with all that is left.
    """
    levels, size, dense = borders.shape
    pairs = _pairs(size)
    if levels * len(pairs) * dense * (dense + 1) > 2 * _MOST_NUMBERS:
        return None
    low, column = np.tril_indices(dense)
    found: list[np.ndarray] = []
    for i, j in pairs:
        one = borders[:, i, low] * borders[:, j, column]
        found.append(one if i == j else one + borders[:, j, low] * borders[:, i, column])
    return np.concatenate(found)


def taken(products: Array, Q: Array, dense: int) -> Array:
    """Return what the precision of all that is left, so many numbers, loses by a group's `Q`."""
    weights = jnp.concatenate([Q[:, i, j] for i, j in _pairs(Q.shape[-1])])
    return _symmetric(weights @ products, dense)


def _pairs(size: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(size) for j in range(i + 1)]


def _symmetric(packed: Array, size: int) -> Array:
    """Return the symmetric matrix of a lower triangle, row by row."""
    low, column = np.tril_indices(size)
    place = np.zeros((size, size), np.int32)
    place[low, column] = place[column, low] = np.arange(len(low))
    off = np.where(low == column, 0.0, 1.0)

    def once(packed: Array) -> Array:
        return packed[place]

    def forward(packed: Array) -> tuple[Array, None]:
        return once(packed), None

    def backward(_: None, slope: Array) -> tuple[Array]:
        # Looked up, as it would else be summed entry by entry, which is slow; and kept apart from
        # the matrix product, into which its transpose would be folded, at half the speed.
        flat = slope.reshape(-1)
        packed = flat[low * size + column] + off * flat[column * size + low]
        return (cast("Any", jax.lax).optimization_barrier(packed),)

    unpacked = cast("Any", custom_vjp)(once)
    unpacked.defvjp(forward, backward)
    return unpacked(packed)
