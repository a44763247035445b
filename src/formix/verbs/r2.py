"""The share of the variance of the response that a model explains."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
import pandas as pd
import xarray as xr

from formix.bounded import mean, variance
from formix.errors import UnsupportedError
from formix.verbs.arguments import interval
from formix.verbs.estimates import PROB, estimates
from formix.verbs.own_rows import OwnRows, own_rows

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.families import Family
    from formix.spec import Spec

    Array = Float[np.ndarray, "..."]
    Functions = Mapping[str, Callable[..., Any]]


@overload
def r2(
    fit: object,
    *,
    groups: object = ...,
    draws: int | None = ...,
    prob: float = ...,
    summary: Literal[True] = ...,
    functions: Functions | None = ...,
    priors: Mapping[str, object] | None = ...,
    family: Family | None = ...,
) -> pd.Series[float]: ...
@overload
def r2(
    fit: object,
    *,
    groups: object = ...,
    draws: int | None = ...,
    prob: float = ...,
    summary: Literal[False],
    functions: Functions | None = ...,
    priors: Mapping[str, object] | None = ...,
    family: Family | None = ...,
) -> xr.DataArray: ...
def r2(
    fit: object,
    *,
    groups: object = "all",
    draws: int | None = None,
    prob: float = PROB,
    summary: bool = True,
    functions: Functions | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> pd.Series[float] | xr.DataArray:
    """Return Bayesian R2: the variance of the fitted values over that and the residual variance.

    At every draw both are the model's own: the variance, over the rows, of the mean of the
    response, and the variance of the response about it, so that R2 lies between 0 and 1. With
    `groups="all"` it is conditional on the group-level effects; with `groups="none"` marginal:
    what those effects move the mean by then counts as residual. Of a response with bounds it is
    within them.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    groups
        The group-level effects that explain: `all`, `none`, or some: `"Subject"`,
        `"(1 | Subject)"`, or a list.
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
    Series or DataArray
        Mean, sd and interval. As draws: chain, draw. Of a binomial response, of its proportions.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.
    ArgumentError
        If `groups` or `draws` is none of what they may be.
    UnsupportedError
        If the response is one of several levels, or has several columns.

    References
    ----------
    Gelman, Goodrich, Gabry and Vehtari (2019), doi:10.1080/00031305.2018.1549100.

    Examples
    --------
    >>> fx.r2(fit, groups="none").index.tolist()
    ['mean', 'sd', '2.5%', '97.5%']
    """
    wanted, given = interval(prob, summary), (functions, priors, family)
    some = own_rows(fit, given, groups=groups, draws=draws)
    whole = (
        some if isinstance(groups, str) and groups == "all" else own_rows(fit, given, draws=draws)
    )
    values = some.by_chain(_shares(some, whole))
    if wanted is None:
        coordinates = some.sample_coordinates()
        return xr.DataArray(values, coords=coordinates, dims=("chain", "draw"), name="r2")
    table = estimates(values[..., None], wanted)
    return pd.Series({name: float(column[0]) for name, column in table.items()}, name="r2")


def _shares(some: OwnRows, whole: OwnRows) -> Float[np.ndarray, " sample"]:
    family = some.spec.family
    if family.columns or family.by_level or family.thresholds:
        raise UnsupportedError(
            f"R2 is of a response of numbers, which that of {family.name} is not",
            hint="fx.log_likelihood(fit) and az.loo compare models of it",
        )
    explained = _Spread(some.samples)
    left = explained if some is whole else _Spread(some.samples)
    residual = np.zeros(some.samples)
    rows = len(some.spec.response.values)
    pairs = zip(some.parts(), some.parts() if some is whole else whole.parts(), strict=True)
    for (_, spec, mine), (_, _, all_of_them) in pairs:
        units = np.asarray(spec.response.known.get("trials", 1.0))
        fitted = _by_row(spec, mine, mean(family, spec.response, mine)) / units
        explained.add(fitted)
        if some is not whole:
            centre = mean(family, spec.response, all_of_them)
            left.add(_by_row(spec, mine, centre) / units - fitted)
        beside = variance(family, spec.response, all_of_them)
        residual += np.sum(_by_row(spec, mine, beside) / np.square(units), axis=1) / rows
    total = residual if some is whole else residual + left.variance
    with np.errstate(invalid="ignore", divide="ignore"):
        # Without a finite variance of the response nothing of it is explained.
        return np.where(np.isinf(total), 0.0, explained.variance / (explained.variance + total))


def _by_row(spec: Spec, parameters: dict[str, Array], found: Array) -> Array:
    samples = max(len(x) for x in parameters.values() if np.ndim(x) > 1)
    return np.broadcast_to(found, (samples, len(spec.response.values)))


class _Spread:
    """Takes in numbers some rows after another; keeps their mean and variance by sample."""

    def __init__(self, samples: int) -> None:
        self._count = 0
        self._mean = np.zeros(samples)
        self._squares = np.zeros(samples)

    def add(self, values: Array) -> None:
        """Take in more rows."""
        count, mean = values.shape[1], values.mean(axis=1)
        total, shift = self._count + count, mean - self._mean
        squares = np.sum(np.square(values - mean[:, None]), axis=1)
        self._squares += squares + np.square(shift) * self._count * count / total
        self._mean += shift * count / total
        self._count = total

    @property
    def variance(self) -> Array:
        """The variance, with divisor n - 1."""
        return self._squares / max(1, self._count - 1)
