"""Which specs the marginal engine takes, and why not the others."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from formix.covariances import COVARIANCES
from formix.dispersion import SAID
from formix.engines.marginal.coefficients import is_gaussian
from formix.engines.marginal.elimination import order
from formix.engines.marginal.structure import structure
from formix.groups import rho_sites
from formix.prior import ForeignPrior, is_joint, joint

if TYPE_CHECKING:
    from formix.engines.marginal.structure import Structure
    from formix.gaussian_form import GaussianForm
    from formix.spec import Spec

MOST_SAMPLED = 16
"""Numbers that are left to be sampled, beyond which gradients pay."""

MOST_LEFT = 4000
"""Effects left after elimination, beyond which one dense factor a draw takes too long."""

_FARTHEST = 1e50
"""Beyond this, and below its inverse, squares of what is known of a row may be no numbers."""

_MOST_SQUARES = 1e12
"""Sum of squares of the response over its known noise; a log density has 16 digits."""

_MOST_NUMBERS = 50_000_000
"""Numbers that a nested elimination may hold at one point."""


_CALLS = {
    "cens_upper": "cens()",
    "likelihood_weights": "likelihood weights",
    "trunc_lower": "trunc()",
    "trunc_upper": "trunc()",
}
"""What wrote what is known under another name than its own."""


def supports(spec: Spec) -> str | None:
    """Return why the engine declines a spec, or nothing."""
    reason = _fault(spec) or priors_fault(spec) or rank_fault(spec)
    if reason:
        return reason
    of = structure(spec)
    return _sampled(of) or _left(of)


def likelihood_fault(spec: Spec) -> str | None:
    """Return why the likelihood of a spec cannot be had by the same algebra, or nothing."""
    return _fault(spec) or _left(structure(spec))


def is_linear(spec: Spec) -> bool:
    """Whether the response is gaussian on the identity link."""
    return spec.family.name == "gaussian" and spec.predictors[0].link.name == "identity"


def _fault(spec: Spec) -> str | None:
    for part in (_family, blocks_fault, sites_fault, _response):
        reason = part(spec)
        if reason:
            return reason
    return None


def _family(spec: Spec) -> str | None:
    if spec.family.name != "gaussian":
        return f"the family is {spec.family.name}, and only a gaussian response can be integrated"
    if spec.predictors[0].link.name != "identity":
        return f"the link of mu is {spec.predictors[0].link.name}, not identity"
    if len(spec.predictors) > 1:
        others = ", ".join(predictor.name for predictor in spec.predictors[1:])
        return f"{others} has a predictor of its own"
    return None


def blocks_fault(spec: Spec) -> str | None:
    """Return why group-level effects cannot be integrated, or nothing."""
    for block, form in zip(spec.blocks, spec.gaussian, strict=True):
        beyond = block.varying.beyond or "its effects are not Gaussian"
        reason = beyond if form is None else _form(form)
        if reason:
            return f"{block.text}: {reason}"
    return None


def _form(form: GaussianForm) -> str | None:
    if form.covariance not in {known.name for known in COVARIANCES}:
        return f"the covariance {form.covariance} is not known to it"
    if form.relation is not None:
        return "its levels are related"
    return "its effects are weighted" if form.weights is not None else None


def sites_fault(spec: Spec, others: Collection[str] = ("sigma",)) -> str | None:
    """Return which site is neither integrated nor among the `others` that are not, or nothing."""
    known = {"beta", *others}
    for blocks in spec.groups:
        known |= {f"{blocks[0].prefix}{kind}_{blocks[0].group}" for kind in ("sd", "cor", "r")}
        known |= {*rho_sites(blocks)}
    for one in spec.shrinkage:
        known |= {one.prefix + site.name for site in joint(one.prior).sites}
    unknown = [p.site for p in spec.parameters if p.site not in known]
    return f"`{unknown[0]}` cannot be integrated" if unknown else None


def _response(spec: Spec) -> str | None:
    known = spec.response.known
    unknown = sorted(set(known) - SAID)
    if unknown:
        return f"the response has {_CALLS.get(unknown[0], f'{unknown[0]}()')}"
    if "se" in known and "weights" in known:
        return "the response has both se() and weights()"
    sampled = any(p.site == "sigma" for p in spec.parameters)
    if not sampled and "se" not in known and not spec.fixed.get("sigma"):
        return "nothing says how large the noise is"
    for name, values in known.items():
        if not np.all(np.isfinite(values) & (np.asarray(values) > 0.0)):
            return f"{name}() is not positive everywhere"
    return _digits(spec)


def _digits(spec: Spec) -> str | None:
    """Return why sums of squares would leave no digits to the log density, or nothing."""
    known, offset = spec.response.known, spec.predictors[0].offset
    y = np.asarray(spec.response.values, dtype=np.float64) - (0.0 if offset is None else offset)
    for name in sorted({"se", "weights"} & set(known)):
        values = np.asarray(known[name], dtype=np.float64)
        if values.min() < 1.0 / _FARTHEST or values.max() > _FARTHEST:
            return f"{name}() is farther from 1 than {_FARTHEST:g} times"
    sigma = spec.fixed.get("sigma")
    if sigma and float(np.sum(np.square((y - y.mean()) / sigma))) > _MOST_SQUARES:
        return "sigma is so small beside the response that its density would have no digits left"
    if "se" in known and float(np.sum(np.square((y - y.mean()) / known["se"]))) > _MOST_SQUARES:
        return "se() is so small beside the response that its log density would have no digits left"
    return None


def priors_fault(spec: Spec) -> str | None:
    """Return which prior the algebra cannot evaluate, or nothing."""
    for entry in spec.priors:
        if isinstance(entry.prior, ForeignPrior):
            return f"the prior of `{entry.key}`, {entry.prior}, is outside formix's table"
        if is_joint(entry.prior):
            return f"the prior of `{entry.key}`, {entry.prior.name}, is of coefficients together"
    return None


def rank_fault(spec: Spec) -> str | None:
    """Return why least squares have no solution at some of a model's rows; at all rows they do."""
    X = spec.predictors[0].X
    if spec.predictors[0].means is None or not X.shape[1]:
        return None
    norms = np.linalg.norm(X, axis=0)
    full = bool(norms.all()) and np.linalg.matrix_rank(X / norms) == X.shape[1]
    return None if full else "columns of X depend on one another at these rows"


def _sampled(of: Structure) -> str | None:
    pairs = [part.numbers for group in of.groups for part in group.parts]
    sds = sum(len(group.sds) for group in of.named)
    free = sum(not is_gaussian(entry) for entry in of.beta)
    sampled = free + sds + sum(pairs) + (of.fixed_sigma is None)
    if sampled > MOST_SAMPLED:
        return f"{sampled} numbers are left to be sampled, more than {MOST_SAMPLED}"
    return None


def _left(of: Structure) -> str | None:
    chosen = order(of)
    left = sum(of.groups[f].levels * of.groups[f].size for f in chosen.left)
    if left > MOST_LEFT:
        return f"{left} effects of crossed groups are left to one factor, more than {MOST_LEFT}"
    if len(chosen.eliminated) > 1:
        columns = left + of.X.shape[1] + 1
        inner = sum(of.groups[f].levels * of.groups[f].size for f in chosen.eliminated)
        if inner * columns > _MOST_NUMBERS:
            return "its nested groups are crossed with others of too many levels"
    return None
