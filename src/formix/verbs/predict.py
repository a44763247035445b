"""Predictions: of the mean, of a parameter, of responses, at the rows of the data or new ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np

from formix.prediction import new_rows
from formix.results.sample import sample
from formix.verbs.answered import draws_of, stored_draws, table_of
from formix.verbs.arguments import check_sampling, interval
from formix.verbs.estimates import PROB
from formix.verbs.filed import destination, file_of
from formix.verbs.model import model as model_of
from formix.verbs.predicted import Predictions
from formix.verbs.redraw import fit_seed
from formix.verbs.stored import part_taken, with_predictions
from formix.verbs.varying import picked

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from formix.families import Family

    NewLevels = Literal["sample", "population", "error"]
    Functions = Mapping[str, Callable[..., Any]]


@overload
def predict(
    fit: object,
    data: object = ...,
    *,
    kind: str = ...,
    groups: object = ...,
    new_levels: NewLevels = ...,
    draws: int | None = ...,
    seed: int | None = ...,
    prob: float = ...,
    summary: Literal[True] = ...,
    store: Literal[False] = ...,
    functions: Functions | None = ...,
    priors: Mapping[str, object] | None = ...,
    family: Family | None = ...,
) -> pd.DataFrame: ...
@overload
def predict(
    fit: object,
    data: object = ...,
    *,
    kind: str = ...,
    groups: object = ...,
    new_levels: NewLevels = ...,
    draws: int | None = ...,
    seed: int | None = ...,
    prob: float = ...,
    summary: Literal[False],
    store: Literal[False] = ...,
    functions: Functions | None = ...,
    priors: Mapping[str, object] | None = ...,
    family: Family | None = ...,
) -> xr.Dataset: ...
@overload
def predict(
    fit: object,
    data: object = ...,
    *,
    kind: str = ...,
    groups: object = ...,
    new_levels: NewLevels = ...,
    draws: int | None = ...,
    seed: int | None = ...,
    prob: float = ...,
    summary: bool = ...,
    store: Literal[True],
    functions: Functions | None = ...,
    priors: Mapping[str, object] | None = ...,
    family: Family | None = ...,
) -> Any: ...
@overload
def predict(
    fit: object,
    data: object = ...,
    *,
    kind: str = ...,
    groups: object = ...,
    new_levels: NewLevels = ...,
    draws: int | None = ...,
    seed: int | None = ...,
    prob: float = ...,
    summary: bool = ...,
    store: str | PathLike[str],
    functions: Functions | None = ...,
    priors: Mapping[str, object] | None = ...,
    family: Family | None = ...,
) -> Path: ...
def predict(
    fit: object,
    data: object = None,
    *,
    kind: str = "mean",
    groups: object = "all",
    new_levels: NewLevels = "sample",
    draws: int | None = None,
    seed: int | None = None,
    prob: float = PROB,
    summary: bool = True,
    store: bool | str | PathLike[str] = False,
    functions: Functions | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> Any:
    """Return predictions of a fit, at the rows it was fitted to or at those of other data.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    data
        New data, in whatever `Model` takes; it needs the columns of the predictors, those of the
        groups that take part, and what else the response is made of (`trials`, bounds, `se`) where
        it is asked for. By default the rows of the fit.
    kind
        `mean`: the mean of the response, within its bounds where it has such; how rows were
        censored does not change it. `linpred`: the main linear predictor. `response`: random
        responses, within their bounds. Or a parameter of the family, such as `sigma`, as its
        predictor says: of one unit, weight 1 and no known error.
    groups
        `all` group-level effects, `none`, or some: `"Subject"`, `"(1 | Subject)"`, or a list.
    new_levels
        What a level of a group has that the fit has not seen: effects of its own, drawn from the
        group's distribution (`sample`); none (`population`); or an `error`. A row whose group is
        missing has a level of its own; a label in several columns of `mm()` is one level.
    draws
        How many draws are used, spread evenly over the chains; by default all.
    seed
        Of the random numbers of new levels and responses; by default the fit's own.
    prob
        The probability that the equal-tailed interval holds.
    summary
        Whether to summarise, some rows after another, so that memory holds few of the draws; if
        not, the draws.
    store
        Whether the draws are put into the fit, which is then returned; or the path of a NetCDF
        file that they are written to, some rows after another, so that memory holds few of them.

    Returns
    -------
    DataFrame, Dataset, InferenceData or DataTree, or Path
        Mean, sd and interval by row of the data, with its labels; a row that lacks a value that is
        needed is NaN. Of a response with levels, by level too; of responses that are levels, the
        share of the draws that each has. As draws: chain, draw and obs, and the levels of labels
        that have several along obs. With `store` the same fit with the draws in `predictions`: the
        response under its name, levels by their codes, its mean as `<response>_mean`, `eta`, or a
        parameter. Its attributes say `kind`, `groups`, `new_levels` and `seed`, and those of levels
        `flag_values` and `flag_meanings`. Those that are there stay beside it where rows, draws
        and all of that but the kind are the same. The rows' columns are in
        `predictions_constant_data`. A file has these two groups, and its path is returned:
        `xr.open_datatree` reads no more of it than is used, `fx.read` all.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given; or if the file
        cannot be written, or holds a fit, which would be lost.
    ArgumentError
        If `kind`, `groups`, `new_levels` or `draws` is none of what they may be, or the data does
        not have what is asked of it.
    UnknownColumnError, UnknownLevelError, DataError
        If the data lacks a column, or has a level of a factor that the model does not know.

    Examples
    --------
    >>> new = {"Days": [0, 10], "Subject": ["308", "somebody"]}
    >>> fx.predict(fit, new).columns.tolist()
    ['mean', 'sd', '2.5%', '97.5%']
    >>> fx.predict(fit, new, draws=40, summary=False)["Reaction"].shape
    (4, 10, 2)
    >>> kept = fx.predict(fit, new, draws=40, store=True)
    >>> kept.predictions["Reaction_mean"].dims
    ('chain', 'draw', 'obs')
    """
    drawn = sample(fit, "posterior")
    built = model_of(fit, functions=functions, priors=priors, family=family)
    wanted = interval(prob, summary)
    where = destination(store)
    check_sampling(draws, seed, new_levels)
    chosen = picked(groups, built.spec.blocks)
    rows = new_rows(built, data, chosen, new_levels)
    made = Predictions(
        model=built,
        rows=rows,
        drawn=drawn,
        kind=kind,
        draws=draws,
        seed=fit_seed(drawn) if seed is None else seed,
        varying=any(np.any(some) for some in chosen.values()),
    )
    made.check()
    how = made.how(part_taken(built.spec.blocks, chosen), new_levels)
    if isinstance(where, Path):
        return file_of(fit, made, data, where, how)
    if where:
        return with_predictions(fit, stored_draws(made), built, rows, data, how)
    return draws_of(made) if wanted is None else table_of(made, wanted)
