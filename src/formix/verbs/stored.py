"""Predictions in a fit: the groups that ArviZ keeps them in, and the names of their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from formix.design.frame import open_data
from formix.design.names import used
from formix.results.datasets import row_coordinates, used_dataset
from formix.results.groups import opened
from formix.results.inference import like
from formix.results.layout import OBS, lay_out
from formix.results.names import coordinate
from formix.verbs.varying import ALL, NONE

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr

    from formix.models import Model
    from formix.prediction import NewRows
    from formix.results.layout import Layout
    from formix.spec import Block

PREDICTED, FROM = "predictions", "predictions_constant_data"

_SAMPLE = ("chain", "draw")


def layout_at(built: Model, rows: NewRows) -> Layout:
    """Return the names of a result for other rows."""
    layout = lay_out(built.spec, built.recipe.frame)
    axes = (
        replace(axis, labels=coordinate(rows.rows)) if axis.name == OBS else axis
        for axis in layout.axes
    )
    return replace(layout, axes=tuple(axes))


def part_taken(blocks: Sequence[Block], chosen: Mapping[int, np.ndarray]) -> str:
    """Return which group-level effects take part, in one way however they were asked for.

    Parameters
    ----------
    chosen
        By the number of a block, which of its effects do.
    """
    some = [
        f"{block.group}[{label}]"
        for number, block in enumerate(blocks)
        for label, takes_part in zip(block.labels, chosen[number], strict=True)
        if takes_part
    ]
    count = sum(len(block.effects) for block in blocks)
    return ", ".join(some) if 0 < len(some) < count else (ALL if some else NONE)


def with_predictions(
    fit: object,
    made: xr.Dataset,
    built: Model,
    rows: NewRows,
    data: object,
    how: Mapping[str, Any],
) -> Any:
    """Return a fit with predictions, and with the columns that they were made from.

    Those that are there of the same rows, draws, seed and group-level effects stay beside them;
    others make place.

    Parameters
    ----------
    how
        What each variable says of how it was made.
    """
    made, columns = labelled(made, built, rows, data, how)
    found = opened(fit)
    before, there = (found.datasets.get(name) for name in (PREDICTED, FROM))
    if before is not None and there is not None and there.equals(columns):
        axes = (*_SAMPLE, OBS)
        alike = all(name in before and before[name].equals(made[name]) for name in axes)
        if alike and all(_made_alike(one, how) for one in before.data_vars.values()):
            made = before.assign(made.variables)
    return like(fit, found.with_group(PREDICTED, made).with_group(FROM, columns))


def labelled(
    made: xr.Dataset, built: Model, rows: NewRows, data: object, how: Mapping[str, Any]
) -> tuple[xr.Dataset, xr.Dataset]:
    """Return predictions and the columns of their rows, under names that both can have."""
    layout = layout_at(built, rows)
    frame = built.recipe.frame
    if data is not None:
        source = open_data(data)
        frame = source.read(used(built.terms, source.names, built.functions, new=True))
    made = made.reset_coords(drop=True)
    taken = {*map(str, made.variables), *(column.variable for column in layout.columns)}
    labels = row_coordinates(rows.levels, taken)
    made = made.assign(labels).set_coords(list(labels))
    for variable in made.data_vars.values():
        variable.attrs |= how
    return made, used_dataset(layout, frame).assign(labels).set_coords(list(labels))


def _made_alike(there: xr.DataArray, how: Mapping[str, Any]) -> bool:
    """Whether a variable may stand beside others: all but the kind is as theirs."""
    return all(there.attrs.get(name) == x for name, x in how.items() if name != "kind")
