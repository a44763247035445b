"""The levels of a group: those of one factor, or the combinations of several that occur."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.design.column import distinct, text_of
from formix.design.frame import factorize
from formix.errors import DataError

if TYPE_CHECKING:
    from formix.design.kind import State
    from formix.design.values import Factor
    from formix.spec import Label

_LARGEST = 2**62


def learn_levels(factors: Sequence[Factor]) -> State:
    """Return the levels of each factor that occur and, of several, their combinations that do.

    Combinations stand in order, the first factor slowest, as codes into the factors' levels.
    """
    levels = [_used(factor) for factor in factors]
    state: dict[str, Any] = {"levels": [list(some) for some in levels]}
    if len(factors) > 1:
        sizes = [len(some) for some in levels]
        found = factorize(_cells(factors, levels))[1]
        state["cells"] = np.stack(np.unravel_index(found, sizes), axis=1).tolist()
    return state


def index_of(factors: Sequence[Factor], state: State) -> np.ndarray:
    """Return the place of each row's level among those learnt, -1 for one that is not."""
    levels = [tuple(some) for some in state["levels"]]
    if len(factors) == 1:
        return _named(factors[0], levels[0]).recoded(levels[0]).codes
    found = _cells(factors, levels)
    sizes = [len(some) for some in levels]
    known: np.ndarray = np.asarray(np.ravel_multi_index(tuple(np.array(state["cells"]).T), sizes))
    place: np.ndarray = np.minimum(np.searchsorted(known, found), known.size - 1)
    return np.where(known[place] == found, place, -1).astype(np.int32)


def labels(state: State) -> tuple[Label, ...]:
    """Return what the levels are called: of several factors, joined by a colon."""
    levels: list[tuple[Label, ...]] = [tuple(some) for some in state["levels"]]
    if len(levels) == 1:
        return levels[0]
    texts = [[text_of(level) for level in some] for some in levels]
    cells: list[list[int]] = state["cells"]
    # "a:b" with "c" and "a" with "b:c" are two levels, and must not be called the same.
    return distinct([":".join([texts[i][k] for i, k in enumerate(cell)]) for cell in cells])


def pooled(factors: Sequence[Factor]) -> Factor:
    """Return factors as one, the rows of each after another's; the same label is one level."""
    levels: tuple[Label, ...] = ()
    named: list[Factor] = []
    for factor in factors:
        named.append(_named(factor, levels))
        levels = tuple(dict.fromkeys((*levels, *named[-1].levels)))
    codes = np.concatenate([factor.recoded(levels).codes for factor in named])
    return replace(factors[0], codes=codes, levels=levels)


def _used(factor: Factor) -> tuple[Label, ...]:
    used = np.zeros(len(factor.levels), dtype=bool)
    used[factor.codes[factor.codes >= 0]] = True
    return tuple(level for level, keep in zip(factor.levels, used, strict=True) if keep)


def _named(factor: Factor, known: tuple[Label, ...]) -> Factor:
    """Return the factor with its levels as they are known: `"300"` is the level 300."""
    if set(factor.levels) <= set(known):
        return factor
    texts = {text_of(level): level for level in known}
    levels = tuple(texts.get(text_of(level), level) for level in factor.levels)
    return replace(factor, levels=levels) if len(set(levels)) == len(levels) else factor


def _cells(factors: Sequence[Factor], levels: Sequence[tuple[Label, ...]]) -> np.ndarray:
    """Return one whole number a combination of levels, the first factor slowest; -1 for none."""
    size = 1
    cells = np.zeros(len(factors[0]), dtype=np.int64)
    unknown = np.zeros(len(factors[0]), dtype=bool)
    for factor, some in zip(factors, levels, strict=True):
        size *= len(some)
        if size > _LARGEST:
            raise DataError("the group has more combinations of levels than can be counted")
        codes = _named(factor, some).recoded(some).codes
        unknown |= codes < 0
        cells = cells * len(some) + codes
    cells[unknown] = -1
    return cells
