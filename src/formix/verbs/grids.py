"""The columns that a model's predictors are made of, and grids of their values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from formix.design.column import text_of
from formix.design.frame import to_pandas
from formix.design.names import predictor_names
from formix.engines.plan import whole
from formix.errors import ArgumentError
from formix.syntax.tree import Name, walk
from formix.verbs.arguments import by_name

if TYPE_CHECKING:
    from formix.design.column import DataColumn
    from formix.models import Model
    from formix.spec import Label

MOST_ROWS = 1_000_000
"""Rows that a grid may have."""

Values = Mapping[str, object]


@dataclass(frozen=True, eq=False)
class Regressor:
    """A column of the data that a model uses.

    Parameters
    ----------
    column
        Its values at the rows that were fitted.
    levels
        What a factor, truths, or numbers that the formula makes a factor of may be; empty where it
        is a number.
    """

    column: DataColumn
    levels: tuple[Label, ...] = ()

    @property
    def name(self) -> str:
        """The name of the column."""
        return self.column.name

    @property
    def numbers(self) -> np.ndarray:
        """The values of a number that are not missing."""
        return self.column.values[~self.column.missing]

    def reference(self) -> list[object]:
        """Return what stands for the column where it is not asked for: mean or first level."""
        if self.levels:
            return [self.levels[0]]
        if self.column.kind == "date":
            return [self.numbers[0]]
        return [float(np.mean(self.numbers))]

    def series(self, values: Iterable[object]) -> Any:
        """Return values as the data have them: levels by their text, numbers as numbers.

        Raises
        ------
        ArgumentError
            If a number is none.
        """
        given = list(values)
        if self.column.kind in ("factor", "ordered"):
            known = {text_of(level): level for level in self.column.levels}
            found = [known.get(str(value), value) for value in given]
            return pd.Categorical(cast("Any", found), categories=list(dict.fromkeys(found)))
        if self.column.kind == "bool":
            return np.array([str(value) in ("True", "1", "1.0") for value in given])
        if self.column.kind == "date":
            return np.array(given, dtype="datetime64[ns]")
        try:
            return np.array(given, dtype=np.float64)
        except (TypeError, ValueError):
            raise ArgumentError(
                f"`{self.name}` is a number, and is given {', '.join(map(repr, given))}",
                hint=f'numbers, such as at={{"{self.name}": [0, 1]}}',
            ) from None


def regressors(model: Model) -> dict[str, Regressor]:
    """Return the columns that the predictors are made of, in the order of the formula."""
    names = dict.fromkeys(one.name for one in predictor_names(model.terms, model.functions))
    frame = model.recipe.frame
    return {name: _regressor(model, frame[name]) for name in names if name in frame}


def known_columns(model: Model) -> dict[str, Regressor]:
    """Return every column that the formula uses, those of the predictors first."""
    found = regressors(model)
    groups = group_columns(model)
    for column in model.recipe.frame:
        if column.name not in found:
            labels = column.kind in ("number", "date") and column.name in groups
            found[column.name] = Regressor(column, _distinct(column) if labels else _own(column))
    return found


def _distinct(column: DataColumn) -> tuple[Label, ...]:
    """Return the values of a column as levels: those of dates as text."""
    values = np.unique(column.values[~column.missing])
    number = column.kind == "number"
    return tuple(float(value) if number else str(value) for value in values)


def _own(column: DataColumn) -> tuple[Label, ...]:
    return (False, True) if column.kind == "bool" else column.levels


def _regressor(model: Model, column: DataColumn) -> Regressor:
    if column.kind != "number" or not _made_levels(model, column.name):
        return Regressor(column, _own(column))
    return Regressor(column, _distinct(column))


def _made_levels(model: Model, name: str) -> bool:
    """Whether the formula uses a column of numbers only to make factors of it."""
    parts = [
        common
        for part in model.terms.predictors
        for common in (part.common, *(group.effects for group in part.groups))
    ]
    variables = [v for common in parts for term in common.terms for v in term.variables]
    variables += [o.variable for part in model.terms.predictors for o in part.offsets]
    made = [v for v in variables if name in [n.name for n in walk(v.node) if isinstance(n, Name)]]
    shapes = model.encoding.shapes
    return all(v.text in shapes and shapes[v.text].kind == "factor" for v in made)


def group_columns(model: Model) -> tuple[str, ...]:
    """Return the columns that the groups are made of."""
    nodes = [
        node
        for part in model.terms.predictors
        for group in part.groups
        for factor in group.factors
        for node in walk(factor.node)
    ]
    return tuple(dict.fromkeys(node.name for node in nodes if isinstance(node, Name)))


def named(name: object, among: Mapping[str, Regressor]) -> Regressor:
    """Return the column of a name.

    Raises
    ------
    ArgumentError
        If there is none, with those that there are.
    """
    if isinstance(name, str) and name in among:
        return among[name]
    close = get_close_matches(str(name), among, n=1)
    raise ArgumentError(
        f"`{name}` is not a column that the predictors are made of",
        hint=(f"did you mean `{close[0]}`? " if close else "")
        + f"they are made of: {', '.join(among) or 'none'}",
    )


def names_of(text: object, among: Mapping[str, Regressor]) -> tuple[str, ...]:
    """Return the names that a user means: one, several joined by `:`, or a list.

    Raises
    ------
    ArgumentError
        If one is no column of the predictors, or stands twice.
    """
    if isinstance(text, str):
        given: list[object] = (
            [text] if text in among else [part.strip() for part in text.split(":")]
        )
    elif isinstance(text, Iterable):
        given = list(cast("Iterable[object]", text))
    else:
        given = [text]
    names = tuple(named(name, among).name for name in given)
    if len(set(names)) < len(names) or not names:
        raise ArgumentError(
            f"`{text}` does not name columns, each once", hint='such as "Days" or "Days:recipe"'
        )
    return names


def listed(values: object) -> list[object]:
    """Return what stands under a name as a list: a single value is one of its own."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        return [values]
    return list(cast("Iterable[object]", values))


