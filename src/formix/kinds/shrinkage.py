"""Common effects whose prior is one of all of them together: its sites, and its lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from formix.kinds.common import addresses
from formix.prior import Shrinkage, is_joint, joint, site_priors, width
from formix.spec import Datum, Dimension, Parameter, Statement, prefix
from formix.spelling import number_text, vector_text

if TYPE_CHECKING:
    from formix.families import Family
    from formix.prior import PriorTable, Scale
    from formix.spec import Predictor, Response
    from formix.spelling import Identifiers

_LONGEST_LITERAL = 40
"""A vector that takes more characters than this is an argument of the program."""

_DIGITS = 4
"""Of the units, so that what is printed is what every engine uses."""


def shrinkages(
    predictors: tuple[Predictor, ...],
    priors: PriorTable,
    scales: Mapping[str, Scale],
    family: Family,
    response: Response,
    fixed: Mapping[str, float],
) -> tuple[Shrinkage, ...]:
    """Return the coefficients whose prior is one of all together.

    Those of the mean are in units of the residual standard deviation, where the model estimates
    one that is all that the response varies by beside its predictor; else of the response's own.

    Parameters
    ----------
    fixed
        The parameters of the family that have a value and neither a prior nor a predictor.
    """
    sigma = family.dispersion
    alone = sigma and "se" not in response.known and sigma not in {p.name for p in predictors}
    found: list[Shrinkage] = []
    for predictor in predictors:
        scale, dispersion = scales[predictor.name], ""
        unit, said = scale.spread, scale.words[1]
        if alone and predictor.name == family.main and predictor.link.name == "identity":
            unit, dispersion, said = fixed.get(sigma, 1.0), "" if sigma in fixed else sigma, sigma
        found += _shrinkage(predictor, priors, unit, said, dispersion)
    return tuple(found)


def _shrinkage(
    predictor: Predictor, priors: PriorTable, unit: float, said: str, dispersion: str
) -> Iterator[Shrinkage]:
    """Yield what the coefficients of a predictor have as a prior together, if they have."""
    site = prefix(predictor.name) + "beta"
    prior = priors[site].prior if site in priors else None
    if not is_joint(prior):
        return
    every = addresses(predictor)
    mine = [address for address in every if address.rule != "intercept"]
    yield Shrinkage(
        predictor=predictor.name,
        prior=prior,
        labels=predictor.labels[len(every) - len(mine) :],
        units=np.array([float(f"{unit / width(one):.{_DIGITS}g}") for one in mine]),
        dispersion=dispersion,
        unit=said,
        beside_intercept=any(one.rule == "slope" for one in mine),
        rows=len(predictor.X),
    )


def parameters(of: Shrinkage) -> tuple[tuple[Parameter, ...], tuple[Dimension, ...]]:
    """Return the sites from which the scales of the coefficients follow, and their axis."""
    axis = Dimension(f"{of.prefix}shrunk_coef", of.labels)
    sites = tuple(
        Parameter(
            of.prefix + site.name,
            (axis.name,) if site.each else (),
            (len(of.labels),) if site.each else (),
            site.support,
        )
        for site in joint(of.prior).sites
    )
    return sites, (axis,)


def statements(
    of: Shrinkage, target: str, site: str, dispersion: str, identifiers: Identifiers
) -> tuple[tuple[Statement, ...], tuple[Datum, ...]]:
    """Return the lines that draw the coefficients, non-centred, and the arrays they take.

    Parameters
    ----------
    target, site
        Of the coefficients.
    dispersion
        The identifier of the site in whose multiples they are.
    """
    size = len(of.labels)
    names = {one.name: identifiers.make(of.prefix + one.name) for one in joint(of.prior).sites}
    width = "sd(column)" if of.beside_intercept else "rms(column)"
    comment = f"{joint(of.prior).words}, in units of {of.unit} / {width}"
    lines: list[Statement] = []
    for one, prior in site_priors(of.prior, of.rows):
        spelled = {name: number_text(value) for name, value in prior.named.items()}
        value = prior.kind.numpyro.format(size=size, **spelled)
        value += f".expand([{size}])" if one.each and not prior.kind.sized else ""
        said = "" if lines else comment
        lines.append(
            Statement("sample", names[one.name], of.prefix + one.name, value=value, comment=said)
        )
    known = names | {name: number_text(value) for name, value in of.prior.named.items()}
    last = ""
    for name, source in joint(of.prior).source:
        known[name] = last = identifiers.make(of.prefix + name)
        lines.append(Statement("assign", last, value=source.format(**known)))
    z = identifiers.make(f"{of.prefix}z_beta")
    standard = f"dist.Normal(jnp.zeros({size}), 1.0)"
    units, data = _units(of, identifiers)
    factors = [z, last, *([dispersion] if dispersion else []), units]
    uses = (of.dispersion,) if of.dispersion else ()
    lines += [
        Statement("sample", z, f"{of.prefix}z_beta", value=standard),
        Statement("deterministic", target, site, value=" * ".join(factors), uses=uses),
    ]
    return tuple(lines), data


def _units(of: Shrinkage, identifiers: Identifiers) -> tuple[str, tuple[Datum, ...]]:
    """Return what stands for the units, and the array where they are too long to read."""
    if np.all(of.units == of.units[0]):
        return number_text(float(of.units[0])), ()
    literal = vector_text(of.units)
    if len(literal) <= _LONGEST_LITERAL:
        return literal, ()
    name = identifiers.make(f"{of.prefix}X_units")
    return name, (Datum(name, of.units),)
