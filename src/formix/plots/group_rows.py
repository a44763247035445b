"""Rows at which the levels of a group are compared: their own values, one column going its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from formix.syntax.tree import Name, walk
from formix.verbs.grids import group_columns, known_columns, names_of, regressors, training

if TYPE_CHECKING:
    from jaxtyping import Int

    from formix.models import Model
    from formix.plots.deviations import Deviations
    from formix.verbs.grids import Regressor


@dataclass(frozen=True, eq=False)
class GroupRows:
    """Rows for the levels that are drawn, those of one level after another.

    Parameters
    ----------
    levels
        The places of the levels among all of the group.
    x, values
        The column at the axis, and its values, the same for every level; one row a level where the
        levels themselves stand at the axis.
    frame
        The rows.
    groups
        The groups whose effects a level's rows have in common, or that stand at the axis.
    """

    levels: Int[np.ndarray, " drawn"]
    x: Regressor | None
    values: Sequence[Any]
    frame: pd.DataFrame
    groups: tuple[str, ...]


def index_of(model: Model, group: str) -> Int[np.ndarray, " obs"]:
    """Return each row's level of a group."""
    return next(block.index for block in model.spec.blocks if block.group == group)


def axis_of(model: Model, of: Deviations, x: str | None) -> str:
    """Return the column at the axis: the one asked for, else one that varies within levels.

    It is, of those that vary within levels, a number whose effect varies by the group, another
    number, a factor, or another group's column; nothing where none does.

    Raises
    ------
    ArgumentError
        If the one asked for is no column of the predictors or groups.
    """
    known = known_columns(model)
    allowed = (*regressors(model), *group_columns(model))
    if x is not None:
        (name,) = names_of([x], {name: known[name] for name in allowed})
        return name
    index = index_of(model, of.group)
    own = [name for name in allowed if _varies(known[name], index)]
    numbers = [name for name in own if not known[name].levels]
    varying = [name for name in numbers if name in of.effects]
    return next(iter([*varying, *numbers, *own]), "")


def _varies(column: Regressor, index: np.ndarray) -> bool:
    """Whether a column has several values within a level."""
    _, code = np.unique(column.column.values, return_inverse=True)
    pairs = np.unique(np.stack([index, code.ravel()]), axis=1).shape[1]
    return pairs > len(np.unique(index))


def chosen(of: Deviations, most: int) -> Int[np.ndarray, " drawn"]:
    """Return the levels that are drawn: all, or some that lie evenly in the order of an effect."""
    count = len(of.levels)
    if count <= most:
        return np.arange(count)
    order = np.argsort(of.mean[:, 0], kind="stable")
    return order[np.linspace(0, count - 1, most).round().astype(int)]


def group_rows(
    model: Model, of: Deviations, x: str, levels: Int[np.ndarray, " drawn"], points: int
) -> GroupRows:
    """Return rows for some levels: numbers at the level's means, factors as most of its rows.

    Parameters
    ----------
    x
        The column at the axis; nothing for one row a level.
    """
    known, frame = known_columns(model), training(model)
    index = index_of(model, of.group)
    column = known[x] if x else None
    values = _values(column, points) if column is not None else [None]
    columns_of = {block.group: _columns(model, block.group) for block in model.spec.blocks}
    groups = {
        block.group: columns_of[block.group]
        for block in model.spec.blocks
        if block.varying.members == 1
        and (_within(block.index, index) or x in columns_of[block.group])
    }
    grouping = [name for some in groups.values() for name in some]
    names = dict.fromkeys([*regressors(model), *grouping])
    made: dict[str, list[object]] = {name: [] for name in names}
    for level in levels:
        rows = frame.iloc[np.flatnonzero(index == level)]
        for name in names:
            some = values if name == x else [_typical(rows[name], known[name])] * len(values)
            made[name].extend(some)
    columns = {name: known[name].series(some) for name, some in made.items()}
    whole = pd.DataFrame(columns, index=pd.RangeIndex(len(levels) * len(values)))
    return GroupRows(levels, column, values, whole, tuple(groups))


def _columns(model: Model, group: str) -> tuple[str, ...]:
    """Return the columns that a group is made of."""
    return tuple(
        node.name
        for part in model.terms.predictors
        for term in part.groups
        if term.group == group
        for factor in term.factors
        for node in walk(factor.node)
        if isinstance(node, Name)
    )


def _within(outer: np.ndarray, inner: np.ndarray) -> bool:
    """Whether each level of one group lies in a single level of another."""
    pairs = np.unique(np.stack([inner, outer]), axis=1).shape[1]
    return pairs == len(np.unique(inner))


def _values(of: Regressor, points: int) -> Sequence[Any]:
    if of.levels:
        return of.levels
    low, high = float(np.min(of.numbers)), float(np.max(of.numbers))
    return [float(value) for value in np.linspace(low, high, points)]


def _typical(values: Any, of: Regressor) -> object:
    """Return the mean of a number, or the level that most rows have."""
    if of.levels or of.column.kind == "date":
        return values.mode().iloc[0]
    return float(values.mean())
