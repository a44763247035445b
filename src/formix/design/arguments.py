"""What the functions of a formula may be given, and the refusal of anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from formix.design.values import Argument, Factor, Matrix


class Bare(str):
    """A name written where no column is meant, such as the contrast in `C(f, Sum)`."""

    __slots__ = ()


ABSENT: Argument = Bare("")
"""The value of an argument that was not given."""


class Fault(Exception):  # noqa: N818 - it is no error yet: it has no place in a formula
    """A call that cannot be evaluated; the expression it stands in adds the caret."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def described(value: object) -> str:
    """Return what a value is, in the user's words."""
    if isinstance(value, Factor):
        return "a factor"
    if isinstance(value, Matrix):
        return "a matrix"
    if isinstance(value, str):
        return f'the text "{value}"'
    if isinstance(value, list):
        return "several values"
    return "numbers" if isinstance(value, np.ndarray) else f"{value}"


def numbers(value: Argument, what: str) -> Any:
    """Return numbers (an array, or one number), truth values counting as 0 and 1."""
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, np.ndarray):
        return value.astype(np.float64, copy=False)
    raise Fault(f"`{what}` needs numbers, and was given {described(value)}")


def column(value: Argument, what: str) -> np.ndarray:
    """Return one column of numbers."""
    if isinstance(value, np.ndarray):
        return value.astype(np.float64, copy=False)
    raise Fault(f"`{what}` needs a column of numbers, and was given {described(value)}")


def learnable(value: Argument, what: str) -> np.ndarray:
    """Return one column of numbers from which something can be learnt: none missing or infinite."""
    found = column(value, what)
    bad = int(np.sum(~np.isfinite(found)))
    if bad:
        rows = "1 row" if bad == 1 else f"{bad} rows"
        raise Fault(f"`{what}` was given what is no number in {rows}")
    return found


def number(value: Argument, what: str) -> float:
    """Return one number."""
    if isinstance(value, (bool, int, float)):
        return float(value)
    raise Fault(f"{what} must be one number, and is {described(value)}")


def whole(value: Argument, what: str, at_least: int = 0) -> int:
    """Return one whole number."""
    found = number(value, what)
    if not float(found).is_integer() or found < at_least:
        raise Fault(f"{what} must be a whole number of at least {at_least}, and is {found:g}")
    return int(found)


def truth(value: Argument, what: str) -> bool:
    """Return TRUE or FALSE."""
    if isinstance(value, bool) or value in (0.0, 1.0):
        return bool(value)
    raise Fault(f"{what} must be TRUE or FALSE, and is {described(value)}")


def several(value: Argument, what: str) -> list[float]:
    """Return one number or those of `c()` as a list."""
    items: list[Any] = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(item, bool | int | float) for item in items):
        raise Fault(f"{what} must be numbers, such as c(1, 2)")
    return [float(item) for item in items]


def mapped(what: str, run: Callable[..., Any], *values: Argument) -> Argument:
    """Return `run` of numbers, elementwise, each column of a matrix in turn."""
    matrices = [value for value in values if isinstance(value, Matrix)]
    if not matrices:
        return run(*(numbers(value, what) for value in values))
    widths = {len(matrix.names) for matrix in matrices}
    if len(widths) > 1:
        raise Fault(f"`{what}` was given matrices of different widths")
    spread = [
        value.values if isinstance(value, Matrix) else np.reshape(numbers(value, what), (-1, 1))
        for value in values
    ]
    return Matrix(run(*spread), matrices[0].names)
