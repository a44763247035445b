"""From `offset(value)` to its term."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from formix.syntax.printer import to_text
from formix.terms.term import OffsetTerm
from formix.terms.variable import Variable
from formix.terms.variables import resolve

if TYPE_CHECKING:
    from formix.syntax.tree import Call


def offset_term(node: Call, columns: Collection[str] = ()) -> OffsetTerm:
    """Return the offset that `offset(value)` adds."""
    inner = resolve(node.arguments[0].value, columns)
    return OffsetTerm(Variable(to_text(inner), inner, span=inner.span), span=node.span)
