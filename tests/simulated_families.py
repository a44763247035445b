"""Models of each family with fixed priors, and their data by NumPy and SciPy alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import special

import formix as fx

ROWS, LEVELS = 24, 6

Values = dict[str, np.ndarray]
Drawn = tuple[np.ndarray, Values]
"""A response, and the parameters of its family."""

COMMON = {"beta": "Normal(0.3, 0.6)", "sd": "HalfNormal(0.6)"}


def frame() -> pd.DataFrame:
    """Twenty-four rows in six levels of `g`, and responses of every kind to build models with."""
    generator = np.random.default_rng(70)
    rows = np.arange(ROWS)
    return pd.DataFrame(
        {
            "x": generator.normal(0.4, 1.0, ROWS),
            "g": rows % LEVELS,
            "n": 3 + rows % 4 * 3,
            "real": generator.normal(size=ROWS),
            "part": generator.uniform(0.1, 0.9, ROWS),
            "count": rows % 3,
            "yes": rows % 2,
            "rated": pd.Categorical([("a", "b", "c")[row % 3] for row in rows], ordered=True),
            "kind": [("a", "b", "c")[row % 3] for row in rows],
        }
    )


DATA = frame()
X = np.column_stack([np.ones(ROWS), DATA["x"]])
TRIALS = DATA["n"].to_numpy()


def predictor(generator: np.random.Generator, name: str = "") -> tuple[np.ndarray, Values]:
    """A linear predictor and what it is of, by the priors of `COMMON`."""
    beta, sd = generator.normal(0.3, 0.6, 2), abs(generator.normal(0.0, 0.6))
    r = sd * generator.normal(size=LEVELS)
    truth = {f"{name}beta": beta, f"{name}sd_g": np.array([sd]), f"{name}r_g": r[:2]}
    return X @ beta + r[DATA["g"]], truth


def positive(generator: np.random.Generator, centre: float) -> float:
    """Log normal, of scale 0.5."""
    return float(np.exp(generator.normal(centre, 0.5)))


def gaussian(generator: np.random.Generator, eta: np.ndarray) -> Drawn:
    beta = generator.normal(-0.3, 0.5, 2)
    return eta + np.exp(X @ beta) * generator.normal(size=ROWS), {"sigma.beta": beta}


def student(generator: np.random.Generator, eta: np.ndarray) -> Drawn:
    sigma, nu = positive(generator, 0.0), generator.gamma(4.0, 1.0)
    drawn = eta + sigma * generator.standard_t(nu, ROWS)
    return drawn, {"sigma": np.array([sigma]), "nu": np.array([nu])}


def bernoulli(generator: np.random.Generator, eta: np.ndarray) -> Drawn:
    return (generator.uniform(size=ROWS) < special.expit(eta)).astype(float), {}


def binomial(generator: np.random.Generator, eta: np.ndarray) -> Drawn:
    return generator.binomial(TRIALS, special.ndtr(eta)).astype(float), {}


def poisson(generator: np.random.Generator, eta: np.ndarray) -> Drawn:
    return generator.poisson(np.exp(eta)).astype(float), {}


def negative_binomial(generator: np.random.Generator, eta: np.ndarray) -> Drawn:
    shape = positive(generator, 0.5)
    rate = np.exp(eta) * generator.gamma(shape, 1.0 / shape, ROWS)
    return generator.poisson(rate).astype(float), {"shape": np.array([shape])}


def gamma(generator: np.random.Generator, eta: np.ndarray) -> Drawn:
    shape = positive(generator, 1.0)
    return np.exp(eta) * generator.gamma(shape, 1.0 / shape, ROWS), {"shape": np.array([shape])}


def narrow_gamma(generator: np.random.Generator, eta: np.ndarray) -> Drawn:
    """A shape that divides the standard deviation, where it should divide the variance."""
    shape = positive(generator, 1.0)
    drawn = generator.gamma(shape**2, 1.0 / shape**2, ROWS)
    return np.exp(eta) * drawn, {"shape": np.array([shape])}


def beta(generator: np.random.Generator, eta: np.ndarray) -> Drawn:
    phi, mu = positive(generator, 2.5), special.expit(eta)
    drawn = generator.beta(phi * mu, phi * (1.0 - mu))
    # The ends have no density; floats reach them where a shape is far below 1.
    return np.clip(drawn, 1e-15, 1.0 - 1e-15), {"phi": np.array([phi])}


def lognormal(generator: np.random.Generator, eta: np.ndarray) -> Drawn:
    sigma = positive(generator, 0.0)
    return np.exp(eta + sigma * generator.normal(size=ROWS)), {"sigma": np.array([sigma])}


def lognormal_of_mean(generator: np.random.Generator, eta: np.ndarray) -> Drawn:
    """A predictor of the logarithm of the mean, where it should be of the mean logarithm."""
    sigma = positive(generator, 0.0)
    drawn = np.exp(eta - 0.5 * sigma**2 + sigma * generator.normal(size=ROWS))
    return drawn, {"sigma": np.array([sigma])}


def cumulative(generator: np.random.Generator, eta: np.ndarray, sign: float = 1.0) -> Drawn:
    """Levels between thresholds of a latent number that is logistic around the predictor."""
    threshold = np.sort(generator.normal(0.0, 1.2, 2))
    latent = sign * eta + generator.logistic(size=ROWS)
    return np.sum(latent[:, None] > threshold, axis=1), {"threshold": threshold}


def falling(generator: np.random.Generator, eta: np.ndarray) -> Drawn:
    """A latent number that falls where the predictor rises."""
    return cumulative(generator, eta, -1.0)


Response = Callable[[np.random.Generator, np.ndarray], Drawn]


@dataclass(frozen=True)
class Case:
    """A model, its priors beside the common ones, and its data as they are made here."""

    formula: str
    family: str
    response: Response
    priors: dict[str, str] = field(default_factory=dict[str, str])
    links: dict[str, str] = field(default_factory=dict[str, str])

    def model(self) -> fx.Model:
        family = getattr(fx, self.family)(**self.links)
        priors = {**COMMON, **self.priors}
        return fx.Model(self.formula, DATA, family, priors=priors)

    def drawn(self, generator: np.random.Generator) -> Drawn:
        eta, truth = predictor(generator)
        y, own = self.response(generator, eta)
        return y, truth | own


class Ordered(Case):
    """Without an intercept: thresholds stand in its place."""

    def drawn(self, generator: np.random.Generator) -> Drawn:
        eta, truth = predictor(generator)
        beta = truth["beta"]
        y, own = self.response(generator, eta - beta[0])
        return y, {**truth, **own, "beta": beta[1:]}


class Unordered(Case):
    """With a predictor for every level but the first."""

    def drawn(self, generator: np.random.Generator) -> Drawn:
        b, truth = predictor(generator, "mu[b].")
        c, also = predictor(generator, "mu[c].")
        # The largest of logits with Gumbel noise is one of softmax's levels.
        noise = generator.gumbel(size=(ROWS, 3))
        y = np.argmax(np.stack([np.zeros(ROWS), b, c], axis=1) + noise, axis=1)
        return y, truth | also


class Renamed(Unordered):
    """With the levels' names handed on by one, so that another is the first."""

    def drawn(self, generator: np.random.Generator) -> Drawn:
        y, truth = super().drawn(generator)
        return (y + 1) % 3, truth


