"""A grid of models by family and link, and the density of each response from SciPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapes
from scipy import special, stats

import formix as fx
from formix.families import FAMILIES, Family


def data() -> pd.DataFrame:
    """The rows of `shapes.data`, with a response for every family."""
    frame = shapes.data()
    generator = np.random.default_rng(21)
    level = np.clip(0.4 * (frame["x"] - 2.0) + 0.1 * (np.arange(60) % 6), -2.0, 2.0)
    frame["hit"] = (generator.random(60) < special.expit(level)).astype(int)
    frame["won"] = generator.random(60) < special.expit(level)
    frame["s"] = generator.binomial(frame["n"], special.expit(level))
    frame["count"] = generator.poisson(np.exp(1.0 + level))
    frame["t"] = np.round(generator.gamma(2.0, np.exp(1.0 + level) / 2.0) + 0.01, 3)
    frame["share"] = np.clip(np.round(generator.beta(1.0 + level**2, 2.0), 3), 0.001, 0.999)
    return frame


@dataclass(frozen=True)
class FamilyShape:
    """A formula and a family; `name` is that of its golden file."""

    name: str
    formula: str
    family: Family

    def model(self, **options) -> fx.Model:
        return fx.Model(self.formula, data(), self.family, **options)


RESPONSES = {
    "bernoulli": ("hit", "won", "h[b]"),
    "binomial": ("s | trials(n)", "cbind(s, n - s)", "prop(s, n)"),
    "student": ("y", "y | se(k / 4, sigma = TRUE)", "y | weights(n)"),
    "poisson": ("count",) * 3,
    "negative_binomial": ("count",) * 3,
    "gamma": ("t",) * 3,
    "lognormal": ("t",) * 3,
    "beta": ("share",) * 3,
}
"""The response of the shapes of each family: of common effects, of intercepts, of slopes."""

_FAR = {"identity": " + offset(40 + n)", "inverse": " + offset(40 + n)", "sqrt": " + offset(9 + n)"}
"""What keeps a mean above 0 at the points where densities are compared."""


def _shapes(family: Family) -> list[FamilyShape]:
    common, intercepts, slopes = RESPONSES[family.name]
    default, *others = family[family.main].links
    found = [
        FamilyShape(f"{family.name}_common", f"{common} ~ x + f", family),
        FamilyShape(f"{family.name}_intercepts", f"{intercepts} ~ x + (1 | g)", family),
        FamilyShape(f"{family.name}_slopes", f"{slopes} ~ x + (x | g)", family),
    ]
    for link in others:
        formula = f"{common} ~ x{_FAR.get(link, '')} + (1 | g)"
        found.append(FamilyShape(f"{family.name}_{link}", formula, family(link=link)))
    assert default == family.link(family.main).name
    return found


SHAPES = tuple(
    shape
    for family in FAMILIES
    if family.name != "gaussian" and not (family.by_level or family.thresholds)
    for shape in _shapes(family)
)

LINKED = tuple(shape for shape in SHAPES if not shape.name.endswith(("_common", "_slopes")))
"""Of each family and link one shape."""

LATENT = {
    "logit": stats.logistic,
    "probit": stats.norm,
    "cloglog": stats.gumbel_l,
    "cauchit": stats.cauchy,
}
"""A success is a number below eta, of a distribution that the link of a probability names."""

MEANS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "identity": lambda eta: eta,
    "log": np.exp,
    "inverse": lambda eta: 1.0 / eta,
    "sqrt": lambda eta: np.where(eta > 0.0, eta**2, np.nan),
    **{link: latent.cdf for link, latent in LATENT.items()},
}

Known = Mapping[str, np.ndarray]


def _binomial(y, eta, link: str, n) -> np.ndarray:
    ways = np.log(special.binom(n, y))
    return ways + y * LATENT[link].logcdf(eta) + (n - y) * LATENT[link].logsf(eta)


def _nb2(y, mu, shape) -> np.ndarray:
    return stats.nbinom(shape, shape / (shape + mu)).logpmf(y)


def _scales(sigma, of: Known) -> np.ndarray:
    """What stands for sigma where standard errors or weights are known."""
    return np.sqrt(np.square(sigma) / of.get("weights", 1.0) + np.square(of.get("se", 0.0)))


LIKELIHOODS: dict[str, Callable[[np.ndarray, np.ndarray, str, Known], np.ndarray]] = {
    "bernoulli": lambda y, eta, link, of: _binomial(y, eta, link, 1.0),
    "binomial": lambda y, eta, link, of: _binomial(y, eta, link, of["trials"]),
    "poisson": lambda y, eta, link, of: stats.poisson(MEANS[link](eta)).logpmf(y),
    "negative_binomial": lambda y, eta, link, of: _nb2(y, MEANS[link](eta), of["shape"]),
    "gamma": lambda y, eta, link, of: stats.gamma(
        of["shape"], scale=MEANS[link](eta) / of["shape"]
    ).logpdf(y),
    "lognormal": lambda y, eta, link, of: stats.lognorm(
        of["sigma"], scale=np.exp(MEANS[link](eta))
    ).logpdf(y),
    "student": lambda y, eta, link, of: stats.t(
        of["nu"], MEANS[link](eta), _scales(of["sigma"], of)
    ).logpdf(y),
    "beta": lambda y, eta, link, of: stats.beta(
        of["phi"] * LATENT[link].cdf(eta), of["phi"] * LATENT[link].sf(eta)
    ).logpdf(y),
}
"""The log density of every row, of the linear predictor and of what else is known."""


def log_likelihood(model: fx.Model, eta: np.ndarray, values: Known) -> np.ndarray:
    family, response = model.family, model.design.response
    link = family.link(family.main).name
    known = {**response.known, **values}
    return LIKELIHOODS[family.name](np.asarray(response.values), eta, link, known)
