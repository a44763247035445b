"""A model and new data -> the spec at the rows of that data, and its levels that are new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from formix.design.encoding import encode
from formix.design.frame import open_data
from formix.design.matrices import block_at, response_at
from formix.design.names import used
from formix.design.newcomers import Newcomers, newcomers
from formix.design.row_levels import row_levels
from formix.errors import ArgumentError, UnknownLevelError, UnsupportedError
from formix.kinds import KINDS
from formix.predictors import blocks as varying, predictors

if TYPE_CHECKING:
    from jaxtyping import Bool, Int

    from formix.models import Model
    from formix.spec import Block, Spec

SAMPLE, POPULATION, ERROR = "sample", "population", "error"


@dataclass(frozen=True, eq=False)
class NewRows:
    """Rows at which a model is asked for predictions.

    Parameters
    ----------
    spec
        The model, with the predictors, blocks and response of these rows; a new level's index
        counts on from the levels that are known.
    rows
        The labels of all rows of the data.
    kept
        The places of those that have every value that is needed.
    fresh
        How many new levels each group has, by its factors.
    levels
        The levels of the labels of all rows, by name, where a row has several.
    """

    spec: Spec
    rows: np.ndarray
    kept: Int[np.ndarray, " row"]
    fresh: Mapping[tuple[str, ...], int]
    levels: Mapping[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])


def new_rows(
    model: Model, data: object, chosen: Mapping[int, Bool[np.ndarray, " effect"]], new_levels: str
) -> NewRows:
    """Return the rows of some data, or of the training data where it is None.

    Parameters
    ----------
    chosen
        By the number of a block, which of its effects take part.
    new_levels
        What a level that is not known has: effects of its own (`sample`), none (`population`), or
        no place here (`error`).

    Raises
    ------
    UnknownColumnError, UnknownLevelError, FormulaError, DataError
        If the data lacks what the model needs, or has what it cannot place.
    """
    if data is None:
        spec = model.spec
        rows = model.design.rows
        blocks = [_masked(b, chosen[j], b.index) for j, b in enumerate(spec.blocks)]
        levels = model.recipe.frame.levels
        return NewRows(replace(spec, blocks=tuple(blocks)), rows, np.arange(len(rows)), {}, levels)
    opened = open_data(data)
    functions = model.functions
    frame = opened.read(used(model.terms, opened.names, functions, new=True))
    design = encode(model.terms, model.encoding, frame, KINDS, functions=functions, new=True)
    coded = model.family.coded(design.response)
    response = replace(coded, levels=model.spec.response.levels)
    design = replace(design, response=response)
    found = varying(design, model.family)
    known = {block.factors: block.index for block in found}
    some = frame.take(design.kept)
    fresh = newcomers(model.terms, model.encoding, some, known, functions)
    if model.family.thresholds:
        # A row of new data need not have the response, of which the levels are known.
        response = replace(response, values=np.zeros(len(some)))
    blocks = tuple(
        _placed(block, chosen[j], fresh.get(block.factors), new_levels, model.formula.text)
        for j, block in enumerate(found)
    )
    spec = replace(
        model.spec,
        predictors=predictors(replace(design, response=response), model.family, model.formula.text),
        blocks=blocks,
        response=replace(design.response, values=design.response.values),
    )
    counts = {key: len(one.labels) for key, one in fresh.items()}
    there = counts if new_levels == SAMPLE else {}
    return NewRows(spec, frame.rows, design.kept, there, row_levels(data))


def check_drawable(block: Block, text: str) -> None:
    """Refuse to draw effects of new levels where the data do not say how they are distributed.

    Raises
    ------
    UnsupportedError
        By the block.
    """
    said = block.varying
    if said.by:
        why = f"its covariance differs by {said.by}"
    elif said.matrix:
        why = f"the matrix `{said.matrix}` does not say how a new level is related to the others"
    else:
        return
    raise UnsupportedError(
        f"effects of new levels of `{block.group}` cannot be drawn: {why}",
        text=text,
        span=block.span,
        hint='new_levels="population" takes them to be 0',
    )


def _placed(
    block: Block,
    chosen: Bool[np.ndarray, " effect"],
    fresh: Newcomers | None,
    new_levels: str,
    text: str,
) -> Block:
    """Return a block with an index for every row, and only the effects that take part."""
    if fresh is None or not chosen.any():
        return _masked(block, chosen, np.maximum(block.index, 0))
    if fresh.absent:
        raise ArgumentError(
            f"the data has no column `{fresh.absent}`, which the group `{block.group}` is made of",
            hint='groups="none" leaves group-level effects out; fx.predictions, fx.comparisons '
            'and fx.slopes average over them with groups="integrate"',
        )
    if new_levels == ERROR:
        label = fresh.labels[int(fresh.index[fresh.index >= 0][0])]
        said = "a missing level" if label is None else f'"{label}"'
        raise UnknownLevelError(
            f"{said} is not a level of `{block.group}` that the model knows",
            text=text,
            span=block.span,
            hint='new_levels="sample" draws effects of its own for it',
        )
    if new_levels == POPULATION:
        return _of_known(_masked(block, chosen, np.maximum(block.index, 0)), block.index >= 0)
    check_drawable(block, text)
    index = np.where(block.index >= 0, block.index, len(block.levels) + fresh.index)
    return _masked(block, chosen, index)


def _of_known(block: Block, known: Bool[np.ndarray, ...]) -> Block:
    """Return a block to which levels that are not known add nothing."""
    said = block.varying
    if said.members == 1:
        return replace(block, Z=block.Z * known[:, None])
    even = np.full(known.shape, 1.0 / said.members)
    weights = even if said.weights is None else said.weights
    return replace(block, varying=replace(said, weights=weights * known))


def _masked(block: Block, chosen: Bool[np.ndarray, " effect"], index: np.ndarray) -> Block:
    return replace(block, Z=block.Z if chosen.all() else block.Z * chosen, index=index)


def chunks(rows: NewRows, samples: int, most: int) -> Iterator[tuple[slice, Spec]]:
    """Yield some rows after another with the spec at them, so that memory holds no more of them."""
    total = len(rows.kept)
    step = max(1, most // max(1, samples))
    for start in range(0, total, step):
        part = slice(start, min(start + step, total))
        yield part, taken(rows.spec, part)


def taken(spec: Spec, part: slice | Int[np.ndarray, " row"]) -> Spec:
    """Return the spec at some of its rows."""
    return replace(
        spec,
        predictors=tuple(
            replace(p, X=p.X[part], offset=None if p.offset is None else p.offset[part])
            for p in spec.predictors
        ),
        blocks=tuple(block_at(block, part) for block in spec.blocks),
        response=response_at(spec.response, part),
    )
