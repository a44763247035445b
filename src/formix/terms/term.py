"""The nouns of the expanded formula: terms, group terms, and each parameter's predictor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from formix.errors import Span
from formix.syntax.spelling import is_plain, spell_name, spell_number, spell_text
from formix.terms.special import Special

if TYPE_CHECKING:
    from collections.abc import Iterable

    from formix.syntax.tree import Call, Formula, Node
    from formix.terms.variable import Variable

_NOWHERE = Span(0, 0)


def _span() -> Span:
    return field(default=_NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True)
class Term:
    """One summand after expansion: the variables it multiplies, in R's order."""

    variables: tuple[Variable, ...]
    span: Span = _span()

    @property
    def text(self) -> str:
        """The term as it is written in a formula, such as `recipe:temp`."""
        return ":".join(variable.text for variable in self.variables)

    @property
    def key(self) -> frozenset[str]:
        """The same for `a:b` and `b:a`."""
        return frozenset(variable.text for variable in self.variables)


@dataclass(frozen=True)
class CommonTerms:
    """The intercept and the terms of a right side, or of the left of a bar, in R's order."""

    intercept: bool
    terms: tuple[Term, ...]
    span: Span = _span()

    @property
    def text(self) -> str:
        """The terms as a right side, with the intercept spelled out: `1 + Days`, `0 + f`.

        Expanded again it gives the same terms in the same order, with the same order of variables
        inside each. That order is the one in which variables first appear, so terms may stand
        before shorter ones here; and where no order of the terms tells it, as for `(a + b):c`,
        whose second term is `b:c`, a minus names the variables first and takes nothing away:
        `1 - a:b:c + a:c + b:c`.
        """
        first = "1" if self.intercept else "0"
        ordered = _telling(self.terms)
        if ordered is None:
            variables = _sorted_variables(self.terms)
            return f"{first} - {':'.join(variables)} + {_joined(self.terms)}"
        return " + ".join([first, *(term.text for term in ordered)])


def _joined(terms: Iterable[Term]) -> str:
    return " + ".join(term.text for term in terms)


def _telling(terms: tuple[Term, ...]) -> list[Term] | None:
    """Return the terms in an order that tells that of the variables inside each, if there is one.

    Expansion sorts by degree and keeps the order within one; so only the order across degrees is
    free. Shorter terms go first wherever they can.
    """
    before = _predecessors(terms)
    queues: dict[int, list[Term]] = {}
    for term in reversed(terms):
        queues.setdefault(len(term.variables), []).append(term)
    ordered: list[Term] = []
    seen: set[str] = set()
    while len(ordered) < len(terms):
        for degree in sorted(queues):
            if queues[degree] and _fits(queues[degree][-1], seen, before):
                term = queues[degree].pop()
                break
        else:
            return None
        seen |= term.key
        ordered.append(term)
    return ordered


def _predecessors(terms: tuple[Term, ...]) -> dict[str, set[str]]:
    """Return the variables that some term names before each variable."""
    before: dict[str, set[str]] = {}
    for term in terms:
        names = [variable.text for variable in term.variables]
        for place, name in enumerate(names):
            before.setdefault(name, set()).update(names[:place])
    return before


def _fits(term: Term, seen: set[str], before: dict[str, set[str]]) -> bool:
    """Return whether naming a term next leaves every variable behind its predecessors."""
    return all(before[name] <= seen | term.key for name in term.key - seen)


def _sorted_variables(terms: tuple[Term, ...]) -> list[str]:
    """Return all variables in an order that every term keeps."""
    before = _predecessors(terms)
    ordered: list[str] = []
    while len(ordered) < len(before):
        ready = (name for name in before if name not in ordered and before[name] <= set(ordered))
        ordered.append(next(ready))
    return ordered


