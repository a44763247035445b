"""The table of families, and the one of a name."""

from __future__ import annotations

import re
from difflib import get_close_matches

from formix.errors import ArgumentError
from formix.families.acat import acat
from formix.families.asymmetric_laplace import asymmetric_laplace
from formix.families.bernoulli import bernoulli
from formix.families.beta import beta
from formix.families.beta_binomial import beta_binomial
from formix.families.binomial import binomial
from formix.families.categorical import categorical
from formix.families.cratio import cratio
from formix.families.cumulative import cumulative
from formix.families.dirichlet import dirichlet
from formix.families.exgaussian import exgaussian
from formix.families.exponential import exponential
from formix.families.family import Family
from formix.families.gamma import gamma
from formix.families.gaussian import gaussian
from formix.families.geometric import geometric
from formix.families.hurdle_gamma import hurdle_gamma
from formix.families.hurdle_lognormal import hurdle_lognormal
from formix.families.hurdle_negative_binomial import hurdle_negative_binomial
from formix.families.hurdle_poisson import hurdle_poisson
from formix.families.inverse_gaussian import inverse_gaussian
from formix.families.lognormal import lognormal
from formix.families.multinomial import multinomial
from formix.families.nb1 import nb1
from formix.families.negative_binomial import negative_binomial
from formix.families.poisson import poisson
from formix.families.skew_normal import skew_normal
from formix.families.sratio import sratio
from formix.families.student import student
from formix.families.von_mises import von_mises
from formix.families.weibull import weibull
from formix.families.zero_inflated_beta import zero_inflated_beta
from formix.families.zero_inflated_binomial import zero_inflated_binomial
from formix.families.zero_inflated_negative_binomial import zero_inflated_negative_binomial
from formix.families.zero_inflated_poisson import zero_inflated_poisson
from formix.families.zero_one_inflated_beta import zero_one_inflated_beta

FAMILIES: tuple[Family, ...] = (
    gaussian,
    student,
    skew_normal,
    asymmetric_laplace,
    exgaussian,
    lognormal,
    gamma,
    inverse_gaussian,
    weibull,
    exponential,
    von_mises,
    beta,
    bernoulli,
    binomial,
    beta_binomial,
    poisson,
    negative_binomial,
    nb1,
    geometric,
    zero_inflated_poisson,
    zero_inflated_negative_binomial,
    zero_inflated_binomial,
    zero_inflated_beta,
    zero_one_inflated_beta,
    hurdle_poisson,
    hurdle_negative_binomial,
    hurdle_gamma,
    hurdle_lognormal,
    categorical,
    multinomial,
    dirichlet,
    cumulative,
    sratio,
    cratio,
    acat,
)
"""Every family, in the order of the documentation."""


_LINKED = re.compile(r"(?P<name>[^()]+)\((?P<links>[^()]*)\)", re.ASCII)
_LINK = re.compile(r"(?:(?P<parameter>\w+)\s*=\s*)?(?P<quote>[\"']?)(?P<link>[^\"'=]+)(?P=quote)")


def family(name: str | Family) -> Family:
    """Return the family of that name, or of another that users write; a Family as it is.

    Parameters
    ----------
    name
        A name, with links in parentheses where they are not the default ones: `gamma`,
        `gamma(inverse)`, `binomial(link = "probit")`, `gaussian(mu=log, sigma=identity)`.

    Raises
    ------
    ArgumentError
        If there is no such family, or it has no such link.

    Examples
    --------
    >>> family("poisson(sqrt)").link("mu").name
    'sqrt'
    """
    if isinstance(name, Family):
        return name
    text = str(name).strip()
    linked = _LINKED.fullmatch(text)
    if linked is not None:
        return family(linked["name"])(**_links(linked["links"], text))
    asked = text.lower()
    for candidate in FAMILIES:
        if asked in (candidate.name, *candidate.aliases):
            return candidate
    known = ", ".join(candidate.name for candidate in FAMILIES)
    raise ArgumentError(f"`{name}` is not a family", hint=_nearest(asked) + f"families: {known}")


def _nearest(asked: str) -> str:
    """Return the question for the family that was meant, by the name that it has here."""
    names = {name: one.name for one in FAMILIES for name in (one.name, *one.aliases)}
    # Few mistype the first letter, and `binom` is nearer to `nbinom2` than to `binomial`.
    alike = [name for name in names if name[0] == asked[:1]]
    for among in (alike, names):
        if near := get_close_matches(asked, among, n=1, cutoff=0.7):
            return f"did you mean `{names[near[0]]}`? "
    return ""


def _links(text: str, whole: str) -> dict[str, str]:
    """Return links by parameter, of a text such as `mu=log, sigma=identity`."""
    found: dict[str, str] = {}
    for part in text.split(",") if text.strip() else []:
        said = _LINK.fullmatch(part.strip())
        if said is None or (said["parameter"] or "link") in found:
            raise ArgumentError(
                f"`{whole}` is not a family with links",
                hint="for example gamma(inverse), or gaussian(mu=log, sigma=identity)",
            )
        found[said["parameter"] or "link"] = said["link"].strip()
    return found
