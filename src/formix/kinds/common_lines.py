"""The lines of the program that draw the common (fixed) effects, and what they add to eta."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from formix.kinds import shrinkage
from formix.kinds.common import parameters
from formix.prior import MEANS, at_means_key
from formix.spec import MAIN, Datum, Fragment, Statement, Summand, prefix
from formix.spelling import vector_text

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float

    from formix.prior import PriorTable, Shrinkage
    from formix.spec import Predictor
    from formix.spelling import Identifiers

    Lines = tuple[tuple[Statement, ...], tuple[Datum, ...]]

_ONE_LINE = 75
"""A comment shorter than this stands on one line."""

_ONE_STATEMENT = 84
"""A sum longer than this is written as two statements, since a line cannot be broken there."""

_LONGEST_LITERAL = 40
"""A vector that takes more characters than this is an argument of the program."""


def statements(
    predictor: Predictor,
    priors: PriorTable,
    identifiers: Identifiers,
    shrunk: Shrinkage | None = None,
    dispersion: str = "",
) -> Fragment:
    """Return the lines that draw `beta`, and `X @ beta`.

    With a prior on the intercept at the predictors' means, the intercept there and the slopes are
    drawn, and the intercept of the formula is computed.

    Parameters
    ----------
    shrunk
        What the coefficients beside the intercept have as a prior together.
    dispersion
        The identifier of the site in whose multiples they are.
    """
    if not predictor.columns:
        return Fragment()
    sites, dimensions = parameters(predictor)
    of = "" if predictor.parameter == MAIN else f"_{predictor.parameter}"
    matrix = identifiers.of(("X", id(predictor.X)), f"X{of}")
    target = identifiers.of(("beta", predictor.name), sites[0].site)
    if shrunk is None:
        lines, data = _drawn(predictor, priors, target, sites[0].keys, identifiers)
    else:
        lines, data = _shrunk(predictor, priors, target, shrunk, dispersion, identifiers)
        more = shrinkage.parameters(shrunk)
        sites, dimensions = (*sites, *more[0]), (*dimensions, *more[1])
    return Fragment(
        sites,
        dimensions,
        lines,
        (Summand(predictor.name, f"{matrix} @ {target}"),),
        (Datum(matrix, predictor.X), *data),
    )


def _drawn(
    predictor: Predictor,
    priors: PriorTable,
    target: str,
    keys: tuple[str, ...],
    identifiers: Identifiers,
) -> Lines:
    """Return the lines that draw coefficients whose priors are their own."""
    before, comment = prefix(predictor.name), _comment(predictor)
    if at_means_key(keys[0]) not in priors or len(keys) == 1:
        found = tuple(key if key in priors else at_means_key(key) for key in keys)
        drawn = Statement("prior", target, f"{before}beta", keys=found, shape=(len(keys),))
        return (replace(drawn, comment=comment),), ()

    def slopes(name: str) -> Lines:
        shape = (len(keys) - 1,)
        return (Statement("prior", name, f"{before}slopes", keys=keys[1:], shape=shape),), ()

    return _beside(predictor, priors, target, slopes, identifiers)


def _shrunk(
    predictor: Predictor,
    priors: PriorTable,
    target: str,
    shrunk: Shrinkage,
    dispersion: str,
    identifiers: Identifiers,
) -> Lines:
    """Return the lines that draw coefficients whose prior, but the intercept's, is one together."""
    before = prefix(predictor.name)
    if not predictor.has_intercept:
        lines, data = shrinkage.statements(shrunk, target, f"{before}beta", dispersion, identifiers)
        comment = f"{_comment(predictor)}\n{lines[0].comment}"
        return (replace(lines[0], comment=comment), *lines[1:]), data

    def slopes(name: str) -> Lines:
        return shrinkage.statements(shrunk, name, f"{before}slopes", dispersion, identifiers)

    return _beside(predictor, priors, target, slopes, identifiers)


def _means(
    means: Float[np.ndarray, " coef"], predictor: Predictor, identifiers: Identifiers
) -> tuple[str, list[Datum]]:
    literal = vector_text(means)
    if len(literal) <= _LONGEST_LITERAL:
        return literal, []
    of = prefix(predictor.parameter)
    name = identifiers.of(("means", id(predictor.X)), f"{of}X_means")
    return name, [Datum(name, means)]


def _where(predictor: Predictor, means: Float[np.ndarray, " coef"]) -> str:
    if len(means) == 1:
        return f"the intercept's prior at the mean of {predictor.labels[1]} ({means[0]:.4g})"
    return "the intercept's prior at the means of the others"


def _beside(
    predictor: Predictor,
    priors: PriorTable,
    target: str,
    slopes: Callable[[str], Lines],
    identifiers: Identifiers,
) -> Lines:
    """Return the lines that draw the intercept, at the means where its prior is, and the others.

    `slopes` returns the lines that draw those, of their identifier.
    """
    before, comment = prefix(predictor.name), _comment(predictor)
    key = f"{before}beta[{predictor.labels[0]}]"
    if at_means_key(key) not in priors:
        names = [identifiers.make(f"{before}{name}") for name in ("slopes", "intercept")]
        lines, data = slopes(names[0])
        first = Statement("prior", names[1], key, keys=(key,), comment=comment)
        return (first, *lines, _joined(before, target, names)), data
    means = predictor.centre[1:]
    spelled, extra = _means(means, predictor, identifiers)
    where = _where(predictor, means)
    comment += f", with {where}" if len(comment + where) < _ONE_LINE else f"\nwith {where}"
    at_means, *names = (
        identifiers.make(f"{before}{name}") for name in ("at_means", "slopes", "intercept")
    )
    lines, data = slopes(names[0])
    first = Statement("prior", at_means, f"{before}Intercept{MEANS}", keys=(at_means_key(key),))
    moved = f"{spelled} @ {names[0]}"
    computed: tuple[Statement, ...] = (
        Statement("assign", names[1], value=f"{at_means} - {moved}"),
    )
    if len(f"{names[1]} = {at_means} - {moved}") > _ONE_STATEMENT:
        shift = identifiers.make(f"{before}shift")
        computed = (
            Statement("assign", shift, value=moved),
            Statement("assign", names[1], value=f"{at_means} - {shift}"),
        )
    return (
        replace(first, comment=comment),
        *lines,
        *computed,
        _joined(before, target, names),
    ), (*extra, *data)


def _comment(predictor: Predictor) -> str:
    whose = "" if predictor.name == MAIN else f" of {predictor.name}"
    return f"common effects{whose}: {predictor.text}"


def _joined(before: str, target: str, names: list[str]) -> Statement:
    """Return the line that puts the intercept before the others."""
    value = f"jnp.append({names[1]}, {names[0]})"
    return Statement("deterministic", target, f"{before}beta", value=value)
