"""Which columns of the data a formula uses, and the refusal of names that it cannot have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from textwrap import fill
from typing import TYPE_CHECKING, Any

from formix.design.functions import CONSTANTS, find, unknown_function
from formix.errors import UnknownFunctionError
from formix.syntax.mistakes import mistake
from formix.syntax.spelling import spell_name
from formix.syntax.tree import Argument, Binary, Call, Name, Node, Parenthesis, Subscript, Unary
from formix.terms.response import bound

if TYPE_CHECKING:
    from formix.errors import FormixError, Span
    from formix.terms.term import Addition, ResponseTerm, Terms

Functions = Mapping[str, Callable[..., Any]]

PAIRS = ("cbind", "prop", "proportion")
"""Responses of two columns: successes and failures, or successes and trials."""


def inner(node: Node) -> Node:
    """Return a node without the parentheses around it."""
    while isinstance(node, Parenthesis):
        node = node.inner
    return node


def names_in(node: Node, functions: Functions, text: str) -> Iterator[Name]:
    """Yield the names of columns in an expression, from left to right.

    Raises
    ------
    UnknownFunctionError
        If it calls a function outside the registry that was not passed either.
    """
    if isinstance(node, Name):
        yield node
    elif isinstance(node, Parenthesis):
        yield from names_in(node.inner, functions, text)
    elif isinstance(node, Unary):
        yield from names_in(node.operand, functions, text)
    elif isinstance(node, Subscript):
        yield from names_in(node.value, functions, text)
    elif isinstance(node, Binary):
        yield from names_in(node.left, functions, text)
        yield from names_in(node.right, functions, text)
    elif isinstance(node, Call):
        function = find(node.function, functions)
        if function is None:
            raise unknown_function(node.function, node.function_span, text, functions)
        yield from arguments_in(node.arguments, function.bare, functions, text)


def arguments_in(
    arguments: Sequence[Argument],
    bare: frozenset[int | str],
    functions: Functions,
    text: str,
) -> Iterator[Name]:
    """Yield the names of columns in a call's arguments, leaving out those that name no column."""
    for i, argument in enumerate(arguments):
        if not (isinstance(argument.value, Name) and (argument.name or i) in bare):
            yield from names_in(argument.value, functions, text)


def used(
    terms: Terms, names: Sequence[str], functions: Functions, *, new: bool = False
) -> tuple[str, ...]:
    """Return the columns that a formula uses, in the order in which it names them.

    With `new`, columns of the response and of groups that the data lacks are left out: new data
    need not have them.

    Raises
    ------
    UnknownColumnError
        If the data has no column of a name.
    UnknownFunctionError
        If the formula calls a function outside the registry that was not passed either.
    """
    text = terms.formula.text
    try:
        needed = list(predictor_names(terms, functions))
        others = [
            *response_names(terms.response, functions, text),
            *_group_names(terms, functions, text),
        ]
    except UnknownFunctionError as error:
        if error.span is not None and (odd := _odd_column(error.span, text, names)):
            error.hint = odd
        raise
    known = set(names)
    for name in sorted(needed if new else needed + others, key=lambda each: each.span):
        if name.name not in known and name.name not in CONSTANTS:
            raise unknown_column(name.name, name.span, text, names)
    written = sorted(needed + others, key=lambda each: each.span)
    return tuple(dict.fromkeys(name.name for name in written if name.name in known))


def response_names(response: ResponseTerm, functions: Functions, text: str) -> Iterator[Name]:
    """Yield the names of columns on the left side, its additions among them."""
    node = inner(response.node)
    if isinstance(node, Call) and node.function in PAIRS:
        yield from arguments_in(node.arguments, frozenset(), functions, text)
    else:
        yield from names_in(node, functions, text)
    for addition in response.additions:
        yield from arguments_in(addition.call.arguments, frozenset(), functions, text)


def spare_names(terms: Terms, functions: Functions) -> frozenset[str]:
    """Return the columns that a row may lack: those of the upper end of intervals alone.

    Rows that are no interval have none, and say so by a missing value.
    """
    text, response = terms.formula.text, terms.response
    ends = [
        bound(addition)["y2"]
        for addition in response.additions
        if addition.name == "cens" and "y2" in bound(addition)
    ]
    if not ends:
        return frozenset()
    additions = tuple(
        replace(addition, call=replace(addition.call, arguments=_without(addition, ends)))
        for addition in response.additions
    )
    others = [
        *predictor_names(terms, functions),
        *response_names(replace(response, additions=additions), functions, text),
        *_group_names(terms, functions, text),
    ]
    found = {name.name for name in arguments_in(ends, frozenset(), functions, text)}
    return frozenset(found - {name.name for name in others})


def _without(addition: Addition, left_out: Sequence[Argument]) -> tuple[Argument, ...]:
    """Return the arguments of an addition but for some, which are told apart from their equals."""
    given = addition.call.arguments
    return tuple(each for each in given if not any(each is one for one in left_out))


def _group_names(terms: Terms, functions: Functions, text: str) -> Iterator[Name]:
    for part in terms.predictors:
        for group in part.groups:
            said = group.special
            own = (*group.factors, *((said.by,) if said.by else ()), *said.weights)
            for variable in own:
                yield from names_in(variable.node, functions, text)


def predictor_names(terms: Terms, functions: Functions) -> Iterator[Name]:
    """Yield the names of columns that the predictors are made of, without the groups."""
    text = terms.formula.text
    for part in terms.predictors:
        for common in (part.common, *(group.effects for group in part.groups)):
            for term in common.terms:
                for variable in term.variables:
                    yield from names_in(variable.node, functions, text)
        for offset in part.offsets:
            yield from names_in(offset.variable.node, functions, text)


def _odd_column(span: Span, text: str, names: Sequence[str]) -> str:
    """Return what to write, where a column's whole name stands there without its backticks."""
    rest = text[span.start :]
    odd = (name for name in names if spell_name(name).startswith("`") and name.split())
    found = [name for name in odd if re.match(_spaced(name), rest)]
    longest = max(found, key=len, default="")
    return f"for the column of that name write {spell_name(longest)}, in backticks" if found else ""


def _spaced(name: str) -> str:
    """Return a pattern of a name, blanks wherever, that no longer name begins with."""
    return r"\s*".join(re.escape(one) for one in name if not one.isspace()) + r"(?![\w.])"


def unknown_column(name: str, span: Span, text: str, names: Sequence[str]) -> FormixError:
    """Return the refusal of a name that is not a column, with the nearest one that is."""
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if not near:
        near = [other for other in names if other.casefold() == name.casefold()]
    start = f"did you mean `{near[0]}`? " if near else ""
    shown = ", ".join(names[:30]) + (f" and {len(names) - 30} more" if len(names) > 30 else "")
    advice = fill(f"{start}The data has: {shown}", 92, break_on_hyphens=False)
    if odd := _odd_column(span, text, names):
        advice = odd
    written = span.of(text)
    if written.startswith("`") and "\\" in written:
        advice += "\na backslash within backticks is written twice: `a\\\\b`"
    return mistake("unknown-column", text, span, name=name, known=advice)
