"""The lines of the program that draw a group's effects, and what they add to linear predictors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from formix.effects.group_sites import deviation_keys, parameters
from formix.groups import rho_sites
from formix.spec import MAIN, Block, Datum, Fragment, Statement, Summand

if TYPE_CHECKING:
    from formix.spelling import Identifiers


_ONE_LINE = 78
"""A comment shorter than this stands on one line."""


def statements(blocks: tuple[Block, ...], identifiers: Identifiers) -> Fragment:
    """Return the lines that draw a group's effects, non-centred, and what they add to eta."""
    sites, dimensions = parameters(blocks)
    before, group = blocks[0].prefix, blocks[0].group
    # Of one group all predictors have the same levels.
    index = identifiers.of(("index", group), group)
    sd, z, r = (identifiers.make(f"{before}{name}_{group}") for name in ("sd", "z", "r"))
    levels, size = sites[-1].shape
    lines = _deviations(blocks, sd, identifiers)
    standard = f"dist.Normal(jnp.zeros(({levels}, {size})), 1.0)"
    drawn = Statement("sample", z, f"{before}z_{group}", value=standard)
    if any(block.structure.correlated for block in blocks):
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
    lines[0] = replace(lines[0], comment=_comment(blocks))
    summands, data = _summands(blocks, index, r, identifiers)
    return Fragment(sites, dimensions, tuple(lines), summands, data)


def _comment(blocks: tuple[Block, ...]) -> str:
    """Return what stands above a group's lines, on two of them where one would be too long."""
    words = ["correlated"] if any(block.structure.matrix for block in blocks) else []
    words += [block.structure.rho.words for block in blocks if block.structure.rho is not None]
    text = " + ".join(block.text for block in blocks)
    said = f"group-level effects{_whose(blocks)}: {text}"
    how = ", ".join([*dict.fromkeys(words), "non-centred"])
    return f"{said}, {how}" if len(said + how) < _ONE_LINE else f"{said}\n{how}"


def _whose(blocks: tuple[Block, ...]) -> str:
    """Return of which parameter a group's effects are, where that is not the main one alone."""
    names = list(dict.fromkeys(effect.predictor for block in blocks for effect in block.effects))
    return "" if names == [MAIN] else f" of {' and '.join(names)}"


def _deviations(blocks: tuple[Block, ...], sd: str, identifiers: Identifiers) -> list[Statement]:
    """Return the lines that draw the standard deviations: side by side where blocks share one."""
    site = f"{blocks[0].prefix}sd_{blocks[0].group}"
    keys = tuple(key for block in blocks for key in deviation_keys(block))
    if not any(block.structure.equal for block in blocks):
        return [Statement("prior", sd, site, keys=keys, shape=(len(keys),))]
    drawn = {key: identifiers.make(key) for key in dict.fromkeys(keys)}
    lines = [Statement("prior", name, key, keys=(key,)) for key, name in drawn.items()]
    only = f"jnp.full({len(keys)}, {drawn[keys[0]]})"
    each = f"jnp.stack([{', '.join(drawn[key] for key in keys)}])"
    return [*lines, Statement("deterministic", sd, site, value=only if len(drawn) == 1 else each)]


def _correlation(
    blocks: tuple[Block, ...], identifiers: Identifiers
) -> tuple[str, list[Statement]]:
    """Return the identifier of a group's correlation factor, and the lines that make it."""
    before, group = blocks[0].prefix, blocks[0].group
    whole = identifiers.make(f"{before}L_{group}")
    if len(blocks) == 1:
        return whole, _factor(
            blocks[0], rho_sites(blocks)[0], whole, f"{before}L_{group}", identifiers
        )
    lines: list[Statement] = []
    diagonal: list[str] = []
    for number, (block, rho) in enumerate(zip(blocks, rho_sites(blocks), strict=True), start=1):
        if block.structure.correlated:
            site = f"{before}L_{group}_{number}"
            part = identifiers.make(site)
            lines += _factor(block, rho, part, site, identifiers)
            diagonal.append(part)
        else:
            diagonal.append(f"jnp.eye({len(block.effects)})")
    return whole, [*lines, Statement("assign", whole, value=f"block_diag({', '.join(diagonal)})")]


def _factor(
    block: Block, rho: str, target: str, site: str, identifiers: Identifiers
) -> list[Statement]:
    """Return the lines that make the factor of one block's correlation matrix."""
    size = len(block.effects)
    if block.structure.rho is None:
        key = f"{block.prefix}cor_{block.group}"
        return [Statement("prior", target, site, keys=(key,), shape=(size, size))]
    name = identifiers.make(rho)
    matrix = block.structure.rho.source.format(rho=name, size=size)
    return [
        Statement("prior", name, rho, keys=(rho,)),
        Statement("assign", target, value=f"jnp.linalg.cholesky({matrix})"),
    ]


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
