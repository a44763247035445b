"""From bars to group terms: one a group, under the name by which the group was first written."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from formix.syntax.mistakes import mistake
from formix.syntax.tree import Bar, Call, Node, walk
from formix.terms.algebra import Algebra
from formix.terms.special import Special, special
from formix.terms.term import CommonTerms, GroupTerm, Term

if TYPE_CHECKING:
    from formix.errors import FormixError, Span
    from formix.terms.variable import Variable


class Groups:
    """The groups of a formula, all parameters together.

    A group is the set of its factors; whoever names it first decides their order for all.

    Parameters
    ----------
    text
        The formula, for errors.
    columns
        The names of the data's columns.
    """

    def __init__(self, text: str, columns: Collection[str] = ()) -> None:
        self._text = text
        self._columns = columns
        self._said: dict[frozenset[str], Special] = {}
        self._named: dict[frozenset[str], tuple[Variable, ...]] = {}

    def expand(self, bars: list[Bar], effects: list[CommonTerms]) -> tuple[GroupTerm, ...]:
        """Return the group terms of one parameter's bars, each with the effects before its bar."""
        terms = [
            GroupTerm(
                inner,
                factors,
                covariance=bar.covariance,
                id=bar.id,
                doubled=bar.written == "||",
                special=said,
                span=bar.span,
            )
            for bar, inner in zip(bars, effects, strict=True)
            for factors, said in self._groups(bar.group)
        ]
        self._check(terms)
        return tuple(terms)

    def _groups(self, node: Node) -> list[tuple[tuple[Variable, ...], Special]]:
        """Return the factors of each group right of a bar, and what is said of it."""
        found = special(node, self._text, self._columns)
        if found is not None:
            factors, said = found
            return [(factors if said.members else self._factors(Term(factors)), said)]
        for inside in walk(node):
            if isinstance(inside, Call):
                id = "group-special" if inside.function in ("gr", "mm") else "group-call"
                raise self._refuse(id, inside.span, function=inside.function)
        terms = Algebra(self._text).expand(node, "crossed").terms
        return [(self._factors(term), Special()) for term in terms]

    def _factors(self, group: Term) -> tuple[Variable, ...]:
        return self._named.setdefault(group.key, group.variables)

    def _check(self, terms: list[GroupTerm]) -> None:
        """Refuse an effect that varies by the same group twice, and a bar without effects."""
        seen: set[tuple[frozenset[str], frozenset[str]]] = set()
        said = dict(self._said)
        for term in terms:
            known = self._said if term.id else said
            if known.setdefault(term.key, term.special) != term.special:
                raise self._refuse("group-differs", term.span, group=term.group)
            if not term.effects.intercept and not term.effects.terms:
                raise self._refuse("no-effects-left", term.span)
            if term.covariance == "ar1" and not _is_one_variable(term.effects):
                raise self._refuse("ar1-effects", term.span, effects=term.effects.text)
            effects = [(one.key, f"the effect of `{one.text}`") for one in term.effects.terms]
            if term.effects.intercept:
                effects.insert(0, (frozenset(), "the intercept"))
            for key, name in effects:
                if (term.key, key) in seen:
                    raise self._refuse("same-effect", term.span, effect=name, group=term.group)
                seen.add((term.key, key))

    def _refuse(self, id: str, span: Span, **said: object) -> FormixError:
        return mistake(id, self._text, span, **said)


_MATRICES = {"poly", "ns", "bs", "cbind", "C", "factor", "ordered"}


def _is_one_variable(effects: CommonTerms) -> bool:
    """Whether there is no intercept, and one term of one variable."""
    return not effects.intercept and [len(term.variables) for term in effects.terms] == [1]


def double_bar_note(term: GroupTerm, several: list[str]) -> str:
    """Return what to say where `||` differs from lme4 1.x, which splits by term and not by column.

    Parameters
    ----------
    term
        Group-level effects written with `||`.
    several
        The texts of its terms that have several columns: factors, and calls such as `poly()`.
    """
    listed = ", ".join(f"`{text}`" for text in several)
    return (
        f"{term.text}: every column has its own standard deviation and none is correlated; "
        f"lme4 1.x keeps the columns of {listed} correlated"
    )


def several_columns(term: GroupTerm) -> list[str]:
    """Return the texts of the effects of a `||` that are known to have several columns.

    Of columns only the data can tell; of calls such as `poly()` the formula does.
    """
    if not term.doubled:
        return []
    return [
        effect.text
        for effect in term.effects.terms
        if any(
            isinstance(variable.node, Call) and variable.node.function in _MATRICES
            for variable in effect.variables
        )
    ]
