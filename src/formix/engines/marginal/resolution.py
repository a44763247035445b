"""What the data can tell: the residual's spread, and the sds that are hardly told from zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.density import Algebra

NOISE_SHARE = 0.7
"""Of the residual's standard deviation without groups, as a first guess of sigma."""


def spread(algebra: Algebra) -> tuple[float, float]:
    """Return the residual's standard deviation without groups, and the geometric mean weight."""
    found = algebra.statistics
    weight = float(np.exp(found.log_weights / found.rows))
    freedom = max(found.rows - algebra.common.size, 1)
    square = max(float(found.cross[-1, -1]), 0.0) / freedom
    fitted = float(np.linalg.norm(algebra.common.R @ algebra.common.center)) / np.sqrt(found.rows)
    deviation = max(np.sqrt(square), 1e-8 * fitted, 1e-12)
    return deviation / (1.0 if algebra.scaled else np.sqrt(weight)), weight


def column_lengths(algebra: Algebra, group: int) -> Float[np.ndarray, " effect"]:
    """Return the length of each of a group's columns, over all rows; one where it is zero."""
    squares = np.einsum("lii->i", algebra.statistics.grams[group])
    return np.where(squares > 0.0, np.sqrt(squares), 1.0)


def resolutions(algebra: Algebra) -> tuple[tuple[float, ...], ...]:
    """Return for each group's effects half the standard deviation that is hardly told from zero.

    With as many levels as there are, an effect whose sd is this adds to what a level says of it
    about as much as chance does.
    """
    deviation, weight = spread(algebra)
    noise = NOISE_SHARE * deviation * (1.0 if algebra.scaled else np.sqrt(weight))
    found: list[tuple[float, ...]] = []
    for f, (levels, _) in enumerate(algebra.sizes):
        chance = noise * np.sqrt(levels) / column_lengths(algebra, f)
        found.append(tuple(float(one) for one in 0.5 * chance * levels**-0.25))
    return tuple(found)
