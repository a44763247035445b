"""What it was fitted to: rows, columns, groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from formix.design.names import names_in
from formix.reporting.html import Content, tag
from formix.reporting.tables import Body, table
from formix.spelling import label_text

if TYPE_CHECKING:
    from formix.design.column import DataColumn
    from formix.models import Model
    from formix.reporting.reported import Reported
    from formix.spec import Block
    from formix.syntax.tree import Node

_SHOWN = 6
"""Levels that are listed before the rest are counted."""


def rows(reported: Reported) -> Iterator[Content]:
    """Yield how many rows there are, and were left out."""
    kept = len(reported.recipe.frame)
    left_out = [note for note in reported.recipe.notes if "left out: a value is missing" in note]
    told = left_out[0] if left_out else "none was left out"
    yield tag("p", f"{kept:,} row{'s' * (kept != 1)} of data; {told}.")


def columns(reported: Reported) -> Iterator[Content]:
    """Yield the columns that the formula uses."""
    model = reported.model
    roles = {"response": _responses(model), "predictor": _predictors(model)}
    roles["group"] = frozenset(name for block in model.design.blocks for name in block.factors)
    lines: list[tuple[str, ...]] = []
    for column in reported.recipe.frame:
        found = [role for role, names in roles.items() if column.name in names]
        lines.append(
            (
                label_text(column.name),
                ", ".join(found) or "known of the rows",
                column.kind,
                _values(column.without_unused_levels()),
            )
        )
    head = ("column", "as", "kind", "values")
    yield table("The columns that the formula uses", head, [Body(lines)], texts=range(4))


def groups(reported: Reported) -> Iterator[Content]:
    """Yield the groups, how many levels each has, and how many rows a level."""
    model = reported.model
    blocks = {block.group: block for block in reversed(model.design.blocks)}
    names = dict.fromkeys(block.group for block in model.design.blocks)
    if names:
        lines = [_group(blocks[name]) for name in names]
        head = ("group", "levels", "fewest rows", "median", "most")
        yield table("The groups, and how many rows their levels have", head, [Body(lines)])


def _responses(model: Model) -> frozenset[str]:
    """Return the names of the columns that the response is made of."""
    return _columns_in([model.terms.response.node], model)


def _predictors(model: Model) -> frozenset[str]:
    """Return the names of the columns that something is predicted from."""
    parts = model.terms.predictors
    effects = [
        *(part.common for part in parts),
        *(g.effects for part in parts for g in part.groups),
    ]
    variables = [variable for one in effects for term in one.terms for variable in term.variables]
    variables += [offset.variable for part in parts for offset in part.offsets]
    return _columns_in([variable.node for variable in variables], model)


def _columns_in(nodes: Iterable[Node], model: Model) -> frozenset[str]:
    """Return the names of the columns that stand in expressions."""
    found = (names_in(node, model.functions, model.formula.text) for node in nodes)
    return frozenset(name.name for names in found for name in names)


def _values(column: DataColumn) -> str:
    if column.kind == "number":
        least, mean, most = (f(column.values) for f in (np.min, np.mean, np.max))
        return f"{least:.4g} to {most:.4g}, mean {mean:.4g}"
    if column.kind == "date":
        days = column.values.astype("datetime64[D]")
        return f"{days.min()} to {days.max()}"
    return _levels(column.levels)


def _levels(levels: Sequence[object]) -> str:
    shown = ", ".join(label_text(level) for level in levels[:_SHOWN])
    rest = len(levels) - _SHOWN
    counted = f"{len(levels):,} level{'s' * (len(levels) != 1)}"
    return f"{counted}: {shown}" + (f" and {rest:,} more" if rest > 0 else "")


def _group(block: Block) -> tuple[str, ...]:
    counts = np.bincount(block.index[block.index >= 0], minlength=len(block.levels))
    numbers = (np.min(counts), np.median(counts), np.max(counts))
    return (label_text(block.group), f"{len(block.levels):,}", *(f"{n:,g}" for n in numbers))
