"""What is said of each row beside its response: trials, weights, bounds, how it was observed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.design.column import text_of
from formix.design.table import Table, listed
from formix.design.values import Factor, Matrix, Values, are_truths
from formix.errors import FormulaError, UnknownLevelError
from formix.syntax.tree import Number, Text
from formix.terms.response import ADDITIONS, bound, known_as

if TYPE_CHECKING:
    from formix.spec import Label
    from formix.syntax.tree import Argument
    from formix.terms.term import Addition


def numbers(argument: Argument, table: Table, memory: dict[str, Any]) -> np.ndarray:
    """Return an argument as numbers, one a row; truth values are 0 and 1.

    Raises
    ------
    FormulaError
        If it is no numbers.
    """
    span = argument.value.span
    label = span.of(table.text)
    if isinstance(argument.value, Number):
        return np.full(len(table), argument.value.value)
    found = table.evaluated(argument.value, memory, label, span)
    if isinstance(found, Factor) and are_truths(found.levels):
        return found.codes.astype(np.float64)
    if not isinstance(found, np.ndarray):
        raise FormulaError(f"`{label}` must be numbers", text=table.text, span=span)
    return found


_STATUS = {"left": -1.0, "none": 0.0, "right": 1.0, "interval": 2.0, "false": 0.0, "true": 1.0}


def known_of(addition: Addition, table: Table, levels: tuple[Label, ...]) -> dict[str, np.ndarray]:
    """Return what an addition says of each row, by the name under which it is known.

    Where the response has `levels`, bounds and the ends of intervals are levels, by their labels,
    and are known as codes into them.

    Raises
    ------
    FormulaError, UnknownLevelError
        If what is said of some rows cannot be so.
    """
    given, names = bound(addition), known_as(addition)
    if addition.name == "cens":
        return _censoring(given, addition, table, levels)
    if addition.name == "trunc":
        found = [_ends(value, addition, table, levels) for value in given.values()]
        return dict(zip(names, found, strict=True))
    values = numbers(given[ADDITIONS[addition.name].arguments[0]], table, {})
    if addition.name == "trials":
        good = (values >= 0) & (values == np.round(values))
        return {names[0]: _required(values, good, addition, table, "whole and at least 0")}
    if names == ("likelihood_weights",):
        return {names[0]: _required(values, values >= 0, addition, table, "at least 0")}
    # A precision of 0 is no observation, and R leaves such rows out of its degrees of freedom.
    hint = (
        "leave out the rows of no weight" if names == ("weights",) and (values == 0).any() else ""
    )
    values = _required(values, values > 0, addition, table, "above 0", hint)
    return {names[0]: values} | {switch: np.ones(len(table)) for switch in names[1:]}


def _censoring(
    given: Mapping[str, Argument], addition: Addition, table: Table, levels: tuple[Label, ...]
) -> dict[str, np.ndarray]:
    """Return -1, 0, 1, 2 for left, none, right, interval, and the interval's upper end."""
    argument = given["cens"]
    span = argument.value.span
    found = table.evaluated(argument.value, {}, span.of(table.text), span)
    if isinstance(found, Factor):
        codes = [_STATUS.get(text_of(level).lower(), np.nan) for level in found.levels]
        status = np.array(codes)[found.codes]
    else:
        status = found if isinstance(found, np.ndarray) else np.full(len(table), np.nan)
    good = np.isin(status, list(_STATUS.values()))
    wanted = "left, none, right or interval (-1, 0, 1, 2)"
    known = {"cens": _required(status, good, addition, table, wanted)}
    if "y2" in given:
        known["cens_upper"] = _ends(given["y2"], addition, table, levels)
    elif (status == 2).any():
        raise FormulaError(
            "interval censoring needs the upper end: cens(status, y2)",
            text=table.text,
            span=addition.span,
        )
    return known


def _ends(
    argument: Argument, addition: Addition, table: Table, levels: tuple[Label, ...]
) -> np.ndarray:
    """Return bounds, or the ends of intervals: numbers, or codes of the levels that are named."""
    node, span = argument.value, argument.value.span
    if not levels:
        if isinstance(node, Text):
            raise FormulaError(
                f'"{node.value}" is a level, and the response has numbers',
                text=table.text,
                span=span,
                hint=f"write a number, or a column of numbers, in {addition.name}()",
            )
        return numbers(argument, table, {})
    names = [text_of(level) for level in levels]
    if isinstance(node, Text):
        found: Values = Factor(np.zeros(len(table), dtype=np.int32), (node.value,))
    elif isinstance(node, Number):
        found = np.full(len(table), node.value)
    else:
        found = table.evaluated(node, {}, span.of(table.text), span)
    place = {name: float(code) for code, name in enumerate(names)}
    if isinstance(found, Factor):
        labels, codes = [text_of(level) for level in found.levels], found.codes
    else:
        if isinstance(found, Matrix):
            found = numbers(argument, table, {})
        values, codes = np.unique(np.asarray(found, dtype=np.float64), return_inverse=True)
        labels = [text_of(float(value)) for value in values]
        # A row that is no interval has no upper end.
        place[text_of(np.nan)] = np.nan
    lost = [label for code, label in enumerate(labels) if label not in place and code in codes]
    if lost:
        raise UnknownLevelError(
            f'"{lost[0]}" is not a level of the response',
            text=table.text,
            span=span,
            hint=f"its levels are: {listed(tuple(names))}",
        )
    return np.array([*(place.get(label, np.nan) for label in labels), np.nan])[codes]


def _required(
    values: np.ndarray,
    good: np.ndarray,
    addition: Addition,
    table: Table,
    what: str,
    hint: str = "",
) -> np.ndarray:
    if good.all():
        return values
    rows = table.frame.rows[~good]
    raise FormulaError(
        f"`{addition.text}` must be {what}; it is not in "
        f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}: {listed(tuple(rows.tolist()), 5)}",
        text=table.text,
        span=addition.span,
        hint=hint,
    )
