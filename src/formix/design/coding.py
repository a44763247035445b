"""R's rule: which columns the terms of a right side become, what they are called, and their values.

Terms stand in R's order already. A factor in a term is coded by contrasts if the rest of the term
is empty or part of an earlier term, else by one indicator a level; without an intercept, the first
factor of the first term that has one is coded by indicators; the first variable varies fastest.

References
----------
Chambers and Hastie, *Statistical Models in S*, 1992, section 2.4.1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from formix.design.column import distinct
from formix.design.contrasts import (
    POLYNOMIAL,
    TREATMENT,
    Contrast,
    base_of,
    contrast_matrix,
    contrast_suffixes,
)
from formix.design.values import Factor, Matrix, Shape, Values, suffixes
from formix.errors import DataError
from formix.spec import Column

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.spec import Label
    from formix.terms.term import CommonTerms, Term

INTERCEPT = Column("Intercept", "(Intercept)", "1")

_CELLS = 1 << 18
"""How many numbers are worked on at once: about what a second-level cache holds."""


@dataclass(frozen=True, eq=False)
class Coded:
    """A variable within a term: the ends of its columns' names (ours, R's), and a factor's coding.

    `levels` are the codes of the indicators, one a column; `matrix` are contrasts, a row a level;
    numbers have neither.
    """

    variable: str
    ours: tuple[str, ...]
    r: tuple[str, ...]
    levels: tuple[int, ...] | None = None
    matrix: Float[np.ndarray, "level col"] | None = None


@dataclass(frozen=True, eq=False)
class Layout:
    """The columns of a matrix, and for each term the coded variables that it multiplies."""

    intercept: bool
    terms: tuple[tuple[Coded, ...], ...]
    columns: tuple[Column, ...]


def layout(
    common: CommonTerms, shapes: Mapping[str, Shape], contrasts: Mapping[str, Contrast]
) -> Layout:
    """Return the columns that terms become, by R's rule.

    `contrasts` are those asked for by argument, by the text of a variable.
    """
    full = indicator_codings(common, {text: s.kind == "factor" for text, s in shapes.items()})
    terms: list[tuple[Coded, ...]] = []
    columns = [INTERCEPT] if common.intercept else []

    @cache
    def coded_once(text: str, indicators: bool) -> Coded:
        return code(text, shapes[text], contrasts, full=indicators)

    for term in common.terms:
        coded = tuple(
            coded_once(variable.text, (term.text, i) in full)
            for i, variable in enumerate(term.variables)
        )
        terms.append(coded)
        columns += _term_columns(term, coded)
    labels = distinct([column.label for column in columns])
    named = tuple(Column(a, c.r, c.term) for a, c in zip(labels, columns, strict=True))
    return Layout(common.intercept, tuple(terms), named)


def indicator_codings(common: CommonTerms, factor: Mapping[str, bool]) -> set[tuple[str, int]]:
    """Return which variables, by term and position, are coded by one indicator a level."""
    full: set[tuple[str, int]] = set()
    earlier: list[frozenset[str]] = []
    waiting = not common.intercept
    for term in common.terms:
        # Without an intercept the first factor stands in for it.
        for i, variable in enumerate(term.variables):
            if not factor[variable.text]:
                continue
            rest = term.key - {variable.text}
            if waiting or (rest and not any(rest <= other for other in earlier)):
                full.add((term.text, i))
            waiting = False
        earlier.append(term.key)
    return full


def width(common: CommonTerms, shapes: Mapping[str, Shape]) -> int:
    """Return how many columns terms become, or a few more: factors count as fully coded."""
    total = 1
    for term in common.terms:
        sizes = (
            len(shapes[v.text].levels) or len(shapes[v.text].names) or 1 for v in term.variables
        )
        total += prod(sizes)
    return total


def code(text: str, shape: Shape, contrasts: Mapping[str, Contrast], *, full: bool) -> Coded:
    """Return how a variable becomes columns."""
    if shape.kind == "number":
        # As in R, a matrix of one column is called as a plain column is.
        names = shape.names if len(shape.names) > 1 else ("",)
        return Coded(text, names, names)
    levels = shape.levels
    if full:
        return Coded(text, *_bracketed(levels), levels=tuple(range(len(levels))))
    default = POLYNOMIAL if shape.ordered else TREATMENT
    contrast = contrasts.get(text) or shape.contrast or default
    ours, r = _bracketed(contrast_suffixes(contrast, levels))
    if contrast.name in ("treatment", "SAS"):
        base = base_of(contrast, levels)
        used = tuple(k for k in range(len(levels)) if k != base)[: contrast.width]
        return Coded(text, ours, tuple(str(k + 1) for k in used) if contrast.bare else r, used)
    return Coded(text, ours, r, matrix=contrast_matrix(contrast, levels))


def _bracketed(names: Sequence[Label]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    ours, r = suffixes(names)
    return tuple(ours), tuple(r)


def _term_columns(term: Term, coded: Sequence[Coded]) -> list[Column]:
    ours, r = [""], [""]
    # Later variables vary slower, so each multiplies the names made so far.
    for part in coded:
        # A column of the data called Intercept must not pass for the intercept.
        text = "`Intercept`" if part.variable == "Intercept" else part.variable
        mine = [f"{text}[{end}]" if end else text for end in part.ours]
        theirs = [part.variable + end for end in part.r]
        ours = [f"{name}:{end}" if name else end for end in mine for name in ours]
        r = [f"{name}:{end}" if name else end for end in theirs for name in r]
    return [Column(a, b, term.text) for a, b in zip(ours, r, strict=True)]


def fill(
    out: Float[np.ndarray, "obs col"],
    plan: Layout,
    values: Mapping[str, Values],
    *,
    start: int = 0,
    keep: Sequence[bool] | None = None,
) -> None:
    """Write the columns of a layout into `out`, those kept, for the rows from `start` on.

    Works on as many rows at a time as a processor's cache holds, so that no temporary array is as
    long as the data.
    """
    width = len(plan.columns)
    step = max(64, _CELLS // max(1, width))
    for a in range(0, len(out), step):
        b = min(a + step, len(out))
        _fill_rows(out[a:b], plan, values, slice(start + a, start + b), keep)


def _fill_rows(
    out: np.ndarray,
    plan: Layout,
    values: Mapping[str, Values],
    rows: slice,
    keep: Sequence[bool] | None,
) -> None:
    place = -np.ones(len(plan.columns), dtype=int)
    kept = np.ones(len(plan.columns), dtype=bool) if keep is None else np.asarray(keep, dtype=bool)
    place[kept] = np.arange(kept.sum())
    at = 0
    if plan.intercept:
        if place[0] >= 0:
            out[:, place[0]] = 1.0
        at = 1
    made: dict[Coded, list[np.ndarray]] = {}
    for term in plan.terms:
        products: list[np.ndarray] = [np.ones(0)]
        for i, part in enumerate(term):
            if part not in made:
                made[part] = _columns(part, values[part.variable], rows)
                if len(made[part]) != len(part.r):
                    raise DataError(
                        f"`{part.variable}` has {len(made[part])} columns, where the model "
                        f"remembers {len(part.r)}"
                    )
            mine = made[part]
            products = mine if i == 0 else [left * right for right in mine for left in products]
        for column in products:
            if place[at] >= 0:
                out[:, place[at]] = column
            at += 1


def _columns(part: Coded, value: Values, rows: slice) -> list[np.ndarray]:
    if isinstance(value, Factor):
        codes = value.codes[rows]
        if part.levels is not None:
            return [(codes == level).astype(np.float64) for level in part.levels]
        matrix = part.matrix if part.matrix is not None else np.zeros((len(value.levels), 0))
        return [matrix[codes, j] for j in range(matrix.shape[1])]
    if isinstance(value, Matrix):
        return list(value.values[rows].T)
    return [value[rows]]
