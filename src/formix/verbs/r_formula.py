"""A formula's tree in R's spelling, where ours is wider."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from formix.formulas import parse, to_text
from formix.syntax.tree import (
    Argument,
    Bar,
    Binary,
    Call,
    Dot,
    Name,
    Node,
    Parenthesis,
    Subscript,
    Sum,
    Text,
    Truth,
    Unary,
    walk,
)

if TYPE_CHECKING:
    from formix.terms.term import PredictorTerms

_RESERVED = frozenset({
    "if", "else", "repeat", "while", "function", "for", "next", "break", "in", "NULL", "NaN", "NA",
    "NA_integer_", "NA_real_", "NA_complex_", "NA_character_",
})  # fmt: skip
"""Words of R that are names with us, beside those that no formula may hold bare."""

_NUMPY = {
    "absolute": "abs", "ceil": "ceiling", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "where": "ifelse",
    "minimum": "pmin", "maximum": "pmax",
}  # fmt: skip
"""What R calls the functions of NumPy that it has under another name."""

_CONTRASTS = {name.lower(): name for name in ("treatment", "SAS", "sum", "helmert", "poly")}

SPLINES = frozenset({"bs", "ns"})
"""Functions that R has in the package splines."""


def in_r(node: Node, *, plain_bars: bool = True) -> Node:
    """Return a tree that R reads as we read the one given.

    Parameters
    ----------
    plain_bars
        Whether `us()` and `diag()` are written as one bar and two, for packages that know only
        those.
    """
    match node:
        case Name():
            return _named(node)
        case Call():
            return _called(node)
        case Unary():
            return replace(node, operand=in_r(node.operand, plain_bars=plain_bars))
        case Binary():
            left, right = (in_r(one, plain_bars=plain_bars) for one in (node.left, node.right))
            return replace(node, left=left, right=right)
        case Sum():
            operands = tuple(in_r(one, plain_bars=plain_bars) for one in node.operands)
            return replace(node, operands=operands)
        case Parenthesis():
            return replace(node, inner=in_r(node.inner, plain_bars=plain_bars))
        case Bar():
            return _bar(node, plain_bars)
        case Subscript():
            return Call("as.integer", (_positional(Binary("==", in_r(node.value), _level(node))),))
        case _:
            return node


def _bar(node: Bar, plain_bars: bool) -> Bar:
    effects, group = in_r(node.effects), in_r(node.group)
    written = node.written
    if plain_bars and node.covariance in ("us", "diag"):
        written = "|" if node.covariance == "us" else "||"
    return replace(node, effects=effects, group=group, written=written)


def _named(node: Name) -> Name:
    # R has no names that start with `_`, and no blank can stand in one that is printed bare.
    odd = node.name in _RESERVED or node.name.startswith("_")
    return replace(node, name=f"{_MARK}{node.name}{_MARK}") if odd else node


_MARK = "\u2400"
"""Stands where backticks will: a picture of a control character, which no column is called by."""


def spelled(node: Node) -> str:
    """Return the text of a tree that `in_r` gave."""
    text = to_text(node)
    return text.replace(f"`{_MARK}", "`").replace(f"{_MARK}`", "`").replace(_MARK, "`")


def _level(node: Subscript) -> Text:
    return Text(node.level)


def _positional(node: Node) -> Argument:
    return Argument("", node)


def _called(node: Call) -> Node:
    arguments = tuple(replace(one, value=in_r(one.value)) for one in node.arguments)
    module, _, name = node.function.rpartition(".")
    if module in ("np", "numpy"):
        if name == "power":
            return Call("I", (_positional(Binary("^", arguments[0].value, arguments[1].value)),))
        return replace(node, function=_NUMPY.get(name, name), arguments=arguments)
    if node.function == "center":
        return Call("scale", (*arguments, Argument("scale", Truth(False))))
    if node.function == "standardize":
        return replace(node, function="scale", arguments=arguments)
    if node.function == "C":
        return replace(node, arguments=tuple(_contrast(j, one) for j, one in enumerate(arguments)))
    return replace(node, arguments=arguments)


def _contrast(place: int, argument: Argument) -> Argument:
    """Return the contrast of `C()` under R's whole name, `contr.sum`."""
    value = argument.value
    if (place == 1 or argument.name == "contr") and isinstance(value, Name | Text):
        word = value.name if isinstance(value, Name) else value.value
        known = _CONTRASTS.get(word.lower().removeprefix("contr."))
        if known:
            return replace(argument, value=Name(f"contr.{known}"))
    return argument


def right_side(node: Node, terms: PredictorTerms, *, plain_bars: bool = True) -> str:
    """Return the right side of a formula; `.` written out, since R's takes in the groups."""
    if any(isinstance(inside, Dot) for inside in walk(node)):
        node = parse(f"y ~ {terms.text}").main.right
    return spelled(in_r(node, plain_bars=plain_bars))


def renamed(nodes: Iterable[Node]) -> dict[str, str]:
    """Return the calls that R spells otherwise: how we write each, and how R does."""
    calls = (inside for node in nodes for inside in walk(node) if isinstance(inside, Call))
    pairs = ((to_text(call), spelled(in_r(call))) for call in calls)
    return {ours: theirs for ours, theirs in pairs if ours != theirs}


def functions_in(node: Node) -> set[str]:
    """Return the functions that a tree calls."""
    return {inside.function for inside in walk(node) if isinstance(inside, Call)}


def bars_in(node: Node) -> list[Bar]:
    """Return the group-level terms of a tree."""
    return [inside for inside in walk(node) if isinstance(inside, Bar)]