def checked(given: object, among: Mapping[str, Regressor]) -> dict[str, list[object]]:
    """Return values by column, each a list.

    Raises
    ------
    ArgumentError
        If it is no mapping, a name is not a column of the model, or has no values.
    """
    values_of = by_name("at", given, 'at={"Days": [0, 5]}')
    found = {named(name, among).name: listed(values) for name, values in values_of.items()}
    empty = next((name for name, values in found.items() if not values), None)
    if empty is not None:
        raise ArgumentError(f"`{empty}` is given no values", hint=f'at={{"{empty}": [...]}}')
    return found


def check_points(points: object) -> None:
    """Refuse what is no number of values of a column.

    Raises
    ------
    ArgumentError
        If it is less than 2, or more than a grid may have rows.
    """
    whole("points", points, 2)
    if cast("int", points) > MOST_ROWS:
        raise ArgumentError(f"points is {points}", hint=f"at most {MOST_ROWS:,} rows are made")


def grid(model: Model, values: Mapping[str, Sequence[object]]) -> pd.DataFrame:
    """Return every combination of some values, the first column's varying slowest.

    The other columns of the predictors are at their means or reference levels; those of groups and
    of the response are left out.

    Raises
    ------
    ArgumentError
        If the combinations are too many, or a number is none.
    """
    rows = prod(len(some) for some in values.values())
    if rows > MOST_ROWS:
        raise ArgumentError(
            f"the grid would have {rows:,} rows, and at most {MOST_ROWS:,} are made",
            hint="name fewer values by at={...}",
        )
    known = known_columns(model)
    cells = list(product(*values.values()))
    columns: dict[str, Any] = {
        name: known[name].series([cell[j] for cell in cells]) for j, name in enumerate(values)
    }
    for name, one in regressors(model).items():
        if name not in columns:
            columns[name] = one.series(one.reference() * rows)
    return pd.DataFrame(columns, index=pd.RangeIndex(rows))


def balanced(
    model: Model, at: Mapping[str, Sequence[object]], first: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the reference grid: every combination of factors' levels, numbers at their means."""
    known = regressors(model)
    values: dict[str, Sequence[object]] = {}
    for name in (*first, *known, *at):
        if name in at:
            values[name] = at[name]
        elif known[name].levels:
            values[name] = known[name].levels
    return grid(model, values)


def training(model: Model) -> pd.DataFrame:
    """Return the rows that were fitted, with every column that the formula uses."""
    return to_pandas(model.recipe.frame)
