"""Text and data -> terms, frame, encoding, design: the floors of a model below its priors."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from formix.design.checks import concerns
from formix.design.encoding import Encoding, encode, learn
from formix.design.frame import open_data
from formix.design.names import used
from formix.design.relations import read_relations
from formix.errors import ArgumentError, DataWarning, RankWarning
from formix.kinds import KINDS
from formix.syntax.parse import parse
from formix.terms.expand import expand
from formix.unsuited import not_of_family

if TYPE_CHECKING:
    from formix.design.column import Frame
    from formix.design.matrices import Design
    from formix.design.relations import Relation
    from formix.families import Family
    from formix.results.recipe import Recipe
    from formix.syntax.tree import Formula
    from formix.terms.term import Terms

Functions = Mapping[str, Callable[..., Any]]

_STACK = 4
"""Frames between the warning and the user's own line: here, `learnt`, `Model.__init__`."""


@dataclass(frozen=True, eq=False)
class Stages:
    """A formula on its way from text to matrices.

    Parameters
    ----------
    formula, terms
        The text as a tree, and expanded.
    frame
        The columns that it uses, the rows without missing values.
    encoding
        What the design remembers of the data.
    design
        The matrices.
    functions, contrasts, relations
        What the user gave beside.
    """

    formula: Formula
    terms: Terms
    frame: Frame
    encoding: Encoding
    design: Design
    functions: Functions
    contrasts: Mapping[str, object]
    relations: Mapping[str, Relation]


def learnt(
    formula: str | Sequence[str],
    data: object,
    family: Family,
    functions: Functions,
    contrasts: Mapping[str, object],
    matrices: Mapping[str, object],
) -> Stages:
    """Return the stages of a model of training data.

    Warns
    -----
    RankWarning
        If columns of X depend on earlier ones and are left out.
    DataWarning
        If little can be learnt from the data: one row, a constant response, a group of one level,
        a level a row.
    """
    _check_given(functions, contrasts)
    relations = read_relations(matrices)
    tree = parse(formula)
    opened = open_data(data)
    terms = expand(tree, opened.names)
    _check_named(terms, relations)
    fault = not_of_family(terms, family)
    if fault is not None:
        raise fault
    frame = opened.read(used(terms, opened.names, functions))
    encoding = learn(terms, frame, KINDS, functions=functions, contrasts=contrasts)
    design = encode(terms, encoding, frame, KINDS, functions=functions, relations=relations)
    _warn(design, family)
    kept = frame if len(design.kept) == len(frame) else frame.take(design.kept)
    given = (dict(functions), dict(contrasts), relations)
    return Stages(tree, terms, kept, encoding, design, *given)


def remade(recipe: Recipe, functions: Functions) -> Stages:
    """Return the stages of a model that was fitted: encoded again, nothing learnt.

    Raises
    ------
    ResultError
        If the design does not come out as it was.
    ArgumentError
        If the functions are none.
    """
    _check_given(functions, recipe.contrasts)
    recipe.check_functions(functions)
    tree = parse(recipe.formula)
    terms = expand(tree, recipe.frame.names)
    encoding = Encoding.from_json(json.dumps(recipe.encoding))
    relations = recipe.relations
    design = encode(terms, encoding, recipe.frame, KINDS, functions=functions, relations=relations)
    recipe.check(design.predictors)
    given = (functions, recipe.contrasts, relations)
    return Stages(tree, terms, recipe.frame, encoding, design, *given)


def _check_given(functions: object, contrasts: object) -> None:
    """Refuse what is no mapping by name, or no function.

    Raises
    ------
    ArgumentError
        With what to give instead.
    """
    if not isinstance(functions, Mapping) or not all(
        isinstance(name, str) and callable(value)
        for name, value in cast("Mapping[object, object]", functions).items()
    ):
        raise ArgumentError(
            f"functions={functions!r} is not a dict of functions by name",
            hint='for example functions={"cube": lambda x: x**3}',
        )
    if not isinstance(contrasts, Mapping):
        raise ArgumentError(
            f"contrasts={contrasts!r} is not a dict of contrasts by factor",
            hint='for example contrasts={"f": "sum"}',
        )


def _check_named(terms: Terms, relations: Mapping[str, Relation]) -> None:
    """Refuse a matrix that the formula does not name: nothing given is silently ignored."""
    named = {term.special.matrix for part in terms.predictors for term in part.groups}
    for name in relations:
        if name not in named:
            raise ArgumentError(
                f"the matrix `{name}` has no place in the formula",
                hint=f"write it where its levels are a group: (1 | gr(g, cov = {name}))",
            )


def _warn(design: Design, family: Family) -> None:
    dropped = [f"`{c.label}`" for matrix in design.predictors for c in matrix.dropped]
    if dropped:
        verbs = ("depends", "was") if len(dropped) == 1 else ("depend", "were")
        warnings.warn(
            f"{', '.join(dropped)} {verbs[0]} on earlier columns and {verbs[1]} left out",
            RankWarning,
            stacklevel=_STACK,
        )
    estimated = [p.name for p in family.estimates(design.response.known)]
    residual = family.residual and family.dispersion in estimated
    for concern in concerns(design, dispersion=residual):
        warnings.warn(concern, DataWarning, stacklevel=_STACK)
