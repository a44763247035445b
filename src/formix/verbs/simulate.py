"""Responses that a fit draws anew: for checks of the model, or at rows of other data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from formix.errors import UnsupportedError
from formix.prediction import SAMPLE, new_rows
from formix.results.datasets import responses_dataset
from formix.results.inference import with_group
from formix.results.sample import sample
from formix.verbs.answered import draws_of, flags
from formix.verbs.arguments import check_sampling
from formix.verbs.model import model as model_of
from formix.verbs.predicted import RESPONSE, Predictions
from formix.verbs.redraw import fit_seed
from formix.verbs.stored import layout_at, part_taken, with_predictions
from formix.verbs.varying import picked

if TYPE_CHECKING:
    import xarray as xr

    from formix.families import Family
    from formix.prediction import NewRows

NEW = "new"
"""What `groups` is where every level is drawn anew."""

CHECKED = "posterior_predictive"


def simulate(
    fit: object,
    data: object = None,
    *,
    groups: object = "all",
    new_levels: Literal["sample", "population", "error"] = "sample",
    draws: int | None = None,
    seed: int | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> Any:
    """Return a fit that has responses drawn from its posterior predictive distribution.

    At the rows of the fit they are what `az.plot_ppc` sets beside the data: given the levels of the
    groups as they were found, or with `groups="new"` for as many new levels of the same
    distribution, which checks the distribution of the groups too.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened. It stays as it is.
    data
        New data, as `fx.predict` takes it; by default the rows of the fit.
    groups
        `all` group-level effects, `none`, some of them, as in `fx.predict`, or `new`: every level
        has effects drawn from its group's distribution.
    new_levels
        What a level has that the fit has not seen: effects of its own (`sample`), none
        (`population`), or an `error`.
    draws
        How many draws are used, spread evenly over the chains; by default all.
    seed
        Of the random numbers; by default the fit's own.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where the
        model has any: a result does not hold them.

    Returns
    -------
    InferenceData or DataTree
        The same fit with the group `posterior_predictive`; at new data with `predictions`, whose
        rows have the labels of the data, and `predictions_constant_data`. The variable is named as
        the response: chain, draw, obs. The level of a categorical response is its code, told by the
        attributes `flag_values` and `flag_meanings`.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.
    ArgumentError
        If `groups`, `new_levels`, `draws` or `seed` is none of what they may be, or the data does
        not have what is asked of it.
    UnsupportedError
        If all levels are to be new and a group's cannot be drawn.
    UnknownColumnError, UnknownLevelError, DataError
        If the data lacks a column, or has a level of a factor that the model does not know.

    Examples
    --------
    >>> fx.simulate(fit).posterior_predictive["Reaction"].dims
    ('chain', 'draw', 'obs')
    >>> there = fx.simulate(fit, {"Days": [10], "Subject": ["somebody"]}, draws=40)
    >>> there.predictions["Reaction"].shape
    (4, 10, 1)
    """
    check_sampling(draws, seed, new_levels)
    every = isinstance(groups, str) and groups == NEW
    drawn = sample(fit, "posterior")
    built = model_of(fit, functions=functions, priors=priors, family=family)
    chosen = picked("all" if every else groups, built.spec.blocks)
    rows = new_rows(built, data, chosen, SAMPLE if every else new_levels)
    if every:
        check_new(rows)
    made = Predictions(
        model=built,
        rows=anew(rows) if every else rows,
        drawn=drawn,
        kind=RESPONSE,
        draws=draws,
        seed=fit_seed(drawn) if seed is None else seed,
        varying=any(np.any(some) for some in chosen.values()),
    )
    made.check()
    found = draws_of(made, codes=True)
    layout = layout_at(built, rows)
    drawn_anew = responses_dataset(layout, found[_variable(found)].to_numpy())
    drawn_anew[layout.response].attrs |= flags(made)
    drawn_anew = drawn_anew.assign({name: found[name] for name in ("chain", "draw")})
    if data is None:
        return with_group(fit, CHECKED, drawn_anew)
    part = NEW if every else part_taken(built.spec.blocks, chosen)
    how = made.how(part, new_levels)
    return with_predictions(fit, drawn_anew, built, rows, data, how)


def _variable(found: xr.Dataset) -> str:
    return str(next(iter(found.data_vars)))


def check_new(rows: NewRows) -> None:
    """Refuse new levels of groups whose effects are not independent of one another and all alike.

    Raises
    ------
    UnsupportedError
        If there is such a group.
    """
    for block in rows.spec.blocks:
        said = block.varying
        if said.by or said.sum_to_zero or said.matrix:
            why = said.beyond or f"its levels are related by {said.matrix}"
            raise UnsupportedError(
                f"new levels of `{block.group}` cannot be drawn: {why}",
                hint='groups="all" draws responses of the levels that there are',
            )


def anew(rows: NewRows) -> NewRows:
    """Return the rows with every level of every group one that the fit has not seen."""
    blocks = tuple(replace(b, index=b.index + len(b.levels)) for b in rows.spec.blocks)
    fresh = {block.factors: len(np.unique(block.index)) for block in blocks}
    return replace(rows, spec=replace(rows.spec, blocks=blocks), fresh=fresh)
