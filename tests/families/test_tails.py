"""Tails of the families in NumPy against SciPy's, and where SciPy's have ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import tail_laws
from level_shapes import level_probabilities
from scipy import special, stats

from formix.families import FAMILIES, family, tails

ROWS = 1000
RNG = np.random.default_rng(8)
WIDE = RNG.uniform(-30.0, 30.0, ROWS)
SHAPE, OTHER = np.exp(RNG.uniform(-3.0, 6.0, (2, ROWS)))
MEAN = np.exp(RNG.uniform(-4.0, 7.0, ROWS))
LOGITS = RNG.normal(0.0, 2.0, ROWS)
TRIALS = RNG.integers(1, 200, ROWS).astype(float)
SOME = RNG.random(ROWS)
SPREAD = np.exp(RNG.normal(0.0, 0.7, ROWS))

CASES: dict[str, tuple[dict[str, np.ndarray], Callable, Callable]] = {
    "gaussian": (
        {"mu": LOGITS, "sigma": OTHER},
        lambda p: stats.norm(p["mu"], p["sigma"]),
        lambda theirs: LOGITS + OTHER * WIDE,
    ),
    "student": (
        {"mu": LOGITS, "sigma": OTHER, "nu": SHAPE + 0.1},
        lambda p: stats.t(p["nu"], p["mu"], p["sigma"]),
        lambda theirs: LOGITS + OTHER * WIDE,
    ),
    "lognormal": (
        {"mu": LOGITS, "sigma": SPREAD},
        lambda p: stats.lognorm(p["sigma"], scale=np.exp(p["mu"])),
        lambda theirs: np.exp(LOGITS + SPREAD * WIDE),
    ),
    "gamma": (
        {"mu": MEAN, "shape": SHAPE},
        lambda p: stats.gamma(p["shape"], scale=p["mu"] / p["shape"]),
        lambda theirs: theirs.ppf(SOME) * SPREAD,
    ),
    "beta": (
        {"logits": LOGITS, "phi": SHAPE},
        lambda p: stats.beta(
            p["phi"] * special.expit(p["logits"]), p["phi"] * special.expit(-p["logits"])
        ),
        lambda theirs: np.clip(SOME, 1e-6, 1.0 - 1e-6),
    ),
    "bernoulli": (
        {"logits": LOGITS},
        lambda p: stats.bernoulli(special.expit(p["logits"])),
        lambda theirs: np.floor(2.0 * SOME),
    ),
    "binomial": (
        {"logits": LOGITS, "trials": TRIALS},
        lambda p: stats.binom(p["trials"], special.expit(p["logits"])),
        lambda theirs: np.floor(SOME * TRIALS),
    ),
    "poisson": (
        {"mu": MEAN},
        lambda p: stats.poisson(p["mu"]),
        lambda theirs: np.floor(MEAN * SPREAD),
    ),
    "negative_binomial": (
        {"mu": MEAN, "shape": SHAPE},
        lambda p: stats.nbinom(p["shape"], p["shape"] / (p["shape"] + p["mu"])),
        lambda theirs: np.floor(theirs.ppf(SOME) * SPREAD),
    ),
    "nb1": (
        {"mu": MEAN, "phi": SPREAD},
        lambda p: stats.nbinom(p["mu"] / p["phi"], 1.0 / (1.0 + p["phi"])),
        lambda theirs: np.floor(theirs.ppf(SOME) * SPREAD),
    ),
    "geometric": (
        {"mu": MEAN},
        lambda p: stats.geom(1.0 / (1.0 + p["mu"]), loc=-1),
        lambda theirs: np.floor(MEAN * SPREAD),
    ),
    "weibull": (
        {"mu": MEAN, "shape": SPREAD},
        lambda p: stats.weibull_min(
            p["shape"], scale=p["mu"] / special.gamma(1.0 + 1.0 / p["shape"])
        ),
        lambda theirs: theirs.ppf(SOME) * SPREAD,
    ),
    "exponential": (
        {"mu": MEAN},
        lambda p: stats.expon(scale=p["mu"]),
        lambda theirs: MEAN * SPREAD**3,
    ),
}

GATE = RNG.uniform(0.05, 0.9, ROWS)


@dataclass(frozen=True)
class Mixed:
    """A count with a probability of 0 of its own, of which as many are left."""

    base: object
    gate: np.ndarray
    hurdle: bool

    def logcdf(self, k) -> np.ndarray:
        share = self.base.cdf(k)
        if self.hurdle:
            share = (share - self.base.pmf(0)) / self.base.sf(0)
        return np.log(self.gate + (1.0 - self.gate) * share)

    def logsf(self, k) -> np.ndarray:
        above = self.base.logsf(0) if self.hurdle else 0.0
        return np.log1p(-self.gate) + self.base.logsf(k) - above


def _mixed(name: str, gate: str) -> tuple[dict, Callable, Callable]:
    parameters, frozen, values = CASES[name]
    return (
        parameters | {gate: GATE},
        lambda p: Mixed(frozen(p), p[gate], gate == "hu"),
        lambda theirs: values(theirs.base),
    )


@dataclass(frozen=True)
class OnCircle:
    """An angle between -pi and pi; SciPy's own goes on around."""

    frozen: object

    def logcdf(self, y) -> np.ndarray:
        return np.log(self.frozen.cdf(y) - self.frozen.cdf(-np.pi))

    def logsf(self, y) -> np.ndarray:
        return np.log(self.frozen.cdf(np.pi) - self.frozen.cdf(y))


