"""The hurdle negative binomial family: widely varying counts whose zeros are of another part."""

from __future__ import annotations

from formix.families.draws import positive_negative_binomial_counts
from formix.families.family import Family
from formix.families.negative_binomial import negative_binomial
from formix.families.parameters import concentration, probability
from formix.families.responses import counts
from formix.families.zeros import Hurdle

_hurdle = Hurdle(negative_binomial, "hu", positive_negative_binomial_counts)

hurdle_negative_binomial = Family(
    name="hurdle_negative_binomial",
    parameters=(
        negative_binomial.parameters[0],
        concentration("shape", brms="InverseGamma(0.4, 0.3)"),
        probability("hu"),
    ),
    distribution=(
        "dist.HurdleDistribution("
        "dist.NegativeBinomialLogits({shape}, jnp.log({mu} / {shape})), gate={hu})"
    ),
    log_density=_hurdle.log_density,
    draw=_hurdle.draw,
    mean=_hurdle.mean,
    variance=_hurdle.variance,
    check=counts("hurdle_negative_binomial"),
    counts=True,
    discrete=True,
    hurdle=True,
    aliases=("hurdle_negbinomial",),
    log_tails=_hurdle.log_tails,
    partial=_hurdle.partial,
)
"""y is 0 with probability hu, else NegativeBinomial(mu, shape) given that it is not 0.

mu is the mean of the negative binomial before its zeros are taken out.

References
----------
Mullahy (1986), doi:10.1016/0304-4076(86)90002-3; Simpson, Rue, Riebler, Martins and Sorbye (2017),
doi:10.1214/16-STS576 (the prior of shape).
"""
