"""Thresholds between the levels of an ordinal response: what stands in an intercept's place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.prior import Address
from formix.spec import (
    THRESHOLD as SITE,
    THRESHOLD_AT_MEANS as AT_MEANS,
    Datum,
    Dimension,
    Fragment,
    Parameter,
    Statement,
    prefix,
)
from formix.spelling import vector_text

if TYPE_CHECKING:
    from formix.families import Family
    from formix.prior import PriorTable
    from formix.spec import Predictor, Response
    from formix.spelling import Identifiers

DIMENSION = "boundary"

_LONGEST_LITERAL = 40
"""A vector that takes more characters than this is an argument of the program."""


def addresses(predictor: Predictor) -> tuple[Address, ...]:
    """Return where thresholds have their prior: one for all of them."""
    if not predictor.thresholds:
        return ()
    empty = np.empty(0)
    return (Address(SITE, (), "intercept", "real", predictor.name, empty),)


def parameters(
    predictor: Predictor, response: Response, *, ordered: bool
) -> tuple[tuple[Parameter, ...], tuple[Dimension, ...]]:
    """Return the site of the thresholds, and its axis, labelled as `low|high`."""
    if not predictor.thresholds:
        return (), ()
    pairs = zip(response.levels[:-1], response.levels[1:], strict=True)
    labels = tuple(f"{below}|{above}" for below, above in pairs)
    shape = (predictor.thresholds,)
    support = "ordered" if ordered else "real"
    site = Parameter(SITE, (DIMENSION,), shape, support, (SITE,))
    return (site,), (Dimension(DIMENSION, labels),)


def statements(
    predictor: Predictor,
    response: Response,
    family: Family,
    priors: PriorTable,
    identifiers: Identifiers,
) -> Fragment:
    """Return the lines that draw the thresholds, at the means of the columns where so is the prior.

    The density of ordered ones is that of as many draws of the prior, put in order.
    """
    if not predictor.thresholds:
        return Fragment()
    ordered = family.thresholds == "ordered"
    sites, dimensions = parameters(predictor, response, ordered=ordered)
    target = identifiers.make(SITE)
    shape, verb = sites[0].shape, "ordered" if ordered else "prior"
    comment = f"thresholds between the levels of {response.name}"
    comment += ", in order" if ordered else ""
    if AT_MEANS not in priors or not predictor.columns:
        key = AT_MEANS if AT_MEANS in priors else SITE
        line = Statement(verb, target, SITE, keys=(key,), shape=shape, comment=comment)
        return Fragment(sites, dimensions, (line,))
    means = predictor.centre
    spelled, data = vector_text(means), ()
    if len(spelled) > _LONGEST_LITERAL:
        spelled = identifiers.of(("means", id(predictor.X)), f"{prefix(predictor.name)}X_means")
        data = (Datum(spelled, means),)
    at_means = identifiers.make("threshold_at_means")
    beta = identifiers.of(("beta", predictor.name), "beta")
    comment += "\nwith their prior at the means of the columns of X"
    lines = (
        Statement(verb, at_means, AT_MEANS, keys=(AT_MEANS,), shape=shape, comment=comment),
        Statement("deterministic", target, SITE, value=f"{at_means} + {spelled} @ {beta}"),
    )
    return Fragment(sites, dimensions, lines, (), data)
