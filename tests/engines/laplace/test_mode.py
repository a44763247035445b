"""The mode and what Laplace's approximation says there, against the density written out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import block_diag

import formix as fx
from formix.engines.laplace.density import Laplace, laplace
from formix.engines.laplace.mode import joint_mode
from formix.engines.marginal.density import marginal
from formix.engines.marginal.structure import structure
from formix.errors import UnsupportedError
from formix.results.likelihood import log_prior
from formix.spec import Spec


def frame() -> pd.DataFrame:
    """Twenty-four rows, four levels within two and crossed with three, and responses."""
    generator = np.random.default_rng(8)
    n = 24
    inner = np.arange(n) % 4
    x = generator.normal(size=n)
    eta = 0.4 * x + generator.normal(size=4)[inner]
    return pd.DataFrame(
        {
            "x": x,
            "inner": inner,
            "outer": inner // 2,
            "other": generator.integers(0, 3, n),
            "hit": generator.random(n) < 1.0 / (1.0 + np.exp(-eta)),
            "count": generator.poisson(np.exp(0.5 * eta + 1.0)),
            "n": 12,
            "amount": np.exp(eta) * generator.gamma(4.0, 0.25, n),
            "y": eta + generator.normal(size=n),
            "share": generator.beta(2.0, 3.0, n),
        }
    )


CASES = {
    "slope": ("count ~ x + (x | inner)", "poisson"),
    "crossed": ("hit ~ x + (1 | inner) + (1 | other)", "bernoulli"),
    "probit": ("hit ~ x + (0 + x | inner)", fx.bernoulli(link="probit")),
    "nested": ("count ~ 1 + (1 | outer / inner)", "negative_binomial"),
    "nested_and_crossed": ("amount ~ x + (x || outer) + (1 | outer:inner) + (1 | other)", "gamma"),
    "alone": ("share ~ x", "beta"),
    "no_coefficients": ("hit ~ 0 + (1 | inner)", "bernoulli"),
    "cloglog": ("prop(x2, n) ~ x + (x | other)", fx.binomial(link="cloglog")),
}


def spec_of(name: str, priors: str | dict[str, str] = "default") -> Spec:
    formula, family = CASES[name]
    data = frame()
    data["x2"] = np.minimum(data["count"], 12)
    return fx.Model(formula, data, family, priors=priors).spec


class Joint:
    """The log density of everything at one point of theta, by dense matrices."""

    def __init__(self, of: Laplace, theta: np.ndarray) -> None:
        self.of, self.scales = of, of.coordinates.scales(theta[None])
        groups = of.structure.groups
        wide = [np.zeros((of.structure.rows, 0))]
        for group, factor in zip(groups, self.scales.factors, strict=True):
            Z = np.zeros((of.structure.rows, group.levels, group.size))
            Z[np.arange(of.structure.rows), group.index] = group.Z
            scaled = Z.reshape(len(Z), -1) @ block_diag(*[factor[0]] * group.levels)
            wide.append(scaled)
        self.Z = np.concatenate(wide, axis=1)
        self.coefs = of.structure.X.shape[1]
        self.size = self.coefs + self.Z.shape[1]

    def __call__(self, point: np.ndarray) -> float:
        """At coefficients and standardised effects, their densities included."""
        beta, u = point[: self.coefs], point[self.coefs :]
        eta = self.of.structure.X @ beta + self.Z @ u + self.of.rows.offset
        rows = float(self.of.rows.log_density(eta[None], self.scales.sigma)[0])
        spec = self.of.rows.spec
        prior = log_prior(spec, {"beta": beta[None, None]})["beta"] if self.coefs else 0.0
        return (
            rows + float(np.sum(prior)) - 0.5 * float(np.sum(u**2) + len(u) * np.log(2.0 * np.pi))
        )

    def curvature(self, point: np.ndarray, h: float = 1e-3) -> tuple[np.ndarray, np.ndarray]:
        """The gradient and the negative Hessian, by differences."""
        steps = h * np.eye(self.size)
        gradient = np.array([(self(point + s) - self(point - s)) / (2.0 * h) for s in steps])
        hessian = np.empty((self.size, self.size))
        for i, a in enumerate(steps):
            for j, b in enumerate(steps[: i + 1]):
                corners = self(point + a + b) - self(point + a - b)
                corners += self(point - a - b) - self(point - a + b)
                hessian[i, j] = hessian[j, i] = -corners / (4.0 * h**2)
        return gradient, hessian


@pytest.mark.parametrize("name", CASES)
def test_it_is_laplaces_approximation_of_the_density_written_out(name: str):
    of = laplace(spec_of(name))
    theta = np.linspace(-0.6, 0.3, of.coordinates.size)
    scales, found = of.at(theta[None])
    joint = Joint(of, theta)
    beta = of.pseudo.coefficients.beta(found.best.g)[0]
    u = [
        np.linalg.solve(factor[0], r[0].T).T.ravel()
        for factor, r in zip(scales.factors, found.best.effects, strict=True)
    ]
    point = np.concatenate([beta, *u])
    gradient, hessian = joint.curvature(point)
    assert found.converged.all()
    np.testing.assert_allclose(gradient, 0.0, atol=3e-5)
    value = joint(point) + 0.5 * joint.size * np.log(2.0 * np.pi)
    value -= 0.5 * float(np.linalg.slogdet(hessian)[1])
    assert found.log_integral[0] == pytest.approx(value, abs=2e-5)
    together = of.at(np.stack([theta, 0.5 * theta, theta + 0.1]))[1].log_integral[0]
    assert together == pytest.approx(found.log_integral[0], abs=1e-9)


@pytest.mark.parametrize(
    "formula",
    [
        "y ~ x + (x | inner)",
        "y ~ x + (1 | outer / inner) + (1 | other)",
        "y ~ 0 + x + (1 | inner) + (1 | other)",
        "y ~ x",
    ],
)
def test_it_is_exact_of_a_gaussian_response(formula: str):
    priors = {"beta[x]": "StudentT(3, 0, 1)"}
    spec = fx.Model(formula, frame(), priors=priors).spec
    of = laplace(spec)
    exact = marginal(structure(spec))
    for shift in (-0.5, 0.0, 0.4):
        theta = shift + np.linspace(-0.2, 0.2, of.coordinates.size)[None]
        scales, found = of.at(theta)
        assert found.log_integral[0] == pytest.approx(exact.factored(scales)[2][0], abs=1e-8)


def test_the_mode_is_where_no_neighbour_is_higher():
    for name in ("slope", "nested"):
        found = joint_mode(spec_of(name))
        again = found.density.log_density(found.theta[None])[0]
        assert found.log_density == pytest.approx(again, abs=1e-8)
        for column in found.root.T:
            around = found.theta + np.array([-0.5, 0.5])[:, None] * column
            assert (found.density.log_density(around) < found.log_density).all(), name
        assert np.linalg.eigvalsh(found.hessian).min() > 0.0
        assert len(found.labels) == len(found.theta)


def test_the_working_model_has_the_same_mode():
    """Of an ordinary Gaussian model with these weights and this response."""
    found = joint_mode(spec_of("crossed"))
    of = found.density
    working = replace(of.structure, y=found.response, weights=found.weights)
    scales = of.coordinates.scales(found.theta[None])
    joint = Joint(of, found.theta)
    prior = of.pseudo.coefficients
    X = np.column_stack([working.X, joint.Z])
    slopes, means = working.X[:, 1:], working.X[:, 1:].mean(axis=0)
    assert slopes.shape[1] == 1
    spec = of.rows.spec
    keys = ("beta[Intercept@means]", "beta[x]")
    sds = [float(spec.priors[key].of_table.arguments[1]) for key in keys]
    P = np.eye(X.shape[1])
    T = np.array([[1.0, means[0]], [0.0, 1.0]])
    P[:2, :2] = T.T @ np.diag(np.power(sds, -2.0)) @ T
    right = X.T @ (found.weights * found.response)
    centre = np.array([float(spec.priors["beta[Intercept@means]"].of_table.arguments[0]), 0.0])
    right[:2] += T.T @ np.diag(np.power(sds, -2.0)) @ centre
    x = np.linalg.solve(X.T @ (found.weights[:, None] * X) + P, right)
    np.testing.assert_allclose(x[:2], found.beta, atol=1e-6)
    np.testing.assert_allclose(X @ x + of.rows.offset, found.eta, atol=1e-6)
    assert prior.size == 2
    assert scales.sigma[0] == 1.0


def test_equal_specs_have_equal_modes():
    one, other = (joint_mode(spec_of("crossed")) for _ in range(2))
    np.testing.assert_array_equal(one.theta, other.theta)
    np.testing.assert_array_equal(one.eta, other.eta)


def test_sparse_algebra_agrees_with_dense(monkeypatch: pytest.MonkeyPatch):
    of = laplace(spec_of("nested_and_crossed"))
    theta = np.linspace(-0.6, 0.3, of.coordinates.size) + np.array([[0.0], [0.3]])
    dense = of.at(theta)[1]
    monkeypatch.setattr("formix.engines.laplace.pseudo._MOST_DENSE", 0)
    again = laplace(spec_of("nested_and_crossed")).at(theta)[1]
    np.testing.assert_allclose(again.log_integral, dense.log_integral, atol=1e-9)
    np.testing.assert_allclose(again.eta, dense.eta, atol=1e-8)


@pytest.mark.parametrize(
    ("formula", "family", "what"),
    [
        ("y ~ x + (1 | inner)", "student", "the derivatives of the family student are not known"),
        (["y ~ x", "sigma ~ x"], "gaussian", "sigma has a predictor of its own"),
        ("count | cens(hit) ~ x", "poisson", "the response has cens()"),
    ],
)
def test_what_has_none_is_refused(formula: str | list[str], family: str, what: str):
    data = frame()
    data["hit"] = np.where(data["hit"], "right", "none")
    with pytest.raises(UnsupportedError, match=what.replace("(", r"\(").replace(")", r"\)")):
        joint_mode(fx.Model(formula, data, family).spec)
