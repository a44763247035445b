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
    zeros
        The parameter whose formula is `ziformula` there; empty where there is none.
    logarithm
        Whether it is fitted as that function, to the logarithm of the response.
    """

    brms: str = ""
    package: str = ""
    function: str = ""
    zeros: str = ""
    logarithm: bool = False


COUNTERPARTS: Mapping[str, Counterpart] = {
    "gaussian": Counterpart("gaussian", "lme4", "gaussian"),
    "bernoulli": Counterpart("bernoulli", "lme4", "binomial"),
    "binomial": Counterpart("binomial", "lme4", "binomial"),
    "poisson": Counterpart("poisson", "lme4", "poisson"),
    "lognormal": Counterpart("lognormal", "lme4", "gaussian", logarithm=True),
    "gamma": Counterpart("Gamma", "lme4", "Gamma"),
    "inverse_gaussian": Counterpart("inverse.gaussian", "lme4", "inverse.gaussian"),
    "negative_binomial": Counterpart("negbinomial", "glmmTMB", "nbinom2"),
    "nb1": Counterpart("", "glmmTMB", "nbinom1"),
    "beta": Counterpart("Beta", "glmmTMB", "beta_family"),
    "beta_binomial": Counterpart("beta_binomial", "glmmTMB", "betabinomial"),
    "student": Counterpart("student", "glmmTMB", "t_family"),
    "cumulative": Counterpart("cumulative", "ordinal", "clmm"),
    "zero_inflated_poisson": Counterpart("", "glmmTMB", "poisson", "zi"),
    "zero_inflated_negative_binomial": Counterpart(
        "zero_inflated_negbinomial", "glmmTMB", "nbinom2", "zi"
    ),
    "zero_inflated_binomial": Counterpart("", "glmmTMB", "binomial", "zi"),
    "zero_inflated_beta": Counterpart("", "glmmTMB", "beta_family", "zi"),
    "hurdle_poisson": Counterpart("", "glmmTMB", "truncated_poisson", "hu"),
    "hurdle_negative_binomial": Counterpart(
        "hurdle_negbinomial", "glmmTMB", "truncated_nbinom2", "hu"
    ),
    "hurdle_gamma": Counterpart("", "glmmTMB", "ziGamma", "hu"),
    "asymmetric_laplace": Counterpart("asym_laplace"),
}
"""By our name. What is not here is called in brms as with us."""

ABSENT = frozenset({"nb1"})
"""Families that brms has not."""

PARAMETERS_OF_BRMS: Mapping[tuple[str, str], str] = {("exgaussian", "tau"): "beta"}
"""What brms calls a parameter of a family, where that is not what we do."""

LINKS_OF_BRMS: Mapping[str, str] = {
    "nu": "logm1",
    "alpha": "identity",
    **dict.fromkeys(("zi", "hu", "zoi", "coi", "quantile"), "logit"),
}
"""The default links of brms's further parameters that are not `log`."""

SYMBOLS = (
    *((letter, "") for letter in " ()[],\"'?"),
    ("+", "P"), ("-", "M"), ("*", "MU"), ("/", "D"), ("^", "E"), ("=", "EQ"), ("$", "USD"),
)  # fmt: skip
"""What brms takes out of R's names of coefficients, and what it writes instead."""


def brms_parameter(family: str, name: str) -> str:
    """Return what brms calls a parameter of a family.

    Examples
    --------
    >>> brms_parameter("exgaussian", "tau"), brms_parameter("gaussian", "sigma")
    ('beta', 'sigma')
    """
    return PARAMETERS_OF_BRMS.get((family, name), name)


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
