"""Functions of a formula that make or take factors."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import inf, isinf
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.design.arguments import (
    ABSENT,
    Bare,
    Fault,
    column,
    described,
    learnable,
    number,
    several,
    truth,
    whole,
)
from formix.design.column import label, merged, text_of
from formix.design.contrasts import NAMES, Contrast, named
from formix.design.values import Argument, Factor, Matrix, as_factor
from formix.errors import UnknownLevelError

if TYPE_CHECKING:
    from formix.design.transforms import Memory
    from formix.spec import Label


def plain_factor(value: Argument) -> Factor:
    """Return the factor that R makes of a value: numbers by size, truth values False first."""
    if isinstance(value, Factor):
        return value
    if isinstance(value, np.ndarray):
        if value.dtype == bool:
            return as_factor(value)
        distinct, codes = np.unique(value, return_inverse=True)
        return Factor(*merged(codes, [label(level) for level in distinct]))
    raise Fault(f"a factor needs a column, and was given {described(value)}")


def _remembered(memory: Memory, key: str, value: Argument) -> Factor:
    """Return the factor of a value, with the levels that its numbers had when they were learnt."""
    made = plain_factor(value)
    if isinstance(value, Factor):
        return made
    return recoded(made, tuple(memory.setdefault(key, list(made.levels))))


def factor(
    memory: Memory,
    x: Argument,
    levels: Argument = ABSENT,
    labels: Argument = ABSENT,
    ordered: Argument = False,
) -> Factor:
    """R's `factor`, with the levels of the data that it saw first."""
    made = plain_factor(x)
    if not memory:
        wanted = made.levels if levels is ABSENT else _labels(levels, "levels")
        names = wanted if labels is ABSENT else _labels(labels, "labels")
        if len(names) != len(wanted):
            raise Fault(f"there are {len(wanted)} levels and {len(names)} labels")
        keep = truth(ordered, "ordered") or (made.ordered and ordered is False)
        memory.update(levels=list(wanted), labels=list(names), ordered=keep)
    coded = recoded(made, tuple(memory["levels"]))
    return Factor(coded.codes, tuple(memory["labels"]), memory["ordered"])


def ordered(
    memory: Memory, x: Argument, levels: Argument = ABSENT, labels: Argument = ABSENT
) -> Factor:
    """R's `ordered`: a factor whose levels have an order, coded by polynomials."""
    return factor(memory, x, levels, labels, True)


def recoded(value: Factor, levels: tuple[Label, ...]) -> Factor:
    """Return the factor coded into levels, and refuse a value that is none of them."""
    written = {text_of(level): level for level in levels}
    same = tuple(written.get(text_of(level), level) for level in value.levels)
    result = replace(value, levels=same).recoded(levels)
    lost = (result.codes < 0) & (value.codes >= 0)
    if lost.any():
        level = value.levels[int(value.codes[np.argmax(lost)])]
        raise UnknownLevelError(
            f"`{text_of(level)}` is not among the levels",
            hint=f"the levels are: {', '.join(map(text_of, levels))}",
        )
    return result


def _labels(value: Argument, what: str) -> tuple[Label, ...]:
    items: list[Any] = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str | float | int) for item in items):
        raise Fault(f'{what} must be values, such as c("a", "b")')
    return tuple(label(item) for item in items)


def contrasted(
    memory: Memory,
    x: Argument,
    contr: Argument = ABSENT,
    how_many: Argument = ABSENT,
    base: Argument = ABSENT,
) -> Factor:
    """R's `C`: a factor with contrasts of its own, `C(f, Sum)` or `C(f, treatment, base = 2)`."""
    made = _remembered(memory, "levels", x)
    if contr is ABSENT and base is ABSENT:
        found = Contrast("poly" if made.ordered else "treatment")
    else:
        found = Contrast("treatment") if contr is ABSENT else named(str(contr))
    if found is None:
        raise Fault(
            f"`{contr}` is no contrast that is known", hint=f"there are: {', '.join(NAMES)}"
        )
    found = replace(found, bare=isinstance(contr, Bare))
    if base is not ABSENT:
        if found.name != "treatment":
            raise Fault(f"{found.name} contrasts have no base")
        found = replace(found, base=_level(made, base))
    if how_many is not ABSENT:
        found = replace(found, width=whole(how_many, "how.many", 1))
    return replace(made, contrast=found)


def _level(made: Factor, wanted: Argument) -> Label:
    """Return the level that a text names, or that stands at a place counted from 1."""
    if isinstance(wanted, str):
        for level in made.levels:
            if text_of(level) == wanted:
                return level
    elif isinstance(wanted, float) and wanted.is_integer() and 1 <= wanted <= len(made.levels):
        return made.levels[int(wanted) - 1]
    raise Fault(
        f"`{wanted}` is not a level",
        hint=f"the levels are: {', '.join(map(text_of, made.levels))}",
    )


def relevel(memory: Memory, x: Argument, ref: Argument) -> Factor:
    """R's `relevel`: the level `ref` first."""
    made = _remembered(memory, "levels", x)
    first = _level(made, ref)
    return made.recoded((first, *(level for level in made.levels if level != first)))


def dummy(memory: Memory, x: Argument, *levels: Argument) -> Argument:
    """lme4's `dummy`: indicators of the levels named, or of all but the first."""
    made = _remembered(memory, "levels", x)
    wanted = [_level(made, level) for level in levels] or list(made.levels[1:])
    columns = [(made.codes == made.levels.index(level)).astype(float) for level in wanted]
    return (
        columns[0]
        if len(columns) == 1
        else Matrix(np.column_stack(columns), tuple(text_of(level) for level in wanted))
    )


