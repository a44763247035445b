"""Which specs have a Laplace approximation, and why not the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from formix.engines.concavity import CONCAVE
from formix.engines.laplace.curves import LOGITS, MEANS
from formix.engines.laplace.slopes import SLOPES
from formix.engines.marginal.elimination import order
from formix.engines.marginal.structure import structure
from formix.engines.marginal.support import (
    MOST_LEFT,
    blocks_fault,
    priors_fault,
    rank_fault,
    sites_fault,
)

if TYPE_CHECKING:
    from formix.spec import Spec

MOST_SAMPLED = 16
"""Numbers in theta, beyond which differences in all of them take too long."""

ESTIMATED = frozenset({"bernoulli", "binomial", "gamma", "negative_binomial", "poisson"})
"""Families whose estimates are those of lme4 or glmmTMB."""

_KNOWN = frozenset({"trials", "rate", "likelihood_weights", "weights"})
"""What may be known of rows."""


def supports(spec: Spec) -> str | None:
    """Return why the engine declines a spec, or nothing."""
    reason = derivatives_fault(spec)
    if reason:
        return reason
    link = spec.predictors[0].link.name
    if link not in CONCAVE.get(spec.family.name, ()):
        return (
            f"the log density of {spec.family.name} is not concave in a predictor on the link "
            f"{link}, so that one Gaussian need not be near it"
        )
    return None


def derivatives_fault(spec: Spec) -> str | None:
    """Return why a spec has no mode that can be found by Newton's method, or nothing."""
    for part in (_family, blocks_fault, _sites, _response, priors_fault, rank_fault):
        reason = part(spec)
        if reason:
            return reason
    return _size(spec)


def maximum_fault(spec: Spec) -> str | None:
    """Return why the likelihood has no maximum that is known to be right, or nothing."""
    for part in (_family, blocks_fault, _sites, _response, _compared):
        reason = part(spec)
        if reason:
            return reason
    return _size(spec)


def _compared(spec: Spec) -> str | None:
    name, link = spec.family.name, spec.predictors[0].link.name
    if name not in ESTIMATED:
        return f"the family is {name}, and estimates are of {', '.join(sorted(ESTIMATED))}"
    if link not in CONCAVE[name]:
        return f"the link of {name} is {link}, and not {' or '.join(sorted(CONCAVE[name]))}"
    return None


def _family(spec: Spec) -> str | None:
    if spec.family.name not in SLOPES:
        return f"the derivatives of the family {spec.family.name} are not known to it"
    link = spec.predictors[0].link.name
    if len(spec.predictors) > 1:
        others = ", ".join(predictor.name for predictor in spec.predictors[1:])
        return f"{others} has a predictor of its own"
    if link not in (LOGITS if spec.family.logits else MEANS):
        return f"the derivatives of the link {link} are not known to it"
    return None


def _sites(spec: Spec) -> str | None:
    return sites_fault(spec, {parameter.name for parameter in spec.family.parameters[1:]})


def _response(spec: Spec) -> str | None:
    unknown = sorted(set(spec.response.known) - _KNOWN)
    return f"the response has {unknown[0]}()" if unknown else None


def _size(spec: Spec) -> str | None:
    of = structure(spec)
    numbers = sum(len(g.sds) + sum(part.numbers for part in g.parts) for g in of.groups)
    if numbers > MOST_SAMPLED:
        return f"{numbers} standard deviations and correlations are more than {MOST_SAMPLED}"
    left = sum(of.groups[f].levels * of.groups[f].size for f in order(of).left) if of.groups else 0
    if left > MOST_LEFT:
        return f"{left} effects of crossed groups are left to one factor, more than {MOST_LEFT}"
    return None
