"""Group-level effects: for each bar the columns of Z, its group's levels, and each row's level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from formix.design.coding import fill, layout
from formix.design.kind import Contribution, State
from formix.design.levels import labels
from formix.errors import FormulaError
from formix.gaussian_form import GaussianForm
from formix.kinds import group_levels
from formix.kinds.common import check_factors, known_shapes, values
from formix.kinds.group_lines import statements
from formix.kinds.group_sites import addresses, parameters
from formix.spec import Block, Effect
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
    return group_levels.learn(term, table)


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
    if term.special.members:
        return term.group
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
        index=group_levels.index(term, state, table),
        levels=labels(state),
        text=term.text,
        id=term.id,
        span=term.span,
        varying=group_levels.varying(term, state, table),
    )
    return Contribution(blocks=(block,))


def gaussian(block: Block) -> GaussianForm | None:
    """Return the block as an engine integrates it: rows of effects, all of one covariance."""
    if block.varying.beyond:
        return None
    return GaussianForm(
        block.Z,
        block.index,
        len(block.levels),
        block.covariance,
        relation=block.varying.root,
    )
