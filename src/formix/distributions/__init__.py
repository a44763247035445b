"""What NumPyro lacks, as NumPyro distributions; generated programs import it."""

from formix.distributions.half_t import half_t

__all__ = ["half_t"]
