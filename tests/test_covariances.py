"""Covariance structures: factors against the matrices that define them, bounds, and priors."""

from __future__ import annotations

import numpy as np
import pytest
import shapes

import formix as fx
from formix.covariances import COVARIANCES, covariance


def matrix(name: str, rho: float, size: int) -> np.ndarray:
    """The definition, element by element."""
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    return rho**distance if name == "ar1" else np.where(distance == 0, 1.0, rho)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("name", ["cs", "ar1"])
def test_a_factor_is_that_of_the_matrix(name: str, size: int):
    made = covariance(name).rho
    assert made is not None
    low = made.least(size)
    rho = low + (1.0 - low) * np.array([[1e-3, 0.2, 0.5], [0.7, 0.9, 1.0 - 1e-9]])
    factor = made.factor(rho, size)
    assert factor.shape == (2, 3, size, size)
    assert np.array_equal(factor, np.tril(factor))
    assert np.all(np.diagonal(factor, axis1=-2, axis2=-1) > 0.0)
    for place in np.ndindex(rho.shape):
        expected = matrix(name, float(rho[place]), size)
        np.testing.assert_allclose(factor[place] @ factor[place].T, expected, atol=1e-14)


@pytest.mark.parametrize("name", ["cs", "ar1"])
@pytest.mark.parametrize("size", [2, 3, 7])
def test_outside_its_bounds_there_is_no_matrix(name: str, size: int):
    made = covariance(name).rho
    assert made is not None
    for rho, sign in ((made.least(size) + 1e-6, 1.0), (made.least(size) - 1e-6, -1.0)):
        least = np.linalg.eigvalsh(matrix(name, rho, size)).min()
        assert np.sign(least) == sign


@pytest.mark.parametrize("name", ["cs", "ar1"])
def test_at_one_it_is_of_rank_one(name: str):
    made = covariance(name).rho
    assert made is not None
    factor = made.factor(np.array(1.0), 4)
    np.testing.assert_array_equal(factor @ factor.T, np.ones((4, 4)))


def test_which_there_are():
    assert [one.name for one in COVARIANCES] == ["us", "diag", "cs", "ar1"]
    assert [one.correlated for one in COVARIANCES] == [True, False, True, True]
    with pytest.raises(LookupError):
        covariance("toep")


def model(formula: str, priors: object = "default") -> fx.Model:
    return fx.Model(formula, shapes.data(), priors=priors)


def test_one_effect_has_no_correlation():
    found = model("y ~ x + cs(1 | g)")
    assert not any("rho" in entry.key for entry in found.priors)
    plain = model("y ~ x + (1 | g)").source
    assert found.source == plain.replace("(1 | g)", "cs(1 | g)")


def test_their_default_prior_is_even_over_what_there_is():
    rows = shapes.data().assign(m=np.arange(60) % 8)
    found = fx.Model("y ~ x + cs(0 + factor(m) | k)", rows).priors
    # -1/7 to four digits, cut and not rounded: beyond it there is no covariance.
    assert str(found["rho_k"].prior) == "Uniform(-0.1428, 1)"
    assert str(model("y ~ ar1(0 + f | g)").priors["rho_g"].prior) == "Uniform(-1, 1)"
    for name in ("brms", "flat"):
        assert str(model("y ~ 1 + ar1(0 + f | g)", name).priors["rho_g"].prior) == "Uniform(-1, 1)"


@pytest.mark.parametrize("prior", ["Uniform(-1, 1)", "Flat()", "Normal(0, 1)", "LKJ(1)"])
def test_a_prior_beyond_the_bounds_is_refused(prior: str):
    with pytest.raises(fx.PriorError, match=r"`rho_g`, which is between -0\.5 and 1") as refusal:
        model("y ~ x + cs(0 + f | g)", {"rho_g": prior})
    assert "Uniform(-0.5, 1)" in refusal.value.hint


def test_one_standard_deviation_has_one_prior():
    found = model("y ~ ar1(0 + f | g)", {"sd_g": "HalfNormal(2)"})
    assert [entry.key for entry in found.priors if entry.key.startswith("sd")] == ["sd_g[f]"]
    prior = found.prior(draws=200, seed=3)
    drawn = prior.prior["sd_g"].to_numpy()
    assert np.all(drawn == drawn[..., :1])
    counted = prior.log_prior["sd_g"].to_numpy() if "log_prior" in prior else None
    if counted is not None:
        one = np.log(2.0) - 0.5 * np.log(2.0 * np.pi) - np.log(2.0) - drawn[..., 0] ** 2 / 8.0
        np.testing.assert_allclose(counted, one)


def test_an_autoregression_is_of_a_factors_levels():
    with pytest.raises(fx.FormulaError, match="of the levels of a factor, and `x` is none"):
        model("y ~ ar1(0 + x | g)")


def test_draws_from_the_prior_have_the_correlations_of_rho():
    """Exact: the matrix is made of rho, and effects of it; 4000 draws tell the rest to 5 se."""
    found = model("y ~ x + cs(0 + f | g) + ar1(0 + f | k)").prior(draws=4000, seed=11).prior
    rho = found["rho_g"].to_numpy()[0]
    assert -0.5 <= rho.min() < -0.49
    assert abs(rho.mean() - 0.25) < 5 * np.sqrt(1.5**2 / 12 / 4000)
    for group, name in (("g", "cs"), ("k", "ar1")):
        matrices = found[f"cor_{group}"].to_numpy()[0, :20]
        for one, number in zip(matrices, found[f"rho_{group}"].to_numpy()[0], strict=False):
            np.testing.assert_allclose(one, matrix(name, float(number), 3), atol=1e-12)
        z = found[f"r_{group}"].to_numpy()[0] / found[f"sd_{group}"].to_numpy()[0][:, None, :]
        between = (
            np.mean(z[..., 0] * z[..., 2], axis=1) - found[f"cor_{group}"].to_numpy()[0][:, 0, 2]
        )
        assert abs(between.mean()) < 5 * between.std() / np.sqrt(4000)


def test_what_is_told_of_a_structure():
    found = model("y ~ x + (x | g) + ar1(0 + f | g)").prior(draws=20, seed=1)
    rows = fx.varcorr(found).loc["g"].index.tolist()
    assert rows == ["sd(Intercept)", "sd(x)", "sd(f)", "cor(Intercept, x)", "rho"]
    rows = fx.varcorr(model("y ~ x + cs(0 + f | g)").prior(draws=20, seed=1)).loc["g"].index
    assert rows.tolist() == ["sd(f[lo])", "sd(f[mid])", "sd(f[hi])", "rho"]
    names = fx.summary(found).frame.index.tolist()
    assert names[:5] == ["sd_g[Intercept]", "sd_g[x]", "sd_g[f]", "cor_g[x, Intercept]", "rho_g"]