LOG = {"shape": "LogNormal(0.5, 0.5)"}
CASES = {
    "gaussian": Case(
        "real ~ x + (1 | g); sigma ~ x", "gaussian", gaussian, {"sigma.beta": "Normal(-0.3, 0.5)"}
    ),
    "student": Case(
        "real ~ x + (1 | g)",
        "student",
        student,
        {"sigma": "LogNormal(0, 0.5)", "nu": "Gamma(4, 1)"},
    ),
    "bernoulli": Case("yes ~ x + (1 | g)", "bernoulli", bernoulli),
    "binomial": Case(
        "count | trials(n) ~ x + (1 | g)", "binomial", binomial, links={"link": "probit"}
    ),
    "poisson": Case("count ~ x + (1 | g)", "poisson", poisson),
    "negative_binomial": Case("count ~ x + (1 | g)", "negative_binomial", negative_binomial, LOG),
    "gamma": Case("part ~ x + (1 | g)", "gamma", gamma, {"shape": "LogNormal(1, 0.5)"}),
    "beta": Case("part ~ x + (1 | g)", "beta", beta, {"phi": "LogNormal(2.5, 0.5)"}),
    "lognormal": Case("part ~ x + (1 | g)", "lognormal", lognormal, {"sigma": "LogNormal(0, 0.5)"}),
    "cumulative": Ordered(
        "rated ~ x + (1 | g)", "cumulative", cumulative, {"threshold": "Normal(0, 1.2)"}
    ),
    "categorical": Unordered("kind ~ x + (1 | g)", "categorical", bernoulli),
}
