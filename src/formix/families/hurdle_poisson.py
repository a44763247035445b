"""The hurdle Poisson family: counts whose zeros are of another part."""

from __future__ import annotations

from formix.families.draws import positive_poisson_counts
from formix.families.family import Family
from formix.families.parameters import probability
from formix.families.poisson import poisson
from formix.families.responses import counts
from formix.families.zeros import Hurdle

_hurdle = Hurdle(poisson, "hu", positive_poisson_counts)

hurdle_poisson = Family(
    name="hurdle_poisson",
    parameters=(poisson.parameters[0], probability("hu")),
    distribution="dist.HurdlePoisson({hu}, {mu})",
    log_density=_hurdle.log_density,
    draw=_hurdle.draw,
    mean=_hurdle.mean,
    variance=_hurdle.variance,
    check=counts("hurdle_poisson"),
    counts=True,
    discrete=True,
    hurdle=True,
    log_tails=_hurdle.log_tails,
    partial=_hurdle.partial,
)
"""y is 0 with probability hu, else Poisson(mu) given that it is not 0.

mu is the mean of the Poisson before its zeros are taken out; the mean of the response as a whole is
(1 - hu) mu / (1 - exp(-mu)).

References
----------
Mullahy (1986), doi:10.1016/0304-4076(86)90002-3.
"""
