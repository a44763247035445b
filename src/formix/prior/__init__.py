"""Priors: the closed table, addresses, and the sets."""

from formix.prior.address import MEANS, Address, at_means_key, entry_of
from formix.prior.prior import ForeignPrior, Prior
from formix.prior.reading import from_text, read_prior
from formix.prior.resolving import resolve
from formix.prior.sets import SETS, Scale, deviation, width
from formix.prior.shrinkage import Shrinkage, is_joint, joint, shrunk_scales, site_priors
from formix.prior.table import PriorEntry, PriorTable

__all__ = [
    "MEANS",
    "SETS",
    "Address",
    "ForeignPrior",
    "Prior",
    "PriorEntry",
    "PriorTable",
    "Scale",
    "Shrinkage",
    "at_means_key",
    "deviation",
    "entry_of",
    "from_text",
    "is_joint",
    "joint",
    "read_prior",
    "resolve",
    "shrunk_scales",
    "site_priors",
    "width",
]
