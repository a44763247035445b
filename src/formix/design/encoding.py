"""The memory of a design, and its two verbs: learn it from data, encode data with it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.design.contrasts import NAMES, Contrast, from_matrix, named
from formix.design.kind import Contribution, State, TermKind
from formix.design.matrices import Design
from formix.design.names import predictor_names, spare_names
from formix.design.notes import bar_notes, constant_notes, contrast_notes, rank_notes
from formix.design.response import encode_response, learn_response
from formix.design.rows import complete_rows, missing_notes
from formix.design.table import ColumnMemory, Table
from formix.design.values import Shape
from formix.errors import ArgumentError, UnsupportedError
from formix.spec import Block, Effect, PredictorMatrix
from formix.syntax.spelling import spell_name

if TYPE_CHECKING:
    from formix.design.frame import Frame
    from formix.design.relations import Relation
    from formix.terms.term import CommonTerms, GroupTerm, OffsetTerm, PredictorTerms, Terms

Functions = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True)
class Encoding:
    """What turns data into the columns a model was fitted to; JSON both ways.

    Parameters
    ----------
    columns
        The kind of each column of the data, and its levels.
    shapes
        For each variable, by its text: the names of its columns or its levels, its contrasts, and
        the numbers its calls learnt.
    contrasts
        Those given by argument, by variable.
    states
        What each term remembers, by parameter and text: the names of its columns, those kept, the
        levels of its group.
    response
        The levels of the response.
    """

    columns: Mapping[str, ColumnMemory]
    shapes: Mapping[str, Shape] = field(default_factory=lambda: dict[str, Shape]())
    contrasts: Mapping[str, Contrast] = field(default_factory=lambda: dict[str, Contrast]())
    states: Mapping[str, State] = field(default_factory=lambda: dict[str, State]())
    response: State = field(default_factory=lambda: dict[str, Any]())

    def to_json(self) -> str:
        """Return the encoding as text."""
        columns = {
            name: {"kind": c.kind, "levels": list(c.levels), "text": c.text}
            for name, c in self.columns.items()
        }
        shapes = {text: shape.to_dict() for text, shape in self.shapes.items()}
        whole = {
            "columns": columns,
            "shapes": shapes,
            "contrasts": {name: c.to_dict() for name, c in self.contrasts.items()},
            "states": dict(self.states),
            "response": dict(self.response),
        }
        return json.dumps(whole, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Encoding:
        """Return the encoding that `to_json` wrote."""
        stored = json.loads(text)
        columns = {
            name: ColumnMemory(c["kind"], tuple(c["levels"]), c["text"])
            for name, c in stored["columns"].items()
        }
        shapes = {text: Shape.from_dict(shape) for text, shape in stored["shapes"].items()}
        contrasts = {name: Contrast.from_dict(c) for name, c in stored["contrasts"].items()}
        return cls(columns, shapes, contrasts, stored["states"], stored["response"])


def learn(
    terms: Terms,
    frame: Frame,
    kinds: Sequence[TermKind],
    *,
    functions: Functions | None = None,
    contrasts: Mapping[str, object] | None = None,
    relations: Mapping[str, Relation] | None = None,
) -> Encoding:
    """Return what must be remembered of training data.

    As in lme4, `contrasts` are those of the common (fixed) effects; within a bar `C(f, Sum)` says
    the same.

    Raises
    ------
    DataError
        If no row has all its values.
    FormulaError
        If a term cannot be made of the data.
    ArgumentError
        If `contrasts` names something that the formula has not, or a contrast that is not known.
    """
    columns = {c.name: ColumnMemory(c.kind, c.levels, c.text) for c in frame}
    spare = spare_names(terms, functions or {})
    kept = complete_rows(frame, [name for name in frame.names if name not in spare])
    given = Encoding(columns, contrasts=_contrasts(contrasts or {}, terms))
    table = table_of(terms, frame, kept, given, functions or {}, relations)
    states = {
        _key(part, term): _kind(kinds, term).learn(term, table) for part, term in _all_terms(terms)
    }
    for name in given.contrasts:
        if name in table.shapes and table.shapes[name].kind != "factor":
            raise ArgumentError(
                f"contrasts are given for `{name}`, which is not a factor",
                hint=f"factor({name}) in the formula makes one of it",
            )
    response = learn_response(terms.response, table)
    return replace(given, shapes=dict(table.shapes), states=states, response=response)


def encode(
    terms: Terms,
    encoding: Encoding,
    frame: Frame,
    kinds: Sequence[TermKind],
    *,
    functions: Functions | None = None,
    relations: Mapping[str, Relation] | None = None,
    new: bool = False,
) -> Design:
    """Return the design of data, which nothing is learnt from.

    With `new`, the data need not have the response or the groups: a row whose group is missing or
    not known has index -1, and stays.

    Raises
    ------
    DataError
        If no row has all its values.
    UnknownLevelError
        If a factor has a level that the training data has not.
    """
    spare = spare_names(terms, functions or {})
    needed = tuple(name for name in frame.names if name not in spare)
    if new:
        found = dict.fromkeys(name.name for name in predictor_names(terms, functions or {}))
        needed = tuple(name for name in found if name in frame)
    kept = complete_rows(frame, needed)
    given = None if new else relations or {}
    table = table_of(terms, frame, kept, encoding, functions or {}, given)
    parts: dict[str, list[Contribution]] = {part.parameter: [] for part in terms.predictors}
    for part, term in _all_terms(terms):
        kind, state = _kind(kinds, term), encoding.states[_key(part, term)]
        parts[part.parameter].append(kind.columns(term, state, table, part.parameter))
    predictors = tuple(
        _predictor(part, parts[part.parameter], len(table)) for part in terms.predictors
    )
    blocks = tuple(block for some in parts.values() for c in some for block in c.blocks)
    return Design(
        response=encode_response(terms.response, encoding.response, table, new=new),
        predictors=predictors,
        blocks=shared(blocks),
        rows=table.frame.rows,
        notes=(
            *missing_notes(frame, needed, kept),
            *(() if new else _notes(terms, encoding, predictors)),
            *(() if new else constant_notes(blocks)),
        ),
        kept=kept,
    )


def _notes(
    terms: Terms, encoding: Encoding, predictors: Sequence[PredictorMatrix]
) -> Iterator[str]:
    yield from rank_notes(predictors)
    yield from bar_notes(terms, encoding.shapes)
    yield from contrast_notes(encoding)


def table_of(
    terms: Terms,
    frame: Frame,
    kept: np.ndarray,
    encoding: Encoding,
    functions: Functions,
    relations: Mapping[str, Relation] | None = None,
) -> Table:
    """Return the rows kept of a frame, to look up variables in as they are remembered."""
    some = frame if len(kept) == len(frame) else frame.take(kept)
    shapes = dict(encoding.shapes)
    text = terms.formula.text
    return Table(
        some, frame, encoding.columns, shapes, encoding.contrasts, functions, text, relations
    )


def _all_terms(
    terms: Terms,
) -> Iterator[tuple[PredictorTerms, CommonTerms | OffsetTerm | GroupTerm]]:
    for part in terms.predictors:
        for term in (part.common, *part.offsets, *part.groups):
            yield part, term


def _key(part: PredictorTerms, term: CommonTerms | OffsetTerm | GroupTerm) -> str:
    return f"{part.parameter} ~ {term.text}"


def _kind(kinds: Sequence[TermKind], term: object) -> TermKind:
    for kind in kinds:
        if kind.claims(term):
            return kind
    raise UnsupportedError(f"no kind of term makes columns of {type(term).__name__}")


def _predictor(
    part: PredictorTerms, contributions: Sequence[Contribution], rows: int
) -> PredictorMatrix:
    """Return one predictor's X and offset, from what its terms contribute."""
    with_x = [c for c in contributions if c.X is not None]
    matrices = [c.X for c in with_x if c.X is not None]
    offsets = [c.offset for c in contributions if c.offset is not None]
    return PredictorMatrix(
        name=part.parameter,
        X=matrices[0] if len(matrices) == 1 else np.hstack([np.zeros((rows, 0)), *matrices]),
        columns=tuple(column for c in with_x for column in c.columns),
        offset=np.sum(offsets, axis=0) if offsets else None,
        dropped=tuple(column for c in with_x for column in c.dropped),
        text=part.common.text,
    )


