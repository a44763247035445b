"""An expression of parameters, computed from their draws, or read as a line in one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.syntax.statement import Step
    from formix.verbs.elements import Element

    Array = Float[np.ndarray, "..."]

_FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "abs": np.abs,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
}

_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}


def computed(steps: tuple[Step, ...], draws: Mapping[str, Array]) -> Array:
    """Return the value of an expression at every draw.

    Parameters
    ----------
    draws
        Those of its parameters, by their text.
    """
    stack: list[Array] = []
    with np.errstate(all="ignore"):
        for step in steps:
            if step.kind == "number":
                stack.append(np.asarray(float(step.text)))
            elif step.kind == "parameter":
                stack.append(draws[step.text])
            elif step.kind == "function":
                stack.append(_FUNCTIONS[step.text](stack.pop()))
            elif step.kind == "prefix":
                stack.append(-stack.pop() if step.text == "-" else stack.pop())
            else:
                right = stack.pop()
                stack.append(_OPERATORS[step.text](stack.pop(), right))
    return stack.pop()


@dataclass(frozen=True)
class Line:
    """A number times one parameter and another number: `slope * element + constant`."""

    element: Element | None
    slope: float
    constant: float


def line(steps: tuple[Step, ...], elements: Mapping[str, Element]) -> Line | None:
    """Return an expression as a line in one parameter; None where it is none."""
    stack: list[Line | None] = []
    with np.errstate(all="ignore"):
        for step in steps:
            if step.kind == "number":
                stack.append(Line(None, 0.0, float(step.text)))
            elif step.kind == "parameter":
                stack.append(Line(elements[step.text], 1.0, 0.0))
            elif step.kind == "function":
                one = stack.pop()
                value = None if one is None or one.element else _FUNCTIONS[step.text](one.constant)
                stack.append(None if value is None else Line(None, 0.0, float(value)))
            elif step.kind == "prefix":
                one = stack.pop()
                stack.append(_scaled(one, -1.0 if step.text == "-" else 1.0))
            else:
                right = stack.pop()
                stack.append(_joined(step.text, stack.pop(), right))
    return stack.pop()


def _scaled(one: Line | None, by: float) -> Line | None:
    return None if one is None else Line(one.element, one.slope * by, one.constant * by)


def difference(left: Line | None, right: Line | None) -> Line | None:
    """Return the line that is one less another."""
    return _joined("-", left, right)


def _joined(sign: str, left: Line | None, right: Line | None) -> Line | None:
    if left is None or right is None:
        return None
    if sign in "+-":
        right = Line(right.element, -right.slope, -right.constant) if sign == "-" else right
        if left.element and right.element and left.element != right.element:
            return None
        element = left.element or right.element
        return Line(element, left.slope + right.slope, left.constant + right.constant)
    if sign == "*" and not (left.element and right.element):
        return _scaled(right, left.constant) if right.element else _scaled(left, right.constant)
    if right.element or (sign == "^" and left.element):
        return None
    if sign == "/":
        return _scaled(left, float(np.divide(1.0, right.constant)))
    return Line(None, 0.0, float(_OPERATORS[sign](left.constant, right.constant)))
