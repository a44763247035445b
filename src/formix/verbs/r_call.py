"""The noun of a call in R: its lines, and remarks on what it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formix.formulas import to_text
from formix.spec import MAIN
from formix.syntax.tree import Binary, Call, Equation, Node
from formix.verbs.r_formula import SPLINES, functions_in, in_r, spelled

if TYPE_CHECKING:
    from formix.models import Model
    from formix.terms.term import Addition

_WIDTH = 88


@dataclass(frozen=True)
class RCall:
    """Lines of R, none where the package has no such model, and remarks for its reader."""

    lines: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def called(function: str, arguments: Sequence[str], name: str = "fit") -> list[str]:
    """Return a call as lines: one where it is short, else an argument a line."""
    one = f"{name} <- {function}({', '.join(arguments)})"
    if len(one) <= _WIDTH and "\n" not in one:
        return [one]
    indented = [argument.replace("\n", "\n  ") for argument in arguments]
    body = ",\n  ".join(indented)
    return f"{name} <- {function}(\n  {body}\n)".split("\n")


def successes(node: Node) -> tuple[Node, Node] | None:
    """Return successes and trials, where `cbind()` or `prop()` says both."""
    if not isinstance(node, Call) or len(node.arguments) != 2:
        return None
    first, second = (argument.value for argument in node.arguments)
    if node.function == "prop":
        return first, second
    if isinstance(second, Binary) and second.operator == "-" and second.right == first:
        return first, second.left
    return first, Binary("+", first, second)


def addition(built: Model, name: str) -> Addition | None:
    """Return what the formula says of the response under a name."""
    return next((one for one in built.terms.response.additions if one.name == name), None)


def argument(said: Addition, place: int = 0) -> str:
    """Return an argument of an addition in R's spelling."""
    return spelled(in_r(said.call.arguments[place].value))


def right_sides(built: Model) -> dict[str, Node]:
    """Return the right side of each predictor's formula, by the parameter."""
    found = {MAIN: built.formula.main.right}
    for other in built.formula.others:
        if isinstance(other, Equation):
            found[to_text(other.left)] = other.right
    return found


def libraries(package: str, built: Model) -> list[str]:
    """Return the lines that load what a call needs."""
    functions = {f for node in right_sides(built).values() for f in functions_in(node)}
    return [
        f"library({name})" for name in (package, "splines" if functions & SPLINES else "") if name
    ]