def _skewnorm(p: dict):
    delta = p["alpha"] / np.hypot(1.0, p["alpha"])
    omega = p["sigma"] / np.sqrt(1.0 - 2.0 * delta**2 / np.pi)
    return stats.skewnorm(p["alpha"], p["mu"] - omega * delta * np.sqrt(2.0 / np.pi), omega)


def _with_ends(name: str, zero: str) -> tuple[dict, Callable, Callable]:
    parameters, frozen, values = CASES[name]
    return (
        parameters | {zero: GATE},
        lambda p: tail_laws.WithEnds(frozen(p), p[zero]),
        # Some are the end itself.
        lambda theirs: np.where(SOME < 0.1, 0.0, values(theirs.base)),
    )


CASES |= {
    "hurdle_gamma": _with_ends("gamma", "hu"),
    "hurdle_lognormal": _with_ends("lognormal", "hu"),
    "zero_inflated_beta": _with_ends("beta", "zi"),
    "zero_one_inflated_beta": (
        CASES["beta"][0] | {"zoi": GATE, "coi": SOME},
        lambda p: tail_laws.WithEnds(
            CASES["beta"][1](p), p["zoi"] * (1.0 - p["coi"]), p["zoi"] * p["coi"]
        ),
        lambda theirs: np.clip(1.4 * SOME - 0.2, 0.0, 1.0),
    ),
    "beta_binomial": (
        {"logits": LOGITS, "phi": SHAPE, "trials": TRIALS},
        lambda p: tail_laws.Summed(
            stats.betabinom(
                p["trials"],
                p["phi"] * special.expit(p["logits"]),
                p["phi"] * special.expit(-p["logits"]),
            )
        ),
        lambda theirs: np.floor(SOME * TRIALS),
    ),
    "inverse_gaussian": (
        {"mu": MEAN, "shape": OTHER},
        lambda p: stats.invgauss(p["mu"] / p["shape"], scale=p["shape"]),
        lambda theirs: MEAN * SPREAD,
    ),
    "exgaussian": (
        {"mu": LOGITS, "sigma": SPREAD, "tau": MEAN},
        lambda p: stats.exponnorm(p["tau"] / p["sigma"], p["mu"] - p["tau"], p["sigma"]),
        lambda theirs: LOGITS + SPREAD * WIDE,
    ),
    "asymmetric_laplace": (
        {"mu": LOGITS, "sigma": SPREAD, "quantile": np.clip(SOME, 0.02, 0.98)},
        lambda p: stats.laplace_asymmetric(
            np.sqrt(p["quantile"] / (1.0 - p["quantile"])),
            p["mu"],
            p["sigma"] / np.sqrt(p["quantile"] * (1.0 - p["quantile"])),
        ),
        lambda theirs: LOGITS + SPREAD * WIDE,
    ),
    "skew_normal": (
        {"mu": LOGITS, "sigma": SPREAD, "alpha": LOGITS},
        _skewnorm,
        # Farther out SciPy's own cancel; `test_skewed_tails` goes there.
        lambda theirs: theirs.ppf(np.clip(SOME, 0.01, 0.99)),
    ),
    "von_mises": (
        {"mu": LOGITS, "kappa": np.clip(SPREAD, 0.0, 5.0)},
        lambda p: OnCircle(stats.vonmises(p["kappa"], loc=p["mu"])),
        lambda theirs: 6.2 * (np.clip(SOME, 0.01, 0.99) - 0.5),
    ),
    "zero_inflated_poisson": _mixed("poisson", "zi"),
    "zero_inflated_negative_binomial": _mixed("negative_binomial", "zi"),
    "zero_inflated_binomial": _mixed("binomial", "zi"),
    "hurdle_poisson": _mixed("poisson", "hu"),
    "hurdle_negative_binomial": _mixed("negative_binomial", "hu"),
}


