"""What a user takes rows apart by: a group, a column of the data, or a label for each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from formix.errors import ArgumentError, FormixError
from formix.results.names import coordinate
from formix.verbs.groups import group_named

if TYPE_CHECKING:
    from jaxtyping import Int

    from formix.models import Model


def labelled_rows(
    model: Model, group: object, argument: str
) -> tuple[str, np.ndarray, Int[np.ndarray, " obs"]]:
    """Return the name and the labels of a group, a column or labels given, and each row's place.

    Raises
    ------
    ArgumentError
        If it is none of them.
    """
    blocks = {b.group: b for b in model.spec.blocks if b.varying.members == 1}
    if isinstance(group, str):
        try:
            block = blocks.get(group_named(group, blocks))
        except FormixError:
            block = None
        if block is not None:
            used, index = np.unique(block.index, return_inverse=True)
            return block.group, np.asarray(coordinate(block.levels))[used], index
    name, given = _given(model, group, argument)
    if isinstance(given.dtype, pd.CategoricalDtype) and not bool(given.isna().any()):
        # Levels of a factor keep their own order.
        used, index = np.unique(given.cat.codes.to_numpy(), return_inverse=True)
        return name, _plain(given.cat.categories.to_numpy())[used], index
    labels, index = np.unique(_plain(given.to_numpy()), return_inverse=True)
    return name, labels, index


def labels_by_row(model: Model, said: object, argument: str) -> tuple[str, np.ndarray]:
    """Return the name and the values of a column of the data, or of one label given for each row.

    Raises
    ------
    ArgumentError
        If it is neither.
    """
    name, values = _given(model, said, argument)
    return name, _plain(values.to_numpy())


def _given(model: Model, said: object, argument: str) -> tuple[str, pd.Series[Any]]:
    """Return the name and the values: of a Series by the labels of the rows, where it has them."""
    rows = model.design.rows
    if isinstance(said, str):
        frame = model.frame
        if said not in frame.columns:
            raise ArgumentError(
                f"{argument}={said!r} is neither a group nor a column of this model",
                hint=f"it has: {', '.join(map(str, frame.columns))}; of another column give the "
                f"values: {argument}=data[{said!r}]",
            )
        return said, frame[said]
    name = str(getattr(said, "name", None) or argument)
    if isinstance(said, pd.Series):
        series = cast("pd.Series[Any]", said)
        if series.index.is_unique and bool(np.isin(rows, series.index.to_numpy()).all()):
            return name, series.loc[rows.tolist()]
    values = np.asarray(cast("Any", said))
    if values.shape != (len(rows),):
        raise ArgumentError(
            f"`{argument}` has the shape {values.shape}, and the model has {len(rows)} rows",
            hint="give one label a row, of the rows without missing values",
        )
    return name, pd.Series(values)


def _plain(values: np.ndarray) -> np.ndarray:
    """Return numbers as they are, and anything else as text."""
    return values if values.dtype.kind in "biuf" else values.astype(str)
