"""Comparisons: how predictions differ between two values of a column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, Unpack, cast, overload

import numpy as np

from formix.errors import ArgumentError
from formix.verbs.arguments import interval, one_of
from formix.verbs.asked import Options, asked
from formix.verbs.contrasts import COMPARISONS, contrasts
from formix.verbs.estimates import PROB
from formix.verbs.grids import named, names_of, regressors
from formix.verbs.predictions import averages, by_columns, row_keys
from formix.verbs.tabulated import answer, each

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from formix.verbs.answers import Answers
    from formix.verbs.asked import Asked
    from formix.verbs.contrasts import Contrast
    from formix.verbs.grids import Regressor
    from formix.verbs.predictions import By
    from formix.verbs.tabulated import Part, Some

    Comparing = Callable[[np.ndarray, np.ndarray], np.ndarray]

_STREAMS = 1, 3
"""The numbers of the random numbers of the two responses that are compared."""

How = Literal["difference", "ratio", "lnratio", "lnoratio"]


@overload
def comparisons(
    fit: object,
    variables: str | Iterable[str] | Mapping[str, object] | None = ...,
    *,
    by: By = ...,
    newdata: object = ...,
    comparison: How = ...,
    kind: str = ...,
    groups: object = ...,
    prob: float = ...,
    summary: Literal[True] = ...,
    **options: Unpack[Options],
) -> pd.DataFrame: ...
@overload
def comparisons(
    fit: object,
    variables: str | Iterable[str] | Mapping[str, object] | None = ...,
    *,
    by: By = ...,
    newdata: object = ...,
    comparison: How = ...,
    kind: str = ...,
    groups: object = ...,
    prob: float = ...,
    summary: Literal[False],
    **options: Unpack[Options],
) -> xr.DataArray: ...
def comparisons(
    fit: object,
    variables: str | Iterable[str] | Mapping[str, object] | None = None,
    *,
    by: By = False,
    newdata: object = None,
    comparison: How = "difference",
    kind: str = "mean",
    groups: object = "all",
    prob: float = PROB,
    summary: bool = True,
    **options: Unpack[Options],
) -> pd.DataFrame | xr.DataArray:
    """Return how predictions change when a column's value does, by row or averaged over rows.

    Every row is predicted twice, all its other columns as they are; the two are compared row by
    row, and the comparisons averaged where `by` asks for it.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    variables
        Columns, by default all of the predictors; or by name what is compared. Of numbers, a number
        that is added (by default 1), `sd` (half a standard deviation to either side of the mean),
        `iqr`, `minmax`, or a pair of values. Of factors, `reference` (each level with the first,
        the default), `sequential`, `pairwise` or a pair of levels.
    by
        Averages over all rows (True), or by the values of columns.
    newdata
        Data; by default the rows of the fit; or a grid, `mean` (one row) or `balanced` (factors'
        levels in all combinations).
    comparison
        `difference`, `ratio`, `lnratio`, or `lnoratio`: the log of the ratio of odds.
    kind
        `mean`, `linpred`, or a parameter of the family: of a binomial response the mean counts
        successes, and `mu` is their probability. With `response` two new responses are compared,
        each random for itself, of rows that differ in the column alone.
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
        `variable` and `contrast`; the row's label `obs` and the predictors' columns, or the columns
        of `by`; mean, sd and interval. As draws: chain, draw, row.

    Raises
    ------
    ResultError, ArgumentError, UnknownColumnError, UnknownLevelError, DataError
        As `predict`; or if a name is not a column, or it is not known how it is to be compared.

    References
    ----------
    Arel-Bundock, Greifer and Heiss (2024), doi:10.18637/jss.v111.i09 (the vocabulary).

    Examples
    --------
    >>> table = fx.comparisons(fit, variables={"Days": (0, 9)}, by=True)
    >>> table[["variable", "contrast"]].values.tolist()
    [['Days', '9 - 0']]
    """
    one_of("comparison", comparison, COMPARISONS)
    wanted = interval(prob, summary)
    question = asked(fit, kind, groups, options)
    known = regressors(question.model)
    chosen = COMPARISONS[comparison]
    asked_for = _asked_for(variables, known)
    if not asked_for:
        raise ArgumentError(
            "there is no column to compare predictions by",
            hint="the predictors have intercepts only",
        )
    pairs = [
        one for name, how in asked_for.items() for one in contrasts(known[name], how, chosen.label)
    ]
    return compared(question, pairs, chosen.of, by, newdata, wanted)


def compared(
    question: Asked,
    pairs: Sequence[Contrast],
    value: Comparing,
    by: By,
    newdata: object,
    prob: float | None,
) -> pd.DataFrame | xr.DataArray:
    """Return contrasts of predictions at some rows, a table or where `prob` is None their draws."""
    columns = by_columns(by)
    frame = question.data(newdata, columns or ())
    known, unit = regressors(question.model), isinstance(newdata, str)
    parts: list[Part] = []
    for pair in pairs:
        rows = pair.low(frame), pair.high(frame)
        # Two rows have responses of their own: what either has by chance, the other has not.
        low, high = (
            question.at(r, unit=unit, stream=s) for r, s in zip(rows, _STREAMS, strict=True)
        )
        width = _width(pair, *rows)[low.kept]
        made = _differences(high, low, value, width)
        if columns is None:
            part = each(row_keys(frame, known), made, low.kept, prob)
        else:
            part = averages(frame.iloc[low.kept], made, columns, prob)
        parts.append(_labelled(part, pair))
    return answer(question, parts, prob)


def _width(pair: Contrast, low: pd.DataFrame, high: pd.DataFrame) -> np.ndarray:
    """Return what comparisons are divided by: of a slope the step, as it is after rounding."""
    if not pair.per_unit:
        return np.ones(len(low))
    return high[pair.variable].to_numpy() - low[pair.variable].to_numpy()


def _differences(
    high: Answers, low: Answers, value: Comparing, width: np.ndarray
) -> Iterator[Some]:
    """Yield comparisons of two answers; their rows are alike, and so the parts that are made."""
    for (part, up), (_, down) in zip(high.made(), low.made(), strict=True):
        found = np.asarray(value(up, down))
        yield part, found / width[part].reshape(-1, *[1] * (found.ndim - 2))


def _labelled(part: Part, pair: Contrast) -> Part:
    taken = {"variable": pair.variable, "contrast": pair.label}
    keys = part.keys.rename(columns={name: f"{name}_" for name in taken if name in part.keys})
    for place, (name, label) in enumerate(taken.items()):
        keys.insert(place, name, np.full(len(keys), label, dtype=object))
    return replace(part, keys=keys)


def _asked_for(given: object, known: Mapping[str, Regressor]) -> Mapping[str, object]:
    if given is None:
        return dict.fromkeys(known)
    if isinstance(given, Mapping):
        return {
            named(name, known).name: how
            for name, how in cast("Mapping[object, object]", given).items()
        }
    return dict.fromkeys(names_of(given, known))
