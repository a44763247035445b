"""The likelihood with effects integrated, against SciPy's integrals of it level by level."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

import formix as fx
from formix.engines.laplace.likelihood import Likelihood
from formix.engines.laplace.optimum import likelihood, optimum
from formix.engines.laplace.quadrature import quadrature


def frame() -> pd.DataFrame:
    generator = np.random.default_rng(12)
    data = pd.DataFrame({"x": generator.normal(size=20), "g": np.arange(20) % 4})
    rate = np.exp(0.5 + 0.4 * data["x"] + generator.normal(size=4)[data["g"]])
    data["count"] = generator.poisson(rate)
    data["hit"] = (data["count"] > 1).astype(int)
    data["amount"] = generator.gamma(3.0, rate / 3.0)
    return data


def log_rows(family: str, y: np.ndarray, eta: np.ndarray) -> np.ndarray:
    if family == "poisson":
        return stats.poisson.logpmf(y, np.exp(eta))
    if family == "gamma":
        return stats.gamma.logpdf(y, 2.0, scale=np.exp(eta) / 2.0)
    return stats.norm.logcdf(np.where(y > 0.0, eta, -eta))


CASES = [
    ("count ~ x + (1 | g)", "poisson", {}),
    ("hit ~ x + (0 + x | g)", "bernoulli", {"mu": "probit"}),
    ("amount ~ x + (1 | g)", "gamma", {}),
]


def point_of(of: Likelihood, sd: float, beta: np.ndarray) -> np.ndarray:
    own = [np.log(2.0)] if of.rows.auxiliary else []
    return np.concatenate([[sd], own, of.whole.coefficients.g(beta[None])[0]])


@pytest.mark.parametrize(("formula", "name", "links"), CASES)
def test_quadrature_has_the_integral(formula: str, name: str, links: dict[str, str]):
    data = frame()
    spec = fx.Model(formula, data, getattr(fx, name)(**links)).spec
    y, x = np.asarray(spec.response.values, dtype=float), data["x"].to_numpy()
    z = x if "0 + x" in formula else np.ones(20)
    sd, beta = 0.8, np.array([0.3, -0.4])
    total = 0.0
    for level in range(4):
        mine = data["g"].to_numpy() == level

        def density(u: float, mine: np.ndarray = mine) -> float:
            eta = beta[0] + beta[1] * x[mine] + sd * u * z[mine]
            return float(np.exp(log_rows(name, y[mine], eta).sum())) * stats.norm.pdf(u)

        total += np.log(integrate.quad(density, -9.0, 9.0, epsabs=0.0, epsrel=1e-10)[0])
    values = {}
    for nodes in (1, 5, 25):
        of = likelihood(spec, nodes)
        values[nodes] = of.log_likelihood(point_of(of, sd, beta)[None])[0]
    assert values[25] == pytest.approx(total, abs=1e-6)
    assert abs(values[5] - total) < 0.2 * abs(values[1] - total)
    # Laplace's approximation is near, and not the integral.
    assert 1e-4 < abs(values[1] - total) < 0.3


def test_one_node_is_laplaces_approximation():
    """By the formula of the quadrature too, the link being canonical."""
    spec = fx.Model("count ~ x + (1 | g)", frame(), "poisson").spec
    of = likelihood(spec)
    point = point_of(of, 0.8, np.array([0.3, -0.4]))[None]
    value, mode = of.at(point)
    group = of.given.of.groups[0]
    again = quadrature(of.rows, group, mode, point[:, 0], of.auxiliary(point), 1)
    assert again[0] == pytest.approx(value[0], abs=1e-7)


def test_no_neighbour_of_the_maximum_is_higher():
    spec = fx.Model("count ~ x + (x | g)", frame(), "poisson").spec
    of, found = likelihood(spec), optimum(spec)
    (factor,) = found.factors
    entries = [factor[i, j] for _, i, j in of.factors.places]
    best = np.concatenate([entries, of.whole.coefficients.g(found.beta[None])[0]])
    value = of.log_likelihood(best[None])[0]
    assert value == pytest.approx(found.log_likelihood, abs=1e-7)
    steps = 0.05 * np.concatenate([np.eye(len(best)), -np.eye(len(best))])
    assert (of.log_likelihood(best + steps) <= value + 1e-9).all()


def test_an_effect_that_does_not_vary_has_none():
    """Binomial counts that vary less than by chance: the maximum is at zero."""
    data = pd.DataFrame({"k": [5, 5, 5, 5, 4, 6], "n": 10, "g": np.arange(6)})
    found = fx.Model("prop(k, n) ~ 1 + (1 | g)", data, "binomial").ml()
    assert found.singular
    assert found.varcorr["estimate"].iloc[0] == 0.0
    p = 0.5
    assert found.loglik == pytest.approx(stats.binom.logpmf(data["k"], 10, p).sum(), abs=1e-8)
    assert found.fixed["se"].iloc[0] == pytest.approx(1.0 / np.sqrt(60 * p * p), rel=1e-4)


def test_effects_that_vary_together_by_one_number():
    """Compound symmetry holds equal standard deviations, which two nested groups make."""
    generator = np.random.default_rng(2)
    data = pd.DataFrame({"g": np.repeat(np.arange(8), 10), "f": np.tile(["a", "b"], 40)})
    effect = generator.normal(size=8)[:, None] + 0.5 * generator.normal(size=(8, 2))
    data["y"] = generator.poisson(np.exp(1.0 + effect[data["g"], (data["f"] == "b").astype(int)]))
    found = fx.Model("y ~ f + cs(0 + f | g)", data, "poisson").ml()
    split = fx.Model("y ~ f + (1 | g) + (1 | g:f)", data, "poisson").ml()
    assert found.df == 5
    assert split.df == 4
    assert found.loglik >= split.loglik - 1e-6


def test_large_counts_say_all_but_everything_of_their_level():
    """What is left is the spread of the levels' log means, known without error."""
    generator = np.random.default_rng(5)
    data = pd.DataFrame({"g": np.repeat(np.arange(12), 30)})
    data["y"] = generator.poisson(np.exp(13.0 + 0.3 * generator.normal(size=12))[data["g"]])
    found = fx.Model("y ~ 1 + (1 | g)", data, "poisson").ml()
    means = np.log(data.groupby("g")["y"].mean().to_numpy())
    assert found.varcorr["estimate"].iloc[0] == pytest.approx(means.std(), rel=1e-4)
    assert found.fixed["estimate"].iloc[0] == pytest.approx(means.mean(), rel=1e-6)
    assert found.fixed["se"].iloc[0] == pytest.approx(means.std() / np.sqrt(12), rel=1e-3)
