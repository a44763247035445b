"""The common (fixed) effects: the columns of X, by R's rule, without those that depend on others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from formix.design.coding import Layout, fill, layout
from formix.design.contrasts import Contrast
from formix.design.kind import Contribution, State
from formix.design.rank import independent, triangle
from formix.errors import FormulaError
from formix.spec import Column
from formix.terms.term import CommonTerms

if TYPE_CHECKING:
    from formix.design.table import Table
    from formix.design.values import Shape

_ROWS = 4096


def claims(term: Any) -> TypeGuard[CommonTerms]:
    """Whether a term is of this kind."""
    return isinstance(term, CommonTerms)


def learn(term: CommonTerms, table: Table, contrasts: Mapping[str, Contrast]) -> State:
    """Return the names of the columns, those kept of them, and the contrasts asked for.

    Raises
    ------
    FormulaError
        If a factor has one level only, or contrasts of another number of levels.
    """
    shapes = known_shapes(term, table)
    check_factors(term, table, shapes, contrasts)
    plan = layout(term, shapes, contrasts)
    keep = independent(triangle(_chunks(plan, term, table), len(plan.columns)))
    mine = {variable.text for part in term.terms for variable in part.variables}
    return {
        "columns": [[column.label, column.r, column.term] for column in plan.columns],
        "keep": keep.tolist(),
        "contrasts": {name: c.to_dict() for name, c in contrasts.items() if name in mine},
    }


def columns(term: CommonTerms, state: State, table: Table, parameter: str) -> Contribution:
    """Return X: the columns kept, of training data or new."""
    contrasts = {name: Contrast.from_dict(c) for name, c in state["contrasts"].items()}
    plan = layout(term, known_shapes(term, table), contrasts)
    keep = state["keep"]
    X = np.empty((len(table), sum(keep)), order="F")
    fill(X, plan, values(term, table), keep=keep)
    named = [Column(*names) for names in state["columns"]]
    return Contribution(
        X=X,
        columns=tuple(column for column, kept in zip(named, keep, strict=True) if kept),
        dropped=tuple(column for column, kept in zip(named, keep, strict=True) if not kept),
    )


def known_shapes(term: CommonTerms, table: Table) -> dict[str, Shape]:
    """Return what is remembered of each variable."""
    return {v.text: table.shape(v) for part in term.terms for v in part.variables}


def values(term: CommonTerms, table: Table) -> dict[str, Any]:
    """Return each variable's values."""
    return {v.text: table.value(v) for part in term.terms for v in part.variables}


def check_factors(
    term: CommonTerms,
    table: Table,
    shapes: Mapping[str, Shape],
    contrasts: Mapping[str, Contrast],
) -> None:
    """Refuse factors of one level, and contrasts made for another number of levels."""
    for variable in (v for part in term.terms for v in part.variables):
        shape = shapes[variable.text]
        if shape.kind != "factor":
            continue
        if len(shape.levels) < 2:
            raise FormulaError(
                f'`{variable.text}` has one level only, "{shape.levels[0]}": nothing to compare',
                text=table.text,
                span=variable.span,
                hint="leave it out of the formula",
            )
        contrast = contrasts.get(variable.text)
        if contrast is not None and contrast.rows and len(contrast.rows) != len(shape.levels):
            raise FormulaError(
                f"the contrasts of `{variable.text}` have {len(contrast.rows)} rows, "
                f"and it has {len(shape.levels)} levels",
                text=table.text,
                span=variable.span,
            )


def _chunks(plan: Layout, term: CommonTerms, table: Table) -> Iterator[np.ndarray]:
    """Yield X some rows at a time: it is not needed whole to know which columns to keep."""
    found = values(term, table)
    for start in range(0, len(table), _ROWS):
        chunk = np.empty((min(_ROWS, len(table) - start), len(plan.columns)), order="F")
        fill(chunk, plan, found, start=start)
        yield chunk
