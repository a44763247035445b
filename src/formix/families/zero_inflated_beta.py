"""The zero-inflated beta family: proportions below 1, some of them 0."""

from __future__ import annotations

from formix.families.beta import beta
from formix.families.family import Family
from formix.families.parameters import concentration, probability
from formix.families.responses import are_proportions, numbers
from formix.families.zeros import Hurdle

_hurdle = Hurdle(beta, "zi", beta.draw)

zero_inflated_beta = Family(
    name="zero_inflated_beta",
    parameters=(beta.parameters[0], concentration("phi"), probability("zi")),
    distribution="InflatedBeta({phi} * expit({logits}), {phi} * expit(-{logits}), {zi}, 0.0)",
    log_density=_hurdle.log_density,
    draw=_hurdle.draw,
    mean=_hurdle.mean,
    variance=_hurdle.variance,
    check=numbers("zero_inflated_beta", are_proportions, "a number of at least 0 and below 1"),
    logits=True,
    hurdle=True,
    log_tails=_hurdle.log_tails,
    partial=_hurdle.partial,
)
"""y is 0 with probability zi, else Beta(mu phi, (1 - mu) phi): mu is the mean of the beta part.

The mean of the response as a whole is (1 - zi) mu.

References
----------
Ospina and Ferrari (2012), doi:10.1016/j.csda.2011.10.005; Simpson, Rue, Riebler, Martins and Sorbye
(2017), doi:10.1214/16-STS576 (the prior of phi).
"""
