"""The density of a response of every family, from SciPy, and its moments by sums and quadrature."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

import numpy as np
from scipy import integrate, special, stats

Of = Mapping[str, np.ndarray]
"""Parameters by name; where the main one is a probability also `not_mu`, its complement."""


def _binomial(y, of: Of, n) -> np.ndarray:
    ways = np.log(special.binom(n, y))
    return ways + special.xlogy(y, of["mu"]) + special.xlogy(n - y, of["not_mu"])


def _skew_normal(of: Of):
    delta = of["alpha"] / np.sqrt(1.0 + of["alpha"] ** 2)
    omega = _sigma(of) / np.sqrt(1.0 - 2.0 * delta**2 / np.pi)
    return stats.skewnorm(of["alpha"], of["mu"] - omega * delta * np.sqrt(2.0 / np.pi), omega)


def _asymmetric_laplace(of: Of):
    kappa = np.sqrt(of["quantile"] / (1.0 - of["quantile"]))
    return stats.laplace_asymmetric(kappa, of["mu"], of["sigma"] * kappa / of["quantile"])


def _nb2(of: Of):
    return stats.nbinom(of["shape"], of["shape"] / (of["shape"] + of["mu"]))


def _beta(of: Of):
    return stats.beta(of["phi"] * of["mu"], of["phi"] * of["not_mu"])


def _beta_binomial(of: Of):
    return stats.betabinom(of["trials"], of["phi"] * of["mu"], of["phi"] * of["not_mu"])


def _sigma(of: Of) -> np.ndarray:
    """What stands for sigma where standard errors or weights are known."""
    own = np.square(of.get("sigma", 0.0)) / of.get("weights", 1.0)
    return np.sqrt(own + np.square(of.get("se", 0.0)))


FROZEN: dict[str, Callable[[Of], object]] = {
    "gaussian": lambda of: stats.norm(of["mu"], _sigma(of)),
    "student": lambda of: stats.t(of["nu"], of["mu"], _sigma(of)),
    "skew_normal": _skew_normal,
    "asymmetric_laplace": _asymmetric_laplace,
    "exgaussian": lambda of: stats.exponnorm(
        of["tau"] / of["sigma"], of["mu"] - of["tau"], of["sigma"]
    ),
    "lognormal": lambda of: stats.lognorm(of["sigma"], scale=np.exp(of["mu"])),
    "gamma": lambda of: stats.gamma(of["shape"], scale=of["mu"] / of["shape"]),
    "inverse_gaussian": lambda of: stats.invgauss(
        of["mu"] / (of["shape"] * of.get("weights", 1.0)),
        scale=of["shape"] * of.get("weights", 1.0),
    ),
    "weibull": lambda of: stats.weibull_min(
        of["shape"], scale=of["mu"] / special.gamma(1.0 + 1.0 / of["shape"])
    ),
    "exponential": lambda of: stats.expon(scale=of["mu"]),
    "von_mises": lambda of: stats.vonmises(of["kappa"], of["mu"]),
    "beta": _beta,
    "beta_binomial": _beta_binomial,
    "poisson": lambda of: stats.poisson(of["mu"]),
    "negative_binomial": _nb2,
    "nb1": lambda of: stats.nbinom(of["mu"] / of["phi"], 1.0 / (1.0 + of["phi"])),
    "geometric": lambda of: stats.geom(1.0 / (1.0 + of["mu"]), loc=-1),
}
"""SciPy's distributions, of the families that it has."""


def _plain(name: str, y, of: Of) -> np.ndarray:
    frozen = FROZEN[name](of)
    return frozen.logpmf(y) if hasattr(frozen, "pmf") and name in COUNTS else frozen.logpdf(y)


def _inflated(name: str, y, of: Of) -> np.ndarray:
    base, zi = LAWS[name](y, of), of["zi"]
    return np.where(y == 0.0, np.log(zi + (1.0 - zi) * np.exp(base)), np.log1p(-zi) + base)


def _hurdle(name: str, y, of: Of, gate: str = "hu") -> np.ndarray:
    base, some = FROZEN[name](of), np.where(y == 0.0, 1.0 if name in COUNTS else 0.5, y)
    above = np.log1p(-of[gate]) + _plain(name, some, of) - base.logsf(0)
    return np.where(y == 0.0, np.log(of[gate]), above)


