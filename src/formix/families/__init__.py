"""Families of responses, each one value."""

from formix.families.family import Family as Family, FamilyParameter as FamilyParameter
from formix.families.table import (
    FAMILIES as FAMILIES,
    acat as acat,
    bernoulli as bernoulli,
    beta as beta,
    binomial as binomial,
    categorical as categorical,
    cratio as cratio,
    cumulative as cumulative,
    dirichlet as dirichlet,
    family as family,
    gamma as gamma,
    gaussian as gaussian,
    lognormal as lognormal,
    multinomial as multinomial,
    negative_binomial as negative_binomial,
    poisson as poisson,
    sratio as sratio,
    student as student,
)
