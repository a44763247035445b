"""Families of responses, each one value."""

from formix.errors import ArgumentError
from formix.families.bernoulli import bernoulli
from formix.families.beta import beta
from formix.families.binomial import binomial
from formix.families.family import Family, FamilyParameter
from formix.families.gamma import gamma
from formix.families.gaussian import gaussian
from formix.families.lognormal import lognormal
from formix.families.negative_binomial import negative_binomial
from formix.families.poisson import poisson
from formix.families.student import student

FAMILIES: tuple[Family, ...] = (
    gaussian,
    student,
    lognormal,
    gamma,
    beta,
    bernoulli,
    binomial,
    poisson,
    negative_binomial,
)
"""Every family, in the order of the documentation."""


def family(name: str | Family) -> Family:
    """Return the family of that name; a Family is returned as it is.

    Raises
    ------
    ArgumentError
        If there is no such family.
    """
    if isinstance(name, Family):
        return name
    for candidate in FAMILIES:
        if candidate.name == str(name).lower():
            return candidate
    known = ", ".join(candidate.name for candidate in FAMILIES)
    raise ArgumentError(f"`{name}` is not a family", hint=f"families: {known}")


__all__ = [
    "FAMILIES",
    "Family",
    "FamilyParameter",
    "bernoulli",
    "beta",
    "binomial",
    "family",
    "gamma",
    "gaussian",
    "lognormal",
    "negative_binomial",
    "poisson",
    "student",
]
