"""What NumPyro lacks, as NumPyro distributions; generated programs import it."""

from formix.distributions.beta_binomial import BetaBinomial
from formix.distributions.censored import censored
from formix.distributions.dirichlet import dirichlet
from formix.distributions.ex_gaussian import ExGaussian
from formix.distributions.half_t import half_t
from formix.distributions.inflated_beta import InflatedBeta
from formix.distributions.inverse_gaussian import InverseGaussian
from formix.distributions.ordered import ordered
from formix.distributions.ordinal import adjacent, continuing, cumulative, stopping
from formix.distributions.skew_normal import SkewNormal
from formix.distributions.truncated import truncated
from formix.distributions.truncated_gamma import TruncatedGamma
from formix.distributions.weighted import weighted

__all__ = [
    "BetaBinomial",
    "ExGaussian",
    "InflatedBeta",
    "InverseGaussian",
    "SkewNormal",
    "TruncatedGamma",
    "adjacent",
    "censored",
    "continuing",
    "cumulative",
    "dirichlet",
    "half_t",
    "ordered",
    "stopping",
    "truncated",
    "weighted",
]
