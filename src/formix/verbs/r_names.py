"""What R's packages call our families and links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Counterpart:
    """A family in R.

    Parameters
    ----------
    brms
        Its function there; empty where it is called as with us.
    package, function
        The package that fits it by maximum likelihood, and its function of a family there.
    """

    brms: str = ""
    package: str = ""
    function: str = ""


COUNTERPARTS: Mapping[str, Counterpart] = {
    "gaussian": Counterpart("gaussian", "lme4", "gaussian"),
    "bernoulli": Counterpart("bernoulli", "lme4", "binomial"),
    "binomial": Counterpart("binomial", "lme4", "binomial"),
    "poisson": Counterpart("poisson", "lme4", "poisson"),
    "gamma": Counterpart("Gamma", "lme4", "Gamma"),
    "inverse_gaussian": Counterpart("inverse.gaussian", "lme4", "inverse.gaussian"),
    "negative_binomial": Counterpart("negbinomial", "glmmTMB", "nbinom2"),
    "nb1": Counterpart("", "glmmTMB", "nbinom1"),
    "beta": Counterpart("Beta", "glmmTMB", "beta_family"),
    "beta_binomial": Counterpart("beta_binomial", "glmmTMB", "betabinomial"),
    "student": Counterpart("student", "glmmTMB", "t_family"),
    "cumulative": Counterpart("cumulative", "ordinal", "clmm"),
    "asymmetric_laplace": Counterpart("asym_laplace"),
}
"""By our name. What is not here is called in brms as with us."""

ABSENT = frozenset({"nb1"})
"""Families that brms has not."""

LINKS_OF_BRMS: Mapping[str, str] = {"nu": "logm1"}
"""The default links of brms's further parameters that are not `log`."""

SYMBOLS = (
    *((letter, "") for letter in " ()[],\"'?"),
    ("+", "P"), ("-", "M"), ("*", "MU"), ("/", "D"), ("^", "E"), ("=", "EQ"), ("$", "USD"),
)  # fmt: skip
"""What brms takes out of R's names of coefficients, and what it writes instead."""


def brms_name(r: str) -> str:
    """Return what brms calls a coefficient that R calls so.

    Examples
    --------
    >>> brms_name("(Intercept)"), brms_name("I(x^2)"), brms_name("recipeB:temp")
    ('Intercept', 'IxE2', 'recipeB:temp')
    """
    for letter, written in SYMBOLS:
        r = r.replace(letter, written)
    return r
