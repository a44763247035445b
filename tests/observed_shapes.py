"""Models of responses observed in part, and the density of each row from SciPy's tails."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import family_shapes
import numpy as np
import tail_laws
from scipy import special, stats

import formix as fx


@dataclass(frozen=True)
class ObservedShape:
    """A formula and a family; `name` is that of its golden file."""

    name: str
    formula: str
    family: str = "gaussian"

    def model(self, **options) -> fx.Model:
        return fx.Model(self.formula, family_shapes.data(), self.family, **options)


SHAPES = (
    ObservedShape("cens", "y | cens(k - 2, y + 1) ~ x + (1 | g)"),
    ObservedShape("cens_right", "y | cens(l) ~ x"),
    ObservedShape("cens_standard_errors", "y | se(n / 4, sigma = TRUE) + cens(k - 2, y + 2) ~ x"),
    ObservedShape("trunc", "y | trunc(y - n, 50) ~ x + (1 | g)"),
    ObservedShape("trunc_lower", "y | trunc(lb = -5) ~ x"),
    ObservedShape("trunc_precision", "y | weights(n) + trunc(ub = 20) ~ x"),
    ObservedShape("likelihood_weights", 'y | weights(n - 1, kind = "likelihood") ~ x'),
    ObservedShape(
        "cens_trunc_weights",
        'y | cens(k - 2, y + 20) + trunc(-5, 19) + weights(n, kind = "likelihood") ~ x',
    ),
    ObservedShape("student_cens", "y | cens(k - 2, y + 1) ~ x", "student"),
    ObservedShape("student_trunc", "y | trunc(lb = -5) ~ x", "student"),
    ObservedShape("lognormal_cens", "t | cens(k - 2, t + 1) ~ x", "lognormal"),
    ObservedShape("gamma_cens_weights", "t | cens(k - 2, t + 1) + weights(n) ~ x", "gamma"),
    ObservedShape("gamma_trunc", "t | trunc(lb = t / 2) ~ x", "gamma"),
    ObservedShape("beta_cens", "share | cens(k - 2, (1 + share) / 2) ~ x", "beta"),
    ObservedShape("beta_trunc", "share | trunc(ub = 0.9995) ~ x", "beta"),
    ObservedShape("bernoulli_cens", "hit | cens(0 - l) ~ x", "bernoulli"),
    ObservedShape(
        "binomial_cens_trunc",
        "s | trials(n + 2) + cens(k - 2, s + 2) + trunc(ub = n + 1) ~ x",
        "binomial",
    ),
    ObservedShape(
        "beta_binomial_cens_trunc",
        "s | trials(n + 2) + cens(k - 2, s + 2) + trunc(ub = n + 1) ~ x",
        "beta_binomial",
    ),
    ObservedShape("poisson_rate", "count | rate(n) ~ x + (1 | g)", "poisson"),
    ObservedShape("poisson_rate_cens", "count | rate(n) + cens(k - 2, count + 3) ~ x", "poisson"),
    ObservedShape("poisson_trunc", "count + 1 | trunc(1, 40) ~ x", "poisson"),
    ObservedShape("negative_binomial_rate", "count | rate(n) ~ x", "negative_binomial"),
    ObservedShape(
        "negative_binomial_cens_trunc",
        "count + 1 | cens(k - 2, count + 4) + trunc(lb = 1) ~ x",
        "negative_binomial",
    ),
    ObservedShape("weibull_cens", "t | cens(k - 2, t + 1) ~ x + (1 | g)", "weibull"),
    ObservedShape("exponential_cens_trunc", "t | cens(l) + trunc(lb = t / 2) ~ x", "exponential"),
    ObservedShape("geometric_cens", "count | cens(k - 2, count + 3) ~ x", "geometric"),
    ObservedShape("nb1_rate_trunc", "count + 1 | rate(n) + trunc(1, 60) ~ x", "nb1"),
    ObservedShape("inverse_gaussian_cens", "t | cens(k - 2, t + 1) ~ x", "inverse_gaussian"),
    ObservedShape("skew_normal_cens", "y | cens(k - 2, y + 1) ~ x", "skew_normal"),
    ObservedShape(
        "exgaussian_cens_trunc", "y | cens(k - 2, y + 1) + trunc(lb = -5) ~ x", "exgaussian"
    ),
    ObservedShape("asymmetric_laplace_cens", "y | cens(k - 2, y + 1) ~ x", "asymmetric_laplace"),
    ObservedShape("von_mises_cens", "angle | cens(k - 2, (angle + 3.1) / 2) ~ x", "von_mises"),
    ObservedShape(
        "zero_inflated_poisson_cens", "rare | cens(k - 2, rare + 2) ~ x", "zero_inflated_poisson"
    ),
    ObservedShape(
        "hurdle_gamma_cens_trunc", "gap | cens(k - 2, gap + 1) + trunc(0, 60) ~ x", "hurdle_gamma"
    ),
    ObservedShape("hurdle_lognormal_trunc", "gap | trunc(ub = gap + n) ~ x", "hurdle_lognormal"),
    ObservedShape(
        "zero_inflated_beta_cens", "part | cens(k - 2, (1 + part) / 2) ~ x", "zero_inflated_beta"
    ),
    ObservedShape(
        "zero_one_inflated_beta_cens_trunc",
        "ends | cens(0 - l) + trunc(0, 1) ~ x",
        "zero_one_inflated_beta",
    ),
    ObservedShape("hurdle_poisson_trunc", "rare | cens(l) + trunc(0, 60) ~ x", "hurdle_poisson"),
)

DISCRETE = (
    *("bernoulli", "binomial", "beta_binomial", "poisson", "negative_binomial", "geometric", "nb1"),
    *("zero_inflated_poisson", "hurdle_poisson"),
)

WITH_ENDS = (*("hurdle_gamma", "hurdle_lognormal", "zero_inflated_beta", "zero_one_inflated_beta"),)
"""Families of numbers with a 0 or a 1 that has a probability, so that a bound belongs to them."""

Known = Mapping[str, np.ndarray]


def _nbinom(eta: np.ndarray, of: Known):
    mu, shape = np.exp(eta), of["shape"]
    # The sum of so many counts has so many times the mean and the shape.
    return stats.nbinom(shape * of.get("rate", 1.0), shape / (shape + mu))


def _beta(eta: np.ndarray, of: Known):
    return stats.beta(of["phi"] * special.expit(eta), of["phi"] * special.expit(-eta))


def _gaussian_scale(of: Known) -> np.ndarray:
    return np.sqrt(of["sigma"] ** 2 / of.get("weights", 1.0) + of.get("se", 0.0) ** 2)


def _skewnorm(eta: np.ndarray, of: Known):
    delta = of["alpha"] / np.hypot(1.0, of["alpha"])
    omega = of["sigma"] / np.sqrt(1.0 - 2.0 * delta**2 / np.pi)
    location = eta - omega * delta * np.sqrt(2.0 / np.pi)
    ends = (location - 30.0 * omega, location + 30.0 * omega)
    return Integrated(stats.skewnorm(of["alpha"], location, omega), *ends)


def _asymmetric(eta: np.ndarray, of: Known):
    root = np.sqrt(of["quantile"] / (1.0 - of["quantile"]))
    return stats.laplace_asymmetric(root, eta, of["sigma"] * root / of["quantile"])


@dataclass(frozen=True)
class Poisson:
    """A Poisson count with a probability of 0 of its own, of which as many are left."""

    mean: np.ndarray
    gate: np.ndarray
    hurdle: bool

    def pmf(self, k) -> np.ndarray:
        base = stats.poisson(self.mean)
        some = base.pmf(k) / (base.sf(0) if self.hurdle else 1.0)
        zero = self.gate + (0.0 if self.hurdle else (1.0 - self.gate) * some)
        return np.where(k == 0, zero, (1.0 - self.gate) * some * (k >= 0))

    def logpmf(self, k) -> np.ndarray:
        return np.log(self.pmf(k))

    def logcdf(self, k) -> np.ndarray:
        counts = np.arange(200.0)
        each = self.pmf(counts[:, None]) * (counts[:, None] <= k)
        return np.log(each.sum(axis=0))

    def logsf(self, k) -> np.ndarray:
        counts = np.arange(200.0)
        each = self.pmf(counts[:, None]) * (counts[:, None] > k)
        return np.log(each.sum(axis=0))


@dataclass(frozen=True)
class Integrated:
    """A distribution whose tails are sums over the nodes of Gauss and Legendre.

    SciPy takes a normal for a von Mises of a large kappa, and its skew normal cancels in a tail.
    """

    frozen: object
    low: np.ndarray | float
    high: np.ndarray | float

    def logpdf(self, y) -> np.ndarray:
        return self.frozen.logpdf(y)

    def _log_between(self, low, high) -> np.ndarray:
        nodes, weights = np.polynomial.legendre.leggauss(400)
        low, high = (np.clip(end, self.low, self.high) for end in (low, high))
        half = 0.5 * (high - low)
        at = low + half * (1.0 + nodes[:, None])
        with np.errstate(divide="ignore"):
            return np.log(half * (weights[:, None] * self.frozen.pdf(at)).sum(axis=0))

    def logcdf(self, y) -> np.ndarray:
        return self._log_between(self.low, y)

    def logsf(self, y) -> np.ndarray:
        return self._log_between(y, self.high)


FROZEN: dict[str, Callable] = {
    "gaussian": lambda eta, of: stats.norm(eta, _gaussian_scale(of)),
    "student": lambda eta, of: stats.t(of["nu"], eta, of["sigma"]),
    "lognormal": lambda eta, of: stats.lognorm(of["sigma"], scale=np.exp(eta)),
    "gamma": lambda eta, of: stats.gamma(
        of["shape"] * of.get("weights", 1.0),
        scale=np.exp(eta) / (of["shape"] * of.get("weights", 1.0)),
    ),
    "beta": _beta,
    "bernoulli": lambda eta, of: stats.bernoulli(special.expit(eta)),
    "binomial": lambda eta, of: stats.binom(of["trials"], special.expit(eta)),
    "beta_binomial": lambda eta, of: tail_laws.Summed(
        stats.betabinom(
            of["trials"], of["phi"] * special.expit(eta), of["phi"] * special.expit(-eta)
        )
    ),
    "poisson": lambda eta, of: stats.poisson(np.exp(eta) * of.get("rate", 1.0)),
    "negative_binomial": _nbinom,
    "weibull": lambda eta, of: stats.weibull_min(
        of["shape"], scale=np.exp(eta) / special.gamma(1.0 + 1.0 / of["shape"])
    ),
    "exponential": lambda eta, of: stats.expon(scale=np.exp(eta)),
    "geometric": lambda eta, of: stats.geom(1.0 / (1.0 + np.exp(eta)), loc=-1),
    # The sum of so many counts has so many times the mean, and the same phi.
    "nb1": lambda eta, of: stats.nbinom(
        of.get("rate", 1.0) * np.exp(eta) / of["phi"], 1.0 / (1.0 + of["phi"])
    ),
    "inverse_gaussian": lambda eta, of: stats.invgauss(
        np.exp(eta) / of["shape"], scale=of["shape"]
    ),
    "skew_normal": _skewnorm,
    "exgaussian": lambda eta, of: stats.exponnorm(
        of["tau"] / of["sigma"], eta - of["tau"], of["sigma"]
    ),
    "asymmetric_laplace": _asymmetric,
    "von_mises": lambda eta, of: Integrated(
        stats.vonmises(of["kappa"], loc=2.0 * np.arctan(eta)), -np.pi, np.pi
    ),
    "zero_inflated_poisson": lambda eta, of: Poisson(np.exp(eta), of["zi"], hurdle=False),
    "hurdle_gamma": lambda eta, of: tail_laws.WithEnds(
        stats.gamma(of["shape"], scale=np.exp(eta) / of["shape"]), of["hu"]
    ),
    "hurdle_lognormal": lambda eta, of: tail_laws.WithEnds(
        stats.lognorm(of["sigma"], scale=np.exp(eta)), of["hu"]
    ),
    "zero_inflated_beta": lambda eta, of: tail_laws.WithEnds(_beta(eta, of), of["zi"]),
    "zero_one_inflated_beta": lambda eta, of: tail_laws.WithEnds(
        _beta(eta, of), of["zoi"] * (1.0 - of["coi"]), of["zoi"] * of["coi"]
    ),
    "hurdle_poisson": lambda eta, of: Poisson(np.exp(eta), of["hu"], hurdle=True),
}
"""SciPy's distribution of the rows, of the linear predictor and of what else is known."""


