"""REML and ML estimates, in lme4's shapes: no prior enters.

Of generalised models the likelihood is Laplace's approximation, or that of a quadrature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from formix.engines.laplace.optimum import optimum as approximate_optimum
from formix.engines.laplace.support import maximum_fault
from formix.engines.marginal.optimum import optimum
from formix.engines.marginal.support import is_linear, likelihood_fault
from formix.engines.plan import whole
from formix.errors import ArgumentError, DataError, UnsupportedError
from formix.likeness import Likeness, likeness
from formix.notebook import preformatted
from formix.printed_estimates import report
from formix.separation import separation

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.criterion import Method
    from formix.engines.marginal.optimum import Optimum
    from formix.spec import Spec

RESIDUAL = "Residual"
"""What lme4 calls the standard deviation of the observations."""

_FLAT = 1e-4
"""A standard deviation below this share of sigma is all but zero."""

_EXACT = 1e-10
"""Noise below this share of the response is what rounding leaves of an exact fit."""


@dataclass(frozen=True, eq=False, repr=False)
class Estimates:
    """REML or ML estimates of a multilevel model.

    Parameters
    ----------
    method
        `REML` or `ML`.
    formula
        The model's.
    fixed
        The common (fixed) effects: `estimate` and `se`, by coefficient.
    vcov
        Their covariance matrix.
    varcorr
        `estimate` by `group` and `component`: `sd(Days)`, `cor(Intercept, Days)`; the residual's
        `sd` last.
    sigma
        The residual's standard deviation; NaN where only standard errors are known.
    ranef
        The group-level (random) effects by `group`, `level` and `effect`: the conditional mode
        (`estimate`) and its standard deviation (`sd`), the common effects taken as known.
    loglik
        The log likelihood at the maximum; restricted for REML.
    df
        How many parameters were estimated.
    residuals
        The residuals divided by their standard deviation.
    nobs, levels
        How many observations there are, and how many levels of each group.
    singular
        Whether a covariance matrix is not of full rank: an effect that does not vary, or does so
        with others only.
    family, link
        Of the response.
    nodes
        Those of the quadrature by which effects of a generalised model were integrated: one is
        Laplace's approximation.
    own
        The family's other parameter, such as the `shape` of a gamma response, by name.
    made_of
        What tells the model and its data from others.
    """

    method: Method
    formula: str
    fixed: pd.DataFrame
    vcov: pd.DataFrame
    varcorr: pd.DataFrame
    sigma: float
    ranef: pd.DataFrame
    loglik: float
    df: int
    residuals: Float[np.ndarray, " obs"]
    nobs: int
    levels: dict[str, int]
    singular: bool
    family: str = "gaussian"
    link: str = "identity"
    nodes: int = 1
    own: Mapping[str, float] = field(default_factory=dict[str, float])
    made_of: Likeness | None = None

    @property
    def generalised(self) -> bool:
        """Whether the response is not a gaussian one on the identity link."""
        return (self.family, self.link) != ("gaussian", "identity")

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return -2.0 * self.loglik + 2.0 * self.df

    @property
    def bic(self) -> float:
        """The Bayesian information criterion."""
        return -2.0 * self.loglik + float(np.log(self.nobs)) * self.df

    def __repr__(self) -> str:
        return report(self)

    def _repr_html_(self) -> str:
        return preformatted(report(self))


def estimates(spec: Spec, method: Method, nodes: int = 1) -> Estimates:
    """Return the estimates that maximise the likelihood (`ML`), or the restricted one (`REML`).

    Parameters
    ----------
    nodes
        Of adaptive Gauss-Hermite quadrature, where a generalised model has one effect a level; by
        default Laplace's approximation.

    Raises
    ------
    UnsupportedError
        If the model has no such estimates, or `nodes` are more than one and it is not of that
        shape.
    ArgumentError
        If `nodes` is not a number of them.
    DataError
        If there are too few observations for the coefficients or the effects, a group has one
        level, or the coefficients fit exactly.
    """
    whole("nAGQ", nodes, 1)
    generalised = method == "ML" and not is_linear(spec)
    reason = maximum_fault(spec) if generalised else likelihood_fault(spec)
    if reason:
        raise UnsupportedError(
            f"there are no {method} estimates of this model: {reason}",
            hint="model.fit() takes every model"
            if generalised
            else "they are for gaussian responses with the identity link; model.fit() takes others",
        )
    _check_nodes(spec, nodes, generalised=generalised)
    _check_identified(spec, generalised=generalised)
    if generalised:
        found = approximate_optimum(spec, nodes)
        _check_found(spec, found)
    else:
        found = optimum(spec, method)
        _check_noise(spec, found)
    labels = pd.Index(spec.predictors[0].labels, name="coef")
    fixed = pd.DataFrame(
        {"estimate": found.beta, "se": np.sqrt(np.diag(found.covariance))}, index=labels
    )
    return Estimates(
        method=method,
        formula=spec.text,
        fixed=fixed,
        vcov=pd.DataFrame(found.covariance, index=labels, columns=labels),
        varcorr=_varcorr(spec, found),
        sigma=found.sigma,
        ranef=_ranef(spec, found),
        loglik=found.log_likelihood,
        df=found.parameters,
        residuals=found.residuals,
        nobs=len(spec.response.values),
        levels={blocks[0].group: len(blocks[0].levels) for blocks in spec.groups},
        singular=_singular(found),
        family=spec.family.name,
        link=spec.predictors[0].link.name,
        nodes=nodes,
        own=found.own,
        made_of=likeness(spec),
    )


def _check_noise(spec: Spec, found: Optimum) -> None:
    largest = float(np.max(np.abs(spec.response.values)))
    if found.sigma <= _EXACT * largest or (not largest and np.isfinite(found.sigma)):
        raise DataError(
            "the coefficients fit the response exactly: there is no noise to estimate",
            hint="is the response constant, or one of the terms?",
        )


def _check_found(spec: Spec, found: Optimum) -> None:
    """Refuse what is no maximum: coefficients that go on growing where levels are separated."""
    whole = np.isfinite(found.log_likelihood) and bool(np.all(np.isfinite(found.beta)))
    if not whole or not found.reached:
        raise DataError(
            "the likelihood has no maximum that can be found: coefficients or standard deviations "
            "go on growing",
            hint=separation(spec),
        )


def _check_nodes(spec: Spec, nodes: int, *, generalised: bool) -> None:
    if nodes == 1:
        return
    if not generalised:
        raise ArgumentError(
            f"nAGQ is {nodes}, and effects of a gaussian response are integrated exactly",
            hint="leave it out",
        )
    effects = [len(blocks) * len(blocks[0].effects) for blocks in spec.groups]
    if effects != [1]:
        raise UnsupportedError(
            f"nAGQ is {nodes}, and quadrature is for one group with one effect a level",
            hint="nAGQ=1 is Laplace's approximation, for every model",
        )


def _check_identified(spec: Spec, *, generalised: bool = False) -> None:
    """Refuse what the likelihood alone cannot tell, as lme4 does."""
    rows, columns = len(spec.response.values), len(spec.predictors[0].columns)
    hint = "model.fit() has priors that make up for few observations"
    if rows <= columns - generalised:
        raise DataError(
            f"{rows} observations are too few for {columns} coefficients",
            hint=f"leave out columns; {hint}",
        )
    sampled = any(p.site == "sigma" for p in spec.parameters)
    sampled = sampled and not generalised
    for block in spec.blocks:
        levels, effects = len(block.levels), len(block.effects)
        if levels < 2:
            raise DataError(f"`{block.group}` has one level, and effects cannot vary", hint=hint)
        if sampled and "se" not in spec.response.known and levels * effects >= rows:
            raise DataError(
                f"{block.text} has {levels * effects} effects for {rows} observations, so that "
                "they cannot be told from the noise",
                hint=f"take out an effect or the group; {hint}",
            )


def _varcorr(spec: Spec, found: Optimum) -> pd.DataFrame:
    rows: dict[tuple[str, str], float] = {}
    for blocks, factor in zip(spec.groups, found.factors, strict=True):
        group = blocks[0].group
        labels = [label for block in blocks for label in block.labels]
        covariance = factor @ factor.T
        sd = np.sqrt(np.diag(covariance))
        rows |= {(group, f"sd({label})"): float(s) for label, s in zip(labels, sd, strict=True)}
        for i, j in _correlated(found, spec.groups.index(blocks)):
            with np.errstate(invalid="ignore"):
                correlation = covariance[i, j] / (sd[i] * sd[j])
            rows[group, f"cor({labels[j]}, {labels[i]})"] = float(correlation)
    if np.isfinite(found.sigma):
        rows[RESIDUAL, "sd"] = found.sigma
    index = pd.MultiIndex.from_tuples(list(rows), names=["group", "component"])
    return pd.DataFrame({"estimate": list(rows.values())}, index=index)


def _correlated(found: Optimum, group: int) -> list[tuple[int, int]]:
    """Return the places below the diagonal that were estimated, by column, as R does."""
    return [
        (i, j)
        for part in found.structure.groups[group].parts
        if part.numbers
        for j in range(part.start, part.stop)
        for i in range(j + 1, part.stop)
    ]


def _ranef(spec: Spec, found: Optimum) -> pd.DataFrame:
    keys: list[tuple[str, Any, str]] = []
    values: list[np.ndarray] = []
    for blocks, modes, sds in zip(spec.groups, found.effects, found.effect_sds, strict=True):
        labels = [label for block in blocks for label in block.labels]
        keys += [(blocks[0].group, level, label) for level in blocks[0].levels for label in labels]
        values.append(np.column_stack([modes.ravel(), sds.ravel()]))
    index = pd.MultiIndex.from_tuples(keys, names=["group", "level", "effect"]) if keys else None
    whole = np.concatenate(values) if values else np.empty((0, 2))
    return pd.DataFrame(whole, index=index, columns=["estimate", "sd"])


def _singular(found: Optimum) -> bool:
    scale = found.sigma if np.isfinite(found.sigma) and found.sigma > 0.0 else 1.0
    return any(
        bool(np.any(np.linalg.svd(factor, compute_uv=False) < _FLAT * scale))
        for factor in found.factors
    )
