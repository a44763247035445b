"""The text of a design: every column of X and Z, and every group's levels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from formix.spelling import label_text, one_line

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.design.matrices import Design
    from formix.spec import Block, Column

_SHOWN = 40
"""Rows of a table, and levels of a group, that are listed; the rest are counted."""


def details(design: Design) -> str:
    """Return the columns of X and Z with R's names and their ranges, and the levels of groups."""
    lines: list[str] = []
    for matrix in design.predictors:
        name = "X" if len(design.predictors) == 1 else f"X of {matrix.name}"
        lines += ["", f"columns of {name}: {one_line(matrix.text)}"]
        lines += _columns(matrix.columns, matrix.X)
        if matrix.dropped:
            dropped = ", ".join(label_text(column.label) for column in matrix.dropped)
            lines.append(f"  left out, as they follow from the others: {dropped}")
    for block in design.blocks:
        lines += ["", f"columns of Z: {one_line(block.text)}"]
        lines += _columns([effect.column for effect in block.effects], block.Z)
    groups = {block.group: block for block in reversed(design.blocks)}
    for group in dict.fromkeys(block.group for block in design.blocks):
        lines += ["", *_levels(groups[group])]
    return "\n".join(lines[1:])


def _columns(columns: Sequence[Column], matrix: Float[np.ndarray, "obs column"]) -> Iterator[str]:
    if not columns:
        yield "  none"
        return
    rows: list[tuple[str, ...]] = [("column", "in R", "least", "mean", "most")]
    for column, values in zip(columns[:_SHOWN], matrix.T, strict=False):
        rows.append((label_text(column.label), label_text(column.r), *_numbers(values)))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        texts = [text.ljust(width) for text, width in zip(row[:2], widths, strict=False)]
        numbers = [text.rjust(width) for text, width in zip(row[2:], widths[2:], strict=False)]
        yield "  " + "  ".join(texts + numbers)
    if len(columns) > _SHOWN:
        yield f"  and {len(columns) - _SHOWN} more"


def _numbers(values: Float[np.ndarray, " obs"]) -> Iterator[str]:
    least, mean, most = float(values.min()), float(values.mean()), float(values.max())
    # A centred column's mean is a rounding error, not a number to show.
    rounding = 1e-12 * max(abs(least), abs(most))
    for value in (least, mean, most):
        yield f"{value if abs(value) > rounding else 0.0:.4g}"


def _levels(block: Block) -> Iterator[str]:
    counts = np.bincount(block.index[block.index >= 0], minlength=len(block.levels))
    least, most = int(counts.min()), int(counts.max())
    rows = f"{most} row{'s' * (most != 1)} each"
    rows = rows if least == most else f"{least} to {rows}"
    yield f"levels of {label_text(block.group)}: {len(block.levels)}, {rows}"
    shown = ", ".join(label_text(level) for level in block.levels[:_SHOWN])
    rest = len(block.levels) - _SHOWN
    yield f"  {shown}" + (f" and {rest} more" if rest > 0 else "")
