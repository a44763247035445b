"""The nouns of the expanded formula: terms, group terms, and what each parameter's predictor holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from formix.errors import Span

if TYPE_CHECKING:
    from formix.syntax.tree import Call, Formula, Name, Node

_NOWHERE = Span(0, 0)


def _span() -> Span:
    return field(default=_NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True)
class Variable:
    """What a term multiplies: a column or a call.

    `text` is its spelling in one canonical form, R's: blanks after commas and around operators,
    and backticks only where a name needs them. Two variables are the same when their texts are.
    """

    text: str
    node: Name | Call = field(compare=False, repr=False)
    span: Span = _span()


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
        """The terms as a right side, with the intercept spelled out: `1 + Days`, `0 + f`."""
        return " + ".join(
            ["1" if self.intercept else "0", *(term.text for term in self.terms)]
        )


@dataclass(frozen=True)
class GroupTerm:
    """`(effects | group)`: effects that vary by the levels of a group.

    `factors` are the variables whose combinations are the group's levels, outer first.
    """

    effects: CommonTerms
    factors: tuple[Variable, ...]
    covariance: str = "us"
    id: str = ""
    span: Span = _span()

    @property
    def group(self) -> str:
        """The group's name, such as `Subject` or `batch:cask`."""
        return ":".join(factor.text for factor in self.factors)

    @property
    def text(self) -> str:
        """The term as it is written in a formula, with the intercept spelled out."""
        inner = (
            f"{self.effects.text} | {self.id + ' | ' if self.id else ''}{self.group}"
        )
        if self.covariance == "us":
            return f"({inner})"
        if self.covariance == "diag" and not self.id:
            return f"({inner.replace(' | ', ' || ', 1)})"
        return f"{self.covariance}({inner})"


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


@dataclass(frozen=True)
class FixedParameter:
    """`nu = 4`: a parameter of the family held at a value."""

    parameter: str
    value: float
    span: Span = _span()


@dataclass(frozen=True)
class Terms:
    """A formula expanded: the response, and the terms of each predicted parameter, `mu` first."""

    formula: Formula = field(compare=False, repr=False)
    response: ResponseTerm
    predictors: tuple[PredictorTerms, ...]
    fixed: tuple[FixedParameter, ...] = ()
    notes: tuple[str, ...] = field(default=(), compare=False)
