"""Levels of groups that new data has and the training data had not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from formix.design.encoding import table_of
from formix.design.levels import index_of, labels, learn_levels, pooled
from formix.syntax.tree import Name, walk

if TYPE_CHECKING:
    from jaxtyping import Int

    from formix.design.column import Frame
    from formix.design.encoding import Encoding, Functions
    from formix.design.values import Factor
    from formix.spec import Label
    from formix.terms.term import GroupTerm, Terms


@dataclass(frozen=True, eq=False)
class Newcomers:
    """The new levels of one group.

    Parameters
    ----------
    labels
        What they are called, in order; a row whose group is missing is a level of its own, None.
    index
        Each row's place among them, -1 where its level is known; of rows that belong to several
        levels a column for each, in which a label is the same level wherever it stands.
    absent
        The first column of the group that the data lacks; empty where it has all.
    """

    labels: tuple[Label | None, ...]
    index: Int[np.ndarray, ...]
    absent: str = ""


def newcomers(
    terms: Terms,
    encoding: Encoding,
    frame: Frame,
    known: Mapping[tuple[str, ...], Int[np.ndarray, ...]],
    functions: Functions,
) -> dict[tuple[str, ...], Newcomers]:
    """Return the new levels of every group that has any, by the group's factors.

    Parameters
    ----------
    frame
        The rows of the design.
    known
        By the factors, each row's place among the levels of the training data, -1 for none.
    """
    table = table_of(terms, frame, np.arange(len(frame)), encoding, functions)
    found: dict[tuple[str, ...], Newcomers] = {}
    for term in (group for part in terms.predictors for group in part.groups):
        key = tuple(variable.text for variable in term.factors)
        unknown = known[key] < 0
        if key in found or not unknown.any():
            continue
        absent = _absent(term, frame)
        factors = [] if absent else [table.levels(variable) for variable in term.factors]
        if unknown.ndim > 1 and factors:
            factors = [pooled(factors)]
        # One member of all rows after another, as they stand in what is pooled.
        one = _of(factors, unknown.ravel(order="F"), absent)
        found[key] = replace(one, index=one.index.reshape(unknown.shape, order="F"))
    return found


def _absent(term: GroupTerm, frame: Frame) -> str:
    nodes = [node for variable in term.factors for node in walk(variable.node)]
    names = [node.name for node in nodes if isinstance(node, Name)]
    return next((name for name in names if name not in frame), "")


def _of(factors: list[Factor], unknown: np.ndarray, absent: str) -> Newcomers:
    """Return the new levels of rows whose group's factors are these."""
    given = unknown.copy()
    for factor in factors:
        given &= factor.codes >= 0
    rows = np.flatnonzero(given) if factors else np.empty(0, dtype=np.intp)
    index = np.full(len(unknown), -1, dtype=np.int64)
    called: tuple[Label | None, ...] = ()
    if len(rows):
        some = [replace(factor, codes=factor.codes[rows]) for factor in factors]
        state = learn_levels(some)
        called = labels(state)
        index[rows] = index_of(some, state)
    lost = np.flatnonzero(unknown & (index < 0))
    index[lost] = len(called) + np.arange(len(lost))
    return Newcomers((*called, *[None] * len(lost)), index, absent)
