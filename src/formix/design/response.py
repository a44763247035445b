"""The response: its values, the levels it may have, and what else is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.design.categories import plain_factor
from formix.design.column import text_of
from formix.design.functions import CONSTANTS
from formix.design.known import known_of, numbers
from formix.design.names import PAIRS, arguments_in, inner, response_names
from formix.design.observed import check_bounds, check_observed
from formix.design.table import Table, listed
from formix.design.values import Factor, Matrix, are_truths
from formix.errors import FormulaError, UnknownLevelError
from formix.spec import Response
from formix.syntax.printer import to_text
from formix.syntax.tree import Call
from formix.terms.response import known_as

if TYPE_CHECKING:
    from formix.spec import Label
    from formix.syntax.tree import Name
    from formix.terms.term import ResponseTerm


def learn_response(response: ResponseTerm, table: Table) -> dict[str, Any]:
    """Return what must be remembered of the response: its levels, and what its calls learnt."""
    memory: dict[str, Any] = {}
    found = _parts(response, table, memory)[0]
    levels: tuple[Any, ...] = ()
    extra: dict[str, bool] = {}
    if isinstance(found, Matrix):
        levels = found.names
    if isinstance(found, Factor):
        used = set(np.unique(found.codes).tolist())
        extra = {"ordered": True} if found.ordered else {}
        # A row that is seen in part may be at a level that no row shows.
        in_part = any(addition.name in ("cens", "trunc") for addition in response.additions)
        keep = are_truths(found.levels) or (found.ordered and in_part)
        levels = tuple(v for i, v in enumerate(found.levels) if keep or i in used)
        if response.level and response.level not in map(text_of, levels):
            raise UnknownLevelError(
                f'"{response.level}" is not a level of `{response.text}`',
                text=table.text,
                span=response.span,
                hint=f"its levels are: {listed(levels)}",
            )
    return {"levels": list(levels), "memory": memory, **extra}


def encode_response(
    response: ResponseTerm, state: Mapping[str, Any], table: Table, *, new: bool
) -> Response:
    """Return the response; with `new` its values are NaN where the data does not have them."""
    levels: tuple[Label, ...] = ()
    known: dict[str, np.ndarray] = {}
    values = np.full(len(table), np.nan)
    own = response_names(replace(response, additions=()), table.functions, table.text)
    rows = _rows(own, table, new=new)
    if state["levels"]:
        levels = _written(tuple(state["levels"]), response)
    if rows is not None and len(rows):
        some = table.restricted(rows)
        found, trials = _parts(response, some, dict(state["memory"]))
        if isinstance(found, Factor):
            found = _codes(found, tuple(state["levels"]), response, table)
        if isinstance(found, Matrix):
            values = np.full((len(table), len(found.names)), np.nan)
            found = found.values
        values[rows] = found
        if trials is not None:
            known["trials"] = _spread(trials, rows, len(table))
    for addition in response.additions:
        names = arguments_in(addition.call.arguments, frozenset(), table.functions, table.text)
        rows = _rows(names, table, new=new)
        if rows is not None and not len(rows):
            known |= {name: np.full(len(table), np.nan) for name in known_as(addition)}
        elif rows is not None:
            for name, given in known_of(addition, table.restricted(rows), levels).items():
                known[name] = _spread(given, rows, len(table))
    ordered = bool(state.get("ordered")) and not response.level
    found = Response(response.text, values, levels, known, response.span, ordered)
    if values.ndim == 1:
        (check_bounds if new else check_observed)(response, found, table)
    return found


def _rows(names: Iterable[Name], table: Table, *, new: bool) -> np.ndarray | None:
    """Return the rows that have a value in each of some columns; None if new data lacks them."""
    found = np.ones(len(table), dtype=bool)
    for name in names if new else ():
        if name.name in table.frame:
            found &= ~table.frame[name.name].missing
        elif name.name not in CONSTANTS:
            return None
    return np.flatnonzero(found)


def _spread(values: np.ndarray, rows: np.ndarray, size: int) -> np.ndarray:
    if len(rows) == size:
        return values
    whole = np.full(size, np.nan)
    whole[rows] = values
    return whole


def _written(levels: tuple[Label, ...], response: ResponseTerm) -> tuple[Label, ...]:
    """Return the levels as the results have them; with one that counts as success, two."""
    if not response.level:
        return tuple(text_of(v) if isinstance(v, bool) else v for v in levels)
    others = [text_of(v) for v in levels if text_of(v) != response.level]
    failure = others[0] if len(others) == 1 else f"not {response.level}"
    return (failure, response.level)


def _codes(
    found: Factor, levels: tuple[Label, ...], response: ResponseTerm, table: Table
) -> np.ndarray:
    coded = found.recoded(levels)
    if (coded.codes < 0).any():
        lost = found.levels[int(found.codes[np.argmax(coded.codes < 0)])]
        raise UnknownLevelError(
            f'"{text_of(lost)}" is not a level of `{response.text}` that the model knows',
            text=table.text,
            span=response.node.span,
            hint=f"it knows: {listed(levels)}",
        )
    if response.level:
        success = [text_of(level) for level in levels].index(response.level)
        return (coded.codes == success).astype(np.float64)
    return coded.codes.astype(np.float64)


def _parts(
    response: ResponseTerm, table: Table, memory: dict[str, Any]
) -> tuple[np.ndarray | Factor | Matrix, np.ndarray | None]:
    """Return the response's values and, where it has two columns, the trials."""
    node = inner(response.node)
    if isinstance(node, Call) and node.function == "cbind" and len(node.arguments) > 2:
        return _columns(node, response, table, memory), None
    if isinstance(node, Call) and node.function in PAIRS:
        return _pair(node, response, table, memory)
    found = table.evaluated(node, memory, response.text, node.span)
    if response.level and isinstance(found, np.ndarray):
        found = plain_factor(found)
    if isinstance(found, Matrix):
        raise FormulaError(
            f"`{response.text}` has {len(found.names)} columns, and a response has one",
            text=table.text,
            span=node.span,
            hint="write its columns: cbind(successes, failures), or cbind(a, b, c) of counts or "
            "shares",
        )
    return found, None


