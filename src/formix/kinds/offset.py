"""Offsets: what is added to a linear predictor with coefficient 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from formix.design.kind import Contribution, State
from formix.errors import FormulaError
from formix.spec import MAIN, Datum, Fragment, Summand
from formix.terms.term import OffsetTerm

if TYPE_CHECKING:
    from formix.design.table import Table
    from formix.spec import Predictor
    from formix.spelling import Identifiers


def claims(term: Any) -> TypeGuard[OffsetTerm]:
    """Whether a term is of this kind."""
    return isinstance(term, OffsetTerm)


def learn(term: OffsetTerm, table: Table) -> State:
    """Return nothing of its own: what its calls learn is remembered with the variable.

    Raises
    ------
    FormulaError
        If it is not one column of numbers.
    """
    found = table.value(term.variable)
    if not isinstance(found, np.ndarray):
        raise FormulaError(
            f"`{term.text}` must be one column of numbers",
            text=table.text,
            span=term.variable.span,
        )
    return {}


def columns(term: OffsetTerm, _state: State, table: Table, _parameter: str) -> Contribution:
    """Return the offset."""
    return Contribution(offset=np.asarray(table.value(term.variable), dtype=np.float64))


def statements(predictor: Predictor, identifiers: Identifiers) -> Fragment:
    """Return the offset as a summand of its predictor, where there is one."""
    if predictor.offset is None:
        return Fragment()
    of = "" if predictor.parameter == MAIN else f"_{predictor.parameter}"
    name = identifiers.of(("offset", id(predictor.offset)), f"offset{of}")
    return Fragment(
        summands=(Summand(predictor.name, name),), data=(Datum(name, predictor.offset),)
    )