def log_mass(frozen, low, high) -> np.ndarray:
    """log P(low < Y <= high), the difference taken in the smaller tail."""
    with np.errstate(divide="ignore"):
        below = special.logsumexp(
            np.broadcast_arrays(frozen.logcdf(high), frozen.logcdf(low)), 0, [[1.0], [-1.0]]
        )
        above = special.logsumexp(
            np.broadcast_arrays(frozen.logsf(low), frozen.logsf(high)), 0, [[1.0], [-1.0]]
        )
    return np.where(frozen.logcdf(high) < frozen.logsf(low), below, above)


def log_likelihood(model: fx.Model, eta: np.ndarray, values: Known) -> np.ndarray:
    """The log density of every row as it was observed."""
    response, name = model.design.response, model.family.name
    known, y = response.known, np.asarray(response.values)
    frozen = FROZEN[name](eta, {**known, **values})
    low, high = known.get("trunc_lower", -np.inf), known.get("trunc_upper", np.inf)
    if name in DISCRETE:
        low = np.ceil(low) - 1.0
    if name in WITH_ENDS:
        low = np.nextafter(low, -np.inf)
    found = frozen.logpmf(y) if name in DISCRETE else frozen.logpdf(y)
    status = known.get("cens", np.zeros(len(y)))
    end = np.minimum(np.where(status == 2, known.get("cens_upper", np.inf), high), high)
    found = np.where(status == -1, log_mass(frozen, low, y), found)
    found = np.where(status > 0, log_mass(frozen, y, end), found)
    return known.get("likelihood_weights", 1.0) * (found - log_mass(frozen, low, high))
