"""What a group's effects add to linear predictors, in the program's identifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.spec import MAIN, Block, Datum, Statement, Summand

if TYPE_CHECKING:
    from formix.spelling import Identifiers


def summands(
    blocks: tuple[Block, ...], index: str, r: str, identifiers: Identifiers
) -> tuple[tuple[Summand, ...], tuple[Datum, ...], tuple[Statement, ...]]:
    """Return what a group adds to each predictor that it has effects in, its arrays, and lines.

    Of rows that belong to several levels the lines make one row of effects for each.
    """
    effects = [effect for block in blocks for effect in block.effects]
    Z = blocks[0].Z if len(blocks) == 1 else np.hstack([block.Z for block in blocks])
    data = [Datum(index, blocks[0].index)]
    rows, lines = f"{r}[{index}]", list[Statement]()
    members = blocks[0].varying.members > 1
    if members:
        rows = identifiers.make(f"{blocks[0].prefix}rows_{blocks[0].group}")
        value = f"jnp.mean({r}[{index}], axis=1)"
        if blocks[0].varying.weights is not None:
            same = ("weights", blocks[0].group, blocks[0].text.partition("weights")[2])
            weights = identifiers.of(same, f"weights_{blocks[0].group}")
            data.append(Datum(weights, blocks[0].varying.weights))
            value = f"jnp.sum({weights}[..., None] * {r}[{index}], axis=1)"
        lines.append(Statement("assign", rows, value=value))
    found: list[Summand] = []
    for predictor in dict.fromkeys(effect.predictor for effect in effects):
        mine = [j for j, effect in enumerate(effects) if effect.predictor == predictor]
        if len(mine) == 1 and effects[mine[0]].column.term == "1":
            chosen = f"{rows}[:, {mine[0]}]" if members else f"{r}[{index}, {mine[0]}]"
            found.append(Summand(predictor, chosen))
            continue
        parameter = predictor.partition("[")[0]
        suffix = "" if parameter == MAIN else f"_{parameter}"
        # The predictors of all levels have the same columns.
        same = ("Z", blocks[0].group, parameter, tuple(Z[:, j].tobytes() for j in mine))
        matrix = identifiers.of(same, f"Z_{blocks[0].group}{suffix}")
        all_of_them = len(mine) == len(effects)
        data.append(Datum(matrix, Z if all_of_them else Z[:, mine]))
        chosen = rows
        if not all_of_them:
            chosen = f"{rows}[:, jnp.array({mine})]" if members else f"{r}[{index}{_columns(mine)}]"
        found.append(Summand(predictor, f"jnp.sum({matrix} * {chosen}, axis=-1)"))
    return tuple(found), tuple(data), tuple(lines)


def _columns(mine: list[int]) -> str:
    """Return how an array of effects by level is asked for some of its columns."""
    first, last = mine[0], mine[-1]
    if mine == list(range(first, last + 1)):
        return f", {first or ''}:{last + 1}"
    return f"[:, None], jnp.array({mine})"
