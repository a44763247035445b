"""From the left side of the main formula to the response term."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from formix.syntax.mistakes import mistake
from formix.syntax.printer import to_text
from formix.syntax.tree import (
    Argument,
    Call,
    Equation,
    Name,
    Node,
    Subscript,
    Text,
    Truth,
    walk,
)
from formix.terms.term import Addition, ResponseTerm
from formix.terms.variables import resolve, resolve_call


@dataclass(frozen=True)
class _Known:
    """What one addition takes: its arguments by name in order, one of which it needs, its usage."""

    arguments: tuple[str, ...]
    needed: tuple[str, ...]
    usage: str


ADDITIONS = {
    "se": _Known(
        ("se", "sigma"), ("se",), "se(s), or se(s, sigma = TRUE) to estimate sigma as well"
    ),
    "weights": _Known(
        ("weights", "kind"), ("weights",), 'weights(w), or weights(w, kind = "likelihood")'
    ),
    "trials": _Known(("trials",), ("trials",), "trials(n)"),
    "cens": _Known(("cens", "y2"), ("cens",), "cens(c), or cens(c, y2) for intervals"),
    "trunc": _Known(("lb", "ub"), ("lb", "ub"), "trunc(lb, ub), trunc(lb = 0) or trunc(ub = 1)"),
    "rate": _Known(("denom",), ("denom",), "rate(d)"),
}
"""What can be said of a response after its bar."""

_KINDS = ("precision", "likelihood")


def response_term(equation: Equation, text: str, columns: Collection[str]) -> ResponseTerm:
    """Return the response, the level that counts as success, and what else is known of it."""
    left = resolve(equation.left, columns)
    level = left.level if isinstance(left, Subscript) else ""
    node = left.value if isinstance(left, Subscript) else left
    if not any(isinstance(inside, Name) for inside in walk(node)):
        raise mistake("response-constant", text, node.span)
    additions: list[Addition] = []
    for call in equation.additions:
        resolved = resolve_call(call, columns)
        _check(resolved, text)
        if any(addition.name == call.function for addition in additions):
            raise mistake("addition-twice", text, call.span, function=call.function)
        additions.append(Addition(call.function, resolved, to_text(resolved), span=call.span))
    _check_together(additions, text)
    return ResponseTerm(to_text(node), node, level, tuple(additions), span=equation.left.span)


def bound(addition: Addition) -> dict[str, Argument]:
    """Return the arguments of an addition by name; expansion has checked them."""
    names = ADDITIONS[addition.name].arguments
    return {
        argument.name or names[place]: argument
        for place, argument in enumerate(addition.call.arguments)
    }


def known_as(addition: Addition) -> tuple[str, ...]:
    """Return the names under which the design knows what an addition says of each row.

    `se_sigma` stands beside `se` where sigma is estimated as well; precision weights are `weights`.
    """
    given = {name: argument.value for name, argument in bound(addition).items()}
    switch = given.get("kind", given.get("sigma"))
    said = switch.value if isinstance(switch, Text | Truth) else None
    match addition.name:
        case "se":
            return ("se", "se_sigma") if said is True else ("se",)
        case "weights":
            return ("likelihood_weights",) if said == "likelihood" else ("weights",)
        case "cens":
            return ("cens", "cens_upper") if "y2" in given else ("cens",)
        case "trunc":
            names = {"lb": "trunc_lower", "ub": "trunc_upper"}
            return tuple(names[name] for name in given)
        case name:
            return (name,)


def _check_together(additions: list[Addition], text: str) -> None:
    """Refuse standard errors beside precision weights: each says how large a row's variance is."""
    precise = [one for one in additions if {"se", "weights"} & set(known_as(one))]
    if len(precise) > 1:
        raise mistake("se-and-weights", text, precise[1].span)


def _check(call: Call, text: str) -> None:
    """Refuse what cannot be said of a response, and arguments that an addition does not take."""
    known = ADDITIONS.get(call.function)
    if known is None:
        listed = ", ".join(f"{name}()" for name in ADDITIONS)
        raise mistake(
            "unknown-addition", text, call.function_span, function=call.function, known=listed
        )
    given: dict[str, Node] = {}
    for place, argument in enumerate(call.arguments):
        by_place = known.arguments[place] if place < len(known.arguments) else ""
        name = argument.name or by_place
        if name not in known.arguments or name in given or not _suits(name, argument.value):
            raise mistake(
                "addition-arguments", text, argument.span, function=call.function, usage=known.usage
            )
        given[name] = argument.value
    if given.keys().isdisjoint(known.needed):
        raise mistake(
            "addition-arguments", text, call.span, function=call.function, usage=known.usage
        )


def _suits(name: str, value: Node) -> bool:
    """Return whether a switch of an addition is set to something that it knows."""
    if name == "kind":
        return isinstance(value, Text) and value.value in _KINDS
    if name == "sigma":
        return isinstance(value, Truth)
    # Of a response with levels a bound is one of them.
    return not isinstance(value, Truth if name in ("y2", "lb", "ub") else Text | Truth)
