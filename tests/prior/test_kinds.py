"""Every row of the table: density against SciPy and NumPyro, draws against the density."""

from __future__ import annotations

import jax
import numpy as np
import numpyro.distributions as dist
import pytest
from scipy import integrate, stats

from formix.distributions import TruncatedGamma, half_t
from formix.prior import Prior
from formix.prior.kinds import KINDS


class Cut:
    """A distribution of SciPy's between two bounds."""

    def __init__(self, whole, low: float, high: float):
        self.whole, self.low, self.high = whole, low, high
        if whole.sf(low) < 0.5:
            self.mass = whole.sf(low) - whole.sf(high)
        else:
            self.mass = whole.cdf(high) - whole.cdf(low)

    def logpdf(self, x: np.ndarray) -> np.ndarray:
        inside = (x >= self.low) & (x <= self.high)
        return np.where(inside, self.whole.logpdf(x) - np.log(self.mass), -np.inf)

    def cdf(self, x: np.ndarray) -> np.ndarray:
        inside = np.clip(x, self.low, self.high)
        if self.whole.sf(self.low) < 0.5:
            return (self.whole.sf(self.low) - self.whole.sf(inside)) / self.mass
        return (self.whole.cdf(inside) - self.whole.cdf(self.low)) / self.mass


EXAMPLES = {
    "Normal": ((1.5, 2.0), stats.norm(1.5, 2.0)),
    "StudentT": ((3.0, 1.0, 2.5), stats.t(3.0, 1.0, 2.5)),
    "Cauchy": ((-1.0, 2.0), stats.cauchy(-1.0, 2.0)),
    "Laplace": ((0.5, 1.5), stats.laplace(0.5, 1.5)),
    "Logistic": ((0.5, 1.5), stats.logistic(0.5, 1.5)),
    "HalfNormal": ((2.0,), stats.halfnorm(0.0, 2.0)),
    "HalfCauchy": ((5.0,), stats.halfcauchy(0.0, 5.0)),
    "Exponential": ((0.3,), stats.expon(0.0, 1.0 / 0.3)),
    "Gamma": ((2.0, 0.5), stats.gamma(2.0, 0.0, 2.0)),
    "InverseGamma": ((3.0, 2.0), stats.invgamma(3.0, 0.0, 2.0)),
    "LogNormal": ((0.2, 0.7), stats.lognorm(0.7, 0.0, np.exp(0.2))),
    "Weibull": ((2.0, 1.5), stats.weibull_min(1.5, 0.0, 2.0)),
    "Uniform": ((-1.0, 4.0), stats.uniform(-1.0, 5.0)),
    "Beta": ((2.0, 3.0), stats.beta(2.0, 3.0)),
    "TruncatedNormal": ((1.0, 2.0, 0.0, 4.0), stats.truncnorm(-0.5, 1.5, 1.0, 2.0)),
    "TruncatedGamma": ((2.0, 0.1, 1.0, 50.0), Cut(stats.gamma(2.0, 0.0, 10.0), 1.0, 50.0)),
}
GRID = np.concatenate([np.linspace(-6.0, 12.0, 181), [1e-6, 0.999, 30.0]])


def test_every_row_has_an_example():
    others = {"HalfStudentT", "LKJ", "Dirichlet", "Flat", "Horseshoe", "R2D2"}
    assert {row.name for row in KINDS} == set(EXAMPLES) | others


@pytest.mark.parametrize("name", EXAMPLES)
def test_density_is_scipys(name: str):
    arguments, reference = EXAMPLES[name]
    ours = Prior(name, *arguments).log_density(GRID)
    theirs = reference.logpdf(GRID)
    finite = np.isfinite(theirs)
    np.testing.assert_allclose(ours[finite], theirs[finite], rtol=1e-12, atol=1e-12)
    assert np.all(ours[~finite] == -np.inf)


@pytest.mark.parametrize("name", EXAMPLES)
def test_numpyro_spelling_is_the_same_distribution(name: str):
    arguments, _ = EXAMPLES[name]
    prior = Prior(name, *arguments)
    with jax.enable_x64(True):
        spelled = prior.kind.numpyro.format(**prior.named)
        theirs = eval(spelled, {"dist": dist, "TruncatedGamma": TruncatedGamma, "inf": np.inf})
        low, high = prior.bounds
        inside = GRID[(low < GRID) & (high > GRID)]
        density = np.asarray(theirs.log_prob(inside))
    np.testing.assert_allclose(prior.log_density(inside), density, rtol=1e-9, atol=1e-9)


def test_half_student_t_is_twice_student_t():
    prior = Prior("HalfStudentT", 3.0, 2.5)
    grid = np.linspace(0.01, 30.0, 50)
    expected = np.log(2.0) + stats.t(3.0, 0.0, 2.5).logpdf(grid)
    np.testing.assert_allclose(prior.log_density(grid), expected, rtol=1e-12)
    assert prior.log_density(np.array([-0.1]))[0] == -np.inf
    with jax.enable_x64(True):
        np.testing.assert_allclose(half_t(3.0, 2.5).log_prob(grid), expected, rtol=1e-9)


