"""Conditional effects: predictions over a grid of some columns, the others held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, Unpack, overload

import numpy as np

from formix.verbs.arguments import interval
from formix.verbs.asked import Asked, Options, asked
from formix.verbs.estimates import PROB
from formix.verbs.grids import (
    Regressor,
    check_points,
    checked,
    grid,
    group_columns,
    known_columns,
    names_of,
    regressors,
)
from formix.verbs.tabulated import answer, each

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

POINTS = 100
"""Values of the first number of a grid."""


@overload
def effects(
    fit: object,
    variables: str | Iterable[str],
    *,
    at: Mapping[str, object] | None = ...,
    points: int = ...,
    kind: str = ...,
    groups: object = ...,
    prob: float = ...,
    summary: Literal[True] = ...,
    **options: Unpack[Options],
) -> pd.DataFrame: ...
@overload
def effects(
    fit: object,
    variables: str | Iterable[str],
    *,
    at: Mapping[str, object] | None = ...,
    points: int = ...,
    kind: str = ...,
    groups: object = ...,
    prob: float = ...,
    summary: Literal[False],
    **options: Unpack[Options],
) -> xr.DataArray: ...
def effects(
    fit: object,
    variables: str | Iterable[str],
    *,
    at: Mapping[str, object] | None = None,
    points: int = POINTS,
    kind: str = "mean",
    groups: object = "none",
    prob: float = PROB,
    summary: bool = True,
    **options: Unpack[Options],
) -> pd.DataFrame | xr.DataArray:
    """Return predictions over a grid of the columns named, the others at mean or first level.

    The first number named goes from its least to its greatest value, a further one has its mean and
    one standard deviation to either side, a factor all its levels. A response of trials is that of
    one trial; bounds that differ by row are at their means, where `at` does not say them.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    variables
        A column of the predictors, several as `"Days:recipe"`, or a list; of a group that takes
        part too, which then has all its levels.
    at
        Values of columns instead of those above, by name: one, or a list of them. A group that
        takes part needs its level here.
    points
        How many values the first number has.
    kind
        `mean`, `linpred`, `response`, or a parameter of the family.
    groups
        `none`, `all`, or some, as in `predict`; or `integrate`: averaged over levels of every group
        that are drawn anew.
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
        The grid's columns, and mean, sd and interval. As draws: chain, draw, row.

    Raises
    ------
    ResultError, ArgumentError, UnknownLevelError
        As `predict`; or if a name is not a column of the predictors.

    Examples
    --------
    >>> fx.effects(fit, "Days", at={"Days": [0, 9]}).columns.tolist()
    ['Days', 'mean', 'sd', '2.5%', '97.5%']
    """
    wanted = interval(prob, summary)
    question = asked(fit, kind, groups, options)
    return conditional(question, variables, at, points, wanted)


def conditional(
    question: Asked,
    variables: str | Iterable[str],
    at: Mapping[str, object] | None,
    points: int,
    prob: float | None,
) -> pd.DataFrame | xr.DataArray:
    """Return what a fit that was asked answers over a grid: a table, or draws without `prob`.

    The first column's values vary slowest.

    Raises
    ------
    ArgumentError, UnknownLevelError
        As `effects`.
    """
    check_points(points)
    known = known_columns(question.model)
    allowed = (*regressors(question.model), *group_columns(question.model))
    names = names_of(variables, {name: known[name] for name in allowed})
    held = checked(at, known)
    values: dict[str, Sequence[object]] = {}
    ranged = False
    for name in names:
        values[name] = held[name] if name in held else _values(known[name], points, ranged)
        ranged |= not known[name].levels
    values |= {name: some for name, some in held.items() if name not in values}
    frame = grid(question.model, values)
    answers = question.at(frame, unit=True)
    keys = frame[[*names, *(name for name in held if name not in names)]]
    return answer(question, [each(keys, answers.made(), answers.kept, prob)], prob)


def _values(of: Regressor, points: int, ranged: bool) -> Sequence[object]:
    if of.levels:
        return of.levels
    if not ranged:
        ends = float(np.min(of.numbers)), float(np.max(of.numbers))
        return [float(x) for x in np.linspace(*ends, points)]
    mean, sd = float(np.mean(of.numbers)), float(np.std(of.numbers, ddof=1))
    return (mean - sd, mean, mean + sd)
