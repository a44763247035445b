"""The variables of a formula, each evaluated once on the rows of a frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.design.column import DataColumn, Frame, Kind, numbered, text_of
from formix.design.columns import Scope, evaluate
from formix.design.frame import factorize
from formix.design.names import names_in
from formix.design.values import Argument, Factor, Matrix, Shape, Values, as_factor, shape_of
from formix.errors import DataError, FormulaError, Span, UnknownLevelError
from formix.syntax.tree import Name, Node

if TYPE_CHECKING:
    from formix.design.contrasts import Contrast
    from formix.design.relations import Relation
    from formix.spec import Label
    from formix.terms.variable import Variable


LARGEST = 1e150
"""Sums of squares of larger numbers overflow float64."""


@dataclass(frozen=True)
class ColumnMemory:
    """What is remembered of a column of the data: its kind, and the levels it had."""

    kind: Kind
    levels: tuple[Label, ...] = ()
    text: bool = False


@dataclass(frozen=True, eq=False)
class Table:
    """A frame in which variables are looked up; `shapes` gains those that are not known yet.

    Parameters
    ----------
    frame
        The rows kept.
    whole
        The rows before those with a missing value were left out: as in R, what a call learns, it
        learns from all rows that have its own columns.
    columns, shapes
        What is remembered of the training data.
    contrasts
        Those given by argument, for the common effects.
    functions, text, relations
        The user's functions, the formula, and matrices of relations; none with new data.
    """

    frame: Frame
    whole: Frame
    columns: Mapping[str, ColumnMemory]
    shapes: dict[str, Shape]
    contrasts: Mapping[str, Contrast]
    functions: Mapping[str, Callable[..., Any]]
    text: str
    relations: Mapping[str, Relation] | None = None
    cache: dict[str, Values] = field(default_factory=lambda: dict[str, Values]())

    def __len__(self) -> int:
        return len(self.frame)

    def restricted(self, rows: np.ndarray) -> Table:
        """Return the table of some of the rows."""
        if len(rows) == len(self):
            return self
        some = self.frame.take(rows)
        return replace(self, frame=some, whole=some, cache={})

    def value(self, variable: Variable) -> Values:
        """Return a variable's values, coded into the levels that are remembered of it.

        Raises
        ------
        UnknownLevelError
            If a factor has a level that the training data has not.
        FormulaError
            If it is a date, or a call makes values that are missing or infinite.
        """
        key = variable.text
        if key not in self.cache:
            memory: dict[str, Any] = {}
            if key in self.shapes:
                memory = dict(self.shapes[key].memory)
            found = self.evaluated(variable.node, memory, variable.text, variable.span)
            if key not in self.shapes:
                self.shapes[key] = shape_of(found, memory)
            self.cache[key] = self._coded(found, variable)
        return self.cache[key]

    def shape(self, variable: Variable) -> Shape:
        """Return what is remembered of a variable."""
        if variable.text not in self.shapes:
            self.value(variable)
        return self.shapes[variable.text]

    def evaluated(self, node: Node, memory: dict[str, Any], label: str, span: Span) -> Values:
        """Return an expression's values, one a row; `memory` is filled where it is empty."""
        if isinstance(node, Name):
            return self._plain(node, self.frame)
        if self.whole is not self.frame and not memory:
            known = np.ones(len(self.whole), dtype=bool)
            for name in names_in(node, self.functions, self.text):
                if name.name in self.whole:
                    known &= ~self.whole[name.name].missing
            self._evaluate(node, memory, self.whole.take(np.flatnonzero(known)))
        found = self._evaluate(node, memory, self.frame)
        return self._checked(found, label, span)

    def _evaluate(self, node: Node, memory: dict[str, Any], frame: Frame) -> Argument:
        def column(name: Name) -> Argument:
            return self._plain(name, frame, inside=True)

        scope = Scope(column, frame.__contains__, self.functions, memory, self.text)
        return evaluate(node, scope)

    def _plain(self, name: Name, frame: Frame, *, inside: bool = False) -> Values:
        """Return a column as a variable; inside a call truth values are not yet a factor."""
        column = frame[name.name]
        self._check_kind(column, name.span)
        if column.kind == "number":
            # A group may have any numbers for its labels, and a call may make smaller ones.
            if not inside and np.any(np.abs(column.values) > LARGEST):
                self._check_finite(column.values, name.name, name.span)
            return column.values
        if column.kind == "date":
            raise FormulaError(
                f"`{name.name}` is a date, where numbers or levels are needed",
                text=self.text,
                span=name.span,
                hint="make a column of numbers of it first, such as days since a start",
            )
        if column.kind == "bool":
            return column.values == 1 if inside else Factor(column.values, (False, True))
        known = self.columns[name.name]
        factor = Factor(column.values, column.levels, known.kind == "ordered", known.text)
        return self._recoded(factor, known.levels, name.name, name.span)

    def _check_kind(self, column: DataColumn, span: Span) -> None:
        factors = ("factor", "ordered")
        known = self.columns[column.name].kind
        if column.kind == known or (column.kind in factors and known in factors):
            return
        raise FormulaError(
            f"`{column.name}` was a {known} when the model was made, and is a {column.kind} here",
            text=self.text,
            span=span,
            hint="give the column the type it had",
        )

    def _recoded(self, factor: Factor, levels: tuple[Label, ...], name: str, span: Span) -> Factor:
        result = factor.recoded(levels)
        lost = (result.codes < 0) & (factor.codes >= 0)
        if lost.any():
            level = factor.levels[int(factor.codes[np.argmax(lost)])]
            raise UnknownLevelError(
                f'"{text_of(level)}" is not a level of `{name}` that the model knows',
                text=self.text,
                span=span,
                hint=f"it knows: {listed(levels)}",
            )
        return result

    def _coded(self, found: Values, variable: Variable) -> Values:
        shape = self.shapes[variable.text]
        if isinstance(found, Factor) and shape.kind == "factor":
            return self._recoded(found, shape.levels, variable.text, variable.span)
        now = shape_of(found, {})
        if (now.kind, now.names) != (shape.kind, shape.names):
            raise FormulaError(
                f"`{variable.text}` made {_made(shape)} when the model was made, and makes "
                f"{_made(now)} here",
                text=self.text,
                span=variable.span,
                hint="a call must make the same columns of new data as of the training data",
            )
        return found

    def _checked(self, found: Argument, label: str, span: Span) -> Values:
        """Return what an expression made as one value a row, none of them missing or infinite."""
        n = len(self.frame)
        if isinstance(found, (Factor, Matrix)):
            values: Values = found
        elif isinstance(found, (bool, int, float, np.generic)):
            values = np.full(n, found)
        else:
            values = self._as_column(found, label, span)
        if isinstance(values, np.ndarray) and values.dtype == bool:
            values = as_factor(values)
        if len(values) != n:
            raise FormulaError(
                f"`{label}` has {len(values)} values for {n} rows", text=self.text, span=span
            )
        if not isinstance(values, Factor):
            numbers = values.values if isinstance(values, Matrix) else values
            self._check_finite(numbers, label, span)
        return values

    def _as_column(self, found: object, label: str, span: Span) -> Values:
        """Return what a function of the user's made: any array, one value a row."""
        array = np.asarray(found)
        words = array.dtype.kind in "UO" and array.ndim == 1
        if words and all(isinstance(value, str) for value in array.tolist()):
            codes, levels = factorize(array.astype(object))
            return Factor(codes, tuple(str(level) for level in levels), text=True)
        if array.dtype.kind not in "biuf" or array.ndim not in (1, 2):
            raise FormulaError(
                f"`{label}` is neither numbers nor levels, one a row", text=self.text, span=span
            )
        if array.ndim == 2:
            names = tuple(str(k) for k in range(1, array.shape[1] + 1))
            return Matrix(array.astype(np.float64), names)
        return array if array.dtype == bool else array.astype(np.float64)

    def _check_finite(self, numbers: np.ndarray, label: str, span: Span) -> None:
        flat = np.abs(numbers.reshape(len(numbers), -1))
        bad = ~np.all(flat <= LARGEST, axis=1)
        if not bad.any():
            return
        rows = self.frame.rows[bad]
        what = "not a number" if np.isnan(flat).any() else "infinite"
        what = "too large to square" if np.isfinite(flat).all() else what
        raise FormulaError(
            f"`{label}` is {what} in {len(rows)} {'row' if len(rows) == 1 else 'rows'}: "
            f"{listed(tuple(rows.tolist()), 5)}",
            text=self.text,
            span=span,
            hint="leave these rows out, or change the call",
        )

    def levels(self, variable: Variable) -> Factor:
        """Return a variable as a group's factor: numbers and dates too, by their own order.

        Codes are -1 where the value is missing.
        """
        if not isinstance(variable.node, Name):
            found = self.value(variable)
            return found if isinstance(found, Factor) else _as_levels(np.asarray(found))
        column = self.frame[variable.node.name]
        if column.kind == "bool":
            return Factor(column.values, ("False", "True"))
        if column.kind in ("factor", "ordered"):
            return Factor(column.values, column.levels)
        return _as_levels(column.values)


def _made(shape: Shape) -> str:
    if shape.kind == "factor":
        return "a factor"
    if not shape.names:
        return "a column of numbers"
    return f"a matrix with the columns {listed(shape.names, 5)}"


def _as_levels(values: np.ndarray) -> Factor:
    if values.ndim != 1:
        raise DataError("a group needs one column, and was given a matrix")
    codes, distinct = factorize(values)
    if values.dtype.kind == "M":
        return Factor(codes, tuple(_date_text(value) for value in distinct))
    return Factor(*numbered(codes, distinct))


def _date_text(value: np.datetime64) -> str:
    """Return a date, with its time of day where it has one."""
    day = value.astype("datetime64[D]")
    return str(day if day == value else np.datetime_as_string(value, unit="auto"))


def listed(values: tuple[Any, ...], most: int = 20) -> str:
    """Return values as a list of words, the first of them where there are many."""
    shown = ", ".join(text_of(value) for value in values[:most])
    more = len(values) - most
    return shown + (f" and {more} more" if more > 0 else "")
