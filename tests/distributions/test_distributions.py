"""NumPyro distributions of our own: densities to the far tails, draws, moments, gradients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special, stats

import formix.distributions as ours
from formix.spelling import OURS

DRAWS = 20_000
FARTHEST = 5.0
"""In standard errors, of a mean and of a variance: a false alarm in a million keys each."""


@pytest.fixture(autouse=True)
def double():
    with jax.enable_x64(True):
        yield


@dataclass(frozen=True)
class Case:
    """A distribution of some arguments, SciPy's, and values as far out as may be."""

    make: Callable[..., object]
    arguments: tuple[float, ...]
    scipys: object
    values: tuple[float, ...]


def skewnorm(mean: float, sd: float, alpha: float):
    delta = alpha / np.hypot(1.0, alpha)
    omega = sd / np.sqrt(1.0 - 2.0 * delta**2 / np.pi)
    return stats.skewnorm(alpha, mean - omega * delta * np.sqrt(2.0 / np.pi), omega)


FAR = (-200.0, -30.0, -3.0, 0.0, 0.7, 3.0, 30.0, 200.0)
ABOVE = (1e-6, 1e-3, 0.1, 1.0, 5.0, 80.0, 1e4)

CASES = (
    Case(ours.InverseGaussian, (1.5, 2.0), stats.invgauss(0.75, scale=2.0), ABOVE),
    Case(ours.InverseGaussian, (7.0, 0.5), stats.invgauss(14.0, scale=0.5), ABOVE),
    Case(ours.SkewNormal, (1.0, 2.0, 3.0), skewnorm(1.0, 2.0, 3.0), FAR),
    Case(ours.SkewNormal, (0.0, 0.5, -1.5), skewnorm(0.0, 0.5, -1.5), FAR),
    Case(ours.ExGaussian, (1.0, 2.0, 3.0), stats.exponnorm(1.5, -2.0, 2.0), FAR),
    Case(ours.ExGaussian, (1.0, 2.0, 0.05), stats.exponnorm(0.025, 0.95, 2.0), FAR),
    Case(ours.BetaBinomial, (2.0, 0.7, 12.0), stats.betabinom(12, 2.0, 0.7), tuple(range(13))),
    Case(ours.BetaBinomial, (300.0, 50.0, 4.0), stats.betabinom(4, 300.0, 50.0), tuple(range(5))),
)
IDS = [f"{case.make.__name__}-{i % 2}" for i, case in enumerate(CASES)]


