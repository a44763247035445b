"""What a user takes rows apart by: a group, a column of the data, or a label for each row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

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
    name, values = labels_by_row(model, group, argument)
    labels, index = np.unique(values, return_inverse=True)
    return name, labels, index


def labels_by_row(model: Model, said: object, argument: str) -> tuple[str, np.ndarray]:
    """Return the name and the values of a column of the data, or of one label given for each row.

    Raises
    ------
    ArgumentError
        If it is neither.
    """
    rows = len(model.design.rows)
    if isinstance(said, str):
        frame = model.frame
        if said not in frame.columns:
            raise ArgumentError(
                f"{argument}={said!r} is neither a group nor a column of this model",
                hint=f"it has: {', '.join(map(str, frame.columns))}; of another column give the "
                f"values: {argument}=data[{said!r}]",
            )
        name, values = said, frame[said].to_numpy()
    else:
        given = cast("Any", said)
        name, values = str(getattr(given, "name", None) or argument), np.asarray(given)
    if values.shape != (rows,):
        raise ArgumentError(
            f"`{argument}` has the shape {values.shape}, and the model has {rows} rows",
            hint="give one label a row, of the rows without missing values",
        )
    return name, values if values.dtype.kind in "biuf" else values.astype(str)
