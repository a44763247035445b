"""Tails of NumPyro's distributions against SciPy's, far out, with their gradients."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import numpyro.distributions as dist
import pytest
import tail_laws
from scipy import special, stats

from formix.distributions import BetaBinomial
from formix.distributions.normal import log_normal_cdf
from formix.distributions.tails import log_beta, log_tails

ROWS = 400
RNG = np.random.default_rng(5)
WIDE = RNG.uniform(-30.0, 30.0, ROWS)
SHAPE, OTHER = np.exp(RNG.uniform(-3.0, 6.0, (2, ROWS)))
MEAN = np.exp(RNG.uniform(-4.0, 7.0, ROWS))
LOGITS = RNG.normal(0.0, 2.0, ROWS)
TRIALS = RNG.integers(1, 200, ROWS)
SOME = RNG.random(ROWS)
SPREAD = np.exp(RNG.normal(0.0, 0.5, ROWS))


@pytest.fixture(autouse=True)
def _double():
    with jax.enable_x64(True):
        yield


CASES: dict[str, tuple[Callable, object, np.ndarray, tuple[np.ndarray, ...]]] = {
    "normal": (
        lambda mu: dist.Normal(mu, 2.0),
        stats.norm(LOGITS, 2.0),
        LOGITS + 2.0 * WIDE,
        (LOGITS,),
    ),
    "lognormal": (
        lambda mu: dist.LogNormal(mu, 1.5),
        stats.lognorm(1.5, scale=np.exp(LOGITS)),
        np.exp(LOGITS + 1.5 * WIDE),
        (LOGITS,),
    ),
    "student": (
        lambda nu, mu: dist.StudentT(nu, mu, 3.0),
        stats.t(SHAPE + 0.5, LOGITS, 3.0),
        LOGITS + 3.0 * WIDE,
        (SHAPE + 0.5, LOGITS),
    ),
    "gamma": (
        lambda a, rate: dist.Gamma(a, rate),
        stats.gamma(SHAPE, scale=1.0 / OTHER),
        stats.gamma(SHAPE, scale=1.0 / OTHER).ppf(SOME) * SPREAD,
        (SHAPE, OTHER),
    ),
    "beta": (
        lambda a, b: dist.Beta(a, b),
        stats.beta(SHAPE, OTHER),
        np.clip(SOME, 1e-6, 1.0 - 1e-6),
        (SHAPE, OTHER),
    ),
    "weibull": (
        lambda scale, shape: dist.Weibull(scale, shape),
        stats.weibull_min(1.0 + SOME, scale=MEAN),
        MEAN * SPREAD**3,
        (MEAN, 1.0 + SOME),
    ),
    "exponential": (
        lambda rate: dist.Exponential(rate),
        stats.expon(scale=1.0 / OTHER),
        SPREAD**4 / OTHER,
        (OTHER,),
    ),
    "poisson": (
        lambda mean: dist.Poisson(mean),
        stats.poisson(MEAN),
        np.floor(MEAN * SPREAD),
        (MEAN,),
    ),
    "negative binomial": (
        lambda shape, logits: dist.NegativeBinomialLogits(shape, logits),
        stats.nbinom(SHAPE, special.expit(-LOGITS)),
        np.floor(stats.nbinom(SHAPE, special.expit(-LOGITS)).ppf(SOME) * SPREAD),
        (SHAPE, LOGITS),
    ),
    "gamma poisson": (
        lambda shape, rate: dist.GammaPoisson(shape, rate),
        stats.nbinom(SHAPE, special.expit(-LOGITS)),
        np.floor(stats.nbinom(SHAPE, special.expit(-LOGITS)).ppf(SOME) * SPREAD),
        (SHAPE, np.exp(-LOGITS)),
    ),
    "binomial": (
        lambda logits: dist.Binomial(TRIALS, logits=logits),
        stats.binom(TRIALS, special.expit(LOGITS)),
        np.floor(SOME * TRIALS),
        (LOGITS,),
    ),
    "beta binomial": (
        lambda a, b: BetaBinomial(a, b, TRIALS),
        tail_laws.Summed(stats.betabinom(TRIALS, SHAPE, OTHER)),
        np.floor(SOME * TRIALS),
        (SHAPE, OTHER),
    ),
    "bernoulli": (
        lambda logits: dist.Bernoulli(logits=logits),
        stats.bernoulli(special.expit(LOGITS)),
        np.floor(2.0 * SOME),
        (LOGITS,),
    ),
}

SURE = -500.0
"""SciPy's own tails lose their digits somewhere below it."""


def close(found, expected):
    """Whether logarithms agree to 1e-9, where SciPy has one."""
    good = np.isfinite(expected) & (expected > SURE)
    assert good.sum() > ROWS // 4
    np.testing.assert_allclose(np.asarray(found)[good], expected[good], rtol=1e-9, atol=1e-12)
    assert (np.asarray(found)[~good] < -100.0).all()


@pytest.mark.parametrize("name", CASES)
def test_tails_are_scipys(name: str):
    make, theirs, y, parameters = CASES[name]
    lower, upper = log_tails(make(*parameters), jnp.asarray(y))
    with np.errstate(divide="ignore", over="ignore"):
        close(lower, theirs.logcdf(y))
        close(upper, theirs.logsf(y))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("side", [0, 1])
