"""What NumPyro lacks, as NumPyro distributions; generated programs import it."""

from formix.distributions.censored import censored
from formix.distributions.dirichlet import dirichlet
from formix.distributions.half_t import half_t
from formix.distributions.ordered import ordered
from formix.distributions.ordinal import adjacent, continuing, cumulative, stopping
from formix.distributions.skewed_tails import log_tails
from formix.distributions.truncated import truncated
from formix.distributions.truncated_gamma import TruncatedGamma
from formix.distributions.weighted import weighted

__all__ = [
    "TruncatedGamma",
    "adjacent",
    "censored",
    "continuing",
    "cumulative",
    "dirichlet",
    "half_t",
    "log_tails",
    "ordered",
    "stopping",
    "truncated",
    "weighted",
]
