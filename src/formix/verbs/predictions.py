"""Predictions by row or averaged over rows, at the data's values or at others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Literal, Unpack, cast, overload

import numpy as np

from formix.design.row_levels import row_levels
from formix.errors import ArgumentError
from formix.results.layout import OBS
from formix.results.names import claim
from formix.verbs.arguments import interval
from formix.verbs.asked import Options, asked
from formix.verbs.estimates import PROB
from formix.verbs.grids import Regressor, checked, listed, names_of, regressors
from formix.verbs.tabulated import answer, averaged, cells_of, each, of_draws

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from formix.verbs.tabulated import Part, Some

By = bool | str | Sequence[str]

_FIVE = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Quantiles that stand for a number whose values are not said."""


@overload
def predictions(
    fit: object,
    *,
    variables: str | Iterable[str] | Mapping[str, object] | None = ...,
    by: By = ...,
    newdata: object = ...,
    kind: str = ...,
    groups: object = ...,
    prob: float = ...,
    summary: Literal[True] = ...,
    **options: Unpack[Options],
) -> pd.DataFrame: ...
@overload
def predictions(
    fit: object,
    *,
    variables: str | Iterable[str] | Mapping[str, object] | None = ...,
    by: By = ...,
    newdata: object = ...,
    kind: str = ...,
    groups: object = ...,
    prob: float = ...,
    summary: Literal[False],
    **options: Unpack[Options],
) -> xr.DataArray: ...
def predictions(
    fit: object,
    *,
    variables: str | Iterable[str] | Mapping[str, object] | None = None,
    by: By = False,
    newdata: object = None,
    kind: str = "mean",
    groups: object = "all",
    prob: float = PROB,
    summary: bool = True,
    **options: Unpack[Options],
) -> pd.DataFrame | xr.DataArray:
    """Return predictions at rows, each by itself or averaged.

    With `variables` every row stands once for each combination of their values, and `by` them its
    averages are those of the population, had all of it that value.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    variables
        Columns whose values are replaced: `{"Days": [0, 5]}`, or names, a factor then having all
        its levels, and a number its least and greatest value and its quartiles.
    by
        Averages over all rows (True), or by the values of columns.
    newdata
        Data; by default the rows of the fit; or a grid, `mean` (one row) or `balanced` (factors'
        levels in all combinations).
    kind
        `mean`, `linpred`, `response`, or a parameter of the family: of a binomial response the mean
        counts successes, and `mu` is their probability.
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
        The row's label `obs`, or its levels where it has several, and the predictors' columns, or
        the columns of `by`; mean, sd and interval. As draws: chain, draw, row.

    Raises
    ------
    ResultError, ArgumentError, UnknownColumnError, UnknownLevelError, DataError
        As `predict`; or if a name is not a column.

    References
    ----------
    Arel-Bundock, Greifer and Heiss (2024), doi:10.18637/jss.v111.i09 (the vocabulary).

    Examples
    --------
    >>> fx.predictions(fit, variables={"Days": [0, 9]}, by="Days").columns.tolist()
    ['Days', 'mean', 'sd', '2.5%', '97.5%']
    """
    wanted = interval(prob, summary)
    question = asked(fit, kind, groups, options)
    known = regressors(question.model)
    columns = by_columns(by)
    values = _values(variables, known)
    frame = question.data(newdata, tuple(name for name in columns or () if name not in values))
    frame = replaced(frame, values, known)
    answers = question.at(frame, unit=isinstance(newdata, str))
    if columns is None:
        part = each(row_keys(frame, known), answers.made(), answers.kept, wanted)
    else:
        part = averages(frame.iloc[answers.kept], answers.made(), columns, wanted)
    return answer(question, [part], wanted)


def averages(
    frame: pd.DataFrame, made: Iterator[Some], columns: Sequence[str], prob: float | None
) -> Part:
    """Return averages over the rows that are kept of a frame, by the values of columns."""
    keys, cells = cells_of(frame, columns)
    return of_draws(keys, averaged(made, cells, len(keys)), prob)


def by_columns(by: object) -> tuple[str, ...] | None:
    """Return the columns by which rows are averaged: none of them for all; None for no average.

    Raises
    ------
    ArgumentError
        If `by` is neither a truth nor names.
    """
    if isinstance(by, bool) or by is None:
        return () if by else None
    names = listed(by)
    if not names or not all(isinstance(name, str) for name in names):
        raise ArgumentError(
            f"`by` is {by!r}", hint='by=True averages all rows, by="recipe" those of each recipe'
        )
    return tuple(dict.fromkeys(str(name) for name in names))


def row_keys(frame: pd.DataFrame, known: Mapping[str, Regressor]) -> pd.DataFrame:
    """Return the labels of rows: what they are in the data, and the predictors' values."""
    keys = frame[[name for name in known if name in frame]].reset_index(drop=True)
    labels = row_levels(frame) or {OBS: frame.index.to_numpy()}
    taken = set(map(str, keys.columns))
    for position, (name, values) in enumerate(labels.items()):
        keys.insert(position, claim(name, taken), values)
    return keys


def replaced(
    frame: pd.DataFrame, values: Mapping[str, Sequence[object]], known: Mapping[str, Regressor]
) -> pd.DataFrame:
    """Return the rows of a frame once for each combination of values of some columns."""
    if not values:
        return frame
    cells = list(product(*values.values()))
    wide = frame.iloc[np.tile(np.arange(len(frame)), len(cells))]
    columns = {
        name: known[name].series([cell[place] for cell in cells for _ in range(len(frame))])
        for place, name in enumerate(values)
    }
    return wide.assign(**columns)


def _values(given: object, known: Mapping[str, Regressor]) -> dict[str, list[object]]:
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return checked(cast("Mapping[str, object]", given), known)
    return {name: _some(known[name]) for name in names_of(given, known)}


def _some(of: Regressor) -> list[object]:
    return list(of.levels) if of.levels else np.quantile(of.numbers, _FIVE).tolist()
