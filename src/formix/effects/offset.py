"""Offsets: what is added to a linear predictor with coefficient 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from formix.design.kind import Contribution, State
from formix.errors import FormulaError
from formix.terms.term import OffsetTerm

if TYPE_CHECKING:
    from formix.design.contrasts import Contrast
    from formix.design.table import Table


def claims(term: Any) -> TypeGuard[OffsetTerm]:
    """Whether a term is of this kind."""
    return isinstance(term, OffsetTerm)


def learn(term: OffsetTerm, table: Table, contrasts: Mapping[str, Contrast]) -> State:
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


def columns(term: OffsetTerm, state: State, table: Table, parameter: str) -> Contribution:
    """Return the offset."""
    return Contribution(offset=np.asarray(table.value(term.variable), dtype=np.float64))
