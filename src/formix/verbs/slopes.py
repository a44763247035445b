"""Slopes: the derivatives of predictions with respect to a number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, Unpack, overload

import numpy as np

from formix.errors import ArgumentError, FormulaError
from formix.verbs.arguments import interval, named
from formix.verbs.asked import Options, asked
from formix.verbs.comparisons import compared
from formix.verbs.contrasts import COMPARISONS, Contrast, moved
from formix.verbs.estimates import PROB
from formix.verbs.grids import names_of, regressors
from formix.verbs.predicted import RESPONSE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    import xarray as xr

    from formix.verbs.grids import Regressor
    from formix.verbs.predictions import By

STEP = 1e-4
"""The step of the differences, as a part of the range of the column."""


@overload
def slopes(
    fit: object,
    variables: str | Iterable[str] | None = ...,
    *,
    by: By = ...,
    newdata: object = ...,
    kind: str = ...,
    groups: object = ...,
    prob: float = ...,
    summary: Literal[True] = ...,
    **options: Unpack[Options],
) -> pd.DataFrame: ...
@overload
def slopes(
    fit: object,
    variables: str | Iterable[str] | None = ...,
    *,
    by: By = ...,
    newdata: object = ...,
    kind: str = ...,
    groups: object = ...,
    prob: float = ...,
    summary: Literal[False],
    **options: Unpack[Options],
) -> xr.DataArray: ...
def slopes(
    fit: object,
    variables: str | Iterable[str] | None = None,
    *,
    by: By = False,
    newdata: object = None,
    kind: str = "mean",
    groups: object = "all",
    prob: float = PROB,
    summary: bool = True,
    **options: Unpack[Options],
) -> pd.DataFrame | xr.DataArray:
    """Return the slopes of predictions in a number, by row or averaged over rows.

    They are central differences over a step of 1e-4 of the column's range, half of it to either
    side, so all that a formula makes of the column, and the link, have their part in them.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    variables
        Columns of numbers; by default all of the predictors.
    by
        Averages over all rows (True), or by the values of columns.
    newdata
        Data; by default the rows of the fit; or a grid, `mean` (one row) or `balanced` (factors'
        levels in all combinations).
    kind
        `mean`, `linpred`, or a parameter of the family: of a binomial response the mean counts
        successes, and `mu` is their probability.
    groups
        `all`, `none` (the population's), or some, as in `predict`; or `integrate`: averaged over
        levels of every group that are drawn anew.
    prob
        The probability that the equal-tailed interval holds.
    summary
        Whether to summarise; if not, the draws.
    **options
        `levels`, how many new levels a posterior draw is averaged over with `groups="integrate"`
        (100; pairs of opposite effects); `new_levels`, `draws`, `seed`, `functions`, `priors`,
        `family`, as in `predict`.

    Returns
    -------
    DataFrame or DataArray
        `variable` and `contrast` (`dY/dX`); the row's label `obs` and the predictors' columns, or
        the columns of `by`; mean, sd and interval. As draws: chain, draw, row.

    Raises
    ------
    ResultError, ArgumentError, UnknownColumnError, UnknownLevelError, DataError
        As `predict`; or if a name is not a column of numbers.
    FormulaError
        If a call is not defined a step away, as `sqrt(x)` where `x` is 0.

    References
    ----------
    Arel-Bundock, Greifer and Heiss (2024), doi:10.18637/jss.v111.i09 (the vocabulary).

    Examples
    --------
    >>> table = fx.slopes(fit, variables="Days", by=True, groups="none")
    >>> bool(abs(table["mean"][0] - fx.fixef(fit)["mean"]["Days"]) < 1e-6)
    True
    """
    if named("kind", kind, 'kind="mean"') == RESPONSE:
        raise ArgumentError(
            'kind="response" draws random responses, which have no slope: two of them differ by '
            "chance, however near their rows are",
            hint='kind="mean" has the slope of their mean; fx.comparisons compares responses',
        )
    wanted = interval(prob, summary)
    question = asked(fit, kind, groups, options)
    known = regressors(question.model)
    pairs = [_slope(known[name]) for name in _names(variables, known)]
    value = COMPARISONS["difference"].of
    try:
        return compared(question, pairs, value, by, newdata, wanted)
    except FormulaError as error:
        if error.span is None or "is not a number" not in error.message:
            raise
        raise FormulaError(
            f"{error.message}, a step away from its value, where a slope looks",
            text=error.text,
            span=error.span,
            hint="give rows at which both sides are defined: newdata=..., or "
            "fx.comparisons(fit, ...) between two values that are",
        ) from None


def _names(given: object, known: Mapping[str, Regressor]) -> tuple[str, ...]:
    numbers = tuple(name for name, one in known.items() if not one.levels)
    if given is None:
        if not numbers:
            raise ArgumentError(
                "no predictor is a number, and slopes are of numbers",
                hint="fx.comparisons(fit) compares the levels of factors",
            )
        return numbers
    names = names_of(given, known)
    factor = next((name for name in names if name not in numbers), None)
    if factor is not None:
        raise ArgumentError(
            f"`{factor}` has levels, and slopes are of numbers",
            hint=f'fx.comparisons(fit, variables="{factor}") compares its levels',
        )
    return names


def _slope(of: Regressor) -> Contrast:
    half = 0.5 * STEP * float(np.ptp(of.numbers))
    return Contrast(of.name, "dY/dX", moved(of.name, -half), moved(of.name, half), per_unit=True)