def test_gradients_are_finite_and_the_central_differences(name: str, side: int):
    make, _, y, parameters = CASES[name]

    def total(*parameters):
        values = log_tails(make(*parameters), jnp.asarray(y))[side]
        return jnp.sum(jnp.where(jnp.isfinite(values), values, 0.0)), values

    argnums = tuple(range(len(parameters)))
    gradients = jax.grad(lambda *p: total(*p)[0], argnums)(*map(jnp.asarray, parameters))
    values = jax.jit(lambda *p: total(*p)[1])
    for number, gradient in enumerate(gradients):
        assert np.isfinite(np.asarray(gradient)).all()
        step = 1e-5 * np.maximum(np.abs(parameters[number]), 1e-2)
        ends = []
        for sign in (1.0, -1.0):
            moved = list(parameters)
            moved[number] = parameters[number] + sign * step
            ends.append(np.asarray(values(*moved)))
        with np.errstate(invalid="ignore"):
            numeric = (ends[0] - ends[1]) / (2.0 * step)
        there = np.isfinite(numeric)
        # The differences themselves have some 1e-15 |value| / step, and step^2 of curvature.
        noise = 1e-14 * np.abs(ends[0])[there] / step[there]
        error = np.abs(np.asarray(gradient)[there] - numeric[there])
        assert (error <= 1e-6 * np.abs(numeric[there]) + noise + 1e-9).all()


@pytest.mark.parametrize(
    ("distribution", "below", "above"),
    [
        (dist.Gamma(2.0, 1.0), 0.0, jnp.inf),
        (dist.LogNormal(0.0, 1.0), -3.0, jnp.inf),
        (dist.Weibull(1.0, 2.0), 0.0, jnp.inf),
        (dist.Beta(2.0, 3.0), 0.0, 1.0),
        (dist.Normal(0.0, 1.0), -jnp.inf, jnp.inf),
        (dist.StudentT(3.0, 0.0, 1.0), -jnp.inf, jnp.inf),
        (dist.Poisson(3.0), -1.0, jnp.inf),
        (dist.NegativeBinomialLogits(2.0, 0.3), -0.5, jnp.inf),
        (dist.Binomial(5, logits=0.3), -1.0, 5.0),
        (dist.Bernoulli(logits=0.3), -1.0, 1.0),
        (BetaBinomial(2.0, 0.3, 5), -1.0, 5.0),
    ],
)
def test_beyond_the_support_a_tail_is_all_or_nothing(distribution, below, above):
    assert [float(x) for x in log_tails(distribution, below)] == [-np.inf, 0.0]
    assert [float(x) for x in log_tails(distribution, above)] == [0.0, -np.inf]


def test_the_tail_of_a_gamma_beyond_any_number_has_a_logarithm():
    # For a shape of 3 the survival is exp(-y) (1 + y + y^2 / 2), which SciPy's ends below 750.
    y = np.array([800.0, 5e3, 1e6])
    found = log_tails(dist.Gamma(3.0, 1.0), jnp.asarray(y))[1]
    np.testing.assert_allclose(found, -y + np.log1p(y + 0.5 * y**2), rtol=1e-12)


def test_the_tails_of_a_beta_beyond_any_number_have_logarithms():
    # With b = 1 the distribution function is y^a, and with a = 1 the survival (1 - y)^b.
    found = log_tails(dist.Beta(500.0, 1.0), 1e-3)[0]
    assert float(found) == pytest.approx(500.0 * np.log(1e-3), rel=1e-12)
    found = log_tails(dist.Beta(1.0, 800.0), 0.99)[1]
    assert float(found) == pytest.approx(800.0 * np.log1p(-0.99), rel=1e-12)


def test_normal_tails_and_their_gradients_reach_farther_than_jaxs():
    z = np.concatenate([np.linspace(-60.0, 10.0, 701), [-1e3, -1e5]])
    found = np.asarray(log_normal_cdf(z))
    np.testing.assert_allclose(found, special.log_ndtr(z), rtol=1e-12)
    gradient = jax.vmap(jax.grad(log_normal_cdf))(jnp.asarray(z[:701]))
    mills = np.exp(stats.norm.logpdf(z[:701]) - special.log_ndtr(z[:701]))
    np.testing.assert_allclose(np.asarray(gradient), mills, rtol=1e-9)


def test_log_beta_has_its_digits_where_a_number_is_large():
    a, b = np.exp(RNG.uniform(-4.0, 4.0, (2, 300)))
    np.testing.assert_allclose(log_beta(a, b), special.betaln(a, b), rtol=1e-11, atol=1e-13)
    # B(2, b) is 1 / (b (b + 1)).
    large = np.array([1e3, 1e7, 1e15])
    np.testing.assert_allclose(log_beta(2.0, large), -np.log(large * (large + 1.0)), rtol=1e-14)


def test_an_unknown_distribution_is_refused():
    with pytest.raises(NotImplementedError, match="the tails of Cauchy are not known"):
        log_tails(dist.Cauchy(0.0, 1.0), 0.0)


def test_tails_of_a_beta_binomial_have_their_digits_at_any_concentration():
    count, trials, a, b = map(np.array, zip(*tail_laws.CASES, strict=True))
    found = np.array(log_tails(BetaBinomial(a, b, trials), count))
    expected = np.array([tail_laws.log_tails(*case) for case in tail_laws.CASES]).T
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-300)


def test_a_beta_binomial_tail_has_a_second_derivative():
    def tail(a):
        return log_tails(BetaBinomial(a, 2.0, 40.0), 10.0)[0]

    slope = jax.grad(tail)
    step = 1e-4
    numeric = (slope(1.3 + step) - slope(1.3 - step)) / (2.0 * step)
    assert float(jax.hessian(tail)(1.3)) == pytest.approx(float(numeric), rel=1e-6)
