"""Parameters that several families share: their links, and their priors by set."""

from __future__ import annotations

from formix.families.family import FamilyParameter

_POSITIVE = ("log", "softplus", "identity")
_UNIT = ("logit", "probit", "cloglog")

NUMBER = FamilyParameter("mu", ("identity", "log", "inverse"), "real")
"""The centre of a response that may be any number."""

POSITIVE = FamilyParameter("mu", ("log", "inverse", "identity", "softplus"), "positive")
"""The mean of a positive response."""

COUNT = FamilyParameter("mu", ("log", "identity", "sqrt", "softplus"), "positive")
"""The mean of a count."""

PROBABILITY = FamilyParameter("mu", ("logit", "probit", "cloglog", "cauchit"), "unit")
"""The mean of a response, or of a trial, between 0 and 1."""

SIGMA = FamilyParameter("sigma", _POSITIVE, "positive")
"""A scale in the units of the response: its prior is the rule for scales."""

_LOG_SHAPE = (("default", "Normal(0, 2.5)"), ("brms", "StudentT(3, 0, 2.5)"))


def positive(
    name: str,
    priors: tuple[tuple[str, str], ...],
    predicted: tuple[tuple[str, str], ...] = _LOG_SHAPE,
) -> FamilyParameter:
    """Return a parameter above 0 with these priors, and those of its predictor's intercept."""
    return FamilyParameter(name, _POSITIVE, "positive", priors, predicted)


def concentration(name: str, brms: str = "Gamma(0.01, 0.01)") -> FamilyParameter:
    """Return a parameter that concentrates the response: the larger, the less variance.

    The default shrinks what varies, a standard deviation that goes as 1 / sqrt(parameter), at a
    rate all but constant.

    References
    ----------
    Simpson, Rue, Riebler, Martins and Sorbye (2017), doi:10.1214/16-STS576 (penalised complexity).
    """
    return positive(name, (("default", "InverseGamma(0.4, 0.3)"), ("brms", brms)))


def probability(name: str) -> FamilyParameter:
    """Return the probability of a part of the response, every value alike before the data.

    A standard logistic number on the link is a uniform probability.

    References
    ----------
    Bayes (1763), doi:10.1098/rstl.1763.0053.
    """
    uniform = (("default", "Beta(1, 1)"), ("brms", "Beta(1, 1)"))
    logistic = (("default", "Logistic(0, 1)"), ("brms", "Logistic(0, 1)"))
    return FamilyParameter(name, _UNIT, "unit", uniform, logistic)
