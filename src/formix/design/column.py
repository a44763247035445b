"""The noun of the data: columns of numbers, levels, truth values and dates, made from arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np

from formix.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from formix.spec import Label

Kind = Literal["number", "factor", "ordered", "bool", "date"]

EXACT = 2**53
"""Whole numbers beyond this are not exact in float64: a column that has one is read as labels."""


@dataclass(frozen=True, eq=False)
class DataColumn:
    """One column of the data.

    A number's `values` are float64 with NaN for missing; of a factor, ordered factor or bool they
    are int32 codes into `levels`, -1 for missing; a date's are datetime64[ns]. `text` tells a
    column of strings from a categorical one: to `as.numeric` they differ. `unit` is what its values
    are measured in, where the data say it.
    """

    name: str
    kind: Kind
    values: np.ndarray
    levels: tuple[Label, ...] = ()
    text: bool = False
    unit: str = ""

    @property
    def missing(self) -> np.ndarray:
        """Which rows have no value."""
        if self.kind == "number":
            return np.isnan(self.values)
        if self.kind == "date":
            return np.isnat(self.values)
        return self.values < 0

    def take(self, rows: np.ndarray) -> DataColumn:
        """Return the rows asked for, without the levels that they do not use."""
        kept = replace(self, values=self.values[rows])
        return kept.without_unused_levels()

    def without_unused_levels(self) -> DataColumn:
        """Return the column with only the levels that occur; a bool keeps both of its own."""
        if self.kind not in ("factor", "ordered"):
            return self
        used = np.zeros(len(self.levels), dtype=bool)
        used[self.values[self.values >= 0]] = True
        if used.all():
            return self
        # The last entry stands for -1, a missing value.
        to = np.append(np.cumsum(used) - 1, -1).astype(np.int32)
        levels = tuple(level for level, keep in zip(self.levels, used, strict=True) if keep)
        return replace(self, values=to[self.values], levels=levels)


@dataclass(frozen=True, eq=False)
class Frame:
    """The columns that a formula uses, and the rows' labels, with all levels if several."""

    columns: tuple[DataColumn, ...]
    rows: np.ndarray
    levels: Mapping[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, name: object) -> bool:
        return any(column.name == name for column in self.columns)

    def __getitem__(self, name: str) -> DataColumn:
        return next(column for column in self.columns if column.name == name)

    def __iter__(self) -> Iterator[DataColumn]:
        return iter(self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    def take(self, rows: np.ndarray) -> Frame:
        """Return the rows asked for (positions), without the levels that they do not use."""
        levels = {name: labels[rows] for name, labels in self.levels.items()}
        return Frame(tuple(column.take(rows) for column in self.columns), self.rows[rows], levels)


def label(value: object) -> Label:
    """Return a level as it is stored: whole floats are integers, what has no such type is text.

    As in R, floats alike in 15 significant digits are one level; whole ones are told apart as far
    as they are exact.
    """
    plain: object = cast("Any", value).item() if isinstance(value, np.generic) else value
    if isinstance(plain, bool | int):
        return plain
    if isinstance(plain, float | Decimal):
        number = float(plain)
        if not (number.is_integer() and abs(number) < EXACT):
            number = float(f"{number:.15g}")
        return int(number) if number.is_integer() and abs(number) < EXACT else number
    return str(plain)


def numbered(codes: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, tuple[Label, ...]]:
    """Return codes into the levels of numbers, which are in order; -1 stands for a missing one."""
    if np.all((values == np.trunc(values)) & (np.abs(values) < EXACT)):
        return codes.astype(np.int32), tuple(values.astype(np.int64).tolist())
    return merged(codes, [label(value) for value in values.tolist()])


def merged(codes: np.ndarray, labels: Sequence[Label]) -> tuple[np.ndarray, tuple[Label, ...]]:
    """Return codes into levels of which no two are the same."""
    levels = tuple(dict.fromkeys(labels))
    place = {level: i for i, level in enumerate(levels)}
    to = np.array([*(place[level] for level in labels), -1], dtype=np.int32)
    return to[codes], levels


def text_of(level: Label) -> str:
    """Return a level as R and the results write it: a float in at most 15 significant digits."""
    return f"{level:.15g}" if isinstance(level, float) else str(level)


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Return names with a number after each that stood before: `x`, `x_2`."""
    seen: set[str] = set()
    result: list[str] = []
    for name in names:
        again, k = name, 1
        while again in seen:
            k += 1
            again = f"{name}_{k}"
        seen.add(again)
        result.append(again)
    return tuple(result)


def number_column(name: str, values: np.ndarray) -> DataColumn:
    """Return a column of numbers.

    Raises
    ------
    DataError
        If a value is infinite.
    """
    # A copy: what a user does to the array later must not reach the model.
    numbers = np.array(values, dtype=np.float64)
    infinite = np.isinf(numbers)
    if infinite.any():
        first = int(np.argmax(infinite))
        count = int(infinite.sum())
        raise DataError(
            f"`{name}` is infinite in {count} {'row' if count == 1 else 'rows'}, "
            f"the first of them row {first + 1}",
            hint="leave these rows out, or mark the values as missing",
        )
    return DataColumn(name, "number", numbers)


def bool_column(name: str, values: np.ndarray) -> DataColumn:
    """Return a column of truth values; `values` are 0, 1, and NaN for missing."""
    numbers = np.asarray(values, dtype=np.float64)
    codes = np.where(np.isnan(numbers), -1, numbers).astype(np.int32)
    return DataColumn(name, "bool", codes, (False, True))


def date_column(name: str, values: np.ndarray) -> DataColumn:
    """Return a column of dates."""
    return DataColumn(name, "date", np.array(values, dtype="datetime64[ns]"))


def factor_column(
    name: str,
    codes: np.ndarray,
    categories: Iterable[object],
    *,
    sort: bool = False,
    ordered: bool = False,
    text: bool = False,
) -> DataColumn:
    """Return a factor from codes and the categories that they count into.

    With `sort` the levels are put in order, numbers by size and text by its characters, whatever
    the locale; else they keep the order of the categories.

    Raises
    ------
    DataError
        If categories of different types cannot be put in order.
    """
    labels = [label(category) for category in categories]
    codes, found = merged(np.array(codes, dtype=np.int32), labels)
    levels = list(found)
    if sort and len(levels) > 1:
        order = _order(name, levels)
        place = np.empty(len(levels) + 1, dtype=np.int32)
        place[order] = np.arange(len(levels), dtype=np.int32)
        place[-1] = -1
        codes = place[codes]
        levels = [levels[i] for i in order]
    return DataColumn(name, "ordered" if ordered else "factor", codes, tuple(levels), text)


def _order(name: str, levels: Sequence[Label]) -> list[int]:
    kinds = {str if isinstance(level, str) else float for level in levels}
    if len(kinds) > 1:
        raise DataError(
            f"`{name}` holds text and numbers",
            hint=f"make it one of the two, such as `data[{name!r}].astype(str)`",
        )
    keys = cast("Sequence[float]", levels)
    return sorted(range(len(levels)), key=keys.__getitem__)


def units_of(said: object) -> dict[str, str]:
    """Return the units of columns, by name, where it is a mapping of such; nothing of others.

    Examples
    --------
    >>> units_of({"Reaction": "ms", "Days": None}), units_of("ms")
    ({'Reaction': 'ms'}, {})
    """
    if not isinstance(said, Mapping):
        return {}
    units = cast("Mapping[object, object]", said)
    return {str(name): unit for name, unit in units.items() if isinstance(unit, str)}


_SUPPORTED = "numbers, text, categories, truth values and dates"


def wrong_type(name: str, found: str) -> DataError:
    """Return the refusal of a column that holds something no formula can use."""
    return DataError(
        f"`{name}` holds {found}, which no formula can use",
        hint=f"columns may hold {_SUPPORTED}",
    )


def is_missing(value: object) -> bool:
    """Whether a single value stands for a missing one: None, NaN, NaT or pandas' NA."""
    if value is None:
        return True
    if isinstance(value, (float, np.floating, np.datetime64)):
        return bool(value != value)
    return type(value).__name__ in ("NAType", "NaTType") or (
        isinstance(value, Decimal) and value.is_nan()
    )


def object_column(name: str, values: np.ndarray) -> DataColumn | None:
    """Return a column of Python objects as numbers, truth values or dates; None if it is text.

    Raises
    ------
    DataError
        If the objects are of different types, or of none that a formula can use.
    """
    known = np.array([not is_missing(value) for value in values], dtype=bool)
    types: set[type] = {type(value) for value in values[known]}
    if all(issubclass(kind, str) for kind in types) and types:
        return None
    if all(issubclass(kind, (bool, np.bool_)) for kind in types) and types:
        return bool_column(name, _filled(values, known))
    if all(issubclass(kind, (Real, Decimal, np.number)) for kind in types):
        return number_column(name, _filled(values, known))
    if all(issubclass(kind, (date, np.datetime64)) for kind in types):
        dates = np.full(len(values), np.datetime64("NaT", "ns"))
        dates[known] = [np.datetime64(cast("date", value), "ns") for value in values[known]]
        return date_column(name, dates)
    names = sorted(kind.__name__ for kind in types)
    if len(names) > 1:
        raise DataError(
            f"`{name}` holds values of several types: {', '.join(names)}",
            hint=f"make them one, such as text by data[{name!r}].astype(str)",
        )
    raise wrong_type(name, f"values of the type {names[0]}")


def _filled(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    numbers = np.full(len(values), np.nan)
    numbers[known] = [float(value) for value in values[known]]
    return numbers
