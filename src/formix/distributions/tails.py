"""Both tails of a distribution as logarithms, whose digits and gradients last to the far ends."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import jax.numpy as jnp
import numpyro.distributions as dist
from jax import lax
from jax.nn import log_sigmoid, log_softmax, sigmoid, softplus
from jax.scipy.special import gammaln

from formix import closed_tails
from formix.distributions.beta_binomial import BetaBinomial
from formix.distributions.ex_gaussian import ExGaussian
from formix.distributions.inflated_beta import InflatedBeta
from formix.distributions.inverse_gaussian import InverseGaussian
from formix.distributions.normal import log_normal_cdf
from formix.distributions.quadrature import log_concave_tails, scale_of
from formix.distributions.skew_normal import SkewNormal
from formix.distributions.skewed_tails import (
    asymmetric_laplace,
    ex_gaussian,
    inverse_gaussian,
    skew_normal,
    von_mises,
)
from formix.distributions.supports import (
    counted as _counted,
    from_zero as _from_zero,
    within as _within,
)
from formix.masses import Tails, log_complement

_STIRLING = 10.0
"""From here on Stirling's formula with five terms has all digits."""

_LARGEST = 700.0
"""A logarithm whose exponential is a number still."""


@singledispatch
def log_tails(distribution: Any, value: Any) -> Tails:
    """Return log P(Y <= value) and log P(Y > value) of a distribution Y.

    NumPyro's own `cdf` is 0 or 1 where its logarithm has digits left, and some have no gradient.

    Raises
    ------
    NotImplementedError
        If the distribution is none that this knows.
    """
    raise NotImplementedError(f"the tails of {type(distribution).__name__} are not known")


def _normal(distribution: Any, value: Any) -> Tails:
    return _within(
        value, -jnp.inf, jnp.inf, lambda y: _gaussian(distribution.loc, distribution.scale, y)
    )


def _lognormal(distribution: Any, value: Any) -> Tails:
    loc, scale = distribution.loc, distribution.scale
    return _within(value, 0.0, jnp.inf, lambda y: _gaussian(loc, scale, jnp.log(y)))


def _student(distribution: Any, value: Any) -> Tails:
    loc, scale, df = distribution.loc, distribution.scale, distribution.df
    return _within(value, -jnp.inf, jnp.inf, lambda y: student_tails((y - loc) / scale, df))


def _gamma(distribution: Any, value: Any) -> Tails:
    shape, rate = distribution.concentration, distribution.rate
    return _within(value, 0.0, jnp.inf, lambda y: gamma_tails(jnp.log(rate * y), shape))


def _beta(distribution: Any, value: Any) -> Tails:
    a, b = distribution.concentration1, distribution.concentration0
    return _within(value, 0.0, 1.0, lambda y: beta_tails(jnp.log(y) - jnp.log1p(-y), a, b))


def _weibull(distribution: Any, value: Any) -> Tails:
    scale, shape = distribution.scale, distribution.concentration
    return _within(value, 0.0, jnp.inf, lambda y: _of_hazard(jnp.power(y / scale, shape)))


def _exponential(distribution: Any, value: Any) -> Tails:
    return _within(value, 0.0, jnp.inf, lambda y: _of_hazard(distribution.rate * y))


def _poisson(distribution: Any, value: Any) -> Tails:
    rate = jnp.maximum(distribution.rate, jnp.finfo(float).tiny)

    def tails(count: Any) -> Tails:
        lower, upper = gamma_tails(jnp.log(rate), count + 1.0)
        return upper, lower

    return _counted(value, jnp.inf, tails)


def _gamma_poisson(distribution: Any, value: Any) -> Tails:
    shape, rate = distribution.concentration, distribution.rate
    return _counted(value, jnp.inf, lambda count: beta_tails(jnp.log(rate), shape, count + 1.0))


def _negative_binomial(distribution: Any, value: Any) -> Tails:
    shape, logits = distribution.total_count, distribution.logits
    return _counted(value, jnp.inf, lambda count: beta_tails(-logits, shape, count + 1.0))


