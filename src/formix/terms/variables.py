"""From nodes to the variables that terms multiply, under one spelling each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from formix.syntax.printer import to_text
from formix.syntax.tree import (
    Argument,
    Binary,
    Call,
    Name,
    Node,
    Parenthesis,
    Subscript,
    Truth,
    Unary,
)
from formix.terms.variable import Variable


def variable_of(node: Name | Call, columns: Collection[str] = ()) -> Variable:
    """Return the variable that a column or a call is.

    Where the data have a column called T or F, that is what T and F mean, as in R.
    """
    if isinstance(node, Call):
        node = resolve_call(node, columns)
    return Variable(to_text(node), node, span=node.span)


def resolve(node: Node, columns: Collection[str]) -> Node:
    """Return a node in which T and F are columns where the data have columns of that name."""
    if not {"T", "F"}.intersection(columns):
        return node
    match node:
        case Truth() if node.text in columns:
            return Name(node.text, span=node.span)
        case Call():
            return resolve_call(node, columns)
        case Unary():
            return replace(node, operand=resolve(node.operand, columns))
        case Binary():
            left, right = resolve(node.left, columns), resolve(node.right, columns)
            return replace(node, left=left, right=right)
        case Parenthesis():
            return replace(node, inner=resolve(node.inner, columns))
        case Subscript():
            return replace(node, value=resolve(node.value, columns))
        case _:
            return node


def resolve_call(call: Call, columns: Collection[str]) -> Call:
    """Return a call whose arguments are resolved, switches such as `raw = T` excepted."""
    if not {"T", "F"}.intersection(columns):
        return call

    def argument(one: Argument) -> Argument:
        if one.name and isinstance(one.value, Truth):
            # `raw = T` is a switch, whatever the columns are called.
            return one
        return replace(one, value=resolve(one.value, columns))

    return replace(call, arguments=tuple(argument(one) for one in call.arguments))
