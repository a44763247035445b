"""How the variance that the common effects leave is parted between the groups and the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
import pandas as pd
import xarray as xr

from formix.verbs.arguments import interval, named
from formix.verbs.estimates import PROB, estimates
from formix.verbs.groups import group_named
from formix.verbs.own_rows import OwnRows, own_rows
from formix.verbs.parted import Parted, parted
from formix.verbs.table import Table
from formix.verbs.varcorr import RESIDUAL

if TYPE_CHECKING:
    from formix.families import Family

    Functions = Mapping[str, Callable[..., Any]]


@overload
def vpc(
    fit: object,
    *,
    draws: int | None = ...,
    prob: float = ...,
    summary: Literal[True] = ...,
    functions: Functions | None = ...,
    priors: Mapping[str, object] | None = ...,
    family: Family | None = ...,
) -> pd.DataFrame: ...
@overload
def vpc(
    fit: object,
    *,
    draws: int | None = ...,
    prob: float = ...,
    summary: Literal[False],
    functions: Functions | None = ...,
    priors: Mapping[str, object] | None = ...,
    family: Family | None = ...,
) -> xr.DataArray: ...
def vpc(
    fit: object,
    *,
    draws: int | None = None,
    prob: float = PROB,
    summary: bool = True,
    functions: Functions | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> pd.DataFrame | xr.DataArray:
    """Return the variance partition: the share of each group, and of the residuals.

    It is of the variance that the common (fixed) effects leave. Where a slope varies, so does the
    variance of its group, which is then the mean over the rows. For gaussian responses with the
    identity link it is exact. For others it is on the scale of the linear predictor, where the
    residual variance is that of the link's own distribution for a yes or no (pi^2 / 3 of the
    logit), and for others an approximation: the trigamma function for the log link, the delta
    method for the rest, both at the mean of the response. It is of the response as it was before
    any `trunc()` left some of it out.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    draws
        How many draws are used, spread evenly over the chains; by default all.
    prob
        The probability that the equal-tailed interval holds.
    summary
        Whether to summarise; if not, the draws.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where the
        model has any: a result does not hold them.

    Returns
    -------
    DataFrame or DataArray
        Mean, sd and interval of each share by `group`, with the `scale` that it is on; the shares
        of a draw sum to 1. As draws: chain, draw, group, with the scale among the attributes.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.
    UnsupportedError
        If the variance cannot be parted: of several linear predictors of the mean, or of a link
        whose distribution has no variance.

    References
    ----------
    Nakagawa, Johnson and Schielzeth (2017), doi:10.1098/rsif.2017.0213; Johnson (2014),
    doi:10.1111/2041-210X.12225 (slopes that vary).

    Examples
    --------
    >>> fx.vpc(fit).index.tolist()
    ['Subject', 'Residual']
    >>> print(fx.vpc(fit).loc["Subject", "scale"])
    response
    """
    wanted = interval(prob, summary)
    rows = own_rows(fit, (functions, priors, family), draws=draws)
    found = parted(rows)
    total = _total(found)
    parts = [*found.groups.values(), found.residual]
    shares = np.stack([_share(part, total) for part in parts], axis=-1)
    return _answer(rows, found, shares, [*found.groups, RESIDUAL], wanted)


@overload
def icc(
    fit: object,
    group: str = ...,
    *,
    draws: int | None = ...,
    prob: float = ...,
    summary: Literal[True] = ...,
    functions: Functions | None = ...,
    priors: Mapping[str, object] | None = ...,
    family: Family | None = ...,
) -> pd.DataFrame: ...
@overload
def icc(
    fit: object,
    group: str = ...,
    *,
    draws: int | None = ...,
    prob: float = ...,
    summary: Literal[False],
    functions: Functions | None = ...,
    priors: Mapping[str, object] | None = ...,
    family: Family | None = ...,
) -> xr.DataArray: ...
def icc(
    fit: object,
    group: str = "",
    *,
    draws: int | None = None,
    prob: float = PROB,
    summary: bool = True,
    functions: Functions | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> pd.DataFrame | xr.DataArray:
    """Return intraclass correlations: of two observations of the same level of a group.

    They have in common the group's effects, and those of the groups it is nested in: two samples
    from one cask are from one batch too. The variances are those of `fx.vpc`, on the same scale.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    group
        The group; by default each.
    draws
        How many draws are used, spread evenly over the chains; by default all.
    prob
        The probability that the equal-tailed interval holds.
    summary
        Whether to summarise; if not, the draws.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where the
        model has any: a result does not hold them.

    Returns
    -------
    DataFrame or DataArray
        Mean, sd and interval by `group`, with the `scale`. As draws: chain, draw, group.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, needs what is not given, or its model has no
        group-level effects.
    ArgumentError
        If there is no such group.
    UnsupportedError
        If the variance cannot be parted, as in `fx.vpc`.

    Examples
    --------
    >>> fx.icc(fit, "Subject").index.tolist()
    ['Subject']
    """
    wanted = interval(prob, summary)
    rows = own_rows(fit, (functions, priors, family), draws=draws)
    found = parted(rows)
    one = group_named(named("group", group, 'group="Subject"') or _first(found), found.groups)
    names = [one] if group else list(found.groups)
    total = _total(found)
    shared = [sum(found.groups[outer] for outer in found.within[one]) for one in names]
    values = np.stack([_share(np.asarray(part), total) for part in shared], axis=-1)
    return _answer(rows, found, values, names, wanted)


def _first(found: Parted) -> str:
    return next(iter(found.groups), "")


def _total(found: Parted) -> np.ndarray:
    return found.residual + sum(found.groups.values(), np.zeros(len(found.residual)))


def _share(part: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return a share of a variance; of one without bound nothing, or what is without bound."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(np.isinf(total), np.where(np.isinf(part), 1.0, 0.0), part / total)


def _answer(
    rows: OwnRows,
    found: Parted,
    values: np.ndarray,
    names: list[str],
    prob: float | None,
) -> pd.DataFrame | xr.DataArray:
    shaped = rows.by_chain(values)
    if prob is None:
        return xr.DataArray(
            shaped,
            coords={**rows.sample_coordinates(), "group": names},
            dims=("chain", "draw", "group"),
            name="share",
            attrs={"scale": found.scale},
        )
    table = Table(estimates(shaped, prob), index=pd.Index(names, name="group"))
    return table.assign(scale=found.scale)