def _zero_one(y, of: Of) -> np.ndarray:
    inside = np.where((y == 0.0) | (y == 1.0), 0.5, y)
    between = np.log1p(-of["zoi"]) + _plain("beta", inside, of)
    one = np.where(y == 1.0, of["coi"], 1.0 - of["coi"])
    return np.where(inside == y, between, np.log(of["zoi"] * one))


COUNTS = frozenset(
    {
        *("bernoulli", "binomial", "beta_binomial", "poisson", "negative_binomial", "nb1"),
        *("geometric", "zero_inflated_poisson", "zero_inflated_negative_binomial"),
        *("zero_inflated_binomial", "hurdle_poisson", "hurdle_negative_binomial"),
    }
)
"""Families whose densities are probabilities of whole numbers."""

RANGES = {
    **dict.fromkeys(("lognormal", "gamma", "inverse_gaussian", "weibull", "exponential"), (0, 1e4)),
    **dict.fromkeys(("hurdle_gamma", "hurdle_lognormal"), (0, 1e4)),
    **dict.fromkeys(("beta", "zero_inflated_beta", "zero_one_inflated_beta"), (0.0, 1.0)),
    "von_mises": (-np.pi, np.pi),
}
"""Where the others lie, which else are any number: all that the moments need."""

ATOMS = {
    **dict.fromkeys(("hurdle_gamma", "hurdle_lognormal", "zero_inflated_beta"), (0.0,)),
    "zero_one_inflated_beta": (0.0, 1.0),
}
"""Numbers that have a probability, of families whose others have a density."""

LAWS: dict[str, Callable[[np.ndarray, Of], np.ndarray]] = {
    **{name: lambda y, of, name=name: _plain(name, y, of) for name in FROZEN},
    "bernoulli": lambda y, of: _binomial(y, of, 1.0),
    "binomial": lambda y, of: _binomial(y, of, of["trials"]),
    **{
        f"zero_inflated_{name}": lambda y, of, name=name: _inflated(name, y, of)
        for name in ("poisson", "negative_binomial", "binomial")
    },
    **{
        f"hurdle_{name}": lambda y, of, name=name: _hurdle(name, y, of)
        for name in ("poisson", "negative_binomial", "gamma", "lognormal")
    },
    "zero_inflated_beta": lambda y, of: _hurdle("beta", y, of, "zi"),
    "zero_one_inflated_beta": _zero_one,
}
"""The log density of a response of every family: `(y, parameters) -> elementwise`."""


def expectation(name: str, of: Mapping[str, float], function: Callable[..., float]) -> float:
    """The mean of a function of a response: a sum over counts, or quadrature."""
    given = {key: np.asarray(value, dtype=np.float64) for key, value in of.items()}
    if name in COUNTS:
        counts = np.arange(of.get("trials", 1.0 if name == "bernoulli" else 5000.0) + 1.0)
        return float(np.sum(np.exp(LAWS[name](counts, given)) * function(counts)))
    low, high = RANGES.get(name, (of["mu"] - 400.0, of["mu"] + 400.0))

    def integrand(y: float) -> float:
        return float(np.exp(LAWS[name](np.asarray(y), given)) * function(y))

    cuts = np.unique(np.clip(of["mu"] + np.array([-30.0, -3.0, 0.0, 3.0, 30.0, 300.0]), low, high))
    ends = np.unique([low, *cuts, high])
    return sum(integrand(atom) for atom in ATOMS.get(name, ())) + sum(
        integrate.quad(integrand, a, b, epsabs=1e-13, epsrel=1e-11, limit=400)[0]
        for a, b in itertools.pairwise(ends)
    )


def moments(name: str, of: Mapping[str, float]) -> tuple[float, float, float]:
    """The mean, the variance and the excess kurtosis; of angles the circular mean and variance."""
    if name == "von_mises":
        sine, cosine = (expectation(name, of, function) for function in (np.sin, np.cos))
        return float(np.arctan2(sine, cosine)), 1.0 - float(np.hypot(sine, cosine)), np.nan
    mean = expectation(name, of, lambda y: y)
    variance, fourth = (expectation(name, of, lambda y, p=p: (y - mean) ** p) for p in (2, 4))
    return mean, variance, fourth / variance**2 - 3.0
