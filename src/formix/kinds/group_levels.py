"""The levels of a group: which there are, each row's, and what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from formix.design.levels import index_of, learn_levels
from formix.design.relations import among
from formix.errors import DataError, FormulaError
from formix.spelling import label_text
from formix.syntax.tree import Name, walk
from formix.varying import Varying

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.design.kind import State
    from formix.design.table import Table
    from formix.design.values import Factor
    from formix.spec import Label
    from formix.terms.term import GroupTerm
    from formix.terms.variable import Variable


def learn(term: GroupTerm, table: Table) -> State:
    """Return the levels, and for each its level of the factor that covariances differ by."""
    factors = [table.levels(variable) for variable in term.factors]
    if term.special.members:
        return {"levels": [list(_union(factors))]}
    state = learn_levels(factors)
    if term.special.by is None:
        return state
    return {**state, "by": _by(term, state, table, term.special.by)}


def _union(factors: list[Factor]) -> tuple[Label, ...]:
    """Return the levels that occur in any factor: in the factors' order where they share it."""
    used = {level for factor in factors for level in learn_levels([factor])["levels"][0]}
    if all(factor.levels == factors[0].levels for factor in factors):
        return tuple(level for level in factors[0].levels if level in used)
    return tuple(sorted(used, key=lambda level: (isinstance(level, str), level)))


def _by(term: GroupTerm, state: State, table: Table, by: Variable) -> dict[str, Any]:
    """Return the levels of a factor, and which of them each level of the group has."""
    factor = table.levels(by)
    levels = learn_levels([factor])["levels"][0]
    codes = factor.recoded(tuple(levels)).codes
    index = index_of([table.levels(variable) for variable in term.factors], state)
    found = np.full(len(state["levels"][0]), -1, dtype=np.int64)
    found[index] = codes
    apart = np.flatnonzero(found[index] != codes)
    if len(apart):
        level = state["levels"][0][index[apart[0]]]
        raise FormulaError(
            f"level {label_text(level)} of `{term.group}` occurs with two levels of `{by.text}`",
            text=table.text,
            span=by.span,
            hint=f"each level of `{term.group}` must have one covariance; "
            f"for effects by both write ({term.effects.text} | {term.group}:{by.text})",
        )
    return {"levels": list(levels), "of": found.tolist()}


def index(term: GroupTerm, state: State, table: Table) -> Int[np.ndarray, ...]:
    """Return each row's level, -1 for an unknown one; new data may lack the group's columns."""
    if term.special.members:
        parts = [_of_one([variable], state, table) for variable in term.factors]
        return np.stack(parts, axis=1)
    return _of_one(list(term.factors), state, table)


def _of_one(variables: list[Variable], state: State, table: Table) -> Int[np.ndarray, " obs"]:
    nodes = [node for variable in variables for node in walk(variable.node)]
    if any(isinstance(node, Name) and node.name not in table.frame for node in nodes):
        return np.full(len(table), -1, dtype=np.int32)
    return index_of([table.levels(variable) for variable in variables], state)


def varying(term: GroupTerm, state: State, table: Table) -> Varying:
    """Return what is said of a group, as the data have it.

    Raises
    ------
    DataError
        If weights do not suit, or relations among its levels are not known.
    """
    said = term.special
    by = state.get("by", {"levels": [], "of": []})
    return Varying(
        by=said.by.text if said.by else "",
        by_levels=tuple(by["levels"]),
        by_of=np.asarray(by["of"], dtype=np.int32) if said.by else None,
        matrix=said.matrix,
        root=_root(term, state, table),
        student=said.student,
        sum_to_zero=said.sum_to_zero,
        members=len(term.factors) if said.members else 1,
        weights=_weights(term, table),
    )


def _root(term: GroupTerm, state: State, table: Table) -> Float[np.ndarray, "level level"] | None:
    name = term.special.matrix
    # New data need no relations: what is predicted depends on the effects alone.
    if not name or table.relations is None:
        return None
    if name not in table.relations:
        raise FormulaError(
            f"`{name}` is the matrix of no relations that are given",
            text=table.text,
            span=term.span,
            hint=f'give it to the model: matrices={{"{name}": A}}, a DataFrame whose index and '
            "columns are the levels",
        )
    return among(table.relations[name], name, tuple(state["levels"][0]), term.group)


def _weights(term: GroupTerm, table: Table) -> Float[np.ndarray, "obs member"] | None:
    """Return how much each of a row's levels counts."""
    variables = term.special.weights
    if not variables:
        return None
    columns = [table.value(variable) for variable in variables]
    for variable, values in zip(variables, columns, strict=True):
        if not isinstance(values, np.ndarray) or values.ndim != 1:
            raise FormulaError(
                f"`{variable.text}` is not a column of numbers, and weights are",
                text=table.text,
                span=variable.span,
            )
    weights = np.stack([np.asarray(values, dtype=np.float64) for values in columns], axis=1)
    if not term.special.scaled:
        return weights
    total = weights.sum(axis=1, keepdims=True)
    if np.any(weights < 0.0) or np.any(total <= 0.0):
        row = int(np.flatnonzero(np.any(weights < 0.0, axis=1) | (total[:, 0] <= 0.0))[0])
        raise DataError(
            f"the weights of `{term.group}` in row {table.frame.rows[row]} are negative or all 0, "
            "and cannot be divided by their sum",
            hint="weights that are meant as they are: scale = FALSE",
        )
    return weights / total
