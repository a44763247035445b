"""The change of variables: standard normals -> effects and coefficients, given the covariances.

Given standard deviations and correlations, the normal model of the working response has the
conditional precision `H = L L'` of what the program draws as standard normals, and of the
coefficients. Then `x = m + L^-T z`, whose Jacobian is `1 / |L|`, is an exact change of variables
under any density; where that is close to the normal model, `z` is close to standard normal.

Groups nested in one another are eliminated level by level, the innermost first; what is left has
one dense factor.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax.scipy.linalg import solve_triangular

from formix.engines.whitened.dense import cholesky, diagonal, placed
from formix.engines.whitened.shared import taken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from formix.engines.whitened.layout import Layout

Array = Any
"""An array of JAX's, or one that it traces; they have no types that tell more."""

_UNROLLED = 3
"""Effects of a level up to which factors are written out, which is faster than a call for each."""


class Changed(NamedTuple):
    """What standard normals became: each group's, the coefficients, and the log of the Jacobian."""

    effects: tuple[Array, ...]
    common: Array
    log_slope: Array


class _Stage(NamedTuple):
    """A group on its way out: the factor of each level, and what it takes of outer groups.

    `told` is what the data say of the levels, given all that is left, in units of that factor.
    """

    factor: Array
    ups: tuple[Array, ...]
    told: Callable[[Array], Array]


def changed(of: Layout, frozen: Any, factors: Sequence[Array], z: Array) -> Changed:
    """Return group-level effects as the program standardises them, and the coefficients.

    Parameters
    ----------
    frozen
        The arrays of `Freezing.frozen`.
    factors
        Each group's factor of the covariance of its effects.
    z
        As many numbers as there are effects and coefficients.
    """
    eliminate = _at_once if "products" in frozen else _one_by_one
    stages, base, right = eliminate(of, frozen, factors)
    parts, log_slope = _parts(of, z), jnp.zeros(())
    solved = jnp.zeros((of.dense,))
    if of.dense:
        solved, log_slope = placed(base, right, parts[-1])
    outer: list[Array] = []
    for t in reversed(range(len(stages))):
        stage, parents = stages[t], frozen["parents"][t]
        rest = stage.told(solved) + parts[t]
        for up, parent, effects in zip(stage.ups, parents, reversed(outer), strict=True):
            rest = rest - jnp.sum(up * effects[parent][:, None, :], axis=-1)
        log_slope = log_slope - jnp.sum(jnp.log(diagonal(stage.factor)))
        outer.append(_upper(stage.factor, rest[..., None])[..., 0])
    found: dict[int, Array] = dict(zip(of.eliminated, reversed(outer), strict=True))
    start = 0
    for f in of.left:
        group = of.groups[f]
        found[f] = solved[start : start + group.count].reshape(group.levels, group.size)
        start += group.count
    return Changed(tuple(found[f] for f in range(len(of.groups))), solved[start:], log_slope)


def _at_once(
    of: Layout, frozen: Any, factors: Sequence[Array]
) -> tuple[list[_Stage], Array, Array]:
    """Return what `_one_by_one` does, where one group is eliminated."""
    L = factors[of.eliminated[0]]
    gram, border, right = (frozen[name][0] for name in ("grams", "borders", "rights"))
    rows = border.reshape(of.groups[of.eliminated[0]].count, of.dense)
    wide = jnp.broadcast_to(L.T, gram.shape)
    # Of one effect, spread over the levels once, the slope is one sum.
    factor = _factor(_both(wide if L.shape[-1] == 1 else L, gram) + jnp.eye(L.shape[-1]))
    inner = _lower(factor, wide)
    Q = jnp.sum(inner[:, :, :, None] * inner[:, :, None, :], axis=1)
    base = frozen["base"] - taken(frozen["products"], Q, of.dense)
    less = jnp.sum(Q * right[:, None, :], axis=-1).reshape(-1) @ rows
    outward = [L.T for L in factors]

    def told(solved: Array) -> Array:
        rest = right - (rows @ _scaled(of, outward, solved)).reshape(right.shape)
        return jnp.sum(inner * rest[:, None, :], axis=-1)

    base = _scaled(of, factors, _scaled(of, factors, base).T) + _ones(of)
    return [_Stage(factor, (), told)], base, _scaled(of, factors, frozen["right"] - less)


def _ones(of: Layout) -> Array:
    """Return the precision of the standardised effects that are left, before there are data."""
    return np.diag(np.arange(of.dense) < of.dense - of.common).astype(np.float64)


