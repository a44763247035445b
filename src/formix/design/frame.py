"""The data, column by column, whatever library they come from (the narwhals and pandas door)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np

    from formix.spec import Label

Kind = Literal["number", "factor", "ordered", "bool", "date"]


@dataclass(frozen=True, eq=False)
class DataColumn:
    """One column of the data.

    A number's `values` are float64 with NaN for missing; of a factor, ordered factor or bool they
    are int32 codes into `levels`, -1 for missing; a date's are datetime64[ns].
    """

    name: str
    kind: Kind
    values: np.ndarray
    levels: tuple[Label, ...] = ()


@dataclass(frozen=True, eq=False)
class Frame:
    """The columns that a formula uses, and the labels of the rows."""

    columns: tuple[DataColumn, ...]
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, name: str) -> bool:
        return any(column.name == name for column in self.columns)

    def __getitem__(self, name: str) -> DataColumn:
        return next(column for column in self.columns if column.name == name)
