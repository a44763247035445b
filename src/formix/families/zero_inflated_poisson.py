"""The zero-inflated Poisson family: counts, and zeros beside them."""

from __future__ import annotations

from formix.families.family import Family
from formix.families.parameters import probability
from formix.families.poisson import poisson
from formix.families.responses import counts
from formix.families.zeros import Inflated

_inflated = Inflated(poisson)

zero_inflated_poisson = Family(
    name="zero_inflated_poisson",
    parameters=(poisson.parameters[0], probability("zi")),
    distribution="dist.ZeroInflatedPoisson({zi}, {mu})",
    log_density=_inflated.log_density,
    draw=_inflated.draw,
    mean=_inflated.mean,
    variance=_inflated.variance,
    check=counts("zero_inflated_poisson"),
    counts=True,
    discrete=True,
    aliases=("zip",),
    log_tails=_inflated.log_tails,
    partial=_inflated.partial,
)
"""y is 0 with probability zi, else Poisson(mu): mu is the mean of the Poisson part.

The mean of the response as a whole is (1 - zi) mu.

References
----------
Lambert (1992), doi:10.2307/1269547.
"""
