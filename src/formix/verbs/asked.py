"""What the verbs of effects have in common: a fit asked at any rows, and how its groups enter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypedDict

import numpy as np
import pandas as pd

from formix.design.frame import open_data, to_pandas
from formix.design.names import used
from formix.design.row_levels import row_levels
from formix.engines.plan import whole
from formix.errors import ArgumentError
from formix.observation import BOUNDS
from formix.prediction import SAMPLE, NewRows, new_rows
from formix.results.sample import sample
from formix.verbs.answers import Answers
from formix.verbs.arguments import check_sampling, named
from formix.verbs.grids import balanced, grid, group_columns, training
from formix.verbs.model import model as model_of
from formix.verbs.predicted import LINPRED, MEAN, RESPONSE, Predictions
from formix.verbs.redraw import fit_seed
from formix.verbs.varying import ALL, picked

if TYPE_CHECKING:
    from jaxtyping import Bool

    from formix.families import Family
    from formix.models import Model
    from formix.results.sample import Sample
    from formix.spec import Spec

INTEGRATE = "integrate"
"""Groups whose effects are averaged over levels that are drawn anew."""

LEVELS = 100
"""New levels of every group that each posterior draw is averaged over."""

_ONE = ("trials", "rate")
"""What a row of a grid has one of, where it does not say: predictions are of one trial or unit."""

_WITHIN = ("weights", "se_sigma")
"""What it has one of too where it has bounds, within which a mean is of the variance too."""


class Options(TypedDict, total=False):
    """Options that the verbs of effects share; each verb's docstring says what they are."""

    levels: int
    new_levels: Literal["sample", "population", "error"]
    draws: int | None
    seed: int | None
    functions: Mapping[str, Callable[..., Any]] | None
    priors: Mapping[str, object] | None
    family: Family | None


@dataclass(frozen=True, eq=False)
class Asked:
    """A fit of which something is asked.

    Parameters
    ----------
    model, drawn
        The model, and the draws of its posterior.
    kind
        `mean`, `linpred`, `response`, or a parameter of the family.
    chosen
        By the number of a block, which of its effects take part.
    new_levels
        What a level has that the fit has not seen.
    draws, seed
        How many draws are used, all where it is None; the seed of the random numbers.
    levels
        How many new levels of every group are averaged over; 0 where groups are not integrated.
    """

    model: Model
    drawn: Sample
    kind: str
    chosen: Mapping[int, Bool[np.ndarray, " effect"]]
    new_levels: str
    draws: int | None
    seed: int
    levels: int

    @property
    def name(self) -> str:
        """What is asked for, as a variable is called: the response, `eta`, or a parameter."""
        if self.kind in (MEAN, RESPONSE):
            return self.model.spec.response.name
        return "eta" if self.kind == LINPRED else self.kind

    def data(self, newdata: object, also: tuple[str, ...] = ()) -> pd.DataFrame:
        """Return the rows that a user means: data, those of the fit, or a grid by its name.

        Parameters
        ----------
        newdata
            Data; None for the rows of the fit; `mean` for one row, numbers at their means and
            factors at their first levels; `balanced` for all combinations of the factors' levels.
        also
            Columns that are needed beside those of the formula.

        Raises
        ------
        UnknownColumnError, DataError, ArgumentError
            If the data cannot be read or lacks a column, or there is no such grid.
        """
        if newdata is None:
            frame = training(self.model)
            frame.index = labels_of(self.model.recipe.frame.levels, frame.index)
        elif isinstance(newdata, str):
            if newdata not in ("mean", "balanced"):
                raise ArgumentError(
                    f"`newdata` is {newdata!r}",
                    hint='it is data, or a grid: "mean" or "balanced"',
                )
            frame = grid(self.model, {}) if newdata == "mean" else balanced(self.model, {})
        else:
            opened = open_data(newdata)
            names = used(self.model.terms, opened.names, self.model.functions, new=True)
            wanted = (*names, *(name for name in also if name in opened.names))
            frame = to_pandas(opened.read(tuple(dict.fromkeys(wanted))))
            frame.index = labels_of(row_levels(newdata), frame.index)
        lacking = next((name for name in also if name not in frame), None)
        if lacking is not None:
            raise ArgumentError(
                f"the rows have no column `{lacking}`",
                hint=f"they have: {', '.join(map(str, frame.columns))}",
            )
        return frame

    def at(self, frame: pd.DataFrame, *, unit: bool = False, stream: int = 1) -> Answers:
        """Return what the fit answers at some rows.

        Parameters
        ----------
        unit
            Whether rows that do not say their trials have one each, as those of a grid, and bounds
            that differ by row are at their means.
        stream
            The number of the random numbers of responses.
        """
        if self.levels:
            missing = [name for name in group_columns(self.model) if name not in frame]
            known = training(self.model)
            # Which level it is has no meaning, since new ones take its place.
            some = {name: known[name].take([0] * len(frame)).array for name in missing}
            frame = frame.assign(**some)
        new_levels = SAMPLE if self.levels else self.new_levels
        rows = new_rows(self.model, frame, self.chosen, new_levels)
        if unit:
            rows = _as_of_one(rows, self.model.spec)
        made = Predictions(
            model=self.model,
            rows=rows,
            drawn=self.drawn,
            kind=self.kind,
            draws=self.draws,
            seed=self.seed,
            varying=not self.levels and any(np.any(some) for some in self.chosen.values()),
            stream=stream,
        )
        made.check()
        return Answers(made, self.levels)


