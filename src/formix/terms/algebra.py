"""The algebra of terms: R's operators, on sets of terms that keep their order.

A term is a set of variables, held as the bits of an integer; variables are numbered as they first
appear, which is the order that they have inside a term. A side of a formula is the terms that it
adds up, in order of appearance, and whether it has an intercept.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from formix.errors import FormixError, Span
from formix.syntax.mistakes import mistake
from formix.syntax.printer import to_text
from formix.syntax.tree import (
    Bar,
    Binary,
    Call,
    Dot,
    Name,
    Node,
    Number,
    Parenthesis,
    Sum,
    Unary,
    children,
)
from formix.terms.bars import looks_like_bar
from formix.terms.offset import offset_term
from formix.terms.term import CommonTerms, OffsetTerm, Term
from formix.terms.variable import Variable
from formix.terms.variables import variable_of

MOST = 1000
"""How many terms a right side may expand to."""

HIGHEST = 100
"""The highest power of terms."""

Place = Literal["added", "crossed", "effects"]
"""Where a node stands: plainly added to the formula, within another operator, or before a bar."""

Bits = dict[int, Span]


class Algebra:
    """The expansion of one right side, or of what stands before or after one bar.

    Parameters
    ----------
    text
        The formula, for errors.
    dot
        The columns that `.` stands for; None without data.
    columns
        The columns of the data, where known: they tell a column called T from R's T.
    response
        The response, which R counts as the first variable.

    Attributes
    ----------
    bars, offsets
        What was met on the way and is no term, in order of appearance.
    notes
        What R does in silence.
    """

    def __init__(
        self,
        text: str,
        dot: tuple[str, ...] | None = None,
        columns: Collection[str] = (),
        response: Variable | None = None,
    ) -> None:
        self.bars: list[Bar] = []
        self.offsets: list[OffsetTerm] = []
        self.notes: list[str] = []
        self._text = text
        self._dot = dot
        self._columns = columns
        self._response = response
        self._intercept = True
        self._adding = True
        self._numbers: dict[str, int] = {}
        self._variables: list[Variable] = []

    def expand(self, node: Node, place: Place = "added") -> CommonTerms:
        """Return the terms that a node adds up, by degree and then by appearance, as R has them."""
        if self._response is not None:
            self._number(self._response)
        bits = self._encode(node, place)
        ordered = sorted(bits, key=int.bit_count)
        terms = tuple(Term(self._chosen(term), span=bits[term]) for term in ordered)
        self._check_response(terms)
        return CommonTerms(self._intercept, terms, span=node.span)

    def _chosen(self, term: int) -> tuple[Variable, ...]:
        chosen: list[Variable] = []
        while term:
            lowest = term & -term
            chosen.append(self._variables[lowest.bit_length() - 1])
            term ^= lowest
        return tuple(chosen)

    def _check_response(self, terms: tuple[Term, ...]) -> None:
        if self._response is None:
            return
        for term in terms:
            if term.text == self._response.text:
                raise self._refuse("response-on-right", term.span, token=self._response.text)

    def _number(self, variable: Variable) -> int:
        """Return the bit of a variable, a new one where it has none yet."""
        place = self._numbers.setdefault(variable.text, len(self._variables))
        if place == len(self._variables):
            self._variables.append(variable)
        return 1 << place

    def _refuse(self, id: str, span: Span, **said: object) -> FormixError:
        return mistake(id, self._text, span, **said)

    def _encode(self, node: Node, place: Place) -> Bits:
        match node:
            case Number():
                return self._encode_number(node)
            case Dot():
                return self._encode_dot(node)
            case Name():
                return {self._number(Variable(to_text(node), node, span=node.span)): node.span}
            case Call():
                return self._encode_call(node, place)
            case Bar():
                if place != "added":
                    id = "nested-bar" if place == "effects" else "bar-in-product"
                    raise self._refuse(id, node.span)
                self.bars.append(node)
                return {}
            case Parenthesis():
                return self._encode(node.inner, place)
            case Sum():
                return self._encode_sum(node, place)
            case Unary():
                if node.operator == "-":
                    self._encode_removed(node.operand, place)
                    return {}
                return self._encode(node.operand, place)
            case Binary():
                return self._encode_binary(node, place)
            case _:
                raise self._refuse("unexpected", node.span, token=to_text(node), wanted="a term")

    def _encode_number(self, node: Number) -> Bits:
        if node.value not in {0.0, 1.0}:
            raise self._refuse("term-number", node.span, token=to_text(node))
        # After a minus, 1 takes the intercept away and 0 brings it back.
        self._intercept = (node.value == 1.0) == self._adding
        return {}

    def _encode_dot(self, node: Dot) -> Bits:
        if self._dot is None:
            raise self._refuse("dot-without-data", node.span)
        names = (Name(name, span=node.span) for name in self._dot)
        bits = {
            self._number(Variable(to_text(name), name, span=node.span)): node.span for name in names
        }
        return self._counted(bits, node.span)

    def _encode_call(self, node: Call, place: Place) -> Bits:
        arguments = children(node)
        if node.function == "offset":
            if place != "added":
                raise self._refuse("offset-in-product", node.span)
            if len(arguments) != 1 or node.arguments[0].name:
                raise self._refuse("offset-arguments", node.span)
            self.offsets.append(offset_term(node, self._columns))
            return {}
        if looks_like_bar(node):
            raise self._refuse("unknown-structure", node.function_span, function=node.function)
        variable = variable_of(node, self._columns)
        return {self._number(variable): node.span}

    def _encode_sum(self, node: Sum, place: Place) -> Bits:
        first, *rest = node.operands
        bits = dict(self._encode(first, place))
        for sign, operand in zip(node.signs, rest, strict=True):
            if sign == "-":
                for term in self._encode_removed(operand, place):
                    bits.pop(term, None)
            else:
                for term, span in self._encode(operand, place).items():
                    bits.setdefault(term, span)
                self._counted(bits, node.span)
        return bits

    def _encode_removed(self, node: Node, place: Place) -> Bits:
        self._adding = not self._adding
        try:
            return self._encode(node, "crossed" if place == "added" else place)
        finally:
            self._adding = not self._adding

    def _encode_binary(self, node: Binary, place: Place) -> Bits:
        place = "crossed" if place == "added" else place
        left = self._encode(node.left, place)
        if node.operator == "^":
            return self._power(left, node)
        right = self._encode(node.right, place)
        if not left or not right:
            return self._intercept_alone(left, right, node)
        match node.operator:
            case ":":
                bits = self._products(left, right, node.span)
            case "*":
                bits = {**left, **right}
                for term, span in self._products(left, right, node.span).items():
                    bits.setdefault(term, span)
            case "/":
                bits = dict(left)
                outer = _union(left)
                for term in right:
                    bits.setdefault(outer | term, node.span)
            case "%in%":
                outer = _union(right)
                bits = dict.fromkeys((outer | term for term in left), node.span)
            case _:
                said = {"token": node.operator, "wanted": "an operator of terms"}
                raise self._refuse("unexpected", node.operator_span, **said)
        return self._counted(bits, node.span)

    def _intercept_alone(self, left: Bits, right: Bits, node: Binary) -> Bits:
        """Return what an operator leaves where one side is the intercept alone, as R has it."""
        bits: Bits = {} if node.operator == ":" else left
        if (left or right) and not bits:
            self.notes.append(
                f"`{to_text(node)}` adds no term, as in R: the intercept interacts with nothing"
            )
        return bits

    def _power(self, left: Bits, node: Binary) -> Bits:
        exponent = node.right
        if not isinstance(exponent, Number) or exponent.value not in range(1, HIGHEST + 1):
            raise self._refuse("power", exponent.span, highest=HIGHEST)
        bits = left
        for _ in range(int(exponent.value) - 1):
            raised = self._products(left, bits, node.span)
            if list(raised) == list(bits):
                break
            bits = raised
        return bits

    def _products(self, left: Bits, right: Bits, span: Span) -> Bits:
        bits: Bits = {}
        for one in left:
            for other in right:
                bits.setdefault(one | other, left[one] if one == other else span)
            self._counted(bits, span)
        return bits

    def _counted(self, bits: Bits, span: Span) -> Bits:
        if len(bits) > MOST:
            raise self._refuse("many-terms", span, most=MOST)
        return bits


def _union(bits: Bits) -> int:
    together = 0
    for term in bits:
        together |= term
    return together
