"""The zero-inflated negative binomial family: widely varying counts, and zeros beside them."""

from __future__ import annotations

from formix.families.family import Family
from formix.families.negative_binomial import negative_binomial
from formix.families.parameters import concentration, probability
from formix.families.responses import counts
from formix.families.zeros import Inflated

_inflated = Inflated(negative_binomial)

zero_inflated_negative_binomial = Family(
    name="zero_inflated_negative_binomial",
    parameters=(
        negative_binomial.parameters[0],
        concentration("shape", brms="InverseGamma(0.4, 0.3)"),
        probability("zi"),
    ),
    distribution=(
        "dist.ZeroInflatedDistribution("
        "dist.NegativeBinomialLogits({shape}, jnp.log({mu} / {shape})), gate={zi})"
    ),
    log_density=_inflated.log_density,
    draw=_inflated.draw,
    mean=_inflated.mean,
    variance=_inflated.variance,
    check=counts("zero_inflated_negative_binomial"),
    counts=True,
    discrete=True,
    aliases=("zero_inflated_negbinomial", "zinb"),
    log_tails=_inflated.log_tails,
    partial=_inflated.partial,
)
"""y is 0 with probability zi, else NegativeBinomial(mu, shape): mu is the mean of that part.

The mean of the response as a whole is (1 - zi) mu.

References
----------
Greene (1994), "Accounting for Excess Zeros and Sample Selection in Poisson and Negative Binomial
Regression Models", New York University; Simpson, Rue, Riebler, Martins and Sorbye (2017),
doi:10.1214/16-STS576 (the prior of shape).
"""