def interaction(memory: Memory, x: Argument, *others: Argument) -> Factor:
    """R's `interaction`: the combinations of levels, the first factor varying fastest."""
    made = _remembered(memory, "0", x)
    for i, other in enumerate(others, 1):
        right = _remembered(memory, str(i), other)
        levels = tuple(f"{text_of(a)}.{text_of(b)}" for b in right.levels for a in made.levels)
        made = Factor(made.codes + np.int32(len(made.levels)) * right.codes, levels)
    return made


def as_numeric(x: Argument) -> Argument:
    """R's `as.numeric`: text read as numbers, the codes of other factors, counted from 1."""
    if not isinstance(x, Factor):
        return column(x, "as.numeric")
    if not x.text:
        return (x.codes + 1).astype(np.float64)
    try:
        return np.array([float(level) for level in x.levels])[x.codes]
    except ValueError:
        raise Fault(
            "`as.numeric` was given text that is no number",
            hint=f"such as {next(level for level in x.levels if not _is_number(level))!r}",
        ) from None


def as_integer(x: Argument) -> Argument:
    """R's `as.integer`: numbers cut towards zero, the codes of factors."""
    return np.trunc(column(as_numeric(x), "as.integer"))


def _is_number(level: Label) -> bool:
    try:
        float(level)
    except ValueError:
        return False
    return True


def as_character(memory: Memory, x: Argument) -> Factor:
    """R's `as.character`: the labels as text, in their own order."""
    made = _remembered(memory, "levels", x)
    levels = tuple(sorted({text_of(level) for level in made.levels}))
    text = replace(made, levels=tuple(text_of(level) for level in made.levels))
    return replace(text.recoded(levels), ordered=False, text=True, contrast=None)


def as_logical(x: Argument) -> Argument:
    """R's `as.logical`: numbers are true where they are not zero."""
    if isinstance(x, np.ndarray):
        return x != 0
    if isinstance(x, Factor) and set(map(text_of, x.levels)) <= {"TRUE", "FALSE", "True", "False"}:
        true = np.array([text_of(level).lower() == "true" for level in x.levels])
        return true[x.codes]
    raise Fault(f"`as.logical` needs numbers or truth values, and was given {described(x)}")


def cut(
    memory: Memory,
    x: Argument,
    breaks: Argument,
    labels: Argument = ABSENT,
    include_lowest: Argument = False,
    right: Argument = True,
    dig_lab: Argument = 3.0,
    ordered_result: Argument = False,
) -> Factor:
    """R's `cut`: intervals of numbers as a factor, between breaks or into so many equal parts."""
    values = column(x, "cut")
    closed = truth(right, "right")
    if not memory:
        points = _breaks(learnable(values, "cut"), breaks)
        given = labels is not ABSENT
        names = (
            list(_labels(labels, "labels"))
            if given
            else _intervals(points, closed, include_lowest is True, whole(dig_lab, "dig.lab", 1))
        )
        if len(names) != len(points) - 1:
            raise Fault(f"there are {len(points) - 1} intervals and {len(names)} labels")
        # JSON has no infinity.
        memory.update(breaks=[str(p) if isinf(p) else p for p in points], labels=names)
    points = np.array([float(point) for point in memory["breaks"]])
    codes = np.searchsorted(points, values, side="left" if closed else "right") - 1
    if truth(include_lowest, "include.lowest"):
        edge, code = (points[0], 0) if closed else (points[-1], len(points) - 2)
        codes[values == edge] = code
    outside = (codes < 0) | (codes > len(points) - 2)
    if outside.any():
        raise Fault(
            f"`cut` leaves {int(outside.sum())} of the rows outside its breaks",
            hint="widen the breaks, with -Inf and Inf at the ends",
        )
    is_ordered = truth(ordered_result, "ordered_result")
    return Factor(codes.astype(np.int32), tuple(memory["labels"]), is_ordered)


def _breaks(values: np.ndarray, breaks: Argument) -> list[float]:
    if isinstance(breaks, list):
        points = sorted(several(breaks, "breaks"))
        if len(set(points)) < len(points) or len(points) < 2:
            raise Fault("breaks must be two or more different numbers")
        return points
    count = int(number(breaks, "breaks"))
    if count < 2:
        raise Fault("`cut` needs two intervals or more")
    low, high = float(values.min()), float(values.max())
    if low == high:
        width = abs(low) or 1.0
        return np.linspace(low - width / 1000, high + width / 1000, count + 1).tolist()
    points = np.linspace(low, high, count + 1).tolist()
    margin = (high - low) / 1000
    return [low - margin, *points[1:-1], high + margin]


def _intervals(points: list[float], closed: bool, lowest: bool, digits: int) -> list[str]:
    """R's names of intervals: as few significant digits as tell the breaks apart, 3 to 12."""
    ends: list[str] = []
    for places in range(digits, max(12, digits) + 1):
        # R pads infinity to the width of its negative: `(-Inf,0]`, `(0, Inf]`.
        ends = [" Inf" if p == inf else f"{p:.{places}g}".replace("inf", "Inf") for p in points]
        if all(a != b for a, b in pairwise(ends)):
            break
    left, close = ("(", "]") if closed else ("[", ")")
    names = [f"{left}{a},{b}{close}" for a, b in pairwise(ends)]
    if lowest and closed:
        names[0] = "[" + names[0][1:]
    elif lowest:
        names[-1] = names[-1][:-1] + "]"
    return names
