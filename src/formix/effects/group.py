"""Group-level effects: for each bar the columns of Z, its group's levels, and each row's level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from formix.covariances import covariance
from formix.design.coding import fill, layout
from formix.design.kind import Contribution, State
from formix.design.levels import index_of, labels, learn_levels
from formix.effects.common import check_factors, known_shapes, values
from formix.prior import Address
from formix.spec import (
    MAIN,
    Block,
    Datum,
    Dimension,
    Effect,
    Fragment,
    GaussianForm,
    Parameter,
    Statement,
    Summand,
    prefix,
)
from formix.syntax.tree import Name, walk
from formix.terms.term import GroupTerm

if TYPE_CHECKING:
    from formix.design.table import Table
    from formix.spelling import Identifiers


_ONE_LINE = 78
"""A comment shorter than this stands on one line."""


def claims(term: Any) -> TypeGuard[GroupTerm]:
    """Whether a term is of this kind."""
    return isinstance(term, GroupTerm)


def learn(term: GroupTerm, table: Table) -> State:
    """Return the levels of each factor of the group, and which combinations of them occur.

    As in lme4, contrasts given by argument are for the common effects only.
    """
    check_factors(term.effects, table, known_shapes(term.effects, table), {})
    return learn_levels([table.levels(variable) for variable in term.factors])


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


def addresses(blocks: tuple[Block, ...]) -> tuple[Address, ...]:
    """Return where the standard deviations and correlations of a group have their priors."""
    before, group = blocks[0].prefix, blocks[0].group
    site = f"{before}sd_{group}"
    found = [
        Address(
            key=f"{site}[{label}]",
            wider=(site, f"{before}sd", *_of_all_levels(before, f"sd_{group}", label, "sd")),
            rule="sd",
            support="positive",
            parameter=effect.predictor,
            column=block.Z[:, j],
            levels=len(block.levels),
            effects=len(block.effects),
        )
        for block in blocks
        for j, (label, effect) in enumerate(zip(block.labels, block.effects, strict=True))
    ]
    if any(_is_correlated(block) for block in blocks):
        key = f"{before}cor_{group}"
        parameter = blocks[0].effects[0].predictor
        size = next(len(block.effects) for block in blocks if _is_correlated(block))
        wider = (f"{before}cor", *_of_all_levels(before, f"cor_{group}", "", "cor"))
        column = np.empty(0)
        found.append(Address(key, wider, "cor", "correlation", parameter, column, effects=size))
    return tuple(found)


def _of_all_levels(before: str, site: str, label: str, kind: str) -> tuple[str, ...]:
    """Return the keys of a group in the predictors of all levels: those of `mu`, for `mu[B]`."""
    parameter, level, _ = before.partition("[")
    if not level:
        return ()
    every = prefix(parameter)
    own = (f"{every}{site}[{label}]",) if label else ()
    return (*own, f"{every}{site}", f"{every}{kind}")


def parameters(blocks: tuple[Block, ...]) -> tuple[tuple[Parameter, ...], tuple[Dimension, ...]]:
    """Return the sites of a group (`sd_`, `cor_`, `r_`) and their axes."""
    before, group = blocks[0].prefix, blocks[0].group
    labels = tuple(label for block in blocks for label in block.labels)
    keys = tuple(address.key for address in addresses(blocks))
    size = len(labels)
    levels = Dimension(group, blocks[0].levels)
    effects = Dimension(f"{before}{group}_effect", labels)
    other = Dimension(f"{effects.name}_bis", labels)
    sites = [
        Parameter(f"{before}sd_{group}", (effects.name,), (size,), "positive", keys[:size]),
        Parameter(
            f"{before}r_{group}",
            (levels.name, effects.name),
            (len(levels.labels), size),
            "real",
        ),
    ]
    if len(keys) > size:
        dims = (effects.name, other.name)
        correlation = Parameter(
            f"{before}cor_{group}", dims, (size, size), "correlation", keys[size:]
        )
        return (sites[0], correlation, sites[1]), (levels, effects, other)
    return tuple(sites), (levels, effects)


def statements(blocks: tuple[Block, ...], identifiers: Identifiers) -> Fragment:
    """Return the lines that draw a group's effects, non-centred, and what they add to eta."""
    sites, dimensions = parameters(blocks)
    before, group = blocks[0].prefix, blocks[0].group
    # Of one group all predictors have the same levels.
    index = identifiers.of(("index", group), group)
    sd, z, r = (identifiers.make(f"{before}{name}_{group}") for name in ("sd", "z", "r"))
    levels, size = sites[-1].shape
    correlated = any(_is_correlated(block) for block in blocks)
    comment = _comment(blocks, correlated=correlated and size > 1)
    lines = [
        Statement(
            "prior",
            sd,
            f"{before}sd_{group}",
            keys=sites[0].keys,
            shape=(size,),
            comment=comment,
        )
    ]
    standard = f"dist.Normal(jnp.zeros(({levels}, {size})), 1.0)"
    drawn = Statement("sample", z, f"{before}z_{group}", value=standard)
    if correlated:
        factor, more = _correlation(blocks, identifiers)
        scaled = identifiers.make(f"{before}scaled_{group}")
        lines += [
            *more,
            drawn,
            Statement("deterministic", "", f"{before}cor_{group}", value=f"{factor} @ {factor}.T"),
            Statement("assign", scaled, value=f"{sd}[:, None] * {factor}"),
            Statement("deterministic", r, f"{before}r_{group}", value=f"{z} @ {scaled}.T"),
        ]
    else:
        lines += [drawn, Statement("deterministic", r, f"{before}r_{group}", value=f"{z} * {sd}")]
    summands, data = _summands(blocks, index, r, identifiers)
    return Fragment(sites, dimensions, tuple(lines), summands, data)


