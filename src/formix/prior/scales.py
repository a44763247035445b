"""Where a response lies on the link of a predictor: what the sets of priors are scaled by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from formix.prior.sets import Scale, deviation

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.families.family import Family
    from formix.links import Link
    from formix.spec import Predictor, Response

    Vector = Float[np.ndarray, " obs"]

_BRMS_LEAST = 2.5
_MAD_CONSISTENT = 1.4826
"""Makes the median absolute deviation of a normal its standard deviation."""


def scales_of(
    response: Response, family: Family, predictors: Sequence[Predictor]
) -> Mapping[str, Scale]:
    """Return where the response lies, for every predictor and parameter of a model."""
    y = np.asarray(response.values, float)
    y = np.log(y) if family.logarithm else y
    main = predictors[0]
    shift = main.offset if main.offset is not None else np.zeros(len(y))
    rate = response.known.get("rate")
    if rate is not None:
        # The predictor is of one unit, and so are its priors.
        y, shift = (y, shift + np.log(rate)) if main.link.name == "log" else (y / rate, shift)
    mean = mean_scale(y, shift, main.link, counts=family.counts)
    scales = {p.name: mean for p in predictors if p.parameter == family.main}
    for parameter in family.parameters[1:]:
        link = family.link(parameter.name)
        if not any(predictor.name == parameter.name for predictor in predictors):
            scales[parameter.name] = auxiliary_scale(y, shift, main.link)
        elif parameter.priors or parameter.held is not None:
            scales[parameter.name] = unit_scale(mean)
        else:
            scales[parameter.name] = deviation_scale(y, link, mean)
    return scales


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


def deviation_scale(y: Vector, link: Link, mean: Scale) -> Scale:
    """Return the scale of a standard deviation's predictor: log sd(y) and 1 on the log link.

    Parameters
    ----------
    mean
        The scale of the predictor of the mean, which brms has for all group-level effects.
    """
    spread, mad = deviation(y), _brms(y, link)[1] if np.all(y >= 0.0) else _BRMS_LEAST
    if link.name == "identity":
        size = float(np.hypot(spread, spread))
        return Scale(spread, spread, size, 0.0, mad, group_mad=mean.mad)
    location = float(link.forward(np.asarray(spread)))
    size = float(np.hypot(location, 1.0))
    return Scale(location, 1.0, size, 0.0, mad, group_mad=mean.mad)


def unit_scale(mean: Scale) -> Scale:
    """Return the scale of a parameter's predictor whose link makes it of the size of 1."""
    return Scale(0.0, 1.0, 1.0, 0.0, _BRMS_LEAST, group_mad=mean.mad)


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
