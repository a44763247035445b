"""Adaptive Gauss-Hermite quadrature over the effects of a group whose levels have one each.

References
----------
Liu and Pierce (1994), doi:10.1093/biomet/81.3.624; Pinheiro and Bates (1995),
doi:10.1080/10618600.1995.10474663.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import roots_hermite

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.laplace.conditional import Conditional
    from formix.engines.laplace.rows import Rows
    from formix.engines.marginal.structure import GroupColumns

    Values = Float[np.ndarray, " point"]

_LOG_2PI = float(np.log(2.0 * np.pi))


def quadrature(
    rows: Rows,
    group: GroupColumns,
    mode: Conditional,
    sd: Values,
    auxiliary: Values,
    nodes: int,
) -> Values:
    """Return the log likelihood, each level's integral by so many nodes around its mode.

    Parameters
    ----------
    mode
        The mode of the effects, and the rows' weights there.
    sd
        The effects' standard deviation at each point.
    """
    Z = group.Z[:, 0]
    # At the mode a standardised effect is the slope of the log density along it.
    slope = mode.weights * (mode.response - mode.best.varying)
    center = sd[:, None] * _by_level(group, Z * slope)
    precision = 1.0 + np.square(sd)[:, None] * _by_level(group, np.square(Z) * mode.weights)
    common = mode.eta - (sd[:, None] * center)[:, group.index] * Z
    places, weights = (np.asarray(x, dtype=np.float64) for x in roots_hermite(nodes))
    total = np.full(center.shape, -np.inf)
    for place, weight in zip(places, weights, strict=True):
        u = center + place * np.sqrt(2.0 / precision)
        eta = common + (sd[:, None] * u)[:, group.index] * Z
        value = _by_level(group, rows.log_densities(eta, auxiliary)) - 0.5 * np.square(u)
        total = np.logaddexp(total, value + np.log(weight) + place**2)
    scale = 0.5 * (np.log(2.0) - np.log(precision) - _LOG_2PI)
    return np.sum(total + scale, axis=1)


def _by_level(
    group: GroupColumns, values: Float[np.ndarray, "point obs"]
) -> Float[np.ndarray, "point level"]:
    points = len(values)
    places = (np.arange(points)[:, None] * group.levels + group.index).ravel()
    sums = np.bincount(places, values.ravel(), points * group.levels)
    return sums.reshape(points, group.levels)
