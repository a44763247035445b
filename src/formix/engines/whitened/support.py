"""Which specs the whitened engine takes, and why not the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from formix.engines.concavity import concavity_fault
from formix.engines.marginal.elimination import order
from formix.engines.marginal.support import blocks_fault, priors_fault
from formix.engines.whitened.layout import structure

if TYPE_CHECKING:
    from formix.engines.marginal.structure import Structure
    from formix.spec import Spec

MOST_SAMPLED = 40
"""Numbers beside the main coefficients and effects, beyond which their covariance is not learnt in
time."""

MOST_DENSE = 400
"""Coefficients, and effects of crossed groups, that are left to one dense factor."""

_MOST_BORDER = 2_000_000
"""Cross-products of eliminated effects with all that is left."""


def supports(spec: Spec) -> str | None:
    """Return why the engine declines a spec, or nothing."""
    for part in (concavity_fault, _predictors, _groups, _priors):
        reason = part(spec)
        if reason:
            return reason
    return _size(spec, structure(spec))


def _predictors(spec: Spec) -> str | None:
    """Return which predictor's group-level effects cannot be among the numbers that are sampled."""
    if spec.family.by_level:
        return f"{spec.family.name} has a predictor for every level of the response"
    main = spec.predictors[0].name
    for block in spec.blocks:
        others = [effect.predictor for effect in block.effects if effect.predictor != main]
        if others:
            return f"{block.text}: {others[0]} has group-level effects of its own"
    return None


def _groups(spec: Spec) -> str | None:
    if not spec.blocks:
        return "there are no group-level effects"
    return blocks_fault(spec)


def _priors(spec: Spec) -> str | None:
    predictor = spec.predictors[0]
    reason = priors_fault(spec)
    if reason:
        return reason
    for entry in structure(spec).beta if predictor.columns else ():
        low, high = entry.of_table.bounds
        if low > -float("inf") or high < float("inf"):
            return f"the prior of `{entry.key}` is bounded"
    return None


def _size(spec: Spec, of: Structure) -> str | None:
    main, others = spec.predictors[0], spec.predictors[1:]
    sampled = sum(len(group.sds) + sum(p.numbers for p in group.parts) for group in of.groups)
    words = ["standard deviations", "correlations"]
    if main.thresholds:
        sampled, words = sampled + main.thresholds, [*words, "thresholds"]
    if others:
        sampled += sum(len(predictor.columns) for predictor in others)
        words.append("coefficients of other parameters")
    if sampled > MOST_SAMPLED:
        listed = f"{', '.join(words[:-1])} and {words[-1]}"
        return f"{sampled} {listed}, more than {MOST_SAMPLED}"
    chosen = order(of)
    dense = sum(of.groups[f].levels * of.groups[f].size for f in chosen.left) + of.X.shape[1]
    if dense > MOST_DENSE:
        return f"{dense} coefficients and effects are left to one factor, more than {MOST_DENSE}"
    inner = sum(of.groups[f].levels * of.groups[f].size for f in chosen.eliminated)
    if inner * dense > _MOST_BORDER:
        return f"{inner} effects are each related to {dense} others: too many numbers at a time"
    return None
