"""Design + family -> linear predictors and blocks: one a parameter, or one a level of the response.

A family with a predictor for every level of its response (but the first, which the others are
compared with) has them all from the main formula, named `mu[B]`; one with thresholds has no
intercept in its predictor.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from formix.errors import FormulaError
from formix.spec import MAIN, Predictor

if TYPE_CHECKING:
    from formix.design.matrices import Design
    from formix.families import Family
    from formix.spec import Block, PredictorMatrix, Response


def predictors(design: Design, family: Family, text: str) -> tuple[Predictor, ...]:
    """Return the linear predictor of every parameter that has one, the main ones first.

    Raises
    ------
    FormulaError
        If thresholds are to take the place of an intercept that the formula takes away.
    """
    found: list[Predictor] = []
    for matrix in design.predictors:
        one = _predictor(matrix, family)
        if matrix.name == MAIN and family.thresholds:
            one = _without_intercept(one, family, text, design.response)
        found += [replace(one, name=name) for name in _names(matrix.name, family, design.response)]
    return tuple(found)


def blocks(design: Design, family: Family) -> tuple[Block, ...]:
    """Return the blocks; those of the main formula once a level, where it has a predictor for each.

    A block with an id has the effects of all levels, which share one covariance.
    """
    names = _names(MAIN, family, design.response)
    if names == (MAIN,):
        return design.blocks
    found: list[Block] = []
    for block in design.blocks:
        if block.id:
            found.append(_of_all(block, names))
        elif block.effects[0].predictor == MAIN:
            found += [_of_one(block, name) for name in names]
        else:
            found.append(block)
    return tuple(found)


def _names(parameter: str, family: Family, response: Response) -> tuple[str, ...]:
    if parameter == MAIN and family.by_level:
        return tuple(f"{MAIN}[{level}]" for level in response.levels[1:])
    return (parameter,)


def _of_one(block: Block, name: str) -> Block:
    return replace(block, effects=tuple(replace(e, predictor=name) for e in block.effects))


def _of_all(block: Block, names: tuple[str, ...]) -> Block:
    """Return a shared block with its main effects once a level, then those of other parameters."""
    main = [j for j, effect in enumerate(block.effects) if effect.predictor == MAIN]
    others = [j for j in range(len(block.effects)) if j not in main]
    columns = [*main * len(names), *others]
    effects = [replace(block.effects[j], predictor=name) for name in names for j in main]
    effects += [block.effects[j] for j in others]
    return replace(block, effects=tuple(effects), Z=block.Z[:, columns])


def _predictor(matrix: PredictorMatrix, family: Family) -> Predictor:
    return Predictor(
        name=matrix.name,
        link=family.link(matrix.name),
        X=matrix.X,
        columns=matrix.columns,
        offset=matrix.offset,
        text=matrix.text,
        parameter=matrix.name,
        means=matrix.means,
    )


def _without_intercept(
    predictor: Predictor, family: Family, text: str, response: Response
) -> Predictor:
    if not predictor.has_intercept:
        raise FormulaError(
            f"the thresholds of {family.name} are its intercepts, and the formula takes them away",
            text=text,
            span=response.span,
            hint="leave out `0 +` and `- 1`",
        )
    return replace(
        predictor,
        X=np.asfortranarray(predictor.X[:, 1:]),
        means=None if predictor.means is None else predictor.means[1:],
        columns=predictor.columns[1:],
        text=predictor.text.removeprefix("1 + "),
        thresholds=len(response.levels) - 1,
    )
