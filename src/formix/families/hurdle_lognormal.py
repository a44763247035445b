"""The hurdle lognormal family: numbers some of which are 0."""

from __future__ import annotations

from formix.families.family import Family
from formix.families.lognormal import lognormal
from formix.families.parameters import SIGMA, probability
from formix.families.responses import not_negatives
from formix.families.zeros import Hurdle

_hurdle = Hurdle(lognormal, "hu", lognormal.draw)

hurdle_lognormal = Family(
    name="hurdle_lognormal",
    parameters=(lognormal.parameters[0], SIGMA, probability("hu")),
    distribution="dist.HurdleLogNormal({hu}, {mu}, {sigma})",
    log_density=_hurdle.log_density,
    draw=_hurdle.draw,
    mean=_hurdle.mean,
    variance=_hurdle.variance,
    check=not_negatives("hurdle_lognormal"),
    logarithm=True,
    hurdle=True,
    log_tails=_hurdle.log_tails,
    partial=_hurdle.partial,
)
"""y is 0 with probability hu, else log(y) ~ Normal(mu, sigma).

The mean of the response as a whole is (1 - hu) exp(mu + sigma^2 / 2).

References
----------
Cragg (1971), doi:10.2307/1909582.
"""