def _as_of_one(rows: NewRows, fitted: Spec) -> NewRows:
    known, count = dict(rows.spec.response.known), len(rows.kept)
    there = {name: x for name, x in fitted.response.known.items() if name not in known}
    bounded = any(name in fitted.response.known for name in BOUNDS)
    for name, values in there.items():
        if name in _ONE or (bounded and name in _WITHIN):
            known[name] = np.ones(count)
        elif bounded and name in (*BOUNDS, "se"):
            known[name] = np.full(count, np.mean(values))
    response = replace(rows.spec.response, known=known)
    return replace(rows, spec=replace(rows.spec, response=response))


def labels_of(levels: Mapping[str, np.ndarray], single: pd.Index[Any]) -> pd.Index[Any]:
    """Return the labels of rows: all levels where there are several, by name."""
    if not levels:
        return single
    return pd.MultiIndex.from_arrays(list(levels.values()), names=list(levels))


_NAMES = tuple(Options.__annotations__)


def asked(fit: object, kind: str, groups: object, options: Options) -> Asked:
    """Return a fit of which something is asked.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.
    ArgumentError
        If an option is none of what it may be.
    """
    unknown = next((name for name in options if name not in _NAMES), None)
    if unknown is not None:
        raise ArgumentError(
            f"there is no option `{unknown}`", hint=f"the options: {', '.join(_NAMES)}"
        )
    levels, new_levels = options.get("levels", LEVELS), options.get("new_levels", SAMPLE)
    draws, seed = options.get("draws"), options.get("seed")
    integrated = isinstance(groups, str) and groups == INTEGRATE
    whole("levels", levels, 2)
    if levels % 2:
        raise ArgumentError(
            f"levels is {levels!r}", hint="an even number: new levels are drawn in pairs"
        )
    check_sampling(draws, seed, new_levels)
    rebuilt: dict[str, Any] = {k: options.get(k) for k in ("functions", "priors", "family")}
    built, drawn = model_of(fit, **rebuilt), sample(fit, "posterior")
    _check_response(named("kind", kind, 'kind="mean"'), built, integrated=integrated)
    return Asked(
        model=built,
        drawn=drawn,
        kind=kind,
        chosen=picked(ALL if integrated else groups, built.spec.blocks),
        new_levels=new_levels,
        draws=draws,
        seed=fit_seed(drawn) if seed is None else seed,
        levels=levels if integrated and built.spec.blocks else 0,
    )


def _check_response(kind: str, model: Model, *, integrated: bool) -> None:
    """Refuse responses that would be averaged, by groups or though they are levels.

    Raises
    ------
    ArgumentError
        With what has a mean.
    """
    if kind != RESPONSE:
        return
    if integrated:
        raise ArgumentError(
            'kind="response" draws responses, and groups="integrate" would average them',
            hint='kind="mean", or fx.predict at a new level of the group',
        )
    if model.family.codes:
        raise ArgumentError(
            'kind="response" draws levels of the response, and levels have no mean or difference',
            hint='kind="mean" has their probabilities; fx.predict draws levels',
        )
