"""Simulation-based calibration of the marginal engine, with errors planted that it must find.

Parameters come from fixed priors, data from parameters, both by code of its own; ranks of the
parameters among posterior draws are then uniform.

References
----------
Talts, Betancourt, Simpson, Vehtari and Gelman (2018), arXiv:1804.06788.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from uniform_ranks import DRAWS, calibrated

import formix as fx
from formix.engines.marginal.sampling import run
from formix.spec import Spec

SIMULATIONS = 200

PRIORS = {
    "beta": "Normal(0.5, 2)",
    "sd": "HalfNormal(1.5)",
    "sigma": "LogNormal(0, 0.5)",
}
CORRELATED = {**PRIORS, "cor": "LKJ(2)"}


@dataclass(frozen=True)
class Shape:
    """A formula on the small design, and its priors."""

    formula: str
    priors: dict[str, str]


SHAPES = {
    "intercepts": Shape("y ~ x + (1 | g)", PRIORS),
    "slopes": Shape("y ~ x + (x | g)", CORRELATED),
    "three_correlated": Shape("y ~ x + (x + z | g)", CORRELATED),
    "uncorrelated": Shape("y ~ x + (x || g)", PRIORS),
    "crossed": Shape("y ~ x + (1 | g) + (1 | h)", PRIORS),
    "nested": Shape("y ~ x + (1 | g) + (1 | g:h)", PRIORS),
    "free_coefficient": Shape("y ~ x + (1 | g)", {**PRIORS, "beta[x]": "StudentT(3, 0, 1)"}),
    "variances": Shape(
        "y ~ x + (1 | g)",
        {"beta": "Normal(0.5, 2)", "sd^2": "InverseGamma(3, 2)", "sigma^2": "InverseGamma(3, 2)"},
    ),
}


def frame() -> pd.DataFrame:
    """Forty-eight rows, eight levels of `g` and four of `h`."""
    generator = np.random.default_rng(50)
    rows = np.arange(48)
    return pd.DataFrame(
        {
            "x": generator.normal(size=48),
            "z": generator.normal(size=48),
            "g": rows % 8,
            "h": rows // 8 % 4,
            "y": generator.normal(size=48),
        }
    )


def spec_of(shape: Shape) -> Spec:
    return fx.Model(shape.formula, frame(), priors=shape.priors).spec


def correlation(generator: np.random.Generator, size: int, eta: float) -> np.ndarray:
    """LKJ by its vine of partial correlations: Lewandowski, Kurowicka and Joe (2009), section 2."""
    partial, matrix = np.zeros((size, size)), np.eye(size)
    beta = eta + 0.5 * (size - 1)
    for k in range(size - 1):
        beta -= 0.5
        for i in range(k + 1, size):
            partial[k, i] = 2.0 * generator.beta(beta, beta) - 1.0
            value = partial[k, i]
            for row in range(k - 1, -1, -1):
                value *= np.sqrt((1.0 - partial[row, i] ** 2) * (1.0 - partial[row, k] ** 2))
                value += partial[row, i] * partial[row, k]
            matrix[k, i] = matrix[i, k] = value
    return matrix


def drawn_scale(generator: np.random.Generator, priors: dict[str, str], name: str) -> float:
    if f"{name}^2" in priors:
        return float(np.sqrt(2.0 / generator.gamma(3.0)))
    if name == "sd":
        return abs(generator.normal(0.0, 1.5))
    return float(np.exp(generator.normal(0.0, 0.5)))


def simulated(
    spec: Spec, priors: dict[str, str], generator: np.random.Generator
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """A response, and the parameters that it comes from."""
    X = spec.predictors[0].X
    beta = generator.normal(0.5, 2.0, X.shape[1])
    if "beta[x]" in priors:
        beta[1] = generator.standard_t(3)
    truth = {"beta": beta, "sigma": np.array(drawn_scale(generator, priors, "sigma"))}
    mean = X @ beta
    for blocks in spec.groups:
        group, size = blocks[0].group, sum(len(block.effects) for block in blocks)
        sd = np.array([drawn_scale(generator, priors, "sd") for _ in range(size)])
        matrix = np.eye(size)
        if "cor" in priors:
            matrix = correlation(generator, size, 2.0)
            truth[f"cor_{group}"] = matrix[np.tril_indices(size, -1)]
        covariance = np.outer(sd, sd) * matrix
        r = generator.multivariate_normal(np.zeros(size), covariance, len(blocks[0].levels))
        Z = np.concatenate([block.Z for block in blocks], axis=1)
        mean += np.sum(Z * r[blocks[0].index], axis=1)
        truth |= {f"sd_{group}": sd, f"r_{group}": r[:2].ravel()}
    return mean + truth["sigma"] * generator.normal(size=len(X)), truth


Distortion = Callable[[dict[str, np.ndarray]], dict[str, np.ndarray]]


def ranks(
    shape: Shape, fitted: Spec, count: int, seed: int, distort: Distortion | None = None
) -> dict[str, np.ndarray]:
    """The ranks of the true parameters among draws, by quantity and simulation."""
    spec = spec_of(shape)
    generator = np.random.default_rng(seed)
    found: dict[str, list[np.ndarray]] = {}
    for simulation in range(count):
        y, truth = simulated(spec, shape.priors, generator)
        response = replace(fitted.response, values=y)
        drawn = run(replace(fitted, response=response), draws=DRAWS, chains=1, seed=simulation)
        values = {site: value[0] for site, value in drawn.values.items()}
        values = distort(values) if distort else values
        for site, value in truth.items():
            draws = values[site]
            if site.startswith("cor_"):
                rows, columns = np.tril_indices(draws.shape[-1], -1)
                draws = draws[:, rows, columns]
            if site.startswith("r_"):
                draws = draws[:, :2].reshape(len(draws), -1)
            below = np.sum(draws < value, axis=0)
            found.setdefault(site, []).append(np.atleast_1d(below))
    return {site: np.array(each) for site, each in found.items()}


def test_a_small_shape_is_calibrated():
    shape = SHAPES["intercepts"]
    assert calibrated(ranks(shape, spec_of(shape), 120, seed=60))


@pytest.mark.slow
@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_is_calibrated(name: str):
    shape = SHAPES[name]
    assert calibrated(ranks(shape, spec_of(shape), SIMULATIONS, seed=61))


@pytest.mark.slow
def test_a_wrong_exponent_of_lkj_is_found():
    shape = SHAPES["three_correlated"]
    wrong = spec_of(replace(shape, priors={**shape.priors, "cor": "LKJ(12)"}))
    assert not calibrated(ranks(shape, wrong, SIMULATIONS, seed=62))


@pytest.mark.slow
def test_swapped_columns_are_found():
    """Effects handed out under one another's names."""
    shape = SHAPES["slopes"]

    def swap(values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {**values, "r_g": values["r_g"][..., ::-1]}

    assert not calibrated(ranks(shape, spec_of(shape), SIMULATIONS, seed=63, distort=swap))


def test_a_wrong_scale_is_found_at_once():
    shape = SHAPES["intercepts"]
    wrong = spec_of(replace(shape, priors={**PRIORS, "sd": "HalfNormal(0.3)"}))
    assert not calibrated(ranks(shape, wrong, 80, seed=64))
