"""The common (fixed) effects: the columns of X by R's rule, less those that depend on others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from formix.design.coding import Layout, fill, layout, width
from formix.design.kind import Contribution, State
from formix.design.rank import independent, triangle
from formix.errors import FormulaError
from formix.prior import Address
from formix.spec import (
    Column,
    Dimension,
    Parameter,
    prefix,
)
from formix.terms.term import CommonTerms

if TYPE_CHECKING:
    from formix.design.contrasts import Contrast
    from formix.design.table import Table
    from formix.design.values import Shape
    from formix.spec import Predictor

_ROWS = 4096

MOST_COLUMNS = 5000
"""Columns that the terms of one matrix may become."""


def claims(term: Any) -> TypeGuard[CommonTerms]:
    """Whether a term is of this kind."""
    return isinstance(term, CommonTerms)


def learn(term: CommonTerms, table: Table) -> State:
    """Return the names of the columns, and which of them are kept.

    Raises
    ------
    FormulaError
        If a factor has one level only, or contrasts of another number of levels.
    """
    shapes = known_shapes(term, table)
    check_factors(term, table, shapes, table.contrasts)
    plan = layout(term, shapes, table.contrasts)
    keep = independent(triangle(_chunks(plan, term, table), len(plan.columns)))
    return {
        "columns": [[column.label, column.r, column.term] for column in plan.columns],
        "keep": keep.tolist(),
    }


def columns(term: CommonTerms, state: State, table: Table, _parameter: str) -> Contribution:
    """Return X: the columns kept, of training data or new."""
    plan = layout(term, known_shapes(term, table), table.contrasts)
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
    """Refuse factors of one level, contrasts that do not fit, and more columns than are made."""
    _check_width(term, table, shapes)
    for variable in (v for part in term.terms for v in part.variables):
        shape = shapes[variable.text]
        fault, hint = "", ""
        contrast = contrasts.get(variable.text) or shape.contrast
        if shape.kind == "factor" and len(shape.levels) < 2:
            only = ", ".join(str(level) for level in shape.levels)
            fault = f'`{variable.text}` has one level only, "{only}": there is nothing to compare'
            hint = "leave it out of the formula"
        elif contrast and contrast.rows and len(contrast.rows) != len(shape.levels):
            fault = (
                f"the contrasts of `{variable.text}` have {len(contrast.rows)} rows, "
                f"and it has {len(shape.levels)} levels"
            )
        elif contrast and contrast.base is not None and contrast.base not in shape.levels:
            fault = f'"{contrast.base}", the base of `{variable.text}`, does not occur in the data'
        if fault:
            raise FormulaError(fault, text=table.text, span=variable.span, hint=hint)


def _check_width(term: CommonTerms, table: Table, shapes: Mapping[str, Shape]) -> None:
    count = width(term, shapes)
    if count <= MOST_COLUMNS:
        return
    variables = [variable for part in term.terms for variable in part.variables]
    largest = max(variables, key=lambda variable: len(shapes[variable.text].levels))
    levels = len(shapes[largest.text].levels)
    raise FormulaError(
        f"the terms would become {count:,} columns, and at most {MOST_COLUMNS:,} are made: "
        f"`{largest.text}` has {levels:,} levels",
        text=table.text,
        span=largest.span,
        hint=f"a factor of many levels is a group: (1 | {largest.text})",
    )


def _chunks(plan: Layout, term: CommonTerms, table: Table) -> Iterator[np.ndarray]:
    """Yield X some rows at a time: it is not needed whole to know which columns to keep."""
    found = values(term, table)
    rows = max(_ROWS, 2 * len(plan.columns))
    for start in range(0, len(table), rows):
        chunk = np.empty((min(rows, len(table) - start), len(plan.columns)), order="F")
        fill(chunk, plan, found, start=start)
        yield chunk


def addresses(predictor: Predictor) -> tuple[Address, ...]:
    """Return where the coefficients of a predictor have their priors."""
    site = prefix(predictor.name) + "beta"
    slope = "slope" if predictor.has_intercept or predictor.thresholds else "coefficient"
    return tuple(
        Address(
            key=f"{site}[{column.label}]",
            wider=_wider(predictor, column, site),
            rule="intercept" if predictor.has_intercept and j == 0 else slope,
            support="real",
            parameter=predictor.name,
            column=predictor.X[:, j],
        )
        for j, column in enumerate(predictor.columns)
    )


def _wider(predictor: Predictor, column: Column, site: str) -> tuple[str, ...]:
    """Return the keys that cover a coefficient too: of a level's predictor, those of all levels."""
    if predictor.name == predictor.parameter:
        return (site,)
    every = prefix(predictor.parameter) + "beta"
    return (f"{every}[{column.label}]", site, every)


def parameters(predictor: Predictor) -> tuple[tuple[Parameter, ...], tuple[Dimension, ...]]:
    """Return the site `beta` of a predictor, and its axis."""
    if not predictor.columns:
        return (), ()
    before = prefix(predictor.name)
    keys = tuple(address.key for address in addresses(predictor))
    dimension = Dimension(f"{before}coef", predictor.labels)
    shape = (len(predictor.columns),)
    return (Parameter(f"{before}beta", (dimension.name,), shape, "real", keys),), (dimension,)


def gaussian(predictor: Predictor) -> None:
    """Return nothing: engines that integrate `beta` read X itself."""