def _binomial(distribution: Any, value: Any) -> Tails:
    n, logits = distribution.total_count, distribution.logits
    # One below its trials a count has a tail above it; from there on the answer is not used.
    return _counted(
        value, n, lambda count: beta_tails(-logits, jnp.maximum(n - count, 1.0), count + 1.0)
    )


def _bernoulli(distribution: Any, value: Any) -> Tails:
    logits = distribution.logits
    return _counted(value, 1.0, lambda _: (log_sigmoid(-logits), log_sigmoid(logits)))


def _categorical(distribution: Any, value: Any) -> Tails:
    logs = log_softmax(distribution.logits, axis=-1)
    axis, last = len(logs.shape) - 1, logs.shape[-1] - 1
    lower = lax.cumlogsumexp(logs, axis=axis)[..., :-1]
    upper = lax.cumlogsumexp(logs, axis=axis, reverse=True)[..., 1:]

    def tails(code: Any) -> Tails:
        shape = jnp.broadcast_shapes(jnp.shape(code), logs.shape[:-1])
        place = jnp.broadcast_to(code, shape)[..., None].astype(int)
        below, above = (
            jnp.take_along_axis(jnp.broadcast_to(x, (*shape, last)), place, -1)[..., 0]
            for x in (lower, upper)
        )
        left = below < above
        return (
            jnp.where(left, below, log_complement(jnp, above)),
            jnp.where(left, log_complement(jnp, below), above),
        )

    return _counted(value, float(last), tails)


def log_beta(a: Any, b: Any) -> Any:
    """Return the logarithm of the beta function, with its digits where one number is large.

    JAX's `betaln` errs by 1e-6.

    References
    ----------
    Didonato and Morris (1992), doi:10.1145/131766.131776.
    """
    small, large = jnp.minimum(a, b), jnp.maximum(a, b)
    plain = gammaln(small) + gammaln(large) - gammaln(small + large)
    big = jnp.maximum(large, _STIRLING)
    ratio = (0.5 - big) * jnp.log1p(small / big) - small * (jnp.log(small + big) - 1.0)
    apart = gammaln(small) + ratio + _correction(big) - _correction(small + big)
    return jnp.where(large < _STIRLING, plain, apart)


def _correction(x: Any) -> Any:
    """Return what Stirling's formula for log gamma lacks, for x of at least `_STIRLING`."""
    y = 1.0 / jnp.square(x)
    terms = (1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0)
    total = 0.0
    for term in reversed(terms):
        total = term + y * total
    return total / x


def gamma_tails(logarithm: Any, shape: Any) -> Tails:
    """Return the tails of Gamma(shape, 1) at a number of this logarithm."""
    logarithm, shape = jnp.broadcast_arrays(logarithm, shape)

    def log_density(t: Any, shape: Any) -> Any:
        return shape * t - jnp.exp(jnp.minimum(t, _LARGEST)) - gammaln(shape)

    number = jnp.exp(jnp.minimum(logarithm, _LARGEST))
    # From the mode of a small shape the density is level up to 1, where it falls off a cliff.
    upper = number > jnp.maximum(shape, 1.0 - shape)
    scale = scale_of(shape - number, number)
    return log_concave_tails(log_density, logarithm, (shape,), upper, scale)


def beta_tails(logits: Any, a: Any, b: Any) -> Tails:
    """Return the tails of Beta(a, b) at a number of these logits."""

    def log_density(t: Any, a: Any, b: Any) -> Any:
        return -a * softplus(-t) - b * softplus(t) - log_beta(a, b)

    p, q = sigmoid(logits), sigmoid(-logits)
    slope = a * q - b * p
    # As that of a gamma with a small shape: level from the mode to a cliff on the other side.
    above = (a >= 1.0) | (logits > -jnp.log(jnp.maximum(b, 1.0)))
    below = (b >= 1.0) | (logits < jnp.log(jnp.maximum(a, 1.0)))
    upper = jnp.where(slope < 0.0, above, ~below)
    scale = scale_of(slope, (a + b) * p * q)
    return log_concave_tails(log_density, logits, (a, b), upper, scale)


