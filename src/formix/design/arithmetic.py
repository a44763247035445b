"""Operators and elementwise functions of a formula, with R's meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np

from formix.design.arguments import ABSENT, Fault, described, mapped, number, numbers, whole
from formix.design.column import label, text_of
from formix.design.values import Argument, Factor

Run = Callable[..., Any]


def elementwise(name: str, run: Run) -> Run:
    """Return a function of one argument that applies `run` to each number."""

    def apply(x: Argument) -> Argument:
        return mapped(name, run, x)

    return apply


def logarithm(x: Argument, base: Argument = ABSENT) -> Argument:
    """R's `log`: natural, or to a base."""
    if base is ABSENT:
        return mapped("log", np.log, x)
    size = float(np.log(number(base, "the base of a logarithm")))

    def run(v: np.ndarray) -> np.ndarray:
        return np.log(v) / size

    return mapped("log", run, x)


def rounded(x: Argument, digits: Argument = 0.0) -> Argument:
    """R's `round`: to the nearer of the two decimals around a number; at a tie, the even one."""
    places = int(np.clip(np.floor(number(digits, "digits") + 0.5), -_PLACES, _PLACES))

    def run(v: np.ndarray) -> Any:
        # What overflows has fewer digits than are asked for, and is returned as it is.
        with np.errstate(over="ignore", invalid="ignore"):
            return _nearest_decimal(np.asarray(v), places) if places else np.round(v)

    return mapped("round", run, x)


_PLACES = 308
"""A float has no more decimals to the left of its point, or none that change it to the right."""


def _nearest_decimal(v: np.ndarray, places: int) -> Any:
    size, power = np.abs(v), 10.0 ** abs(places)
    scaled = size * power if places > 0 else size / power
    floor, ceiling = np.floor(scaled), np.ceil(scaled)
    low, high = (n / power if places > 0 else n * power for n in (floor, ceiling))
    # The candidates are compared as floats: 0.15 lies below 3/20, so it is nearer to 0.1.
    below, above = size - low, high - size
    nearest = np.where((below < above) | ((below == above) & (floor % 2 == 0)), low, high)
    # A float holds 15 significant digits: one that asks for more is returned as it is.
    exponent = np.frexp(np.where(size > 0, size, 1.0))[1]
    asked = places + np.log10(2) * (exponent - 0.5)
    kept = (asked > _DIGITS) | ~np.isfinite(size)
    return np.where(kept, v, np.copysign(nearest, v))[()]


_DIGITS = 15


def significant(x: Argument, digits: Argument = 6.0) -> Argument:
    """R's `signif`."""
    places = whole(digits, "digits", 1)

    def run(v: np.ndarray) -> np.ndarray:
        scale = 10.0 ** (places - 1 - np.floor(np.log10(np.where(v == 0, 1.0, np.abs(v)))))
        return np.round(v * scale) / scale

    return mapped("signif", run, x)


def arithmetic(operator: str, run: Run) -> Run:
    """Return an operator on two numbers, columns or matrices."""

    def apply(left: Argument, right: Argument) -> Argument:
        return mapped(operator, run, left, right)

    return apply


def negative(x: Argument) -> Argument:
    """`-x`."""
    return mapped("-", np.negative, x)


def positive(x: Argument) -> Argument:
    """`+x`."""
    return mapped("+", np.positive, x)


def logistic(x: Any) -> Any:
    """R's `plogis`: from log odds to a probability, without overflow."""
    return np.exp(-np.logaddexp(0.0, -x))


def logit(p: Any) -> Any:
    """R's `qlogis`: from a probability to log odds."""
    return np.log(p) - np.log1p(-p)


def truths(value: Argument, what: str) -> Any:
    """Return truth values; numbers are true where they are not zero."""
    if isinstance(value, np.ndarray) and value.dtype == bool:
        return value
    return numbers(value, what) != 0


def logical(operator: str, run: Run) -> Run:
    """Return an operator on two truth values."""

    def apply(left: Argument, right: Argument) -> Argument:
        return run(truths(left, operator), truths(right, operator))

    return apply


