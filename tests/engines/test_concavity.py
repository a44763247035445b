"""Log densities of responses bend downwards where they are said to, and not where they are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pytest

import formix as fx
from formix.engines.concavity import BOUNDED, CONCAVE, INTERVALS, STRAIGHT, concavity_fault
from formix.families import FAMILIES, Family, family
from formix.observation import log_density
from formix.spec import Response

Known = Mapping[str, Sequence[float]]

ETA = np.arange(-9.0, 9.0, 0.05)
"""Linear predictors at which densities are differenced twice."""

ROUNDING = 1e-11
"""Of a second difference, in units of the log density: half of the digits would be 1e-8."""

COUNTS, NUMBERS, SIZES = (0, 1, 2, 5, 30), (-4.0, -0.3, 1.0, 6.0), (0.02, 0.7, 3.0, 40.0)
TRIALS = (1, 2, 7)

OTHERS: Mapping[str, tuple[float, ...]] = {
    "sigma": (0.3, 1.0, 5.0),
    "nu": (4.0,),
    "alpha": (-6.0, 0.5, 3.0),
    "tau": (0.2, 4.0),
    "shape": (0.05, 1.0, 9.0),
    "phi": (0.3, 5.0),
    "quantile": (0.2,),
    "kappa": (2.0,),
    "zi": (0.3,),
    "zoi": (0.3,),
    "coi": (0.3,),
    "hu": (0.1, 0.7),
    "disc": (0.4, 1.0, 3.0),
}
"""Values of the parameters beside the main one."""

THRESHOLDS = {"ordered": (np.array([-1.0, 0.2, 2.5]),), "free": (np.array([1.0, -2.0, 0.4]),)}


def responses(name: str) -> tuple[float, ...]:
    if family(name).thresholds:
        return (0, 1, 2, 3)
    if name == "bernoulli":
        return (0, 1)
    if name in ("gamma", "lognormal", "weibull", "exponential", "inverse_gaussian"):
        return SIZES
    if name in ("hurdle_gamma", "hurdle_lognormal"):
        return (0.0, *SIZES)
    if name in ("beta", "zero_inflated_beta", "zero_one_inflated_beta"):
        return (0.05, 0.5, 0.9)
    return COUNTS if family(name).discrete else NUMBERS


def rows(one: Family) -> Response:
    """Every response, of every number of trials where there are such."""
    y = np.array(responses(one.name), float)
    if "trials" not in one.arrays:
        return Response("y", y)
    pairs = np.array([(k, n) for n, k in product(TRIALS, range(8)) if k <= n], float)
    return Response("y", pairs[:, 0], known={"trials": pairs[:, 1]})


def intervals(one: Family) -> Response:
    """Rows above, at most, and between."""
    found = rows(one)
    last = float(np.max(found.values))
    status = np.repeat([-1.0, 1.0, 2.0], len(found.values))
    y = np.tile(found.values, 3)
    known = {name: np.tile(x, 3) for name, x in found.known.items()}
    upper = np.where(y < 3.0, y + 1.5 if not one.discrete else y + 2.0, 2.0 * y)
    # A row of which nothing is said, or which cannot be, has no density that could bend.
    most = known.get("trials", np.full(len(y), last if one.thresholds else np.inf))
    most = np.ones(len(y)) if one.name == "bernoulli" else most
    kept = (status == -1.0) | (y < most)
    known |= {"cens": status, "cens_upper": np.minimum(upper, most)}
    return Response("y", y[kept], known={name: x[kept] for name, x in known.items()})


def bounded(one: Family) -> Response:
    """Rows within a lower bound, an upper one, and both."""
    found = rows(one)
    lower = {True: 1.0, False: 0.01 if one.name in ("gamma", "lognormal") else -5.0}[one.discrete]
    upper = 2.0 if one.thresholds else 45.0
    lower = np.repeat([lower, -np.inf, lower], len(found.values))
    upper = np.repeat([np.inf, upper, upper], len(found.values))
    known = {name: np.tile(x, 3) for name, x in found.known.items()}
    y = np.tile(found.values, 3)
    known |= {"trunc_lower": lower, "trunc_upper": upper}
    kept = (y >= lower) & (y <= upper)
    return Response("y", y[kept], known={name: x[kept] for name, x in known.items()})


def bent(one: Family, response: Response) -> float:
    """The largest second difference over the linear predictor, over what rounding makes of one."""
    chosen = one.link(one.main)
    worst = -np.inf
    names = [p.name for p in one.parameters[1:]]
    thresholds = THRESHOLDS.get(one.thresholds, (np.zeros(0),))
    for values in product(*(OTHERS[name] for name in names), thresholds):
        given = {name: np.array(value) for name, value in zip(names, values, strict=False)}
        given |= {name: response.known[name] for name in one.arrays}
        eta = ETA[:, None]
        if one.thresholds:
            z = given["disc"] * (values[-1] - eta[..., None]) * (-1.0 if one.onward else 1.0)
            given["logits"] = z if chosen.logits is None else chosen.logits(z)
        else:
            given[one.main] = chosen.inverse(eta)
            if one.logits and chosen.logits is not None:
                given["logits"] = chosen.logits(eta)
        with np.errstate(all="ignore"):
            found = log_density(one, response, given)
            found = np.broadcast_to(found, (len(ETA), len(response.values)))
            second = np.diff(found, 2, axis=0)
            size = 1.0 + np.abs(found[:-2]) + np.abs(found[2:])
            worst = max(worst, float(np.nanmax(second / size, initial=-np.inf)))
    assert np.isfinite(worst)
    return worst / ROUNDING


def linked(table: Mapping[str, frozenset[str]]) -> list[Family]:
    return [family(name)(link=of) for name, links in table.items() for of in sorted(links)]


@pytest.mark.parametrize("one", linked(CONCAVE), ids=repr)
def test_densities_that_are_said_to_be_concave_are(one: Family):
    assert bent(one, rows(one)) < 1.0


@pytest.mark.parametrize("one", linked(INTERVALS), ids=repr)
def test_so_are_probabilities_of_intervals(one: Family):
    assert bent(one, intervals(one)) < 1.0


@pytest.mark.parametrize("one", linked(BOUNDED), ids=repr)
def test_so_are_densities_within_bounds(one: Family):
    assert bent(one, bounded(one)) < 1.0


@pytest.mark.parametrize("one", linked(STRAIGHT), ids=repr)
def test_straight_lines_are_concave(one: Family):
    assert bent(one, rows(one)) < 1.0


@pytest.mark.parametrize(
    "one",
    [f for f in FAMILIES if not f.by_level and f.name not in CONCAVE.keys() | STRAIGHT.keys()],
    ids=repr,
)
def test_families_that_are_left_out_bend_upwards(one: Family):
    assert bent(one, rows(one)) > 1e3


@pytest.mark.parametrize("name", ["acat", "hurdle_poisson", "hurdle_gamma", "hurdle_lognormal"])
def test_intervals_that_are_left_out_bend_upwards(name: str):
    assert name in CONCAVE.keys() - INTERVALS.keys()
    assert bent(family(name), intervals(family(name))) > 1e3


@pytest.mark.parametrize(
    "name",
    ["gamma", "exponential", "weibull", "negative_binomial", "skew_normal", "exgaussian", "sratio"],
)
def test_bounds_that_are_left_out_bend_upwards(name: str):
    assert name in CONCAVE.keys() - BOUNDED.keys()
    assert bent(family(name), bounded(family(name))) > 1e3


@pytest.mark.parametrize(
    ("formula", "name", "says"),
    [
        ("y ~ x", "student", "log density of student is not concave in the linear predictor"),
        ("y ~ x", "asymmetric_laplace", "density of asymmetric_laplace is not smooth: straight"),
        ("t ~ x", "asymmetric_laplace(mu=log)", "is not concave in the linear predictor"),
        ("count ~ x", "poisson(mu=sqrt)", "under the link sqrt the log density of poisson is not"),
        ("t | trunc(lb = 0) ~ x", "gamma", "log density of gamma is not concave within bounds"),
        ("level | cens(c) ~ x", "sratio", "of sratio is not concave where it is censored"),
        ("y | cens(c) + trunc(lb = -9) ~ x", "gaussian", "both censored and within bounds"),
        ("y | trunc(lb = -9) ~ x", "gaussian", ""),
        ("t | cens(c) ~ x", "weibull", ""),
    ],
)
def test_the_reason_is_said(formula: str, name: str, says: str):
    frame = {
        "x": [0.0, 1.0, 2.0, 3.0],
        "y": [1.0, -1.0, 2.0, 0.0],
        "t": [1.0, 2.0, 0.5, 0.1],
        "count": [1, 0, 2, 0],
        "c": [0, 0, -1, 0],
        "level": [1, 2, 3, 1],
    }
    found = concavity_fault(fx.Model(formula, frame, name).spec)
    assert (says in found) if says else found is None, found
