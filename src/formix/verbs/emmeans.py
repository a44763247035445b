"""Estimated marginal means: averages over a balanced grid of the other factors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, Unpack, overload

import numpy as np
import pandas as pd

from formix.design.column import text_of
from formix.verbs.arguments import interval
from formix.verbs.asked import Options, asked
from formix.verbs.contrasts import COMPARISONS, pairs_of
from formix.verbs.estimates import PROB
from formix.verbs.grids import balanced, checked, known_columns, names_of, regressors
from formix.verbs.tabulated import answer, averaged, cells_of, of_draws

if TYPE_CHECKING:
    import xarray as xr

    from formix.spec import Label

Pairs = Literal["pairwise", "reference", "sequential"]


@overload
def emmeans(
    fit: object,
    variables: str | Iterable[str],
    *,
    contrasts: Pairs | None = ...,
    at: Mapping[str, object] | None = ...,
    kind: str = ...,
    groups: object = ...,
    prob: float = ...,
    summary: Literal[True] = ...,
    **options: Unpack[Options],
) -> pd.DataFrame: ...
@overload
def emmeans(
    fit: object,
    variables: str | Iterable[str],
    *,
    contrasts: Pairs | None = ...,
    at: Mapping[str, object] | None = ...,
    kind: str = ...,
    groups: object = ...,
    prob: float = ...,
    summary: Literal[False],
    **options: Unpack[Options],
) -> xr.DataArray: ...
def emmeans(
    fit: object,
    variables: str | Iterable[str],
    *,
    contrasts: Pairs | None = None,
    at: Mapping[str, object] | None = None,
    kind: str = "mean",
    groups: object = "none",
    prob: float = PROB,
    summary: bool = True,
    **options: Unpack[Options],
) -> pd.DataFrame | xr.DataArray:
    """Return estimated marginal means: averages over all combinations of the other factors' levels.

    Every combination has the same weight, however many rows it has in the data; numbers are at
    their means. A response of trials is that of one trial.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    variables
        The columns whose levels have a mean each; several as `"recipe:temp"`, or a list.
    contrasts
        Differences of the means instead: `pairwise` (a later level less an earlier one),
        `reference` (each less the first), or `sequential`.
    at
        Values of columns by name, one or a list: those of a number that is not at its mean, some of
        the levels of a factor.
    kind
        `mean`, `linpred` (R's emmeans averages these, and then has them back through the link), or
        a parameter of the family.
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
        The columns of `variables`, or `contrast`; mean, sd and interval. As draws: chain, draw,
        row.

    Raises
    ------
    ResultError, ArgumentError, UnknownLevelError
        As `predict`; or if a name is not a column of the predictors.

    References
    ----------
    Searle, Speed and Milliken (1980), doi:10.1080/00031305.1980.10483031.

    Examples
    --------
    >>> fx.emmeans(fit, "Days", at={"Days": [0, 9]}, contrasts="pairwise")["contrast"].tolist()
    ['9 - 0']
    """
    wanted = interval(prob, summary)
    question = asked(fit, kind, groups, options)
    names = names_of(variables, regressors(question.model))
    held = checked(at, known_columns(question.model))
    frame = balanced(question.model, held, names)
    answers = question.at(frame, unit=True)
    keys, cells = cells_of(frame.iloc[answers.kept], names)
    draws = averaged(answers.made(), cells, len(keys))
    if contrasts is not None:
        keys, draws = _contrasted(keys, draws, contrasts)
    return answer(question, [of_draws(keys, draws, wanted)], wanted)


def _contrasted(keys: pd.DataFrame, draws: np.ndarray, how: str) -> tuple[pd.DataFrame, np.ndarray]:
    """Return differences of means, labelled by the levels of both."""
    labels = [", ".join(map(_text, cell)) for cell in keys.itertuples(index=False)]
    pairs = pairs_of(labels, how)
    difference = COMPARISONS["difference"]
    shown = [difference.label.format(labels[high], labels[low]) for high, low in pairs]
    found = draws[:, [high for high, _ in pairs]] - draws[:, [low for _, low in pairs]]
    return pd.DataFrame({"contrast": np.array(shown, dtype=object)}), found


def _text(level: Label) -> str:
    return f"{level:.6g}" if isinstance(level, float) else text_of(level)
