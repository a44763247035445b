"""What the user is told of a design: columns left out, bars that tell little, lme4's reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from formix.design.coding import INTERCEPT
from formix.terms.groups import double_bar_note, several_columns

if TYPE_CHECKING:
    from formix.design.encoding import Encoding
    from formix.design.values import Shape
    from formix.spec import Block, PredictorMatrix
    from formix.terms.term import Terms


def rank_notes(predictors: Sequence[PredictorMatrix]) -> Iterator[str]:
    """Yield which columns of X were left out because they depend on earlier ones."""
    for matrix in predictors:
        if matrix.dropped:
            labels = ", ".join(column.label for column in matrix.dropped)
            one = len(matrix.dropped) == 1
            yield (
                f"{len(matrix.dropped)} {'column' if one else 'columns'} of {matrix.name} left "
                f"out, for {'it depends' if one else 'they depend'} on earlier ones: {labels}"
            )


def bar_notes(terms: Terms, shapes: Mapping[str, Shape]) -> Iterator[str]:
    """Yield where `||` differs from lme4 because a term has several columns.

    Of calls such as `poly()` the formula itself told already.
    """
    for part in terms.predictors:
        for group in part.groups:
            told = several_columns(group)
            several = [
                effect.text
                for effect in group.effects.terms
                if effect.text not in told
                and any(_is_wide(shapes[variable.text]) for variable in effect.variables)
            ]
            if group.doubled and several:
                yield double_bar_note(group, several)


def _is_wide(shape: Shape) -> bool:
    return shape.kind == "factor" or len(shape.names) > 1


def constant_notes(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield the terms of bars that have one value in each level of their group.

    Only beside an intercept: alone, such a term may be meant, for levels of unequal variance.
    """
    for block in blocks:
        if block.index.ndim > 1 or len(block.levels) == len(block.index):
            continue
        _, first, level = np.unique(block.index, return_index=True, return_inverse=True)
        constant = (block.Z[first][level] == block.Z).all(axis=0)
        terms: dict[tuple[str, str], bool] = {}
        for effect, same in zip(block.effects, constant, strict=True):
            key = effect.predictor, effect.column.term
            terms[key] = terms.get(key, True) and bool(same)
        for (predictor, term), same in terms.items():
            if same and term != INTERCEPT.term and (predictor, INTERCEPT.term) in terms:
                yield (
                    f"`{term}` has one value in each level of `{block.group}`, so no level tells "
                    f"how its effect varies in {block.text}: leave it out of the bar"
                )


def contrast_notes(encoding: Encoding) -> Iterator[str]:
    """Yield the contrasts that were given for what the formula has not."""
    for text in encoding.contrasts:
        if text not in encoding.shapes:
            name = text.strip("`")
            yield f"the contrasts of `{name}` are not used: the formula has no such factor"
