"""Tails of skewed numbers, angles and counts with zeros of their own, against SciPy."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import numpyro.distributions as dist
import pytest
from distributions.test_tails import SURE
from scipy import integrate, special, stats

from formix.distributions import skewed_tails
from formix.distributions.normal import log_mills
from formix.distributions.tails import log_tails
from formix.families import tails as numpy_tails

ROWS = 300
RNG = np.random.default_rng(9)
WIDE = RNG.uniform(-30.0, 30.0, ROWS)
SHARE = RNG.uniform(0.02, 0.98, ROWS)
COUNT = np.floor(RNG.gamma(1.0, 6.0, ROWS))
MEAN = np.exp(RNG.normal(1.0, 1.0, ROWS))
GATE = RNG.uniform(0.05, 0.9, ROWS)


@pytest.fixture(autouse=True)
def _double():
    with jax.enable_x64(True):
        yield


def close(found, expected):
    for ours, theirs in zip(found, expected, strict=True):
        sure = np.isfinite(theirs) & (theirs > SURE)
        assert sure.sum() > ROWS // 4
        ours = np.asarray(ours)
        np.testing.assert_allclose(ours[sure], theirs[sure], rtol=1e-9, atol=1e-12)


def test_asymmetric_laplace():
    root = np.sqrt(SHARE / (1.0 - SHARE))
    theirs = stats.laplace_asymmetric(root, 0.5, 2.0 * root / SHARE)
    y = 0.5 + 2.0 * WIDE
    found = log_tails(dist.AsymmetricLaplaceQuantile(0.5, 2.0, SHARE), jnp.asarray(y))
    close(found, (theirs.logcdf(y), theirs.logsf(y)))


def test_counts_with_more_zeros():
    theirs = stats.poisson(MEAN)
    found = log_tails(dist.ZeroInflatedPoisson(GATE, MEAN), jnp.asarray(COUNT))
    lower = np.log(GATE + (1.0 - GATE) * theirs.cdf(COUNT))
    close(found, (lower, np.log1p(-GATE) + theirs.logsf(COUNT)))


def test_counts_behind_a_hurdle():
    theirs = stats.poisson(MEAN)
    found = log_tails(dist.HurdlePoisson(GATE, MEAN), jnp.asarray(COUNT))
    share = (theirs.cdf(COUNT) - theirs.pmf(0)) / theirs.sf(0)
    upper = np.log1p(-GATE) + theirs.logsf(COUNT) - theirs.logsf(0)
    close(found, (np.log(GATE + (1.0 - GATE) * share), upper))


@pytest.mark.parametrize(
    ("make", "theirs"),
    [
        (dist.HurdleGamma, stats.gamma(2.0, scale=1.0 / 1.5)),
        (dist.HurdleLogNormal, stats.lognorm(1.5, scale=np.exp(2.0))),
    ],
)
def test_numbers_behind_a_hurdle(make, theirs):
    y = np.append(0.0, np.geomspace(1e-3, 9.0, len(COUNT)))
    found = log_tails(make(0.3, 2.0, 1.5), jnp.asarray(y))
    lower = np.log(0.3 + 0.7 * theirs.cdf(y))
    close(found, (lower, np.log(0.7) + theirs.logsf(y)))


def test_mills_ratios_are_those_of_the_two_functions():
    z = np.concatenate([np.linspace(-8.0, 8.0, 161), [30.0, 1e3]])
    expected = np.log(special.erfcx(z / np.sqrt(2.0))) + 0.5 * np.log(0.5 * np.pi)
    np.testing.assert_allclose(log_mills(z), expected, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(numpy_tails.mills(z), expected, rtol=1e-12, atol=1e-13)


ANGLES = [
    (mean, y, kappa)
    for mean in (-3.0, -0.4, 0.0, 1.7, 3.1)
    for y in (-3.1, -1.0, 0.3, 2.0)
    for kappa in (0.02, 1.5, 30.0, 600.0)
]


def arc(low: float, high: float, mean: float, kappa: float) -> float:
    """The log probability of an arc by adaptive quadrature, in units of its highest point."""
    points = {low, high}
    for centre in (mean - 2.0 * np.pi, mean, mean + 2.0 * np.pi, low, high):
        for width in (0.0, 0.1, 1.0, 4.0, 16.0):
            points |= {centre + width / np.sqrt(kappa), centre - width / np.sqrt(kappa)}
    inner = sorted(point for point in points if low <= point <= high)
    top = max(np.cos(point - mean) for point in inner)
    height = [
        integrate.quad(lambda v: np.exp(kappa * (np.cos(v - mean) - top)), a, b, epsabs=0.0)[0]
        for a, b in pairwise(inner)
    ]
    return np.log(sum(height)) + kappa * (top - 1.0) - np.log(2.0 * np.pi * special.i0e(kappa))


def test_von_mises():
    mean, y, kappa = (np.array(column) for column in zip(*ANGLES, strict=True))
    expected = np.array([[arc(-np.pi, v, m, k), arc(v, np.pi, m, k)] for m, v, k in ANGLES]).T
    ours = log_tails(dist.VonMises(mean, kappa), jnp.asarray(y))
    for found in (ours, numpy_tails.von_mises(y, mean, kappa)):
        np.testing.assert_allclose(found[0], expected[0], rtol=1e-9, atol=1e-11)
        np.testing.assert_allclose(found[1], expected[1], rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("name", ["loc", "concentration"])
def test_gradients_of_von_mises_are_the_central_differences(name: str):
    def total(x):
        given = {"loc": 0.4, "concentration": 3.0} | {name: x}
        y = jnp.array([-2.9, -0.5, 0.7, 3.0])
        lower, upper = log_tails(dist.VonMises(**given), y)
        return jnp.sum(lower) + 2.0 * jnp.sum(upper)

    for x in (0.4, 1.3):
        numeric = (total(x + 1e-6) - total(x - 1e-6)) / 2e-6
        assert float(jax.grad(total)(x)) == pytest.approx(float(numeric), rel=1e-7)


@dataclass(frozen=True)
class Parameters:
    """What a distribution is made of."""

    loc: object = 0.0
    scale: object = 1.0
    tau: object = 1.0
    concentration: object = 1.0
    alpha: object = 0.0


def test_ex_gaussian():
    tau = np.exp(RNG.uniform(-4.0, 3.0, ROWS))
    theirs = stats.exponnorm(tau / 2.0, 1.0 - tau, 2.0)
    y = 1.0 - tau + 2.0 * WIDE
    given = Parameters(loc=1.0, scale=2.0, tau=tau)
    close(skewed_tails.ex_gaussian(given, jnp.asarray(y)), (theirs.logcdf(y), theirs.logsf(y)))


def test_inverse_gaussian():
    shape = np.exp(RNG.normal(0.0, 2.0, ROWS))
    theirs = stats.invgauss(MEAN / shape, scale=shape)
    y = MEAN * np.exp(RNG.normal(0.0, 1.0, ROWS))
    given = Parameters(loc=MEAN, concentration=shape)
    with np.errstate(divide="ignore"):
        expected = (theirs.logcdf(y), theirs.logsf(y))
    close(skewed_tails.inverse_gaussian(given, jnp.asarray(y)), expected)


def test_far_tails_of_a_skew_normal():
    """Of alpha 1 the distribution function is the square of that of a normal."""
    z = np.array([-30.0, -5.0, 1.0, 5.0, 9.0])
    lower, upper = skewed_tails.standard_skew_normal(jnp.asarray(z), 1.0)
    np.testing.assert_allclose(lower, 2.0 * special.log_ndtr(z), rtol=1e-11)
    beyond = special.ndtr(-z[2:])
    np.testing.assert_allclose(upper[2:], np.log(beyond * (2.0 - beyond)), rtol=1e-11)


def test_skew_normal_has_its_mean_and_standard_deviation():
    delta = 3.0 / np.sqrt(10.0)
    omega = 2.0 / np.sqrt(1.0 - 2.0 * delta**2 / np.pi)
    theirs = stats.skewnorm(3.0, 1.0 - omega * delta * np.sqrt(2.0 / np.pi), omega)
    y = theirs.ppf(SHARE)
    given = Parameters(loc=1.0, scale=2.0, alpha=3.0)
    close(skewed_tails.skew_normal(given, jnp.asarray(y)), (theirs.logcdf(y), theirs.logsf(y)))


@pytest.mark.parametrize(
    ("tails", "name", "x"),
    [
        (skewed_tails.ex_gaussian, "tau", 0.7),
        (skewed_tails.ex_gaussian, "scale", 1.3),
        (skewed_tails.inverse_gaussian, "concentration", 2.0),
        (skewed_tails.inverse_gaussian, "loc", 1.5),
        (skewed_tails.skew_normal, "alpha", 2.0),
        (skewed_tails.skew_normal, "alpha", -0.3),
    ],
)
def test_gradients_are_the_central_differences(tails, name: str, x: float):
    y = jnp.array([0.02, 0.5, 1.0, 3.0, 25.0])

    def total(x):
        lower, upper = tails(Parameters(**{"loc": 1.0, name: x}), y)
        return jnp.sum(lower) + 2.0 * jnp.sum(upper)

    total = jax.jit(total)
    numeric = (total(x + 1e-6) - total(x - 1e-6)) / 2e-6
    assert float(jax.grad(total)(x)) == pytest.approx(float(numeric), rel=1e-6)


def normal_and_skew(z: float, alpha: float) -> tuple[float, float]:
    return stats.skewnorm(alpha).logcdf(z), stats.skewnorm(alpha).logsf(z)


@pytest.mark.parametrize(("z", "alpha"), [(0.3, 2.0), (-1.0, -4.0), (2.0, 0.5), (1.5, 10.0)])
def test_skew_normal_in_numpy(z: float, alpha: float):
    found = numpy_tails.skew_normal(np.array(z), np.array(alpha))
    np.testing.assert_allclose(found, normal_and_skew(z, alpha), rtol=1e-9)


def test_far_tails_of_a_skew_normal_in_numpy():
    """Of alpha 1 the distribution function is the square of that of a normal."""
    z = np.array([-30.0, -5.0, 1.0, 5.0, 9.0])
    lower, upper = numpy_tails.skew_normal(z, np.array(1.0))
    np.testing.assert_allclose(lower, 2.0 * special.log_ndtr(z), rtol=1e-11)
    beyond = special.ndtr(-z[2:])
    np.testing.assert_allclose(upper[2:], np.log(beyond * (2.0 - beyond)), rtol=1e-11)