@dataclass(frozen=True)
class GroupTerm:
    """`(effects | group)`: effects that vary by the levels of a group.

    `factors` are the variables whose combinations are the group's levels, outer first; of `mm()`,
    those whose levels are its own. `doubled` tells `(x || g)` from `diag(x | g)`, which mean the
    same here, but not in lme4 1.x. `special` is what `gr()` and `mm()` say.
    """

    effects: CommonTerms
    factors: tuple[Variable, ...]
    covariance: str = "us"
    id: str = ""
    doubled: bool = field(default=False, compare=False)
    special: Special = field(default_factory=Special)
    span: Span = _span()

    @property
    def group(self) -> str:
        """The group's name, such as `Subject`, `batch:cask` or `mm(first, second)`."""
        return self.special.group(self.factors)

    @property
    def key(self) -> frozenset[str]:
        """The same for `a:b` and `b:a`."""
        own = frozenset(factor.text for factor in self.factors)
        return frozenset({self.group}) if self.special.members else own

    @property
    def text(self) -> str:
        """The term as it is written in a formula, with the intercept spelled out."""
        shared = f"{self.id} | " if self.id else ""
        group = self.special.text(self.factors)
        if self.covariance == "diag" and not self.id:
            return f"({self.effects.text} || {group})"
        structure = "" if self.covariance == "us" else self.covariance
        return f"{structure}({self.effects.text} | {shared}{group})"


@dataclass(frozen=True)
class OffsetTerm:
    """`offset(value)`: added to the linear predictor with coefficient 1."""

    variable: Variable
    span: Span = _span()

    @property
    def text(self) -> str:
        """The term as it is written in a formula."""
        return f"offset({self.variable.text})"


@dataclass(frozen=True)
class PredictorTerms:
    """Everything on the right side for one parameter of the family (`mu`, `sigma`, ...)."""

    parameter: str
    common: CommonTerms
    groups: tuple[GroupTerm, ...] = ()
    offsets: tuple[OffsetTerm, ...] = ()
    span: Span = _span()

    @property
    def text(self) -> str:
        """The right side of the parameter's formula."""
        return " + ".join(
            [
                self.common.text,
                *(term.text for term in self.groups),
                *(term.text for term in self.offsets),
            ]
        )


@dataclass(frozen=True)
class Addition:
    """`se(s)`, `weights(w)`, ...: what else is known of the response, after its bar."""

    name: str
    call: Call = field(compare=False, repr=False)
    text: str
    span: Span = _span()


@dataclass(frozen=True)
class ResponseTerm:
    """The left side: the response's expression, the level that counts as success, the additions.

    `text` is the canonical spelling, as in `Variable`; it names the response.
    """

    text: str
    node: Node = field(compare=False, repr=False)
    level: str = ""
    additions: tuple[Addition, ...] = ()
    span: Span = _span()

    @property
    def side(self) -> str:
        """The left side of a formula: the response with its level and additions."""
        level = self.level if is_plain(self.level) else spell_text(self.level)
        chosen = f"[{level}]" if self.level else ""
        known = " + ".join(addition.text for addition in self.additions)
        return f"{self.text}{chosen}" + (f" | {known}" if known else "")


@dataclass(frozen=True)
class FixedParameter:
    """`nu = 4`: a parameter of the family held at a value."""

    parameter: str
    value: float
    span: Span = _span()

    @property
    def text(self) -> str:
        """The parameter as it is set in a formula."""
        return f"{self.parameter} = {spell_number(self.value)}"


@dataclass(frozen=True)
class Terms:
    """A formula expanded: the response, and the terms of each predicted parameter, `mu` first."""

    formula: Formula = field(compare=False, repr=False)
    response: ResponseTerm
    predictors: tuple[PredictorTerms, ...]
    fixed: tuple[FixedParameter, ...] = ()
    notes: tuple[str, ...] = field(default=(), compare=False)

    def __getitem__(self, parameter: str) -> PredictorTerms:
        """Return the terms of a parameter's predictor, by its name."""
        return next(one for one in self.predictors if one.parameter == parameter)

    @property
    def text(self) -> str:
        """A formula that expands to the same terms."""
        main, *others = self.predictors
        formulas = [
            f"{self.response.side} ~ {main.text}",
            *(f"{spell_name(other.parameter)} ~ {other.text}" for other in others),
            *(one.text for one in self.fixed),
        ]
        return "; ".join(formulas)

    def __str__(self) -> str:
        rows = [("response", self.response.side)]
        for predictor in self.predictors:
            lines = [
                predictor.common.text,
                *(term.text for term in predictor.groups),
                *(term.text for term in predictor.offsets),
            ]
            rows += zip([predictor.parameter, *[""] * (len(lines) - 1)], lines, strict=True)
        rows += [(one.parameter, spell_number(one.value)) for one in self.fixed]
        rows += [("note", note) for note in self.notes]
        width = max(len(name) for name, _ in rows)
        return "\n".join(f"{name:<{width}}  {text}" for name, text in rows)
