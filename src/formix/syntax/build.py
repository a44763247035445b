"""From the grammar's rules to the nodes of the tree: one method a rule, called as it is read.

Nodes are made while parsing, from the innermost outwards, so that no tree of tokens is ever
walked and nothing here calls itself, however deep a formula is.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from formix.errors import Span
from formix.syntax.spelling import SHORT_TRUTHS, TRUTHS, EscapeError, spell_number, unquote
from formix.syntax.tokens import FaultError, span_of
from formix.syntax.tree import (
    Argument,
    Assignment,
    Bar,
    Binary,
    Call,
    Dot,
    Equation,
    Name,
    Node,
    Number,
    Parenthesis,
    Subscript,
    Sum,
    Text,
    Truth,
    Unary,
)

if TYPE_CHECKING:
    from lark import Token


class Build:
    """What each rule of the grammar makes; its children are nodes, and all of its tokens."""

    def start(self, parts: list[Equation | Assignment | Token]) -> list[Equation | Assignment]:
        """Return the formulas of a text."""
        return [part for part in parts if isinstance(part, Equation | Assignment)]

    def equation(self, parts: list[Node | Token | list[Call]]) -> Equation:
        """Return a response or parameter with its right side."""
        left, right = cast("Node", parts[0]), cast("Node", parts[-1])
        additions = cast("list[Call]", parts[2]) if len(parts) > 3 else []
        return Equation(left, tuple(additions), right, span=left.span | right.span)

    def additions(self, parts: list[Call | Token]) -> list[Call]:
        """Return what is said of the response after its bar."""
        return [part for part in parts if isinstance(part, Call)]

    def subscript(self, parts: list[Node | Token | str]) -> Subscript:
        """Return a factor and its level that counts as success."""
        value = cast("Node", parts[0])
        closing = cast("Token", parts[3])
        return Subscript(value, cast("str", parts[2]), span=value.span | span_of(closing))

    def level(self, parts: list[Token]) -> str:
        """Return a level as the text that labels it."""
        (token,) = parts
        if token.type in {"QUOTED", "STRING"}:
            return _unquote(token)
        return spell_number(_value(token)) if token.type == "NUMBER" else str(token)

    def assignment(self, parts: list[Token | Number]) -> Assignment:
        """Return a parameter held at a value."""
        parameter, value = cast("Token", parts[0]), cast("Number", parts[2])
        name = Name(str(parameter), span=span_of(parameter))
        return Assignment(name, value.value, span=name.span | value.span)

    def signed_number(self, parts: list[Token]) -> Number:
        """Return a number with its sign."""
        value = _value(parts[-1])
        span = span_of(parts[0]) | span_of(parts[-1])
        return Number(-value if parts[0] == "-" else value, str(parts[-1]), span=span)

    def sum(self, parts: list[Node | Token]) -> Sum:
        """Return summands with the signs between them."""
        operands = tuple(cast("list[Node]", parts[::2]))
        signs = tuple(str(sign) for sign in parts[1::2])
        return Sum(operands, signs, span=operands[0].span | operands[-1].span)

    def binary(self, parts: list[Node | Token]) -> Binary:
        """Return an operator between its operands."""
        left, operator, right = cast("tuple[Node, Token, Node]", tuple(parts))
        return Binary(
            "^" if operator == "**" else str(operator),
            left,
            right,
            operator_span=span_of(operator),
            span=left.span | right.span,
        )

    def unary(self, parts: list[Node | Token]) -> Unary:
        """Return a sign or a negation before its operand."""
        operator, operand = cast("tuple[Token, Node]", tuple(parts))
        return Unary(str(operator), operand, span=span_of(operator) | operand.span)

    def name(self, parts: list[Token]) -> Name:
        """Return a column of the algebra."""
        return Name(str(parts[0]), span=span_of(parts[0]))

    def word(self, parts: list[Token]) -> Name | Truth:
        """Return a column inside arithmetic, or a truth value."""
        (token,) = parts
        if token in TRUTHS:
            return Truth(TRUTHS[token], span=span_of(token))
        return Name(str(token), span=span_of(token))

    def quoted(self, parts: list[Token]) -> Name:
        """Return a column written in backticks."""
        return Name(_unquote(parts[0]), span=span_of(parts[0]))

    def number(self, parts: list[Token]) -> Number:
        """Return a number."""
        return Number(_value(parts[0]), str(parts[0]), span=span_of(parts[0]))

    def text(self, parts: list[Token]) -> Text:
        """Return a string."""
        return Text(_unquote(parts[0]), span=span_of(parts[0]))

    def dot(self, parts: list[Token]) -> Dot:
        """Return the dot."""
        return Dot(span=span_of(parts[0]))

    def enclosed(self, parts: list[Node | Token]) -> Node:
        """Return what parentheses hold in the algebra; they stay only where they may matter."""
        inner = cast("Node", parts[1])
        return self.parenthesis(parts) if isinstance(inner, Sum | Binary | Unary) else inner

    def parenthesis(self, parts: list[Node | Token]) -> Parenthesis:
        """Return parentheses and what they hold."""
        opening, inner, closing = cast("tuple[Token, Node, Token]", tuple(parts))
        return Parenthesis(inner, span=span_of(opening) | span_of(closing))

    def bar(self, parts: list[Node | Token]) -> Bar:
        """Return group-level effects."""
        first, closing = cast("Token", parts[0]), cast("Token", parts[-1])
        structure = str(first) if first.type == "STRUCTURE" else ""
        if structure:
            parts = parts[1:]
        doubled = parts[2] == "||"
        return Bar(
            effects=cast("Node", parts[1]),
            group=cast("Node", parts[-2]),
            covariance=structure or ("diag" if doubled else "us"),
            id=str(parts[3]) if len(parts) == 7 else "",
            written=structure or str(parts[2]),
            span=span_of(first) | span_of(closing),
        )

    def call(self, parts: list[Token | Argument]) -> Call:
        """Return a function and its arguments."""
        function, closing = cast("Token", parts[0]), cast("Token", parts[-1])
        arguments = [part for part in parts if isinstance(part, Argument)]
        return Call(
            str(function),
            tuple(_flag(argument, place) for place, argument in enumerate(arguments)),
            function_span=span_of(function),
            span=span_of(function) | span_of(closing),
        )

    def argument(self, parts: list[Node | Token]) -> Argument:
        """Return an argument by position, or by name."""
        value = cast("Node", parts[-1])
        if len(parts) == 1:
            return Argument("", value, span=value.span)
        name = cast("Token", parts[0])
        return Argument(str(name), value, span=span_of(name) | value.span)


def _flag(argument: Argument, place: int) -> Argument:
    """Return an argument whose bare T or F is a truth value, as in `scale(x, F)`, not a column."""
    value = argument.value
    if (place == 0 and not argument.name) or not isinstance(value, Name):
        return argument
    if value.name not in SHORT_TRUTHS or value.span.stop - value.span.start != 1:
        return argument
    truth = Truth(SHORT_TRUTHS[value.name], text=value.name, span=value.span)
    return Argument(argument.name, truth, span=argument.span)


def _value(token: Token) -> float:
    value = float(token.removesuffix("L"))
    if math.isinf(value):
        raise FaultError("large-number", span_of(token), token=token)
    return value


def _unquote(token: Token) -> str:
    try:
        return unquote(token)
    except EscapeError as error:
        start = span_of(token).start
        span = Span(start + error.start, start + error.stop)
        raise FaultError("escape", span, token=token[error.start : error.stop]) from None
