"""Where a response lies on the link of a predictor: what the sets of priors are scaled by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.prior.sets import Scale, deviation

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.links import Link

    Vector = Float[np.ndarray, " obs"]

_BRMS_LEAST = 2.5
_MAD_CONSISTENT = 1.4826
"""Makes the median absolute deviation of a normal its standard deviation."""


def mean_scale(y: Vector, offset: Vector, link: Link, *, counts: bool = False) -> Scale:
    """Return the scale of the predictor of the mean.

    On the identity link the mean and standard deviation of `y - offset`; on the log link the log of
    the ratio of the sums of `y` (with 1/2 added for counts) and of `exp(offset)`; on a link of a
    probability 0 and 1; on any other the link of the mean, and the standard deviation times the
    link's slope there.
    """
    if link.of_probability:
        return Scale(0.0, 1.0, 1.0, 0.0, _BRMS_LEAST, float(np.mean(offset)))
    if link.name == "identity":
        location, spread = float(np.mean(y - offset)), deviation(y - offset)
        size = float(np.sqrt(np.mean(np.square(y - offset))))
    else:
        location, spread = _on_link(y, offset, link, counts)
        size = float(np.hypot(location, spread))
    median, mad = _brms(y, link)
    return Scale(
        location=location,
        spread=spread,
        root_mean_square=size if np.isfinite(size) and size > 0.0 else 1.0,
        median=median,
        mad=mad,
        offset=float(np.mean(offset)),
    )


def deviation_scale(y: Vector, link: Link) -> Scale:
    """Return the scale of a standard deviation's predictor: log sd(y) and 1 on the log link."""
    spread = deviation(y)
    if link.name == "identity":
        return Scale(spread, spread, float(np.hypot(spread, spread)), 0.0, _BRMS_LEAST)
    location = float(link.forward(np.asarray(spread)))
    return Scale(location, 1.0, float(np.hypot(location, 1.0)), 0.0, _BRMS_LEAST)


def auxiliary_scale(y: Vector, offset: Vector, link: Link) -> Scale:
    """Return the scale of a standard deviation that has no predictor, in the units of `y`."""
    spread = deviation(y - offset) if link.name == "identity" else deviation(y)
    return Scale(spread, spread, spread, 0.0, _brms(y, link)[1])


def _on_link(y: Vector, offset: Vector, link: Link, counts: bool) -> tuple[float, float]:
    low, high = link.range
    if link.name == "log":
        total = float(np.sum(y)) + (0.5 if counts else 0.0)
        ratio = total / float(np.sum(np.exp(offset)))
        return (float(np.log(ratio)) if ratio > 0.0 else 0.0), 1.0
    mean = float(np.mean(y))
    with np.errstate(divide="ignore", invalid="ignore"):
        location = float(link.forward(np.asarray(mean))) if low < mean < high else 0.0
        spread = abs(float(link.derivative(np.asarray(mean)))) * deviation(y)
    return (
        location if np.isfinite(location) else 0.0,
        spread if np.isfinite(spread) and spread > 0.0 else 1.0,
    )


def _brms(y: Vector, link: Link) -> tuple[float, float]:
    """Return brms's rounded median and bounded, rounded median absolute deviation on the link."""
    value = np.where(y == 0.0, 0.1, y) if link.name in ("log", "inverse") else y
    with np.errstate(divide="ignore", invalid="ignore"):
        value = link.forward(value)
    value = value[np.isfinite(value)]
    if not len(value):
        return 0.0, _BRMS_LEAST
    median = float(np.median(value))
    mad = _MAD_CONSISTENT * float(np.median(np.abs(value - median)))
    return round(median, 1), max(_BRMS_LEAST, round(mad, 1))