def _columns(call: Call, response: ResponseTerm, table: Table, memory: dict[str, Any]) -> Matrix:
    """Return the columns of a response that has a number for every level."""
    columns = [
        numbers(argument, table, memory.setdefault(str(i), {}))
        for i, argument in enumerate(call.arguments)
    ]
    names = tuple(a.name or to_text(a.value).strip("`") for a in call.arguments)
    if len(set(names)) < len(names):
        raise FormulaError(
            f"`{response.text}` has the same column twice", text=table.text, span=call.span
        )
    return Matrix(np.stack(columns, axis=-1), names)


def _pair(
    call: Call, response: ResponseTerm, table: Table, memory: dict[str, Any]
) -> tuple[np.ndarray, np.ndarray]:
    if len(call.arguments) != 2 or any(argument.name for argument in call.arguments):
        second = "failures" if call.function == "cbind" else "trials"
        raise FormulaError(
            f"`{call.function}` of a response takes two columns: successes and {second}",
            text=table.text,
            span=call.span,
        )
    first, second = (
        numbers(argument, table, memory.setdefault(str(i), {}))
        for i, argument in enumerate(call.arguments)
    )
    trials = first + second if call.function == "cbind" else second
    bad = (first < 0) | (first > trials)
    if bad.any():
        raise FormulaError(
            f"`{response.text}` has {'failures' if call.function == 'cbind' else 'successes'} "
            f"that cannot be in {int(bad.sum())} rows: counts must lie between 0 and the trials",
            text=table.text,
            span=call.span,
        )
    return first, trials
