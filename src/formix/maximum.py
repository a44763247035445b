"""REML and ML estimates, in lme4's shapes: no prior enters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from formix.engines.marginal.optimum import optimum
from formix.engines.marginal.support import likelihood_fault
from formix.errors import DataError, UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jaxtyping import Float

    from formix.engines.marginal.criterion import Method
    from formix.engines.marginal.optimum import Optimum
    from formix.spec import Spec

RESIDUAL = "Residual"
"""What lme4 calls the standard deviation of the observations."""

_FLAT = 1e-4
"""A standard deviation below this share of sigma is all but zero."""


@dataclass(frozen=True, eq=False, repr=False)
class Estimates:
    """REML or ML estimates of a Gaussian multilevel model.

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

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return -2.0 * self.loglik + 2.0 * self.df

    @property
    def bic(self) -> float:
        """The Bayesian information criterion."""
        return -2.0 * self.loglik + float(np.log(self.nobs)) * self.df

    def __str__(self) -> str:
        parts = [self._head(), _quantiles(self.residuals)]
        parts += [self._groups(), self._fixed()] if len(self.fixed) else [self._groups()]
        if len(self.fixed) > 1:
            parts.append(self._correlations())
        if self.singular:
            parts.append("singular: a covariance matrix of group-level effects has no full rank")
        return "\n\n".join(parts)

    def __repr__(self) -> str:
        return str(self)

    def _head(self) -> str:
        what = "maximum likelihood" if self.method == "ML" else "REML"
        lines = [f"Linear mixed model fit by {what}", f"Formula: {self.formula}", ""]
        if self.method == "ML":
            names = ("AIC", "BIC", "logLik", "df")
            values = (f"{self.aic:.1f}", f"{self.bic:.1f}", f"{self.loglik:.1f}", f"{self.df}")
            return "\n".join([*lines, *_aligned([names, values])])
        return "\n".join([*lines, f"REML criterion at convergence: {-2.0 * self.loglik:.1f}"])

    def _groups(self) -> str:
        rows: list[Sequence[str]] = [("Groups", "Name", "Variance", "Std.Dev.", "Corr")]
        for group in self.levels:
            rows += _group_rows(group, self.varcorr["estimate"].xs(group, level="group"))
        if np.isfinite(self.sigma):
            rows.append((RESIDUAL, "", _number(self.sigma**2), _number(self.sigma), ""))
        counts = "; ".join(f"{group}, {count}" for group, count in self.levels.items())
        tail = f"Number of obs: {self.nobs}" + (f", groups:  {counts}" if counts else "")
        return "\n".join(["Random effects:", *(f" {r}" for r in _aligned(rows, left=2)), tail])

    def _fixed(self) -> str:
        rows: list[Sequence[str]] = [("", "Estimate", "Std. Error", "t value")]
        for name, estimate, se in self.fixed.itertuples():
            rows.append((str(name), _number(estimate), _number(se), f"{estimate / se:.3f}"))
        return "\n".join(["Fixed effects:", *_aligned(rows, left=1)])

    def _correlations(self) -> str:
        se = self.fixed["se"].to_numpy()
        matrix = self.vcov.to_numpy() / np.outer(se, se)
        names = [str(name) for name in self.fixed.index]
        rows: list[Sequence[str]] = [("", *(name[:8] for name in names[:-1]))]
        for i, name in enumerate(names[1:], start=1):
            shown = [f"{matrix[i, j]:.3f}" for j in range(i)]
            rows.append((name, *shown, *[""] * (len(names) - 1 - i)))
        return "\n".join(["Correlation of Fixed Effects:", *_aligned(rows, left=1)])


def estimates(spec: Spec, method: Method) -> Estimates:
    """Return the estimates that maximise the likelihood (`ML`), or the restricted one (`REML`).

    Raises
    ------
    UnsupportedError
        If the model is not a Gaussian one whose effects can be integrated.
    DataError
        If there are too few observations for the coefficients.
    """
    reason = likelihood_fault(spec)
    if reason:
        raise UnsupportedError(
            f"there are no {method} estimates of this model: {reason}",
            hint="they are for gaussian responses with the identity link; model.fit() takes others",
        )
    predictor = spec.predictors[0]
    if len(spec.response.values) <= len(predictor.columns):
        raise DataError(
            f"{len(spec.response.values)} observations are too few for "
            f"{len(predictor.columns)} coefficients",
            hint="leave out columns; model.fit() has priors that make up for few observations",
        )
    found = optimum(spec, method)
    labels = pd.Index(predictor.labels, name="coef")
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
        if part.correlated
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


def _group_rows(group: str, components: pd.Series) -> list[Sequence[str]]:
    names = [str(name) for name in components.index]
    labels = [name[3:-1] for name in names if name.startswith("sd(")]
    rows: list[Sequence[str]] = []
    for i, label in enumerate(labels):
        sd = float(components[f"sd({label})"])
        pairs = [f"cor({other}, {label})" for other in labels[:i]]
        shown = [f"{components[pair]:.2f}" if pair in names else "" for pair in pairs]
        rows.append((group if not i else "", label, _number(sd**2), _number(sd), " ".join(shown)))
    return rows


def _quantiles(residuals: Float[np.ndarray, " obs"]) -> str:
    names = ("Min", "1Q", "Median", "3Q", "Max")
    values = [f"{value:.4f}" for value in np.quantile(residuals, (0.0, 0.25, 0.5, 0.75, 1.0))]
    return "\n".join(["Scaled residuals:", *_aligned([names, values])])


def _decimals(column: Sequence[str]) -> list[str]:
    """Return a column of numbers with their points one under another."""
    tails = [len(cell) - cell.find(".") if "." in cell else 0 for cell in column]
    longest = max(tails, default=0)
    return [
        cell + " " * (longest - tail) if _is_number(cell) else cell
        for cell, tail in zip(column, tails, strict=True)
    ]


def _is_number(cell: str) -> bool:
    return cell[-1:].isdigit()


def _number(value: float) -> str:
    """Return a number with four significant digits, and no exponent where it can do without."""
    text = f"{value:.4g}"
    return text if "e" not in text or abs(value) < 1.0 else f"{value:.0f}"


def _aligned(rows: Sequence[Sequence[str]], left: int = 0) -> list[str]:
    """Return rows as lines with columns of one width; the first few are set to the left."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    columns[left:] = [_decimals(column) for column in columns[left:]]
    widths = [max(map(len, column)) for column in columns]
    lines: list[str] = []
    for row in zip(*columns, strict=True):
        cells = [
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines
