"""Design + family + priors -> Spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from formix.errors import FormulaError
from formix.groups import together
from formix.kinds import common, common_lines, group, offset, threshold
from formix.kinds.shrinkage import shrinkages
from formix.observation import arrays
from formix.parametrisation import NON_CENTRED, Parametrisation, choose, name_of
from formix.predictors import blocks as varying, predictors
from formix.prior import Address, PriorTable, resolve
from formix.prior.scales import scales_of
from formix.spec import Datum, Fragment, Parameter, Spec, Statement
from formix.spelling import Identifiers

if TYPE_CHECKING:
    from formix.design.matrices import Design
    from formix.families import Family, FamilyParameter
    from formix.prior import Shrinkage
    from formix.spec import Block, Predictor, Response


def specify(
    design: Design,
    family: Family,
    priors: str | Mapping[str, object] | PriorTable,
    text: str,
    fixed: Mapping[str, float] | None = None,
    asked: str | Mapping[str, str] = NON_CENTRED,
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
    fixed
        The parameters of the family that the formula holds at a value.
    asked
        How group-level effects are drawn: for all groups, or by group.

    Raises
    ------
    ArgumentError
        If effects cannot be drawn as they are asked to be.
    DataError
        If the response does not suit the family.
    FormulaError
        If there is nothing to estimate.
    PriorError
        If a prior's address matches nothing, or a prior does not suit its parameter.
    """
    design = _checked(design, family, text)
    response, linear = design.response, predictors(design, family, text)
    groups = together(blocks := varying(design, family))
    auxiliary, fixed = _auxiliary(family, response, linear, fixed or {})
    places = _addresses(linear, groups, auxiliary, family)
    scales = scales_of(response, family, linear)
    priors = priors if isinstance(priors, PriorTable) else resolve(places, scales, priors)
    chosen = choose(asked, groups, design.predictors[0], response, family)
    shrunk = shrinkages(linear, priors, scales, family, response, fixed)
    name = (identifiers := Identifiers()).make(response.name)
    known = _known(response, family, identifiers)
    needed = {one.dispersion: identifiers.make(one.dispersion) for one in shrunk if one.dispersion}
    whole = _merged(
        [
            *_common(linear, priors, identifiers, shrunk, needed),
            *_beside(linear, response, family, priors, identifiers),
            *_varied(groups, identifiers, chosen),
            Fragment(data=tuple(Datum(known[n], response.known[n]) for n in known)),
        ]
    )
    _refuse_nothing(whole, auxiliary, text, response)
    return Spec(
        family=family,
        response=response,
        predictors=linear,
        blocks=blocks,
        priors=priors,
        parameters=(*whole.parameters, *_own(auxiliary)),
        dimensions=whole.dimensions,
        statements=whole.statements,
        likelihood=_likelihood(auxiliary, needed, identifiers),
        summands=whole.summands,
        data=whole.data,
        gaussian=tuple(group.gaussian(block) for block in blocks),
        response_identifier=name,
        text=text,
        fixed=fixed,
        known_identifiers=known,
        centred=chosen.centred,
        notes=chosen.notes,
        shrinkage=shrunk,
    )


def _refuse_nothing(
    whole: Fragment, auxiliary: tuple[FamilyParameter, ...], text: str, response: Response
) -> None:
    if not whole.parameters and not auxiliary:
        raise _nothing(text, response)


def _beside(
    predictors: tuple[Predictor, ...],
    response: Response,
    family: Family,
    priors: PriorTable,
    identifiers: Identifiers,
) -> list[Fragment]:
    """Return what thresholds give, and offsets."""
    thresholds = (
        threshold.statements(p, response, family, priors, identifiers) for p in predictors
    )
    return [*thresholds, *(offset.statements(p, identifiers) for p in predictors)]


def _varied(
    groups: tuple[tuple[Block, ...], ...], identifiers: Identifiers, chosen: Parametrisation
) -> list[Fragment]:
    """Return what the group-level effects of every group give."""
    return [
        group.statements(blocks, identifiers, centred=name_of(blocks) in chosen.centred)
        for blocks in groups
    ]


def _common(
    predictors: tuple[Predictor, ...],
    priors: PriorTable,
    identifiers: Identifiers,
    shrunk: tuple[Shrinkage, ...],
    needed: Mapping[str, str],
) -> list[Fragment]:
    """Return what the common effects of every predictor give."""
    found: list[Fragment] = []
    for predictor in predictors:
        mine = next((one for one in shrunk if one.predictor == predictor.name), None)
        dispersion = needed.get(mine.dispersion, "") if mine is not None else ""
        found.append(common_lines.statements(predictor, priors, identifiers, mine, dispersion))
    return found


def _own(auxiliary: tuple[FamilyParameter, ...]) -> Iterator[Parameter]:
    """Yield the sites of the family's own parameters."""
    return (Parameter(p.name, (), (), p.support, (p.name,)) for p in auxiliary)


def _likelihood(
    auxiliary: tuple[FamilyParameter, ...], needed: Mapping[str, str], identifiers: Identifiers
) -> tuple[Statement, ...]:
    """Return the lines that draw the family's own parameters.

    Names that lines above theirs take are `needed` early, and made by then.
    """
    return tuple(
        Statement("prior", needed.get(name) or identifiers.make(name), name, keys=(name,))
        for name in (parameter.name for parameter in auxiliary)
    )


def _checked(design: Design, family: Family, text: str) -> Design:
    """Return the design with its response as the family's density takes it."""
    fault = family.fault(design.response)
    if fault is not None:
        fault.text, fault.span = text, design.response.span
        raise fault
    return replace(design, response=family.coded(design.response))


def _auxiliary(
    family: Family,
    response: Response,
    linear: tuple[Predictor, ...],
    given: Mapping[str, float],
) -> tuple[tuple[FamilyParameter, ...], dict[str, float]]:
    """Return the parameters that are sampled as one number, and those that are held at a value."""
    predicted = {predictor.parameter for predictor in linear}
    there = [p for p in family.estimates(response.known) if p.name not in predicted]
    fixed = {**{p.name: p.held for p in there if p.held is not None}, **given}
    return tuple(p for p in there if p.name not in fixed), fixed


def _known(response: Response, family: Family, identifiers: Identifiers) -> dict[str, str]:
    """Return the identifiers of the arrays that tell more of the rows."""
    given = family.given(response.known)
    names = (*family.arrays, *(given.arrays if given else ()), *arrays(response))
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
    family: Family,
) -> tuple[Address, ...]:
    """Return every place of a model that has a prior, in the order of its sites."""
    own = {p.name: dict(p.predicted) for p in family.parameters}
    return (
        *(
            replace(address, own=own[predictor.parameter])
            if address.rule == "intercept"
            else address
            for predictor in predictors
            for address in (*threshold.addresses(predictor), *common.addresses(predictor))
        ),
        *(address for blocks in groups for address in group.addresses(blocks)),
        *(
            Address(p.name, (), "auxiliary", p.support, p.name, np.empty(0), own=dict(p.priors))
            for p in auxiliary
        ),
    )


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
