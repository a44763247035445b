"""Which rows have a value in every column that is used, and what is said of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from formix.errors import DataError

if TYPE_CHECKING:
    from formix.design.column import Frame


def complete_rows(frame: Frame, names: Sequence[str]) -> np.ndarray:
    """Return the places of the rows that have a value in every column named.

    Raises
    ------
    DataError
        If there are none.
    """
    complete = np.ones(len(frame), dtype=bool)
    for name in names:
        missing = frame[name].missing
        if missing.all():
            raise DataError(
                f"`{name}` has no values: every row of it is missing",
                hint="leave it out of the formula, or fill it in",
            )
        complete &= ~missing
    if not complete.any():
        counts = _missing(frame, names)
        raise DataError(
            f"no row has a value in each of {', '.join(f'`{name}`' for name in counts)}",
            hint=f"missing are: {_counted(counts)}",
        )
    return np.flatnonzero(complete)


def missing_notes(frame: Frame, names: Sequence[str], kept: np.ndarray) -> tuple[str, ...]:
    """Return a note that counts the rows left out; none where all were kept."""
    lost = len(frame) - len(kept)
    if not lost:
        return ()
    rows = f"{lost} of {len(frame)} rows {'was' if lost == 1 else 'were'} left out"
    return (f"{rows}: a value is missing ({_counted(_missing(frame, names))})",)


def _missing(frame: Frame, names: Sequence[str]) -> dict[str, int]:
    counts = {name: int(frame[name].missing.sum()) for name in names}
    return {name: count for name, count in counts.items() if count}


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
