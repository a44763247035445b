"""The table of families, and the family of a name."""

from __future__ import annotations

from formix.errors import ArgumentError
from formix.families.acat import acat
from formix.families.bernoulli import bernoulli
from formix.families.beta import beta
from formix.families.binomial import binomial
from formix.families.categorical import categorical
from formix.families.cratio import cratio
from formix.families.cumulative import cumulative
from formix.families.dirichlet import dirichlet
from formix.families.family import Family
from formix.families.gamma import gamma
from formix.families.gaussian import gaussian
from formix.families.lognormal import lognormal
from formix.families.multinomial import multinomial
from formix.families.negative_binomial import negative_binomial
from formix.families.poisson import poisson
from formix.families.sratio import sratio
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
    categorical,
    multinomial,
    dirichlet,
    cumulative,
    sratio,
    cratio,
    acat,
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