def student_tails(z: Any, df: Any) -> Tails:
    """Return the tails of a standard Student-t: log-concave in asinh(z / sqrt(df))."""

    def log_density(w: Any, df: Any) -> Any:
        return -df * (jnp.logaddexp(w, -w) - jnp.log(2.0)) - log_beta(0.5 * df, 0.5)

    w = jnp.arcsinh(z / jnp.sqrt(df))
    scale = scale_of(df * jnp.tanh(w), df * (1.0 - jnp.square(jnp.tanh(w))))
    return log_concave_tails(log_density, w, (df,), w > 0.0, scale)


def _gaussian(loc: Any, scale: Any, y: Any) -> Tails:
    z = (y - loc) / scale
    return log_normal_cdf(z), log_normal_cdf(-z)


def _of_hazard(hazard: Any) -> Tails:
    """Return the tails of a number up to which so much hazard is gathered."""
    return log_complement(jnp, -hazard), -hazard


def _geometric(distribution: Any, value: Any) -> Tails:
    failure = log_sigmoid(-distribution.logits)
    return _counted(value, jnp.inf, lambda count: closed_tails.geometric(jnp, count, failure))


def _inflated(distribution: Any, value: Any) -> Tails:
    base, gate = distribution.base_dist, distribution.gate
    return _counted(
        value, jnp.inf, lambda count: closed_tails.inflated(jnp, log_tails(base, count), gate)
    )


def _behind_hurdle(distribution: Any, value: Any) -> Tails:
    base, gate = distribution.base_dist, distribution.gate
    if not base.support.is_discrete:
        # A number behind a hurdle is never 0, so nothing is taken out of its distribution.
        return _from_zero(
            value, jnp.inf, lambda y: closed_tails.inflated(jnp, log_tails(base, y), gate)
        )
    above = log_tails(base, jnp.zeros(()))[1]
    return _counted(
        value,
        jnp.inf,
        lambda count: closed_tails.behind_hurdle(jnp, log_tails(base, count)[1], above, gate),
    )


def _inflated_beta(distribution: Any, value: Any) -> Tails:
    a, b = distribution.concentration1, distribution.concentration0
    zero, one = distribution.zero, distribution.one

    def tails(y: Any) -> Tails:
        return closed_tails.with_ends(jnp, log_tails(dist.Beta(a, b), y), zero, one)

    return _from_zero(value, 1.0, tails)


def _expanded(distribution: Any, value: Any) -> Tails:
    return log_tails(distribution.base_dist, value)


for _kind, _tails in (
    (dist.Normal, _normal),
    (dist.LogNormal, _lognormal),
    (dist.StudentT, _student),
    (dist.Gamma, _gamma),
    (dist.Beta, _beta),
    (dist.Weibull, _weibull),
    (dist.Exponential, _exponential),
    (dist.Poisson, _poisson),
    (dist.GammaPoisson, _gamma_poisson),
    (dist.NegativeBinomialLogits, _negative_binomial),
    (dist.BinomialLogits, _binomial),
    (dist.CategoricalLogits, _categorical),
    (dist.BernoulliLogits, _bernoulli),
    (dist.GeometricLogits, _geometric),
    (dist.AsymmetricLaplaceQuantile, asymmetric_laplace),
    (dist.VonMises, von_mises),
    (BetaBinomial, BetaBinomial.log_tails),
    (ExGaussian, ex_gaussian),
    (InflatedBeta, _inflated_beta),
    (InverseGaussian, inverse_gaussian),
    (SkewNormal, skew_normal),
    (dist.discrete.HurdleProbs, _behind_hurdle),
    (dist.discrete.ZeroInflatedProbs, _inflated),
    (dist.ExpandedDistribution, _expanded),
):
    log_tails.register(_kind, _tails)
