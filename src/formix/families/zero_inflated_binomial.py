"""The zero-inflated binomial family: successes among trials, and rows that have none."""

from __future__ import annotations

from formix.families.binomial import binomial, successes
from formix.families.family import Family
from formix.families.parameters import probability
from formix.families.zeros import Inflated

_inflated = Inflated(binomial)

zero_inflated_binomial = Family(
    name="zero_inflated_binomial",
    parameters=(binomial.parameters[0], probability("zi")),
    distribution=(
        "dist.ZeroInflatedDistribution(dist.Binomial({trials}, logits={logits}), gate={zi})"
    ),
    log_density=_inflated.log_density,
    draw=_inflated.draw,
    mean=_inflated.mean,
    variance=_inflated.variance,
    check=successes("zero_inflated_binomial"),
    arrays=("trials",),
    logits=True,
    counts=True,
    discrete=True,
    aliases=("zib",),
    log_tails=_inflated.log_tails,
    partial=_inflated.partial,
)
"""y is 0 with probability zi, else Binomial(trials, mu): mu is the probability of a success there.

The mean of the response as a whole is (1 - zi) trials mu.

References
----------
Hall (2000), doi:10.1111/j.0006-341X.2000.01030.x.
"""
