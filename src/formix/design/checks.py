"""Data from which little can be learnt, though proper priors still fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from formix.design.matrices import Design


def concerns(design: Design, *, dispersion: bool) -> tuple[str, ...]:
    """Return what a design gives reason to warn of, a sentence each.

    Parameters
    ----------
    design
        The matrices.
    dispersion
        Whether the family estimates a residual standard deviation: only then can a group with a
        level a row not be told apart from it, unless it is known to differ by row.
    """
    found = list(_of_response(design))
    for block in design.blocks:
        found += _of_group(design, block.group, len(block.levels), dispersion=dispersion)
    return tuple(dict.fromkeys(found))


def _of_response(design: Design) -> Iterator[str]:
    values, name = design.response.values, design.response.name
    trials = design.response.known.get("trials")
    if len(values) == 1:
        yield "the data has one row, from which next to nothing can be learnt"
    elif trials is None:
        if np.ptp(values) == 0:
            yield f"`{name}` is the same in every row"
    elif not np.any(values):
        yield f"`{name}` has no success in any row"
    elif np.all(values == trials):
        yield f"`{name}` has no failure in any row"


def _of_group(design: Design, group: str, levels: int, *, dispersion: bool) -> Iterator[str]:
    rows = len(design.rows)
    if levels == 1:
        yield f"`{group}` has one level: its standard deviations come from their priors alone"
    elif levels == rows and dispersion and not _unequal(design):
        yield (
            f"`{group}` has a level for every row: its intercepts cannot be told apart from the "
            "residuals"
        )


def _unequal(design: Design) -> bool:
    """Whether rows of unequal weights tell the residuals from what is equal in all rows."""
    weights = design.response.known.get("weights")
    return weights is not None and bool(np.ptp(weights) > 0)
