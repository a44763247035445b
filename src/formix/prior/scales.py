"""Where a response lies on the link of a predictor: what the sets of priors are scaled by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
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
    y, name = (np.log(y), "log(y)") if family.logarithm else (y, "y")
    main = predictors[0]
    shift = main.offset if main.offset is not None else np.zeros(len(y))
    rate = response.known.get("rate")
    if rate is not None:
        # The predictor is of one unit, and so are its priors.
        log = main.link.name == "log"
        y, shift = (y, shift + np.log(rate)) if log else (y / rate, shift)
        name = name if log else f"{name} / rate"
    mean = mean_scale(y, shift, main.link, counts=family.counts, name=name)
    if rate is not None:
        given = "log(rate)" if main.offset is None else "offset + log(rate)"
        centre, scale, size = (one.replace("offset", given) for one in mean.words)
        mean = replace(mean, words=(centre, scale, size))
    scales = {p.name: mean for p in predictors if p.parameter == family.main}
    for parameter in family.parameters[1:]:
        link = family.link(parameter.name)
        if not any(predictor.name == parameter.name for predictor in predictors):
            scales[parameter.name] = auxiliary_scale(y, shift, main.link, name)
        elif parameter.priors or parameter.held is not None:
            scales[parameter.name] = unit_scale(mean)
        else:
            scales[parameter.name] = deviation_scale(y, link, mean, name)
    return scales


def mean_scale(
    y: Vector, offset: Vector, link: Link, *, counts: bool = False, name: str = "y"
) -> Scale:
    """Return the scale of the predictor of the mean.

    On the identity link the mean and standard deviation of `y - offset`; on the log link the log of
    the ratio of the sums of `y` (with 1/2 added for counts) and of `exp(offset)`; on a link of a
    probability 0 and 1; on any other the link of the mean, and the standard deviation times the
    link's slope there. `name` is that of the response in the words for them.
    """
    if link.of_probability:
        found = Scale(0.0, 1.0, 1.0, 0.0, _BRMS_LEAST, float(np.mean(offset)))
        return replace(found, words=("0", "1", "1"))
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
        words=_words(name, offset, link, counts),
        brms=(f"median({_on(link, name)})", _least(link, name)),
        brms_group=_least(link, name),
    )


def _words(name: str, offset: Vector, link: Link, counts: bool) -> tuple[str, str, str]:
    """Return what location, spread and size of a response on a link are."""
    of = f"{name} - offset" if np.any(offset) else name
    if link.name == "identity":
        return f"mean({of})", f"sd({of})", f"rms({of})"
    if link.name == "log":
        total = f"(sum({name}) + 1/2)" if counts else f"sum({name})"
        mean = f"{total} / sum(exp(offset))" if np.any(offset) else f"{total} / n"
        return f"log({mean})", "1", f"hypot(log({mean}), 1)"
    centre, slope = f"{link.name}(mean({name}))", f"|{link.name}'(mean({name}))| sd({name})"
    return centre, slope, f"hypot({centre}, {slope})"


def _on(link: Link, name: str) -> str:
    """Return a response on a link, as text."""
    return name if link.name == "identity" else f"{link.name}({name})"


def deviation_scale(y: Vector, link: Link, mean: Scale, name: str = "y") -> Scale:
    """Return the scale of a standard deviation's predictor: log sd(y) and 1 on the log link.

    Parameters
    ----------
    mean
        The scale of the predictor of the mean, which brms has for all group-level effects.
    name
        Of the response, in the words for them.
    """
    bounded = bool(np.all(y >= 0.0))
    spread, mad = deviation(y), _brms(y, link)[1] if bounded else _BRMS_LEAST
    sd, location, width = f"sd({name})", float(link.forward(np.asarray(spread))), 1.0
    centre, scale = _on(link, sd), "1"
    if link.name == "identity":
        location, width, centre, scale = spread, spread, sd, sd
    return Scale(
        location=location,
        spread=width,
        root_mean_square=float(np.hypot(location, width)),
        median=0.0,
        mad=mad,
        group_mad=mean.mad,
        words=(centre, scale, f"hypot({centre}, {scale})"),
        brms=("0", _least(link, name) if bounded else "2.5"),
        brms_group=mean.brms[1],
    )


def unit_scale(mean: Scale) -> Scale:
    """Return the scale of a parameter's predictor whose link makes it of the size of 1."""
    found = Scale(0.0, 1.0, 1.0, 0.0, _BRMS_LEAST, group_mad=mean.mad)
    return replace(found, words=("0", "1", "1"), brms_group=mean.brms[1])


def auxiliary_scale(y: Vector, offset: Vector, link: Link, name: str = "y") -> Scale:
    """Return the scale of a standard deviation that has no predictor, in the units of `y`."""
    shifted = link.name == "identity" and bool(np.any(offset))
    spread = deviation(y - offset) if link.name == "identity" else deviation(y)
    sd = f"sd({name} - offset)" if shifted else f"sd({name})"
    found = Scale(spread, spread, spread, 0.0, _brms(y, link)[1])
    return replace(found, words=(sd, sd, sd), brms=("0", _least(link, name)))


def _least(link: Link, name: str) -> str:
    """Return brms's scale of a response on a link, as text."""
    return f"max(2.5, mad({_on(link, name)}))"


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