@pytest.mark.parametrize("name", [*EXAMPLES, "HalfStudentT"])
def test_draws_follow_the_density(name: str):
    """Kolmogorov-Smirnov on 4,000 draws with a fixed seed; false alarms 1e-4 a row."""
    arguments = EXAMPLES[name][0] if name in EXAMPLES else (3.0, 2.5)
    prior = Prior(name, *arguments)
    draws = prior.draw(np.random.default_rng(7), (4000,))
    if name == "HalfStudentT":
        p = stats.kstest(draws, lambda x: 2.0 * stats.t(3.0, 0.0, 2.5).cdf(x) - 1.0).pvalue
    else:
        p = stats.kstest(draws, EXAMPLES[name][1].cdf).pvalue
    assert p > 1e-4


def test_truncated_normal_far_in_a_tail():
    prior = Prior("TruncatedNormal", 0.0, 1.0, 9.0, 10.0)
    total, _ = integrate.quad(lambda x: np.exp(prior.log_density(np.array(x))), 9.0, 10.0)
    assert total == pytest.approx(1.0, abs=1e-8)
    draws = prior.draw(np.random.default_rng(1), (2000,))
    mean, _ = integrate.quad(lambda x: x * np.exp(prior.log_density(np.array(x))), 9.0, 10.0)
    assert draws.mean() == pytest.approx(mean, abs=4 * draws.std() / np.sqrt(2000))


@pytest.mark.parametrize("concentration", [0.7, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("size", [2, 3, 5])
def test_lkj_density_is_numpyros_and_draws_are_correlation_factors(size: int, concentration: float):
    prior = Prior("LKJ", concentration)
    factors = prior.draw(np.random.default_rng(3), (50,), size)
    matrices = factors @ np.swapaxes(factors, -1, -2)
    np.testing.assert_allclose(np.diagonal(matrices, axis1=-2, axis2=-1), 1.0, rtol=1e-12)
    assert np.all(np.triu(factors, 1) == 0.0)
    with jax.enable_x64(True):
        theirs = np.asarray(dist.LKJ(size, concentration).log_prob(matrices))
    np.testing.assert_allclose(prior.log_density(matrices), theirs, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("concentration", [0.7, 1.0, 4.0])
def test_lkj_marginal_correlation_is_beta(concentration: float):
    """Every (r + 1) / 2 is Beta(a, a) with a = eta - 1 + k / 2; false alarms 1e-4 each."""
    size = 4
    factors = Prior("LKJ", concentration).draw(np.random.default_rng(11), (4000,), size)
    matrices = factors @ np.swapaxes(factors, -1, -2)
    a = concentration - 1.0 + 0.5 * size
    for row, column in ((1, 0), (2, 1), (3, 0), (3, 2)):
        p = stats.kstest(0.5 * (matrices[:, row, column] + 1.0), stats.beta(a, a).cdf).pvalue
        assert p > 1e-4


BETWEEN = [(2.0, 0.1, 1.0, np.inf), (0.5, 2.0, 0.0, 0.01), (3.0, 1.0, 40.0, 60.0), (9.0, 3.0, 0, 9)]


@pytest.mark.parametrize("arguments", BETWEEN)
def test_a_gamma_between_bounds(arguments: tuple[float, float, float, float]):
    """Density on a grid; 4,000 draws of ours and of the program's; false alarms 1e-4 each."""
    concentration, rate, low, high = arguments
    prior = Prior("TruncatedGamma", *arguments)
    reference = Cut(stats.gamma(concentration, 0.0, 1.0 / rate), low, high)
    grid = np.linspace(low, min(high, low + 60.0), 33)[1:-1]
    np.testing.assert_allclose(prior.log_density(grid), reference.logpdf(grid), rtol=1e-11)
    assert np.all(
        prior.log_density(np.array([low - 0.1, -1.0 if np.isinf(high) else high + 1.0])) == -np.inf
    )
    draws = prior.draw(np.random.default_rng(5), (4000,))
    assert stats.kstest(draws, reference.cdf).pvalue > 1e-4
    with jax.enable_x64(True):
        above = None if np.isinf(high) else high
        theirs = TruncatedGamma(concentration, rate, low=low, high=above)
        np.testing.assert_allclose(theirs.log_prob(grid), reference.logpdf(grid), rtol=1e-9)
        drawn = np.asarray(theirs.sample(jax.random.key(3), (4000,)))
        assert np.all(np.asarray(theirs.support(drawn)))
        assert theirs.expand([3]).sample(jax.random.key(1), (2,)).shape == (2, 3)
    assert stats.kstest(drawn, reference.cdf).pvalue > 1e-4


@pytest.mark.parametrize("concentration", [0.4, 1.0, 3.0])
def test_shares_are_dirichlet(concentration: float):
    """Density at ten points; each of 4,000 draws' shares is a beta; false alarms 1e-4 each."""
    prior = Prior("Dirichlet", concentration)
    draws = prior.draw(np.random.default_rng(2), (4000,), 5)
    assert draws.shape == (4000, 5)
    expected = [stats.dirichlet(np.full(5, concentration)).logpdf(row) for row in draws[:10]]
    np.testing.assert_allclose(prior.log_density(draws[:10]), expected, rtol=1e-10)
    for j in range(5):
        beta = stats.beta(concentration, 4.0 * concentration)
        assert stats.kstest(draws[:, j], beta.cdf).pvalue > 1e-4
    with jax.enable_x64(True):
        spelled = prior.kind.numpyro.format(size=5, **prior.named)
        theirs = eval(spelled, {"dist": dist, "jnp": jax.numpy})
        np.testing.assert_allclose(theirs.log_prob(draws[:10]), expected, rtol=1e-9)
