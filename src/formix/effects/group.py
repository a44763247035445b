"""Group-level effects: for each bar, the columns of Z, the levels of its group, and each row's level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from formix.design.coding import fill, layout
from formix.design.column import text_of
from formix.design.frame import factorize
from formix.design.kind import Contribution, State
from formix.design.values import Factor
from formix.effects.common import check_factors, known_shapes, values
from formix.errors import DataError
from formix.spec import Block, Effect
from formix.terms.term import GroupTerm

if TYPE_CHECKING:
    from formix.design.contrasts import Contrast
    from formix.design.table import Table
    from formix.spec import Label

_LARGEST = 2**62


def claims(term: Any) -> TypeGuard[GroupTerm]:
    """Whether a term is of this kind."""
    return isinstance(term, GroupTerm)


def learn(term: GroupTerm, table: Table, contrasts: Mapping[str, Contrast]) -> State:
    """Return the levels of each factor of the group, and which combinations of them occur.

    As in lme4, contrasts given by argument are for the common effects only.
    """
    check_factors(term.effects, table, known_shapes(term.effects, table), {})
    factors = [table.levels(variable) for variable in term.factors]
    levels = [_used(factor) for factor in factors]
    state: dict[str, Any] = {"levels": [list(some) for some in levels]}
    if len(factors) > 1:
        sizes = [len(some) for some in levels]
        cells = factorize(_cells(factors, levels))[1]
        state["cells"] = np.stack(np.unravel_index(cells, sizes), axis=1).tolist()
    return state


def columns(term: GroupTerm, state: State, table: Table, parameter: str) -> Contribution:
    """Return the block: Z, and for each row the place of its level, -1 for an unknown one."""
    plan = layout(term.effects, known_shapes(term.effects, table), {})
    Z = np.empty((len(table), len(plan.columns)), order="F")
    fill(Z, plan, values(term.effects, table))
    block = Block(
        kind="group",
        group=term.group,
        factors=tuple(variable.text for variable in term.factors),
        covariance=term.covariance,
        effects=tuple(Effect(parameter, column) for column in plan.columns),
        Z=Z,
        index=_index(term, state, table),
        levels=_labels(state),
        text=term.text,
        id=term.id,
        span=term.span,
    )
    return Contribution(blocks=(block,))


def _used(factor: Factor) -> tuple[Label, ...]:
    used = np.zeros(len(factor.levels), dtype=bool)
    used[factor.codes[factor.codes >= 0]] = True
    return tuple(level for level, keep in zip(factor.levels, used, strict=True) if keep)


def _cells(factors: Sequence[Factor], levels: Sequence[tuple[Label, ...]]) -> np.ndarray:
    """Return one whole number a combination of levels, the first factor slowest; -1 for none."""
    size = 1
    cells = np.zeros(len(factors[0]), dtype=np.int64)
    unknown = np.zeros(len(factors[0]), dtype=bool)
    for factor, some in zip(factors, levels, strict=True):
        size *= len(some)
        if size > _LARGEST:
            raise DataError("the group has more combinations of levels than can be counted")
        codes = factor.recoded(some).codes
        unknown |= codes < 0
        cells = cells * len(some) + codes
    cells[unknown] = -1
    return cells


def _index(term: GroupTerm, state: State, table: Table) -> np.ndarray:
    names = [variable.node.name for variable in term.factors if hasattr(variable.node, "name")]
    if any(name not in table.frame for name in names):
        return np.full(len(table), -1, dtype=np.int32)
    factors = [table.levels(variable) for variable in term.factors]
    levels = [tuple(some) for some in state["levels"]]
    if len(factors) == 1:
        return factors[0].recoded(levels[0]).codes
    found = _cells(factors, levels)
    known = np.ravel_multi_index(np.array(state["cells"]).T, [len(some) for some in levels])
    place = np.minimum(np.searchsorted(known, found), len(known) - 1)
    return np.where(known[place] == found, place, -1).astype(np.int32)


def _labels(state: State) -> tuple[Label, ...]:
    levels = [tuple(some) for some in state["levels"]]
    if len(levels) == 1:
        return levels[0]
    texts = [[text_of(level) for level in some] for some in levels]
    seen: dict[str, int] = {}
    labels: list[str] = []
    for cell in state["cells"]:
        label = ":".join(texts[i][code] for i, code in enumerate(cell))
        # "a:b" with "c" and "a" with "b:c" are two levels.
        seen[label] = seen.get(label, 0) + 1
        labels.append(label if seen[label] == 1 else f"{label}_{seen[label]}")
    return tuple(labels)
