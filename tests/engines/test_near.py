from __future__ import annotations

import numpy as np
import pytest

import formix as fx
from formix.engines.decline import Decline
from formix.engines.laplace.mode import joint_mode
from formix.engines.near import near


def line() -> tuple[fx.Model, np.ndarray, np.ndarray]:
    """Return a model whose posterior is normal, its mean and its covariance."""
    generator = np.random.default_rng(1)
    x = generator.normal(2.0, 1.0, 40)
    y = 1.0 - 2.0 * x + 0.5 * generator.normal(size=40)
    X = np.column_stack([np.ones(40), x])
    precision = X.T @ X / 0.25 + np.eye(2) / 100.0
    model = fx.Model(["y ~ x", "sigma = 0.5"], {"y": y, "x": x}, priors={"beta": "Normal(0, 10)"})
    return model, np.linalg.solve(precision, X.T @ y / 0.25), np.linalg.inv(precision)


def test_draws_have_exactly_the_moments_of_a_normal_posterior():
    model, mean, covariance = line()
    beta = near(model.spec).drawn(np.random.default_rng(2), 50, 4)["beta"]
    assert beta.shape == (200, 2)
    np.testing.assert_allclose(beta.mean(axis=0), mean, rtol=1e-9)
    np.testing.assert_allclose(np.cov(beta.T, bias=True), covariance, rtol=1e-9)


def test_wide_draws_have_twice_the_standard_deviation():
    """Of 2,000: a ratio beyond 7 % of 2 is four of its standard deviations off."""
    model, mean, covariance = line()
    of, generator = near(model.spec), np.random.default_rng(2)
    beta = np.concatenate([of.wide(generator)["beta"] for _ in range(2000)])
    sd = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(beta.std(axis=0) / sd, 2.0, rtol=0.07)
    assert np.all(np.abs(beta.mean(axis=0) - mean) < 4.0 * 2.0 * sd / np.sqrt(2000))


def test_theta_has_the_mode_and_the_covariance_of_laplaces_approximation():
    counts = fx.Model(
        "incidence ~ period + offset(log(size)) + (1 | herd)", fx.load("cbpp"), "poisson"
    )
    mode, of = joint_mode(counts.spec), near(counts.spec)
    drawn = of.drawn(np.random.default_rng(3), 40, 2)
    assert drawn["r_herd"].shape == (80, 15, 1)
    theta = np.log(drawn["sd_herd"][:40, 0])
    np.testing.assert_allclose(theta.mean(), mode.theta[0], rtol=1e-8)
    np.testing.assert_allclose(theta.std(), mode.root[0, 0], rtol=1e-8)
    one = of.at(mode.theta[None])(np.zeros((1, of.effects + of.coefficients + of.inner)))
    np.testing.assert_allclose(one["beta"][0], mode.beta, rtol=1e-6)
    np.testing.assert_allclose(one["r_herd"][0], mode.effects[0], rtol=1e-6, atol=1e-9)


def test_what_has_no_normal_distribution_near_it_is_declined():
    heavy = fx.Model("y ~ x", {"y": [1.0, 2.0, 4.0, 3.0], "x": [1.0, 2.0, 3.0, 4.0]}, "student")
    with pytest.raises(Decline):
        near(heavy.spec)
