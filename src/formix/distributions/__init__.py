"""What NumPyro lacks, as NumPyro distributions; generated programs import it."""

from formix.distributions.dirichlet import dirichlet
from formix.distributions.half_t import half_t
from formix.distributions.ordered import ordered
from formix.distributions.ordinal import adjacent, continuing, cumulative, stopping

__all__ = ["adjacent", "continuing", "cumulative", "dirichlet", "half_t", "ordered", "stopping"]
