"""Densities of numbers, smoothed: by Gaussian kernels, within the bounds of what they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

_FINE = 10.0
"""Points of the grid within a bandwidth: what it rounds is far below what the kernel smooths."""

_MOST_POINTS = 20_000

_REACH = 5.0
"""Bandwidths beyond which a kernel adds nothing."""


def smoothed(
    values: Float[np.ndarray, " n"],
    at: Float[np.ndarray, " point"],
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Float[np.ndarray, " point"]:
    """Return a kernel estimate of the density of some numbers at points in ascending order.

    What the kernels put beyond a bound is put back as by a mirror, so that the density does not
    fall off before it. The time does not grow with values times points: values are shared out
    over a grid first.

    References
    ----------
    Silverman (1986), Density Estimation for Statistics and Data Analysis, equation 3.31 (the
    bandwidth) and section 2.10 (the mirror).

    Examples
    --------
    >>> z = np.random.default_rng(1).standard_normal(100_000)
    >>> smoothed(z, np.array([-1.0, 0.0])).round(2)
    array([0.25, 0.4 ])
    """
    values = values[np.isfinite(values)]
    width = bandwidth(values) if len(values) > 1 else 0.0
    if width <= 0.0:
        # All of one number: a peak as narrow as the points can show.
        width = max(float(np.ptp(at)) / 200.0, np.finfo(np.float64).tiny)
    reach = _REACH * width
    start, stop = float(at[0]) - reach, float(at[-1]) + reach
    mirrored = [values]
    for bound in bounds:
        if np.isfinite(bound):
            near = values[np.abs(values - bound) < reach]
            mirrored.append(2.0 * bound - near)
    count = int(np.clip(np.ceil((stop - start) / width * _FINE), 2, _MOST_POINTS))
    grid = np.linspace(start, stop, count)
    step = grid[1] - grid[0]
    counts = _shared(np.concatenate(mirrored), start, step, count)
    half = int(np.ceil(reach / step))
    kernel = np.exp(-0.5 * np.square(np.arange(-half, half + 1) * step / width))
    kernel /= kernel.sum() * step
    density = np.convolve(counts, kernel)[half : half + count] / max(1, len(values))
    found = np.interp(at, grid, density)
    return np.where((at >= bounds[0]) & (at <= bounds[1]), found, 0.0)


def _shared(
    values: Float[np.ndarray, " n"], start: float, step: float, count: int
) -> Float[np.ndarray, " grid"]:
    """Return how many values each point of a grid has, each value shared by its two neighbours."""
    place = (values - start) / step
    below = np.floor(place)
    part = place - below
    found = np.zeros(count)
    for shift, weight in ((0, 1.0 - part), (1, part)):
        at = below + shift
        inside = (at >= 0) & (at < count)
        found += np.bincount(at[inside].astype(np.intp), weight[inside], count)
    return found


def bandwidth(values: Float[np.ndarray, " n"]) -> float:
    """Return the standard deviation of the kernels: by the spread of the middle where it is less.

    Examples
    --------
    >>> round(bandwidth(np.arange(101.0)), 3)
    10.477
    """
    quartiles = np.quantile(values, [0.25, 0.75])
    spread = float(np.std(values, ddof=1))
    middle = float(quartiles[1] - quartiles[0]) / 1.349
    return 0.9 * (min(spread, middle) if middle > 0.0 else spread) * len(values) ** -0.2
