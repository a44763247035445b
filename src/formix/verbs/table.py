"""The noun of tables of estimates: data frames that are read as they are printed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from typing import Any, cast

import numpy as np
import pandas as pd

from formix.verbs.cells import cells, is_estimate

FORMATS = "formats"
"""The attribute of a table that says how numbers of some columns are shown, by name."""

_LEFT_OUT = ".."
"""Stands where rows are left out."""


class Table(pd.DataFrame):
    """A data frame of estimates, which shows the digits that their spread leaves any meaning.

    Columns in other units than the estimates are shown as `attrs["formats"]` says. It holds all
    digits, and is a DataFrame in all else. No column is left out: a table that is
    wider than the terminal goes on below. Of many rows the first and the last are shown, as many as
    pandas' own options say.

    Examples
    --------
    >>> Table({"mean": [251.4051], "sd": [6.632], "2.5%": [238.2]}, index=["Intercept"])
                 mean    sd    2.5%
    Intercept  251.41  6.63  238.20
    """

    @property
    def _constructor(self) -> Callable[..., Table]:
        return Table

    def __repr__(self) -> str:
        if not self._is_plain():
            return super().__repr__()
        width = shutil.get_terminal_size().columns
        return "\n\n".join([self._shown().to_string(line_width=width), *self._size("x")])

    def _repr_html_(self) -> str:
        """Return the table for a notebook, in the notebook's colours."""
        shown = (self._shown() if self._is_plain() else pd.DataFrame(self)).to_html(notebook=True)
        return "\n".join([shown, *(f"<p>{text}</p>" for text in self._size("&times;"))])

    def _is_plain(self) -> bool:
        return len(self) > 0 and self.columns.nlevels == 1 and self.columns.is_unique

    def _size(self, times: str) -> list[str]:
        rows, columns = self.shape
        return [f"[{rows:,} rows {times} {columns} columns]"] if self._ends() else []

    def _ends(self) -> int:
        """Return how many rows are shown at either end; 0 where all are."""
        most, least = (pd.get_option(f"display.{name}_rows") for name in ("max", "min"))
        if not most or len(self) <= most:
            return 0
        return max(1, min(most, least or most) // 2)

    def _shown(self) -> pd.DataFrame:
        """Return the rows that are shown as text."""
        ends = self._ends()
        if not ends:
            return _text(pd.DataFrame(self), self.attrs)
        some = _text(pd.DataFrame(self).iloc[[*range(ends), *range(-ends, 0)]], self.attrs)
        labels = [_labels(label) for label in some.index]
        between = tuple(_LEFT_OUT for _ in labels[0])
        labels.insert(ends, between)
        rows = some.to_numpy().tolist()
        rows.insert(ends, [_LEFT_OUT] * some.shape[1])
        index: pd.Index[Any] = pd.MultiIndex.from_tuples(labels, names=some.index.names)
        if some.index.nlevels == 1:
            index = pd.Index([one for (one,) in labels], name=some.index.name)
        return pd.DataFrame(rows, index=index, columns=some.columns)


def _labels(label: object) -> tuple[str, ...]:
    if isinstance(label, tuple):
        return tuple(str(one) for one in cast("tuple[object, ...]", label))
    return (str(label),)


def _text(frame: pd.DataFrame, attrs: Mapping[Any, Any]) -> pd.DataFrame:
    """Return every cell as text, estimates with the digits of their row's spread."""
    formats = attrs.get(FORMATS, {})
    columns: dict[Any, list[str]] = {
        name: _plain(frame[name], formats.get(name, ".6g")) for name in frame.columns
    }
    names = [name for name in frame.columns if is_estimate(name) and _is_numbers(frame[name])]
    if "sd" in names:
        found = cells(frame[names])
        columns |= {name: [row[j] for row in found] for j, name in enumerate(names)}
    return pd.DataFrame(columns, index=frame.index, columns=frame.columns, dtype=object)


def _is_numbers(column: pd.Series[Any]) -> bool:
    return pd.api.types.is_numeric_dtype(column.dtype)


def _plain(column: pd.Series[Any], how: str) -> list[str]:
    values = column.tolist()
    if not pd.api.types.is_float_dtype(column.dtype):
        return [str(value) for value in values]
    return ["" if np.isnan(value) else format(value, how) for value in values]
