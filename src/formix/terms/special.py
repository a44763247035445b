"""What `gr()` and `mm()` say of a group beyond its factors: brms's words, right of the bar."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from formix.syntax.mistakes import mistake
from formix.syntax.spelling import spell_name
from formix.syntax.tree import Argument, Call, Name, Node, Parenthesis, Text, Truth
from formix.terms.variables import variable_of

if TYPE_CHECKING:
    from formix.errors import FormixError, Span
    from formix.terms.variable import Variable

_USAGE = {
    "gr": 'gr(g), with by = f, cov = A, dist = "student" or sum_to_zero = TRUE as meant',
    "mm": "mm(g1, g2), with weights = cbind(w1, w2) or scale = FALSE as meant",
}


@dataclass(frozen=True)
class Special:
    """How the levels of a group vary, beyond the covariance of their effects.

    Parameters
    ----------
    by
        The factor each of whose levels has standard deviations and correlations of its own.
    matrix
        The name of the matrix of known relations among levels.
    student
        Whether effects are of a t distribution, and not of a normal one.
    sum_to_zero
        Whether the effects of all levels sum to zero.
    members
        Whether rows belong to a level of each factor, and levels are all that any factor has.
    weights
        How much each of a row's levels counts; all the same where there is none.
    scaled
        Whether a row's weights are divided by their sum.
    """

    by: Variable | None = None
    matrix: str = ""
    student: bool = False
    sum_to_zero: bool = False
    members: bool = False
    weights: tuple[Variable, ...] = ()
    scaled: bool = True

    def group(self, factors: tuple[Variable, ...]) -> str:
        """Return the name of a group of these factors."""
        names = [factor.text for factor in factors]
        return f"mm({', '.join(names)})" if self.members else ":".join(names)

    def text(self, factors: tuple[Variable, ...]) -> str:
        """Return what stands right of the bar, in one spelling."""
        said: list[str] = []
        if self.by is not None:
            said.append(f"by = {self.by.text}")
        if self.matrix:
            said.append(f"cov = {spell_name(self.matrix)}")
        if self.student:
            said.append('dist = "student"')
        if self.sum_to_zero:
            said.append("sum_to_zero = TRUE")
        if self.weights:
            said.append(f"weights = cbind({', '.join(weight.text for weight in self.weights)})")
        if not self.scaled:
            said.append("scale = FALSE")
        if not said:
            return self.group(factors)
        names = [factor.text for factor in factors]
        return f"{'mm' if self.members else 'gr'}({', '.join([*names, *said])})"


def special(
    node: Node, text: str, columns: Collection[str] = ()
) -> tuple[tuple[Variable, ...], Special] | None:
    """Return the factors of a group that a call of `gr` or `mm` makes, and what it says of them.

    Raises
    ------
    FormulaError
        If an argument is none of theirs, or none that they know.
    """
    while isinstance(node, Parenthesis):
        node = node.inner
    if not isinstance(node, Call) or node.function not in _USAGE:
        return None
    return _Reader(node, text, columns).read()


class _Reader:
    """Reads one call, from its first argument to its last."""

    def __init__(self, call: Call, text: str, columns: Collection[str]) -> None:
        self.call, self.text, self.columns = call, text, columns
        self.seen: set[str] = set()

    def read(self) -> tuple[tuple[Variable, ...], Special]:
        """Return the factors, and what is said of them."""
        members = self.call.function == "mm"
        factors: list[Variable] = []
        said = Special(members=members)
        for argument in self.call.arguments:
            if not argument.name and isinstance(argument.value, Name):
                factors.append(variable_of(argument.value, self.columns))
                continue
            if argument.name in self.seen or not argument.name:
                raise self._refuse(argument.span)
            self.seen.add(argument.name)
            said = self._said(said, argument)
        many = len(dict.fromkeys(factor.text for factor in factors))
        if many != len(factors) or (many < 2 if members else many != 1):
            raise self._refuse(self.call.span)
        if said.sum_to_zero and (said.by or said.matrix or said.student):
            raise mistake("sum-to-zero-alone", self.text, self.call.span)
        if said.weights and len(said.weights) != many:
            raise mistake("member-weights", self.text, self.call.span, count=many)
        return tuple(factors), said

    def _said(self, said: Special, argument: Argument) -> Special:
        value = argument.value
        match self.call.function, argument.name:
            case "gr", "by" if isinstance(value, Name | Call):
                return replace(said, by=variable_of(value, self.columns))
            case "gr", "cov" if isinstance(value, Name):
                return replace(said, matrix=value.name)
            case "gr", "dist" if isinstance(value, Text) and value.value in ("gaussian", "student"):
                return replace(said, student=value.value == "student")
            case "gr", "sum_to_zero" if isinstance(value, Truth):
                return replace(said, sum_to_zero=value.value)
            case "mm", "scale" if isinstance(value, Truth):
                return replace(said, scaled=value.value)
            case "mm", "weights" if isinstance(value, Call) and value.function == "cbind":
                return replace(said, weights=self._weights(value))
            case _:
                raise self._refuse(argument.span)

    def _weights(self, call: Call) -> tuple[Variable, ...]:
        """Return what stands in `cbind()`: columns and calls."""
        found: list[Variable] = []
        for argument in call.arguments:
            if argument.name or not isinstance(argument.value, Name | Call):
                raise self._refuse(argument.span)
            found.append(variable_of(argument.value, self.columns))
        return tuple(found)

    def _refuse(self, span: Span) -> FormixError:
        function = self.call.function
        return mistake(
            "group-arguments", self.text, span, function=function, usage=_USAGE[function]
        )
