"""Rows of a response: those that are alike, and the weight and working response of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from formix.linear import eta, family_parameters
from formix.observation import log_density
from formix.spec import THRESHOLD, THRESHOLD_AT_MEANS, prefix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jaxtyping import Float, Int

    from formix.program.program import Program
    from formix.spec import Spec

    Rows = Float[np.ndarray, " obs"]
    Flat = Mapping[str, Float[np.ndarray, "..."]]

_STEP = 1e-3
"""By which the linear predictor is moved to difference the log density of a row."""

_LEAST, _MOST = 1e-8, 1e12
"""Bounds of working weights: where a row says all but nothing, and where it says all but all."""

_ALIKE = 0.9
"""The share of rows that are distinct, above which it is not worth to keep each once."""

_MOST_NUMBERS = 50_000_000
"""Numbers of all rows, beyond which none are compared."""


@dataclass(frozen=True, eq=False)
class Distinct:
    """A model of the rows that are distinct, and how often each is there.

    Parameters
    ----------
    spec
        The model of these rows: its arrays of rows are theirs, and its program is not. Where
        thresholds are at the means of the columns of X, these are less their means.
    data
        What the program takes, of these rows.
    counts
        How many rows each stands for.
    """

    spec: Spec
    data: Mapping[str, np.ndarray]
    counts: Rows


def distinct(spec: Spec, program: Program) -> Distinct:
    """Return the distinct rows of a model: those of equal numbers have equal densities.

    A sum over rows is then a sum over distinct ones, each as often as it is there: that of equal
    trials or counts, in whichever family.
    """
    # What the program has for a response counts: calibration gives it others.
    values = np.asarray(program.data[program.response], dtype=np.float64)
    spec = replace(spec, response=replace(spec.response, values=values))
    count = len(values)
    arrays = _of_rows(spec, program)
    first, counts = _first(arrays, count)
    if len(first) > _ALIKE * count:
        return Distinct(_centred(spec), program.data, np.ones(count))
    data = {name: x[first] if name in arrays else x for name, x in program.data.items()}
    return Distinct(_centred(_at(spec, first)), data, counts)


def _centred(spec: Spec) -> Spec:
    """Return the spec with thresholds and predictor both as the program draws them.

    What the coefficients add at the columns' means moves thresholds and predictor alike, and no
    row: so that given the thresholds at the means, a row tells of its columns less their means.
    """
    if not _at_means(spec):
        return spec
    main = spec.predictors[0]
    main = replace(main, X=main.X - main.centre, means=main.centre)
    return replace(spec, predictors=(main, *spec.predictors[1:]))


def _at_means(spec: Spec) -> bool:
    return THRESHOLD_AT_MEANS in spec.priors and bool(spec.predictors[0].columns)


def _of_rows(spec: Spec, program: Program) -> dict[str, np.ndarray]:
    """Return the program's arrays that have a number, or several, for each row."""
    own = {datum.identifier for datum in spec.data if _by_row(datum.values, spec)}
    found = {name: x for name, x in program.data.items() if name in own}
    return found | {program.response: spec.response.values}


def _by_row(values: np.ndarray, spec: Spec) -> bool:
    # A vector of the means of columns may be as long.
    means = any(
        values.ndim == 1 and len(values) > 0 and np.array_equal(values, p.centre[-len(values) :])
        for p in spec.predictors
    )
    return values.ndim > 0 and len(values) == len(spec.response.values) and not means


def _first(
    arrays: Mapping[str, np.ndarray], count: int
) -> tuple[Int[np.ndarray, " distinct"], Rows]:
    """Return the first of each set of equal rows, and how many there are of each."""
    columns = [np.asarray(x, dtype=np.float64).reshape(count, -1) for x in arrays.values()]
    width = sum(column.shape[1] for column in columns)
    if count * width > _MOST_NUMBERS:
        return np.arange(count), np.ones(count)
    whole = np.concatenate(columns, axis=1)
    # Rows are told apart by one number each, and where that fails they are all kept.
    key = whole @ np.random.default_rng(7).standard_normal(width)
    _, first, inverse, counts = np.unique(
        key, return_index=True, return_inverse=True, return_counts=True
    )
    if not np.array_equal(whole[first][inverse], whole):
        return np.arange(count), np.ones(count)
    place = np.argsort(first)
    return first[place], counts[place].astype(np.float64)


