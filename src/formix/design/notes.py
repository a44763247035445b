"""What the user is told of a design: columns left out, bars that lme4 reads otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from formix.terms.groups import double_bar_note, several_columns

if TYPE_CHECKING:
    from formix.design.encoding import Encoding
    from formix.design.values import Shape
    from formix.spec import PredictorMatrix
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


def contrast_notes(encoding: Encoding) -> Iterator[str]:
    """Yield the contrasts that were given for what the formula has not."""
    for text in encoding.contrasts:
        if text not in encoding.shapes:
            name = text.strip("`")
            yield f"the contrasts of `{name}` are not used: the formula has no such factor"
