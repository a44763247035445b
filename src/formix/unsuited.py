"""What a formula says that means nothing of its family: refused by name, where it stands."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from formix.errors import FormulaError
from formix.families import FAMILIES
from formix.observation import needs_tails
from formix.syntax.printer import to_text
from formix.syntax.tree import Equation
from formix.terms.response import known_as

if TYPE_CHECKING:
    from formix.families import Family
    from formix.terms.term import Addition, Terms


def not_of_family(terms: Terms, family: Family) -> FormulaError | None:
    """Return what a formula says that means nothing of this family, or nothing."""
    for addition in terms.response.additions:
        fault = _no_addition(addition, family)
        if fault is not None:
            fault.text, fault.span = terms.formula.text, addition.span
            return fault
    for other in terms.formula.others:
        node = other.left if isinstance(other, Equation) else other.parameter
        fault = _no_parameter(to_text(node), terms, family)
        if fault is not None:
            fault.text, fault.span = terms.formula.text, node.span
            return fault
    return _no_value(terms, family)


def _no_value(terms: Terms, family: Family) -> FormulaError | None:
    """Return why a parameter cannot be held at the value that the formula gives it, or nothing."""
    for fixed in terms.fixed:
        support = family[fixed.parameter].support
        low, high = {"real": (-inf, inf), "positive": (0.0, inf), "unit": (0.0, 1.0)}[support]
        if not low < fixed.value < high:
            where = {"positive": "above 0", "unit": "above 0 and below 1"}.get(support, "finite")
            return FormulaError(
                f"`{fixed.parameter}` of {family.name} is {where}, and cannot be {fixed.value:g}",
                text=terms.formula.text,
                span=fixed.span,
            )
    return None


def _no_addition(addition: Addition, family: Family) -> FormulaError | None:
    """Return why what an addition says means nothing of this family, or nothing."""
    said = known_as(addition)
    if needs_tails(said) and family.log_tails is None:
        have = ", ".join(one.name for one in FAMILIES if one.log_tails is not None)
        return FormulaError(
            f"`{addition.name}()` takes the distribution function of the response, which formix "
            f"has not for {family.name}",
            hint=f"families that have one: {have}",
        )
    if "rate" in said and not family.rates:
        have = ", ".join(one.name for one in FAMILIES if one.rates)
        return FormulaError(
            f"`rate()` says nothing of a {family.name} response: what so many units have in all "
            "is not of that family",
            hint=f"it is for counts that add up: {have}",
        )
    if family.takes(said):
        return None
    hint = "it is for families with one, such as gaussian"
    if "trials" in family.arrays:
        hint = "trials are said by prop(successes, trials), or by `| trials(n)`"
    elif "weights" in said:
        hint += '; rows that count several times are weights(w, kind = "likelihood")'
    return FormulaError(
        f"`{addition.name}()` says nothing of a {family.name} response, which has no "
        "residual standard deviation",
        hint=hint,
    )


def _no_parameter(name: str, terms: Terms, family: Family) -> FormulaError | None:
    """Return why a name is that of no parameter of this model, or nothing."""
    said = [name for addition in terms.response.additions for name in known_as(addition)]
    there = [parameter.name for parameter in family.estimates(said)]
    if name in there:
        return None
    if name == family.dispersion:
        return FormulaError(
            f"`{name}` has no part in a model whose standard errors are known",
            hint=f"write se(s, sigma = TRUE) to have `{name}` beside them",
        )
    own = name == terms.response.text
    return FormulaError(
        f"`{name}` is not a parameter of {family.name}",
        hint="a model has one response, in its first formula"
        if own
        else f"its parameters: {', '.join(there)}",
    )
