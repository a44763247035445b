"""Design + family + priors -> Spec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from formix.effects import common, group, offset
from formix.errors import FormulaError
from formix.prior import Address, PriorTable, Scale, resolve
from formix.prior.scales import auxiliary_scale, deviation_scale, mean_scale
from formix.spec import Block, Datum, Fragment, Parameter, Predictor, Spec, Statement
from formix.spelling import Identifiers

if TYPE_CHECKING:
    from formix.design.matrices import Design
    from formix.families import Family, FamilyParameter
    from formix.spec import PredictorMatrix, Response


def specify(
    design: Design,
    family: Family,
    priors: str | Mapping[str, object] | PriorTable,
    text: str,
) -> Spec:
    """Return the model, whole.

    Parameters
    ----------
    design
        The matrices.
    family
        The distribution of the response.
    priors
        The name of a set, priors by address, or those of an earlier fit, already resolved.
    text
        The formula, for messages and results.

    Raises
    ------
    DataError
        If the response does not suit the family.
    FormulaError
        If there is nothing to estimate.
    PriorError
        If a prior's address matches nothing, or a prior does not suit its parameter.
    """
    fault = family.check(design.response)
    if fault is not None:
        fault.text, fault.span = text, design.response.span
        raise fault
    predictors = tuple(_predictor(matrix, family) for matrix in design.predictors)
    groups = _together(design.blocks)
    named = {predictor.name for predictor in predictors}
    auxiliary = tuple(p for p in family.estimates(design.response.known) if p.name not in named)
    if not isinstance(priors, PriorTable):
        scales = _scales(design, family, predictors)
        priors = resolve(_addresses(predictors, groups, auxiliary), scales, priors)
    identifiers = Identifiers()
    response = identifiers.make(design.response.name)
    known = _known(design.response, family, identifiers)
    whole = _merged(
        [
            *(common.statements(predictor, priors, identifiers) for predictor in predictors),
            *(offset.statements(predictor, identifiers) for predictor in predictors),
            *(group.statements(blocks, identifiers) for blocks in groups),
            Fragment(data=tuple(Datum(known[n], design.response.known[n]) for n in known)),
        ]
    )
    if not whole.parameters and not auxiliary:
        raise _nothing(text, design.response)
    own = tuple(Parameter(p.name, (), (), p.support, (p.name,)) for p in auxiliary)
    return Spec(
        family=family,
        response=design.response,
        predictors=predictors,
        blocks=design.blocks,
        priors=priors,
        parameters=(*whole.parameters, *own),
        dimensions=whole.dimensions,
        statements=whole.statements,
        likelihood=tuple(
            Statement("prior", identifiers.make(p.name), p.name, keys=(p.name,)) for p in auxiliary
        ),
        summands=whole.summands,
        data=whole.data,
        gaussian=tuple(group.gaussian(block) for block in design.blocks),
        response_identifier=response,
        text=text,
        known_identifiers=known,
    )


def _known(response: Response, family: Family, identifiers: Identifiers) -> dict[str, str]:
    """Return the identifiers of the arrays that tell more of the rows."""
    given = family.given(response.known)
    names = (*family.arrays, *(given.arrays if given else ()))
    return {name: identifiers.make(name) for name in names}


def _nothing(text: str, response: Response) -> FormulaError:
    return FormulaError(
        "nothing of this model is left to estimate",
        text=text,
        span=response.span,
        hint="give it an intercept or a group, or write se(s, sigma = TRUE) to estimate sigma",
    )


def _addresses(
    predictors: tuple[Predictor, ...],
    groups: tuple[tuple[Block, ...], ...],
    auxiliary: tuple[FamilyParameter, ...],
) -> tuple[Address, ...]:
    """Return every place of a model that has a prior, in the order of its sites."""
    return (
        *(address for predictor in predictors for address in common.addresses(predictor)),
        *(address for blocks in groups for address in group.addresses(blocks)),
        *(
            Address(p.name, (), "auxiliary", p.support, p.name, np.empty(0), own=dict(p.priors))
            for p in auxiliary
        ),
    )


def _predictor(matrix: PredictorMatrix, family: Family) -> Predictor:
    return Predictor(
        name=matrix.name,
        link=family.link(matrix.name),
        X=matrix.X,
        columns=matrix.columns,
        offset=matrix.offset,
        text=matrix.text,
    )


def _together(blocks: tuple[Block, ...]) -> tuple[tuple[Block, ...], ...]:
    """Return the blocks that share a group's sites together, in formula order."""
    together: dict[str, list[Block]] = {}
    for block in blocks:
        together.setdefault(block.prefix + block.group, []).append(block)
    return tuple(tuple(same) for same in together.values())


def _scales(
    design: Design, family: Family, predictors: tuple[Predictor, ...]
) -> Mapping[str, Scale]:
    y = np.asarray(design.response.values, float)
    y = np.log(y) if family.logarithm else y
    main = predictors[0]
    shift = main.offset if main.offset is not None else np.zeros(len(y))
    scales = {main.name: mean_scale(y, shift, main.link, counts=family.counts)}
    for parameter in family.parameters[1:]:
        predicted = any(predictor.name == parameter.name for predictor in predictors)
        scales[parameter.name] = (
            deviation_scale(y, family.link(parameter.name))
            if predicted
            else auxiliary_scale(y, shift, main.link)
        )
    return scales


def _merged(fragments: list[Fragment]) -> Fragment:
    """Return the fragments as one; an axis that two of them name stands once."""
    dimensions = {d.name: d for fragment in fragments for d in fragment.dimensions}
    return Fragment(
        parameters=tuple(p for fragment in fragments for p in fragment.parameters),
        dimensions=tuple(dimensions.values()),
        statements=tuple(s for fragment in fragments for s in fragment.statements),
        summands=tuple(s for fragment in fragments for s in fragment.summands),
        data=tuple(d for fragment in fragments for d in fragment.data),
    )