def negation(x: Argument) -> Argument:
    """`!x`."""
    return np.logical_not(truths(x, "!"))


def comparison(operator: str, run: Run) -> Run:
    """Return a comparison of numbers, or of a factor with levels (by order, if it is ordered)."""

    def apply(left: Argument, right: Argument) -> Argument:
        if isinstance(left, Factor) or isinstance(right, Factor):
            return _compare_levels(operator, run, left, right)
        if isinstance(left, str) or isinstance(right, str):
            raise Fault(f"`{operator}` cannot compare {described(left)} with {described(right)}")
        return mapped(operator, run, left, right)

    return apply


def _compare_levels(operator: str, run: Run, left: Argument, right: Argument) -> Argument:
    levels = left.levels if isinstance(left, Factor) else cast("Factor", right).levels
    ordered = all(v.ordered for v in (left, right) if isinstance(v, Factor))
    if operator not in ("==", "!=") and not ordered:
        raise Fault(
            f"`{operator}` needs an order, and the factor has none",
            hint="ordered(f) gives it one; `==` and `!=` need none",
        )
    return run(_codes(left, levels, operator), _codes(right, levels, operator))


def _codes(value: Argument, levels: tuple[Any, ...], operator: str) -> Any:
    if isinstance(value, Factor):
        return value.recoded(levels).codes
    if isinstance(value, (str, float, bool)):
        written = [text_of(level) for level in levels]
        if text_of(label(value)) in written:
            return written.index(text_of(label(value)))
        if operator in ("==", "!="):
            return -2
        raise Fault(f"`{value}` is not a level of the factor")
    raise Fault(f"`{operator}` cannot compare a factor with {described(value)}")


def choice(test: Argument, yes: Argument, no: Argument) -> Argument:
    """R's `ifelse`, for numbers."""
    first: np.ndarray = np.asarray(numbers(yes, "ifelse"))
    second: np.ndarray = np.asarray(numbers(no, "ifelse"))
    return np.where(truths(test, "ifelse"), first, second)


def extreme(name: str, run: Run) -> Run:
    """Return `pmin` or `pmax`: the smallest or largest of several columns, row by row."""

    def apply(first: Argument, *others: Argument) -> Argument:
        result = numbers(first, name)
        for other in others:
            result = run(result, numbers(other, name))
        return result

    return apply


OPERATORS: dict[str, Run] = {
    "+": arithmetic("+", np.add),
    "-": arithmetic("-", np.subtract),
    "*": arithmetic("*", np.multiply),
    "/": arithmetic("/", np.divide),
    "^": arithmetic("^", np.power),
    "%%": arithmetic("%%", np.mod),
    "%/%": arithmetic("%/%", np.floor_divide),
    "==": comparison("==", np.equal),
    "!=": comparison("!=", np.not_equal),
    "<": comparison("<", np.less),
    "<=": comparison("<=", np.less_equal),
    ">": comparison(">", np.greater),
    ">=": comparison(">=", np.greater_equal),
    "&": logical("&", np.logical_and),
    "|": logical("|", np.logical_or),
}

UNARY: dict[str, Run] = {"-": negative, "+": positive, "!": negation}

ELEMENTWISE: dict[str, Run] = {
    name: elementwise(name, run)
    for name, run in {
        "log2": np.log2,
        "log10": np.log10,
        "log1p": np.log1p,
        "exp": np.exp,
        "expm1": np.expm1,
        "sqrt": np.sqrt,
        "abs": np.abs,
        "sign": np.sign,
        "floor": np.floor,
        "ceiling": np.ceil,
        "trunc": np.trunc,
        "sin": np.sin,
        "cos": np.cos,
        "tan": np.tan,
        "asin": np.arcsin,
        "acos": np.arccos,
        "atan": np.arctan,
        "sinh": np.sinh,
        "cosh": np.cosh,
        "tanh": np.tanh,
        "asinh": np.arcsinh,
        "acosh": np.arccosh,
        "atanh": np.arctanh,
        "plogis": logistic,
        "qlogis": logit,
    }.items()
}
