"""Priors: the closed table, addresses, and the sets."""

from formix.prior.address import MEANS, Address, at_means_key
from formix.prior.prior import ForeignPrior, Prior, PriorEntry, PriorTable
from formix.prior.reading import from_text, read_prior
from formix.prior.sets import SETS, Scale, deviation, resolve

__all__ = [
    "MEANS",
    "SETS",
    "Address",
    "ForeignPrior",
    "Prior",
    "PriorEntry",
    "PriorTable",
    "Scale",
    "at_means_key",
    "deviation",
    "from_text",
    "read_prior",
    "resolve",
]