def shared(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks with those of one `id` on one group put together, across predictors."""
    result: list[Block] = []
    for block in blocks:
        twin = next((i for i, b in enumerate(result) if block.id and _same_block(b, block)), None)
        if twin is None:
            result.append(block)
            continue
        first = result[twin]
        effects: tuple[Effect, ...] = (*first.effects, *block.effects)
        result[twin] = replace(first, effects=effects, Z=np.hstack([first.Z, block.Z]))
    return tuple(result)


def _same_block(a: Block, b: Block) -> bool:
    return a.id == b.id and set(a.factors) == set(b.factors) and a.levels == b.levels


def _contrasts(given: Mapping[str, object], terms: Terms) -> dict[str, Contrast]:
    """Return contrasts by the text of a variable: a column's name, or a call as it is written."""
    texts = {
        variable.text
        for part in terms.predictors
        for term in part.common.terms
        for variable in term.variables
    }
    result: dict[str, Contrast] = {}
    for name, value in given.items():
        found = named(value) if isinstance(value, str) else from_matrix(value)
        if found is None:
            shown = f'"{value}"' if isinstance(value, str) else type(value).__name__
            raise ArgumentError(
                f"the contrasts of `{name}` are {shown}, which is no contrast that is known",
                hint=f"there are: {', '.join(NAMES)}; or a matrix, a row a level",
            )
        result[name if name in texts else spell_name(name)] = found
    return result