@dataclass(frozen=True)
class Levels:
    """A level among some, of which each has a probability."""

    shares: np.ndarray

    def _sum(self, k, *, above: bool) -> np.ndarray:
        codes = np.arange(self.shares.shape[1])
        chosen = (codes > k[:, None]) == above
        return np.log(np.sum(self.shares * chosen, axis=1))

    def logcdf(self, k) -> np.ndarray:
        return self._sum(k, above=False)

    def logsf(self, k) -> np.ndarray:
        return self._sum(k, above=True)


BOUNDARIES = np.array([-1.0, 0.3, 1.2])


def _ordinal(name: str) -> tuple[dict, Callable, Callable]:
    away = BOUNDARIES - LOGITS[:, None]
    return (
        {"logits": -away if family(name).onward else away},
        lambda p: Levels(level_probabilities(name, special.expit, LOGITS, BOUNDARIES, 1.0)),
        lambda theirs: np.floor(4.0 * SOME),
    )


CASES |= {name: _ordinal(name) for name in ("cumulative", "sratio", "cratio", "acat")}

SURE = -500.0
"""SciPy's own tails lose their digits somewhere below it."""


@pytest.mark.parametrize("name", CASES)
def test_tails_are_scipys(name: str):
    parameters, frozen, values = CASES[name]
    theirs = frozen(parameters)
    y = values(theirs)
    found = family(name).log_tails(y, parameters)
    with np.errstate(divide="ignore", over="ignore"):
        expected = (theirs.logcdf(y), theirs.logsf(y))
    for ours, scipys in zip(found, expected, strict=True):
        sure = scipys > SURE
        assert sure.sum() > ROWS // 4
        np.testing.assert_allclose(ours[sure], scipys[sure], rtol=1e-10, atol=1e-13)
        assert not np.isnan(ours).any()
        assert (ours[~sure] < -100.0).all()


@pytest.mark.parametrize("name", CASES)
def test_beyond_every_response_a_tail_is_all_or_nothing(name: str):
    parameters = CASES[name][0]
    lower, upper = family(name).log_tails(np.array(-np.inf), parameters)
    assert (lower == -np.inf).all()
    assert (upper == 0.0).all()
    lower, upper = family(name).log_tails(np.array(np.inf), parameters)
    assert (lower == 0.0).all()
    assert (upper == -np.inf).all()


@pytest.mark.parametrize("one", FAMILIES, ids=repr)
def test_every_family_with_an_order_has_tails_and_is_tried(one):
    assert (one.log_tails is not None) == (one.name in CASES)
    assert one.log_tails is not None or one.by_level


@pytest.mark.parametrize("one", [f for f in FAMILIES if f.log_tails is not None], ids=repr)
def test_a_family_of_whole_numbers_says_so(one):
    given = {name: value[None, :50] for name, value in CASES[one.name][0].items()}
    if one.logits:
        given["mu"] = special.expit(given["logits"])
    drawn = one.draw(np.random.default_rng(1), given)
    assert bool(np.all(drawn == np.round(drawn))) == one.discrete


def test_tails_beyond_any_number_have_logarithms():
    # For a shape of 3 the survival is exp(-y) (1 + y + y^2 / 2).
    y = np.array([800.0, 5e3, 1e6])
    found = tails.gamma(y, np.array(3.0))[1]
    np.testing.assert_allclose(found, -y + np.log1p(y + 0.5 * y**2), rtol=1e-12)
    # With b = 1 the distribution function is p^a, and with a = 1 the survival q^b.
    found = tails.beta(np.array(1e-3), np.array(0.999), np.array(500.0), np.array(1.0))[0]
    assert float(found) == pytest.approx(500.0 * np.log(1e-3), rel=1e-12)
    found = tails.beta(np.array(0.99), np.array(0.01), np.array(1.0), np.array(800.0))[1]
    assert float(found) == pytest.approx(800.0 * np.log(0.01), rel=1e-12)
    # Far out a Student-t falls as a power: its log density there, over the df, is that of the tail.
    z, df = 1e10, 60.0
    found = tails.student(np.array(-z), np.array(df))[0]
    assert float(found) == pytest.approx(stats.t(df).logpdf(z) + np.log(z / df), rel=1e-12)


@pytest.mark.parametrize("case", tail_laws.CASES)
def test_tails_of_a_beta_binomial_have_their_digits_at_any_concentration(case):
    found = tails.beta_binomial(*map(np.array, case))
    np.testing.assert_allclose(found, tail_laws.log_tails(*case), rtol=1e-12, atol=1e-300)
