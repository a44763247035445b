"""The small formula API: text to formula, formula to terms, and both back to text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from formix.syntax.parse import parse
from formix.syntax.printer import to_text
from formix.syntax.tree import Formula
from formix.terms.expand import expand as expand_formula

if TYPE_CHECKING:
    from formix.terms.term import Terms

__all__ = ["expand", "parse", "to_text"]


def expand(formula: Formula | str | Sequence[str], columns: Iterable[str] | None = None) -> Terms:
    """Return the terms of a formula, or of its text.

    Parameters
    ----------
    formula
        A formula, a text, or a list of texts.
    columns
        The names of the data's columns, or the data, for `.` to stand for.

    Raises
    ------
    FormulaSyntaxError
        If a text is no formula.
    FormulaError
        If it means nothing that can be fitted.

    Examples
    --------
    >>> print(expand("y ~ a * x + (1 | g); sigma ~ a"))
    response  y
    mu        1 + a + x + a:x
              (1 | g)
    sigma     1 + a
    """
    parsed = formula if isinstance(formula, Formula) else parse(formula)
    return expand_formula(parsed, columns)
