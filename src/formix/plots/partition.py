"""Rows parted by the levels of a column or of a group, for a panel or a place a level."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from formix.errors import ArgumentError, UnknownColumnError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jaxtyping import Bool

    from formix.models import Model

    Part = tuple[object, Bool[np.ndarray, " obs"]]

_MOST_NUMBERS = 30
"""Different numbers that are taken for levels."""


def split(built: Model, by: object, rows: np.ndarray) -> tuple[list[Part], str]:
    """Return each level that has rows, and which they are; then what they are levels of.

    Parameters
    ----------
    by
        A group, a column of the data that the formula uses, or a value for every row: a Series by
        the labels of the rows, or an array.
    rows
        The labels of the rows of the fit.

    Raises
    ------
    UnknownColumnError
        If it is a name of neither.
    ArgumentError
        If it is of very many numbers, of other rows, or rows belong to several levels of the group.
    """
    blocks = {block.group: block for block in built.spec.blocks}
    if not isinstance(by, str):
        column = _aligned(by, rows)
        codes, labels = _levels(column)
        name = "" if column.name is None else str(column.name)
    elif by in blocks:
        name, block = by, blocks[by]
        if block.varying.members > 1:
            raise ArgumentError(
                f"a row belongs to several levels of `{by}`",
                hint="give a column whose levels part the rows",
            )
        codes, labels = block.index, list(block.levels)
    else:
        name = by
        codes, labels = _levels(_column(built.frame, by, list(blocks)))
    found = np.unique(codes[codes >= 0])
    return [(labels[code], codes == code) for code in found.tolist()], name


def some_of(parts: Sequence[Part], most: int) -> list[Part]:
    """Return so many levels at most, evenly spread over all.

    Examples
    --------
    >>> [label for label, _ in some_of([(k, np.ones(1, bool)) for k in range(9)], 3)]
    [0, 4, 8]
    """
    if len(parts) <= most:
        return list(parts)
    return [parts[k] for k in np.linspace(0, len(parts) - 1, most).round().astype(int)]


def _aligned(by: Any, rows: np.ndarray) -> pd.Series[Any]:
    """Return given values at the rows of a fit."""
    if isinstance(by, pd.Series):
        column = cast("pd.Series[Any]", by)
        if not column.index.is_unique or not set(rows.tolist()) <= set(column.index):
            raise ArgumentError(
                "`by` does not have one value for every row of the fit, by their labels",
                hint="such as a column of the data that was fitted: by=data['x']",
            )
        return column.loc[rows.tolist()]
    values = pd.Series(np.asarray(by).ravel())
    if len(values) != len(rows):
        raise ArgumentError(
            f"`by` has {len(values):,} values, and the fit has {len(rows):,} rows",
            hint="give the name of a column or a group, or a value for every row",
        )
    return values


def _column(frame: pd.DataFrame, by: str, groups: list[str]) -> pd.Series[Any]:
    names = [str(name) for name in frame.columns]
    if by in names:
        return frame.iloc[:, names.index(by)]
    known = [*groups, *(name for name in names if name not in groups)]
    near = get_close_matches(by, known, n=1)
    raise UnknownColumnError(
        f"`{by}` is neither a group of the model nor a column that its formula uses",
        hint=(f"did you mean `{near[0]}`? " if near else "")
        + f"there are: {', '.join(known) or 'none'}; another column is given as it is: "
        f"by=data[{by!r}]",
    )


def _levels(column: pd.Series[Any]) -> tuple[np.ndarray, list[Any]]:
    """Return the code of every row, and the labels of the codes."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy(), column.cat.categories.tolist()
    codes, labels = pd.factorize(column, sort=True)
    if pd.api.types.is_numeric_dtype(column.dtype) and len(labels) > _MOST_NUMBERS:
        raise ArgumentError(
            f"`by` has {len(labels):,} different numbers, which are no levels",
            hint="give a factor or a group",
        )
    return codes, list(labels)
