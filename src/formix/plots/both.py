"""What each prior is of: the draws of the posterior, and the prior's density or draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.fitting import prior as prior_draws
from formix.prior import MEANS, ForeignPrior, Prior, is_joint
from formix.results.likelihood import flat
from formix.results.sample import sample
from formix.spec import THRESHOLD, THRESHOLD_AT_MEANS, prefix

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.models import Model
    from formix.prior import PriorEntry
    from formix.results.sample import Sample
    from formix.spec import Block, Parameter, Spec

    Values = Mapping[str, Float[np.ndarray, "sample ..."]]
    Number = Callable[[Values], Float[np.ndarray, " sample"]]
    Density = Callable[[Float[np.ndarray, " point"]], Float[np.ndarray, " point"]]

_DRAWS, _MOST = 4000, 20_000_000
"""Draws of priors that have no density of one number, and numbers that they may come to."""


@dataclass(frozen=True, eq=False)
class Both:
    """A number that has a prior, before the data and after.

    Parameters
    ----------
    key, site, prior
        Its address, with its label where the prior is of several; the site that it is of; the prior
        as text.
    posterior
        Its draws.
    density
        That of the prior; None where it is improper, or draws of it stand for it.
    before
        Draws of the prior, none where it is improper.
    bounds
        Where it lives.
    other
        What else it may be called: a correlation, by its two effects the other way round.
    """

    key: str
    site: str
    prior: str
    posterior: Float[np.ndarray, " sample"]
    density: Density | None
    before: Float[np.ndarray, " draw"]
    bounds: tuple[float, float]
    other: str = ""


@dataclass(frozen=True, eq=False)
class _Part:
    """A number of a model: its name, how it is read off draws, its density, where it lives.

    `other` is a second name that it may be asked for by.
    """

    key: str
    site: str
    entry: PriorEntry
    number: Number
    density: Density | None = None
    bounds: tuple[float, float] = (-np.inf, np.inf)
    other: str = ""


def both(drawn: Sample, built: Model) -> Iterator[Both]:
    """Yield every number that has a prior, in the order of the table of priors."""
    spec = built.spec
    posterior = flat(drawn.values())
    parts = [part for entry in spec.priors for part in _parts(spec, entry)]
    parts = [part for part in parts if _is_there(part, posterior)]
    before: Values = {}
    if any(part.density is None and _proper(part.entry) for part in parts):
        before = _of_prior(built)
    for part in parts:
        values = part.number(posterior)
        found = np.empty(0)
        if part.density is None and before:
            found = part.number(before)
        elif part.density is not None:
            found = _typical(part)
        text = f"{part.entry.prior}{' of its square' if part.entry.squared else ''}"
        density, bounds, other = part.density, part.bounds, part.other
        yield Both(part.key, part.site, text, values, density, found, bounds, other)


def _parts(spec: Spec, entry: PriorEntry) -> Iterator[_Part]:
    """Yield the numbers that a prior is of."""
    if is_joint(entry.prior):
        yield from _together(spec, entry)
    elif entry.key in (THRESHOLD, THRESHOLD_AT_MEANS):
        yield from _thresholds(spec, entry)
    elif entry.key.endswith(f"{MEANS}]"):
        yield _intercept(spec, entry)
    else:
        parameter = next(p for p in spec.parameters if entry.key in p.keys)
        if parameter.support == "correlation":
            yield from _correlations(spec, entry, parameter)
        else:
            number = _at(parameter.site, parameter.keys.index(entry.key))
            low = 0.0 if parameter.support in ("positive", "unit") else -np.inf
            yield _Part(entry.key, parameter.site, entry, number, *_own(entry, low))


def _own(entry: PriorEntry, low: float = -np.inf) -> tuple[Density | None, tuple[float, float]]:
    """Return the density of a prior of one number, and where it lives.

    The number of a prior on a variance is the standard deviation, whose density follows.

    Parameters
    ----------
    low
        Where the number begins, which a prior that is improper or not of the table does not say.
    """
    given = entry.prior
    if isinstance(given, ForeignPrior):
        return None, (low, np.inf)
    if not given.is_proper:
        return None, (low, np.inf)
    if not entry.squared:
        return lambda x: np.exp(given.log_density(x)), given.bounds

    def of_root(x: Float[np.ndarray, " point"]) -> Float[np.ndarray, " point"]:
        return np.where(x > 0.0, 2.0 * x * np.exp(given.log_density(np.square(x))), 0.0)

    least, most = given.bounds
    return of_root, (float(np.sqrt(max(0.0, least))), float(np.sqrt(most)))


def _at(site: str, place: int) -> Number:
    """Return what reads one number of a site off draws of all sites."""
    return lambda values: values[site].reshape(len(values[site]), -1)[:, place]


def _intercept(spec: Spec, entry: PriorEntry) -> _Part:
    """Return the intercept at the means of the columns, which follows from the coefficients."""
    site = entry.key.partition("[Intercept")[0]
    predictor = next(p for p in spec.predictors if prefix(p.name) + "beta" == site)
    means = np.asarray(predictor.X.mean(axis=0), dtype=np.float64)
    means[0] = 1.0
    return _Part(entry.key, site, entry, lambda values: values[site] @ means, *_own(entry))


def _thresholds(spec: Spec, entry: PriorEntry) -> Iterator[_Part]:
    """Yield the thresholds, each with the density that its place in their order gives it."""
    predictor = next(p for p in spec.predictors if p.thresholds)
    means = np.asarray(predictor.X.mean(axis=0), dtype=np.float64)
    shift = entry.key == THRESHOLD_AT_MEANS and bool(predictor.columns)
    levels = spec.response.levels
    ordered = spec.family.thresholds == "ordered"
    own, bounds = _own(entry)
    for place in range(predictor.thresholds):

        def number(values: Values, place: int = place) -> Float[np.ndarray, " sample"]:
            found = values[THRESHOLD][:, place]
            return found - values["beta"] @ means if shift else found

        density = own
        if ordered and own is not None and isinstance(entry.prior, Prior):
            density = in_order(own, entry.prior, place, predictor.thresholds)
        label = f"{levels[place]}|{levels[place + 1]}" + (MEANS if shift else "")
        yield _Part(f"{THRESHOLD}[{label}]", THRESHOLD, entry, number, density, bounds)


def in_order(density: Density, of: Prior, place: int, count: int) -> Density:
    """Return the density of the number at a place, from 0, of so many draws put in order."""
    some = np.quantile(of.draw(np.random.default_rng(0), (2000,)), [0.25, 0.5, 0.75])
    # By the tangent the whole line is within reach, with most points where the mass is.
    angle = np.linspace(-0.5 * np.pi, 0.5 * np.pi, 20_001)[1:-1]
    grid = some[1] + (some[2] - some[0]) * np.tan(angle)
    mass = density(grid) * (some[2] - some[0]) / np.square(np.cos(angle))
    step = 0.5 * (mass[1:] + mass[:-1]) * np.diff(angle)
    below = np.concatenate([[0.0], np.cumsum(step)])
    below /= below[-1]
    ways = count * comb(count - 1, place)

    def ordered(x: Float[np.ndarray, " point"]) -> Float[np.ndarray, " point"]:
        share = np.asarray(np.interp(x, grid, below), dtype=np.float64)
        return ways * share**place * (1.0 - share) ** (count - 1 - place) * density(x)

    return ordered


def _correlations(spec: Spec, entry: PriorEntry, parameter: Parameter) -> Iterator[_Part]:
    """Yield the correlations of each two effects of a block, whose matrix has the prior."""
    blocks = next(b for b in spec.groups if f"{b[0].prefix}cor_{b[0].group}" == parameter.site)
    size = sum(len(block.effects) for block in blocks)
    each = [f"{level}, " for level in blocks[0].varying.by_levels] or [""]
    for number, level in enumerate(each):
        for (i, a), (j, b), own in _pairs(blocks):
            place = (number * size + i) * size + j
            concentration = entry.of_table.named["concentration"]
            density = _of_correlation(concentration + 0.5 * (own - 2))
            # As in the table of a fit, which has the lower triangle.
            names = [f"{parameter.site}[{level}{x}, {y}]" for x, y in ((b, a), (a, b))]
            number_of = _at(parameter.site, place)
            of_one = (parameter.site, entry, number_of, density, (-1.0, 1.0))
            yield _Part(names[0], *of_one, other=names[1])


def _pairs(
    blocks: tuple[Block, ...],
) -> Iterator[tuple[tuple[int, str], tuple[int, str], int]]:
    """Yield the places and labels of each two effects of a free matrix, and its size."""
    start = 0
    for block in blocks:
        labels = list(enumerate(block.labels, start))
        if block.structure.matrix:
            for j, one in enumerate(labels):
                yield from ((labels[i], one, len(labels)) for i in range(j))
        start += len(labels)


def _of_correlation(alpha: float) -> Density:
    """Return the density of one correlation of a matrix under LKJ: a beta from -1 to 1.

    References
    ----------
    Lewandowski, Kurowicka and Joe (2009), doi:10.1016/j.jmva.2009.04.008, section 3.2.
    """
    constant = float(special.betaln(alpha, alpha)) + (2.0 * alpha - 1.0) * np.log(2.0)

    def density(x: Float[np.ndarray, " point"]) -> Float[np.ndarray, " point"]:
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = np.exp(special.xlog1py(alpha - 1.0, -np.square(x)) - constant)
        return np.where(np.abs(x) <= 1.0, inside, 0.0)

    return density


def _together(spec: Spec, entry: PriorEntry) -> Iterator[_Part]:
    """Yield the coefficients that have a prior together: draws of it stand for each."""
    of = next(one for one in spec.shrinkage if prefix(one.predictor) + "beta" == entry.key)
    predictor = spec[of.predictor]
    for label in of.labels:
        place = predictor.labels.index(label)
        yield _Part(f"{entry.key}[{label}]", entry.key, entry, _at(entry.key, place))


def _is_there(part: _Part, values: Values) -> bool:
    try:
        part.number({name: x[:1] for name, x in values.items()})
    except KeyError:
        return False
    return True


def _proper(entry: PriorEntry) -> bool:
    return isinstance(entry.prior, ForeignPrior) or entry.prior.is_proper


def _typical(part: _Part) -> Float[np.ndarray, " draw"]:
    """Return draws of a prior that tell how far it reaches."""
    table = part.entry.of_table
    if table.kind.sized:
        return np.array([-1.0, 1.0])
    found = table.draw(np.random.default_rng(0), (_DRAWS,))
    return np.sqrt(found) if part.entry.squared else found


def _of_prior(built: Model) -> Values:
    """Return draws of all sites from their priors: fewer where there are very many rows.

    There are none where a prior is improper, for then nothing is drawn before the data.
    """
    spec = built.spec
    if not all(_proper(entry) for entry in spec.priors):
        return {}
    size = len(spec.response.values) + sum(len(b.levels) * len(b.effects) for b in spec.blocks)
    count = int(np.clip(_MOST // max(1, size), 200, _DRAWS))
    return flat(sample(prior_draws(spec, built.recipe, draws=count, seed=0), "prior").values())