def log_density(case: Case, values: np.ndarray) -> np.ndarray:
    logs = getattr(case.scipys, "logpdf" if hasattr(case.scipys.dist, "pdf") else "logpmf")
    return logs(values)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_log_density_is_scipys_to_the_far_tails(case: Case):
    values = np.asarray(case.values, dtype=np.float64)
    found = case.make(*case.arguments).log_prob(jnp.asarray(values))
    np.testing.assert_allclose(found, log_density(case, values), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_arguments_broadcast(case: Case):
    many = case.make(*(jnp.full((3, 1), a) for a in case.arguments[:-1]), case.arguments[-1])
    assert many.batch_shape == (3, 1)
    found = many.log_prob(jnp.asarray(case.values, dtype=float))
    assert found.shape == (3, len(case.values))
    assert many.mean.shape == many.variance.shape == (3, 1)
    assert many.sample(jax.random.key(0), (2,)).shape == (2, 3, 1)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_draws_mean_and_variance(case: Case):
    made = case.make(*case.arguments)
    mean, variance, _, kurtosis = (float(m) for m in case.scipys.stats("mvsk"))
    assert float(made.mean) == pytest.approx(mean, rel=1e-12)
    assert float(made.variance) == pytest.approx(variance, rel=1e-12)
    drawn = np.asarray(made.sample(jax.random.key(1), (DRAWS,)))
    assert bool(jnp.all(made.support(drawn)))
    assert abs(drawn.mean() - mean) <= FARTHEST * np.sqrt(variance / DRAWS)
    deviation = variance * np.sqrt((kurtosis + 2.0) / DRAWS)
    assert abs(drawn.var(ddof=1) - variance) <= FARTHEST * deviation


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_gradients_are_finite_in_the_tails_and_central_differences_near(case: Case):
    arguments = jnp.asarray(case.arguments)
    # Trials are whole, and have no gradient.
    free = len(arguments) - (case.make is ours.BetaBinomial)

    def density(free_arguments: jax.Array, value: float) -> jax.Array:
        return case.make(*free_arguments, *case.arguments[free:]).log_prob(value)

    slopes = jax.jit(jax.vmap(jax.grad(density), (None, 0)))(
        arguments[:free], jnp.asarray(case.values, dtype=float)
    )
    assert np.isfinite(slopes).all()
    value = case.values[len(case.values) // 2]
    for j in range(free):
        step = np.zeros(free)
        step[j] = 1e-6 * abs(case.arguments[j]) + 1e-9
        ends = [float(density(arguments[:free] + sign * step, value)) for sign in (1.0, -1.0)]
        numeric = (ends[0] - ends[1]) / (2.0 * step[j])
        assert float(slopes[len(case.values) // 2, j]) == pytest.approx(numeric, rel=1e-5, abs=1e-7)


CLOSED = [case for case in CASES if case.make in (ours.InverseGaussian, ours.ExGaussian)]


@pytest.mark.parametrize("case", CLOSED, ids=lambda case: f"{case.make.__name__}{case.arguments}")
def test_cdf_is_scipys(case: Case):
    values = np.asarray(case.values)
    found = case.make(*case.arguments).cdf(jnp.asarray(values))
    np.testing.assert_allclose(found, case.scipys.cdf(values), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("tau", [1e-3, 1e-5, 1e-8])
def test_an_ex_gaussian_of_a_short_tail_is_a_normal(tau: float):
    """What is left is the skewness, of the third order in tau."""
    made = ours.ExGaussian(0.3, 1.0, tau)
    found = float(made.log_prob(1.1))
    assert found == pytest.approx(
        stats.norm(0.3, np.hypot(1.0, tau)).logpdf(1.1), abs=tau**3 + 1e-14
    )


def test_a_beta_binomial_of_one_probability_is_a_binomial():
    """What is left is of the order of 1 / phi, times half the trials squared."""
    phi, k = 1e13, np.arange(31.0)
    found = ours.BetaBinomial(0.3 * phi, 0.7 * phi, 30.0).log_prob(jnp.asarray(k))
    expected = stats.binom(30, 0.3).logpmf(k)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_the_rising_factorial_is_its_product():
    for a in (0.3, 9.9, 10.1, 77.0):
        product = np.log(a + np.arange(40.0)).sum()
        assert float(ours.beta_binomial.log_rising(a, 40.0)) == pytest.approx(product, rel=1e-14)
    assert float(ours.beta_binomial.log_rising(3.0, 0.0)) == 0.0
    assert float(ours.beta_binomial.log_rising(1.0, 5.0)) == pytest.approx(special.gammaln(6.0))


def test_an_inflated_beta_has_its_ends():
    made = ours.InflatedBeta(2.0, 3.0, 0.2, 0.1)
    y = np.array([0.0, 1.0, 1e-9, 0.3, 1.0 - 1e-9])
    inside = np.log(0.7) + stats.beta(2.0, 3.0).logpdf(y[2:])
    np.testing.assert_allclose(
        made.log_prob(jnp.asarray(y)), [np.log(0.2), np.log(0.1), *inside], rtol=1e-12
    )
    assert bool(jnp.all(made.support(jnp.asarray(y))))
    assert float(made.mean) == pytest.approx(0.1 + 0.7 * 0.4, rel=1e-12)
    second = 0.1 + 0.7 * (stats.beta(2.0, 3.0).var() + 0.4**2)
    assert float(made.variance) == pytest.approx(second - 0.38**2, rel=1e-12)


def test_an_inflated_beta_draws_its_mean_and_its_ends():
    made = ours.InflatedBeta(jnp.full((2,), 2.0), 3.0, 0.2, 0.1)
    drawn = np.asarray(made.sample(jax.random.key(1), (DRAWS,)))
    assert drawn.shape == (DRAWS, 2)
    for found, expected in ((drawn == 0.0, 0.2), (drawn == 1.0, 0.1)):
        error = np.sqrt(expected * (1.0 - expected) / found.size)
        assert abs(found.mean() - expected) <= FARTHEST * error
    error = np.sqrt(float(made.variance[0]) / drawn.size)
    assert abs(drawn.mean() - 0.38) <= FARTHEST * error


@pytest.mark.parametrize("y", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("one", [0.0, 0.1])
def test_the_gradient_of_an_inflated_beta_is_finite_at_its_ends(y: float, one: float):
    def density(a: float, b: float, zero: float) -> jax.Array:
        return ours.InflatedBeta(a, b, zero, one).log_prob(y)

    slopes = jax.grad(density, argnums=(0, 1, 2))(2.0, 3.0, 0.2)
    assert np.isfinite(slopes).all()


def test_programs_know_their_names():
    assert set(OURS) == set(ours.__all__) - {"log_tails"}
