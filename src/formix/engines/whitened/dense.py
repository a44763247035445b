"""What is left when groups are eliminated: a point of its normal distribution, and the slopes.

Of the slope of a Cholesky factor only what this point needs is computed, in two triangular solves.
"""

from __future__ import annotations

from typing import Any, cast

import jax.numpy as jnp
import numpy as np
from jax.custom_derivatives import custom_vjp
from jax.lax.linalg import cholesky_p
from jax.scipy.linalg import solve_triangular

Array = Any


def cholesky(matrices: Array) -> Array:
    """Return lower factors of matrices that are symmetric as they are made."""
    return jnp.linalg.cholesky(matrices, symmetrize_input=False)


def _placed(base: Array, right: Array, z: Array) -> tuple[Array, Array]:
    """Return `base^-1 right + L^-T z`, where `base = L L'`, and minus the logarithm of `|L|`."""
    return _forward(base, right, z)[0]


def _forward(base: Array, right: Array, z: Array) -> tuple[tuple[Array, Array], Array]:
    # Of what is above the diagonal nothing is asked.
    L = cast("Any", cholesky_p).bind(base)
    told = solve_triangular(L, right, lower=True)
    first = told + z
    placed = solve_triangular(L, first, lower=True, trans=1)
    return (placed, -jnp.sum(jnp.log(diagonal(L)))), (L, told, first)


def _backward(kept: Array, along: tuple[Array, Array]) -> tuple[Array, Array, Array]:
    """Return the slopes by `base`, which is symmetric, by `right` and by `z`.

    With `dL = L T(L^-1 d(base) L^-T)`, where `T` takes the lower triangle and half of the diagonal,
    the point moves by `-L^-T (T' first + T told)`, and the logarithm by the trace of `T`.
    """
    L, told, first = kept
    placed, log_slope = along
    y = solve_triangular(L, placed, lower=True)
    size = L.shape[-1]
    T = jnp.tril(jnp.ones((size, size), L.dtype)) - 0.5 * jnp.eye(size, dtype=L.dtype)
    twice = 2.0 * log_slope
    # What the logarithm adds, half of its slope on the diagonal, needs no mask of its own.
    inner = T * (first[:, None] * y + y[:, None] * told + twice - twice * T)
    half = solve_triangular(L, inner, lower=True, trans=1)
    of_base = -solve_triangular(L, half.T, lower=True, trans=1)
    return of_base, solve_triangular(L, y, lower=True, trans=1), y


placed = cast("Any", custom_vjp)(_placed)
placed.defvjp(_forward, _backward)


def diagonal(L: Array) -> Array:
    """Return the diagonals of matrices."""
    # Taken out by index, it would be put back entry by entry where slopes are.
    return jnp.sum(L * np.eye(L.shape[-1]), axis=-1)
