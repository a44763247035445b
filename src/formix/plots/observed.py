"""What was observed, on the scale of the mean: numbers, shares of trials, or levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.formulas import to_text
from formix.plots.labels import plain, short, with_unit
from formix.syntax.tree import Call

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.models import Model
    from formix.results.groups import Groups

_FEW, _BINS = 12, 10
"""Values of a number up to which each has its own share, and bins where there are more."""


@dataclass(frozen=True, eq=False)
class Observed:
    """The response as its mean is predicted.

    Parameters
    ----------
    values
        One a row; of a response with levels, whether it is each of them, or its share.
    levels
        The levels that a mean is predicted of, each; empty where it is one number.
    label
        What the mean is of, with its unit.
    shares
        Whether rows are truths, so that only their shares can be compared with a mean.
    bounded
        Whether the mean lies between 0 and 1.
    ordered
        Whether the levels have an order.
    """

    values: Float[np.ndarray, ...]
    levels: tuple[str, ...]
    label: str
    shares: bool
    bounded: bool
    ordered: bool = False


def observed(model: Model, found: Groups) -> Observed:
    """Return what was observed at the rows of a fit."""
    spec, family = model.spec, model.spec.family
    response, known = spec.response, spec.response.known
    name = response.name.strip("`")
    if family.codes:
        levels = tuple(str(level) for level in response.levels)
        each = np.equal.outer(response.values, np.arange(len(levels))).astype(np.float64)
        label = plain(f"probability of {name}")
        return Observed(each, levels, label, True, True, bool(family.thresholds))
    if family.columns:
        whole = np.sum(response.values, axis=1, keepdims=True)
        each = response.values / np.where(whole > 0.0, whole, np.nan)
        return Observed(each, tuple(map(str, response.levels)), "share", False, True)
    values = np.asarray(response.values, dtype=np.float64)
    if "trials" in known:
        with np.errstate(invalid="ignore", divide="ignore"):
            share = values / known["trials"]
        return Observed(share, (), plain(f"probability of {_counted(model, name)}"), False, True)
    if "rate" in known:
        return Observed(values / known["rate"], (), plain(f"{name} per unit"), False, False)
    if family.logits:
        success = model.terms.response.level or (
            str(response.levels[-1]) if response.levels else ""
        )
        of = f"{name} = {success}" if success else name
        return Observed(values, (), plain(f"probability of {short(of, 40)}"), True, True)
    bounded = family[family.main].support == "unit"
    return Observed(values, (), with_unit(name, found), False, bounded)


def _counted(model: Model, name: str) -> str:
    """Return what is counted among trials: the first argument of `cbind` or `prop`."""
    node = model.terms.response.node
    if isinstance(node, Call) and node.arguments:
        return to_text(node.arguments[0].value).strip("`")
    return name


@dataclass(frozen=True, eq=False)
class Shares:
    """Observed shares at places of a column: how large, and of how many rows."""

    at: Float[np.ndarray, " place"]
    share: Float[np.ndarray, ...]
    rows: Float[np.ndarray, " place"]


def shares(x: Float[np.ndarray, " obs"], values: Float[np.ndarray, ...]) -> Shares:
    """Return means of rows that are alike in x, or lie in one of ten bins of about equal counts.

    Examples
    --------
    >>> found = shares(np.array([1.0, 2.0, 2.0]), np.array([1.0, 0.0, 1.0]))
    >>> found.at.tolist(), found.share.tolist(), found.rows.tolist()
    ([1.0, 2.0], [1.0, 0.5], [1.0, 2.0])
    """
    distinct, cell = np.unique(x, return_inverse=True)
    if len(distinct) > _FEW:
        edges = np.quantile(x, np.linspace(0.0, 1.0, _BINS + 1)[1:-1])
        cell = np.unique(np.searchsorted(edges, x, side="right"), return_inverse=True)[1]
    cell = cell.ravel()
    rows = np.bincount(cell).astype(np.float64)
    at = np.bincount(cell, weights=x) / rows
    share = np.zeros((len(rows), *values.shape[1:]))
    np.add.at(share, cell, values)
    return Shares(at, share / rows.reshape(-1, *[1] * (values.ndim - 1)), rows)
