"""The hurdle gamma family: numbers some of which are 0."""

from __future__ import annotations

from formix.families.family import Family
from formix.families.gamma import gamma
from formix.families.parameters import concentration, probability
from formix.families.responses import not_negatives
from formix.families.zeros import Hurdle

_hurdle = Hurdle(gamma, "hu", gamma.draw)

hurdle_gamma = Family(
    name="hurdle_gamma",
    parameters=(gamma.parameters[0], concentration("shape"), probability("hu")),
    distribution="dist.HurdleGamma({hu}, {shape}, {shape} / {mu})",
    log_density=_hurdle.log_density,
    draw=_hurdle.draw,
    mean=_hurdle.mean,
    variance=_hurdle.variance,
    check=not_negatives("hurdle_gamma"),
    hurdle=True,
    log_tails=_hurdle.log_tails,
    partial=_hurdle.partial,
)
"""y is 0 with probability hu, else Gamma(shape, shape / mu): mu is the mean of what is not 0.

The mean of the response as a whole is (1 - hu) mu.

References
----------
Cragg (1971), doi:10.2307/1909582; Simpson, Rue, Riebler, Martins and Sorbye (2017),
doi:10.1214/16-STS576 (the prior of shape).
"""