def _one_by_one(
    of: Layout, frozen: Any, factors: Sequence[Array]
) -> tuple[list[_Stage], Array, Array]:
    """Return how each group was eliminated, and the precision and right side of what is left."""
    chain = of.eliminated
    inner = [factors[f] for f in chain]
    grams = [_both(L, gram) for L, gram in zip(inner, frozen["grams"], strict=True)]
    grams = [gram + jnp.eye(gram.shape[-1]) for gram in grams]
    ups = [
        [jnp.swapaxes(L, 0, 1) @ up @ inner[t + 1 + s] for s, up in enumerate(frozen["ups"][t])]
        for t, L in enumerate(inner)
    ]
    borders = [
        _scaled(of, factors, L.T @ border)
        for L, border in zip(inner, frozen["borders"], strict=True)
    ]
    rights = [right @ L for L, right in zip(inner, frozen["rights"], strict=True)]
    base = _scaled(of, factors, _scaled(of, factors, frozen["base"]).T)
    base = base + _ones(of)
    right = _scaled(of, factors, frozen["right"])
    stages: list[_Stage] = []
    for t in range(len(chain)):
        L = _factor(grams[t])
        border, last = _lower(L, borders[t]), _lower(L, rights[t][..., None])[..., 0]
        own = [_lower(L, up) for up in ups[t]]
        for s, up in enumerate(own):
            place, h = frozen["parents"][t][s], t + 1 + s
            down = jnp.swapaxes(up, 1, 2)
            grams[h] = grams[h].at[place].add(-(down @ up))
            borders[h] = borders[h].at[place].add(-(down @ border))
            rights[h] = rights[h].at[place].add(-(down @ last[..., None])[..., 0])
            for later in range(s + 1, len(own)):
                more = -(down @ own[later])
                ups[h][later - s - 1] = ups[h][later - s - 1].at[place].add(more)
        flat = border.reshape(of.groups[chain[t]].count, of.dense)
        base = base - flat.T @ flat
        right = right - flat.T @ last.reshape(-1)
        stages.append(_Stage(L, tuple(own), partial(_told, border, last)))
    return stages, base, right


def _told(border: Array, right: Array, solved: Array) -> Array:
    return right - border @ solved


def _parts(of: Layout, z: Array) -> list[Array]:
    """Return the standard normals of each eliminated group, then all that are left."""
    parts: list[Array] = []
    start = 0
    for f in of.eliminated:
        group = of.groups[f]
        parts.append(z[start : start + group.count].reshape(group.levels, group.size))
        start += group.count
    return [*parts, z[start:]]


def _scaled(of: Layout, factors: Sequence[Array], rows: Array) -> Array:
    """Return rows whose columns of the groups that are left are of standardised effects."""
    if not of.left:
        return rows
    if all(of.groups[f].size == 1 for f in of.left):
        widths = [jnp.broadcast_to(factors[f][0], (of.groups[f].count,)) for f in of.left]
        return rows * jnp.concatenate([*widths, jnp.ones((of.common,))])
    parts: list[Array] = []
    start = 0
    for f in of.left:
        group = of.groups[f]
        part = rows[..., start : start + group.count]
        shape = part.shape
        by_level = part.reshape(*shape[:-1], group.levels, group.size)
        parts.append((_times(by_level, factors[f])).reshape(shape))
        start += group.count
    return jnp.concatenate([*parts, rows[..., start:]], axis=-1) if parts else rows


def _times(rows: Array, L: Array) -> Array:
    return rows * L[0, 0] if L.shape[-1] == 1 else rows @ L


def _both(L: Array, gram: Array) -> Array:
    return jnp.square(L) * gram if L.shape[-1] == 1 else L.T @ gram @ L


def _factor(matrices: Array) -> Array:
    """Return lower factors of a batch of small matrices."""
    size = matrices.shape[-1]
    if size > _UNROLLED:
        return cholesky(matrices)
    L: list[list[Array]] = []
    for i in range(size):
        row: list[Array] = []
        for j in range(i + 1):
            left = matrices[..., i, j] - sum(
                (row[k] * (row if i == j else L[j])[k] for k in range(j)), start=jnp.zeros(())
            )
            row.append(jnp.sqrt(left) if i == j else left / L[j][j])
        L.append(row)
    zero = jnp.zeros_like(matrices[..., 0, 0])
    rows = [jnp.stack([*row, *[zero] * (size - len(row))], axis=-1) for row in L]
    return jnp.stack(rows, axis=-2)


def _lower(L: Array, right: Array) -> Array:
    """Return `L^-1 right` of a batch."""
    size = L.shape[-1]
    if size > _UNROLLED:
        return solve_triangular(L, right, lower=True)
    rows: list[Array] = []
    for i in range(size):
        left = right[..., i, :]
        for j in range(i):
            left = left - L[..., i, j, None] * rows[j]
        rows.append(left / L[..., i, i, None])
    return jnp.stack(rows, axis=-2)


def _upper(L: Array, right: Array) -> Array:
    """Return `L^-T right` of a batch."""
    size = L.shape[-1]
    if size > _UNROLLED:
        return solve_triangular(L, right, lower=True, trans=1)
    rows: list[Array] = [right[..., 0, :]] * size
    for i in reversed(range(size)):
        left = right[..., i, :]
        for j in range(i + 1, size):
            left = left - L[..., j, i, None] * rows[j]
        rows[i] = left / L[..., i, i, None]
    return jnp.stack(rows, axis=-2)