def _comment(blocks: tuple[Block, ...], *, correlated: bool) -> str:
    """Return what stands above a group's lines, on two of them where one would be too long."""
    said = f"group-level effects{_whose(blocks)}: {' + '.join(block.text for block in blocks)}"
    how = "correlated, non-centred" if correlated else "non-centred"
    return f"{said}, {how}" if len(said + how) < _ONE_LINE else f"{said}\n{how}"


def _whose(blocks: tuple[Block, ...]) -> str:
    """Return of which parameter a group's effects are, where that is not the main one alone."""
    names = list(dict.fromkeys(effect.predictor for block in blocks for effect in block.effects))
    return "" if names == [MAIN] else f" of {' and '.join(names)}"


def gaussian(block: Block) -> GaussianForm:
    """Return the block as an engine integrates it: rows of effects, independent over levels."""
    return GaussianForm(block.Z, block.index, len(block.levels), block.covariance)


def _is_correlated(block: Block) -> bool:
    return covariance(block.covariance).correlated and len(block.effects) > 1


def _correlation(
    blocks: tuple[Block, ...], identifiers: Identifiers
) -> tuple[str, list[Statement]]:
    """Return the identifier of a group's correlation factor, and the lines that make it."""
    before, group = blocks[0].prefix, blocks[0].group
    key = f"{before}cor_{group}"
    whole = identifiers.make(f"{before}L_{group}")
    if len(blocks) == 1:
        size = len(blocks[0].effects)
        return whole, [
            Statement("prior", whole, f"{before}L_{group}", keys=(key,), shape=(size, size))
        ]
    lines: list[Statement] = []
    diagonal: list[str] = []
    for number, block in enumerate(blocks, start=1):
        size = len(block.effects)
        if _is_correlated(block):
            part = identifiers.make(f"{before}L_{group}_{number}")
            site = f"{before}L_{group}_{number}"
            lines.append(Statement("prior", part, site, keys=(key,), shape=(size, size)))
            diagonal.append(part)
        else:
            diagonal.append(f"jnp.eye({size})")
    return whole, [*lines, Statement("assign", whole, value=f"block_diag({', '.join(diagonal)})")]


def _columns(mine: list[int]) -> str:
    """Return how an array of effects by level is asked for some of its columns."""
    first, last = mine[0], mine[-1]
    if mine == list(range(first, last + 1)):
        return f", {first or ''}:{last + 1}"
    return f"[:, None], jnp.array({mine})"


def _summands(
    blocks: tuple[Block, ...], index: str, r: str, identifiers: Identifiers
) -> tuple[tuple[Summand, ...], tuple[Datum, ...]]:
    """Return what a group adds to each predictor that it has effects in, and its arrays."""
    effects = [effect for block in blocks for effect in block.effects]
    Z = blocks[0].Z if len(blocks) == 1 else np.hstack([block.Z for block in blocks])
    data = [Datum(index, blocks[0].index)]
    summands: list[Summand] = []
    for predictor in dict.fromkeys(effect.predictor for effect in effects):
        mine = [j for j, effect in enumerate(effects) if effect.predictor == predictor]
        if len(mine) == 1 and effects[mine[0]].column.term == "1":
            summands.append(Summand(predictor, f"{r}[{index}, {mine[0]}]"))
            continue
        parameter = predictor.partition("[")[0]
        suffix = "" if parameter == MAIN else f"_{parameter}"
        # The predictors of all levels have the same columns.
        same = ("Z", blocks[0].group, parameter, tuple(Z[:, j].tobytes() for j in mine))
        matrix = identifiers.of(same, f"Z_{blocks[0].group}{suffix}")
        all_of_them = len(mine) == len(effects)
        data.append(Datum(matrix, Z if all_of_them else Z[:, mine]))
        chosen = f"{r}[{index}]" if all_of_them else f"{r}[{index}{_columns(mine)}]"
        summands.append(Summand(predictor, f"jnp.sum({matrix} * {chosen}, axis=-1)"))
    return tuple(summands), tuple(data)
