"""Rows parted by the levels of a column or of a group, for a panel or a place a level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.errors import ArgumentError
from formix.verbs.row_labels import labelled_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jaxtyping import Bool

    from formix.models import Model

    Part = tuple[object, Bool[np.ndarray, " obs"]]

_MOST_NUMBERS = 30
"""Different numbers that are taken for levels."""


def split(built: Model, by: object) -> tuple[list[Part], str]:
    """Return each level that has rows, and which they are; then what they are levels of.

    Parameters
    ----------
    by
        A group, a column of the data that the formula uses, or a label for every row.

    Raises
    ------
    ArgumentError
        If it is none of them, or of very many numbers.
    """
    name, labels, index = labelled_rows(built, by, "by")
    groups = {block.group for block in built.spec.blocks}
    if name not in groups and labels.dtype.kind in "iuf" and len(labels) > _MOST_NUMBERS:
        raise ArgumentError(
            f"`{name}` has {len(labels):,} different numbers, which are no levels",
            hint="give a factor or a group",
        )
    return [(label, index == place) for place, label in enumerate(labels.tolist())], name


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