def _at(spec: Spec, rows: Int[np.ndarray, " distinct"]) -> Spec:
    """Return the spec with only these rows of its response, columns and levels."""
    response = spec.response
    known = {name: values[rows] for name, values in response.known.items()}
    return replace(
        spec,
        response=replace(response, values=response.values[rows], known=known),
        predictors=tuple(
            replace(
                p,
                X=p.X[rows],
                offset=None if p.offset is None else p.offset[rows],
                means=p.centre,
            )
            for p in spec.predictors
        ),
        blocks=tuple(replace(b, Z=b.Z[rows], index=b.index[rows]) for b in spec.blocks),
        gaussian=tuple(
            None if g is None else replace(g, Z=g.Z[rows], index=g.index[rows])
            for g in spec.gaussian
        ),
    )


@dataclass(frozen=True, eq=False)
class Working:
    """The rows' log densities near a linear predictor, as of normal responses.

    Parameters
    ----------
    log_density
        Of all rows, at the linear predictor.
    weights, response
        The precision of each row's working response, and that, less the offset.
    """

    log_density: float
    weights: Rows
    response: Rows


def some(of: Distinct, most: int) -> Distinct:
    """Return no more than so many of the rows, evenly among all."""
    count = len(of.counts)
    if count <= most:
        return of
    rows = np.arange(0, count, -(-count // most))
    return Distinct(_at(of.spec, rows), {}, of.counts[rows])


def linear_predictor(of: Distinct, values: Flat) -> Rows:
    """Return the linear predictor at the sites of one draw."""
    return eta(of.spec, of.spec.predictors[0], {name: x[None] for name, x in values.items()})[0]


def working(of: Distinct, at: Rows, values: Flat) -> Working:
    """Return weights and working responses at a linear predictor.

    The family's own log density is differenced: whatever its link, and whatever is known of rows.

    Parameters
    ----------
    at
        The linear predictor.
    values
        The family's other parameters, by site.
    """
    predictor = of.spec.predictors[0]
    step = _STEP * np.maximum(1.0, np.abs(at))
    with np.errstate(all="ignore"):
        below, here, above = (_density(of, eta, values) for eta in (at - step, at, at + step))
    slope = (above - below) / (2.0 * step)
    curvature = -(above - 2.0 * here + below) / np.square(step)
    weights = np.where(np.isfinite(curvature), curvature, 0.0)
    weights = np.clip(weights, max(_LEAST, _LEAST * float(weights.max())), _MOST)
    slope = np.where(np.isfinite(slope), slope, 0.0)
    offset = 0.0 if predictor.offset is None else predictor.offset
    total = float(np.sum(of.counts * here))
    return Working(total, of.counts * weights, at + slope / weights - offset)


def slopes(of: Distinct, at: Rows, values: Flat) -> Rows:
    """Return the slopes of all rows' log density by the linear predictor."""
    step = _STEP * np.maximum(1.0, np.abs(at))
    with np.errstate(all="ignore"):
        below, above = (_density(of, eta, values) for eta in (at - step, at + step))
        found = of.counts * (above - below) / (2.0 * step)
    return np.where(np.isfinite(found), found, 0.0)


def _density(of: Distinct, eta: Rows, values: Flat) -> Rows:
    """Return the log density of each row at main linear predictors."""
    spec = of.spec
    bare = replace(spec.predictors[0], X=np.zeros((len(eta), 0)), columns=(), offset=eta)
    probe = replace(spec, predictors=(bare, *spec.predictors[1:]), blocks=(), gaussian=())
    sites = {"": np.zeros(1), **_parameters(spec, values)}
    return log_density(spec.family, spec.response, family_parameters(probe, sites))[0]


def _parameters(spec: Spec, values: Flat) -> dict[str, np.ndarray]:
    """Return what the density has beside the main linear predictor, as of one draw."""
    names = {p.name for p in spec.family.parameters}
    names |= {f"{prefix(p.name)}beta" for p in spec.predictors[1:]}
    found = {name: np.asarray(values[name])[None] for name in names if name in values}
    if THRESHOLD in values:
        moved = spec.predictors[0].centre @ values["beta"] if _at_means(spec) else 0.0
        found[THRESHOLD] = np.asarray(values[THRESHOLD] - moved)[None]
    return found
