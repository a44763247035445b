"""Group-level effects: for each bar the columns of Z, its group's levels, and each row's level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from formix.design.coding import fill, layout
from formix.design.kind import Contribution, State
from formix.design.levels import index_of, labels, learn_levels
from formix.effects.common import check_factors, known_shapes, values
from formix.effects.group_lines import statements
from formix.effects.group_sites import addresses, parameters
from formix.errors import FormulaError
from formix.spec import Block, Effect, GaussianForm
from formix.syntax.tree import Name, walk
from formix.terms.term import GroupTerm

if TYPE_CHECKING:
    from collections.abc import Mapping

    from formix.design.table import Table
    from formix.design.values import Shape

__all__ = ["addresses", "claims", "columns", "gaussian", "learn", "parameters", "statements"]


def claims(term: Any) -> TypeGuard[GroupTerm]:
    """Whether a term is of this kind."""
    return isinstance(term, GroupTerm)


def learn(term: GroupTerm, table: Table) -> State:
    """Return the levels of each factor of the group, and which combinations of them occur.

    As in lme4, contrasts given by argument are for the common effects only.
    """
    shapes = known_shapes(term.effects, table)
    check_factors(term.effects, table, shapes, {})
    if term.covariance == "ar1":
        _check_order(term, table, shapes)
    return learn_levels([table.levels(variable) for variable in term.factors])


def _check_order(term: GroupTerm, table: Table, shapes: Mapping[str, Shape]) -> None:
    """Refuse effects of a number, which are no levels that follow each other."""
    (variable,) = term.effects.terms[0].variables
    if shapes[variable.text].kind != "factor":
        raise FormulaError(
            f"`ar1()` is of the levels of a factor, and `{variable.text}` is none",
            text=table.text,
            span=variable.span,
            hint=f"write ar1(0 + factor({variable.text}) | {term.group})",
        )


def _name(term: GroupTerm) -> str:
    """Return the group's name in sites and results: bare, without the backticks of the formula.

    A name that holds a `:` keeps them, so that `a:b` is always two factors.
    """
    plain = (getattr(variable.node, "name", variable.text) for variable in term.factors)
    return ":".join(
        variable.text if ":" in name else name
        for variable, name in zip(term.factors, plain, strict=True)
    )


def columns(term: GroupTerm, state: State, table: Table, parameter: str) -> Contribution:
    """Return the block: Z, and for each row the place of its level, -1 for an unknown one."""
    plan = layout(term.effects, known_shapes(term.effects, table), {})
    Z = np.empty((len(table), len(plan.columns)), order="F")
    fill(Z, plan, values(term.effects, table))
    block = Block(
        kind="group",
        group=_name(term),
        factors=tuple(variable.text for variable in term.factors),
        covariance=term.covariance,
        effects=tuple(Effect(parameter, column) for column in plan.columns),
        Z=Z,
        index=_index(term, state, table),
        levels=labels(state),
        text=term.text,
        id=term.id,
        span=term.span,
    )
    return Contribution(blocks=(block,))


def _index(term: GroupTerm, state: State, table: Table) -> np.ndarray:
    """Return each row's level; new data may lack the group's columns."""
    nodes = [node for variable in term.factors for node in walk(variable.node)]
    if any(isinstance(node, Name) and node.name not in table.frame for node in nodes):
        return np.full(len(table), -1, dtype=np.int32)
    return index_of([table.levels(variable) for variable in term.factors], state)


def gaussian(block: Block) -> GaussianForm:
    """Return the block as an engine integrates it: rows of effects, independent over levels."""
    return GaussianForm(block.Z, block.index, len(block.levels), block.covariance)
