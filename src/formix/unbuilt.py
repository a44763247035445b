"""What the language has and no engine fits yet: refused by name, where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from formix.covariances import COVARIANCES
from formix.errors import FormulaError, UnsupportedError
from formix.syntax.printer import to_text
from formix.syntax.tree import Equation

if TYPE_CHECKING:
    from formix.errors import Span
    from formix.families import Family
    from formix.terms.term import Terms

_FITTED = frozenset(structure.name for structure in COVARIANCES)


def not_of_family(terms: Terms, family: Family) -> FormulaError | None:
    """Return what is wrong where a further formula names no parameter of the family."""
    known = [parameter.name for parameter in family.parameters]
    for other in terms.formula.others:
        node = other.left if isinstance(other, Equation) else other.parameter
        name = to_text(node)
        if name not in known:
            response = name == terms.response.text
            return FormulaError(
                f"`{name}` is not a parameter of {family.name}",
                text=terms.formula.text,
                span=node.span,
                hint="a model has one response, in its first formula"
                if response
                else f"its parameters: {', '.join(known)}",
            )
    return None


def unbuilt(terms: Terms) -> UnsupportedError | None:
    """Return why a formula cannot be fitted by this version, or nothing.

    Its terms and its design can be looked at all the same.
    """
    for said, span in _found(terms):
        return UnsupportedError(
            f"{said} can be read, and not yet fitted",
            text=terms.formula.text,
            span=span,
            hint="`terms` and `design` of the model work; take it out to fit the rest",
        )
    return None


def _found(terms: Terms) -> list[tuple[str, Span]]:
    """Return everything of the formula that no engine fits, in its order."""
    found = [(f"`{a.name}()` of the response", a.span) for a in terms.response.additions]
    if terms.response.level:
        found.append(("a level of the response", terms.response.span))
    found += [
        (f"a predictor of `{to_text(other.left)}`", other.left.span)
        for other in terms.formula.others
        if isinstance(other, Equation)
    ]
    for predictor in terms.predictors:
        for term in predictor.groups:
            if term.covariance not in _FITTED:
                found.append((f"the covariance `{term.covariance}()`", term.span))
            if term.id:
                found.append((f"a block shared as `{term.id}`", term.span))
    found += [(f"a fixed `{fixed.parameter}`", fixed.span) for fixed in terms.fixed]
    return found
