"""Log densities of the table of priors, in NumPy.

Every function takes the value and the parameters in the table's order; outside the support the
density is zero.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from jaxtyping import Float

    Array = Float[np.ndarray, "..."]

_LOG_2 = float(np.log(2.0))
_LOG_PI = float(np.log(np.pi))
_HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))


def _inside(x: Array, low: float, high: float, log_density: Array) -> Array:
    return np.where((x >= low) & (x <= high), log_density, -np.inf)


def normal(x: Array, loc: float, scale: float) -> Array:
    """Return the log density of Normal(loc, scale)."""
    z = (x - loc) / scale
    return -0.5 * np.square(z) - np.log(scale) - _HALF_LOG_2PI


def student_t(x: Array, df: float, loc: float, scale: float) -> Array:
    """Return the log density of StudentT(df, loc, scale)."""
    z = (x - loc) / scale
    constant = special.gammaln(0.5 * (df + 1.0)) - special.gammaln(0.5 * df)
    constant -= 0.5 * np.log(df) + 0.5 * _LOG_PI + np.log(scale)
    return constant - 0.5 * (df + 1.0) * np.log1p(np.square(z) / df)


def cauchy(x: Array, loc: float, scale: float) -> Array:
    """Return the log density of Cauchy(loc, scale)."""
    return -_LOG_PI - np.log(scale) - np.log1p(np.square((x - loc) / scale))


def laplace(x: Array, loc: float, scale: float) -> Array:
    """Return the log density of Laplace(loc, scale)."""
    return -np.abs(x - loc) / scale - _LOG_2 - np.log(scale)


def logistic(x: Array, loc: float, scale: float) -> Array:
    """Return the log density of Logistic(loc, scale)."""
    z = (x - loc) / scale
    return -z - np.log(scale) - 2.0 * np.logaddexp(0.0, -z)


def half_normal(x: Array, scale: float) -> Array:
    """Return the log density of HalfNormal(scale)."""
    return _inside(x, 0.0, np.inf, _LOG_2 + normal(x, 0.0, scale))


def half_cauchy(x: Array, scale: float) -> Array:
    """Return the log density of HalfCauchy(scale)."""
    return _inside(x, 0.0, np.inf, _LOG_2 + cauchy(x, 0.0, scale))


def half_student_t(x: Array, df: float, scale: float) -> Array:
    """Return the log density of HalfStudentT(df, scale)."""
    return _inside(x, 0.0, np.inf, _LOG_2 + student_t(x, df, 0.0, scale))


def exponential(x: Array, rate: float) -> Array:
    """Return the log density of Exponential(rate)."""
    return _inside(x, 0.0, np.inf, np.log(rate) - rate * x)


def gamma(x: Array, concentration: float, rate: float) -> Array:
    """Return the log density of Gamma(concentration, rate)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        log_density = special.xlogy(concentration - 1.0, x) - rate * x
    constant = special.xlogy(concentration, rate) - special.gammaln(concentration)
    return _inside(x, 0.0, np.inf, log_density + constant)


def inverse_gamma(x: Array, concentration: float, rate: float) -> Array:
    """Return the log density of InverseGamma(concentration, rate)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        log_density = -(concentration + 1.0) * np.log(x) - rate / x
    constant = special.xlogy(concentration, rate) - special.gammaln(concentration)
    return np.where(x > 0.0, log_density + constant, -np.inf)


def log_normal(x: Array, loc: float, scale: float) -> Array:
    """Return the log density of LogNormal(loc, scale)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        log_x = np.log(x)
        return np.where(x > 0.0, normal(log_x, loc, scale) - log_x, -np.inf)


def weibull(x: Array, scale: float, concentration: float) -> Array:
    """Return the log density of Weibull(scale, concentration)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        z = x / scale
        log_density = special.xlogy(concentration - 1.0, z) - np.power(z, concentration)
    return _inside(x, 0.0, np.inf, log_density + np.log(concentration) - np.log(scale))


def uniform(x: Array, low: float, high: float) -> Array:
    """Return the log density of Uniform(low, high)."""
    return _inside(x, low, high, np.full_like(np.asarray(x, float), -np.log(high - low)))


def beta(x: Array, concentration1: float, concentration0: float) -> Array:
    """Return the log density of Beta(concentration1, concentration0)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        log_density = special.xlogy(concentration1 - 1.0, x)
        log_density = log_density + special.xlog1py(concentration0 - 1.0, -x)
    return _inside(x, 0.0, 1.0, log_density - special.betaln(concentration1, concentration0))


def _log_mass(loc: float, scale: float, low: float, high: float) -> float:
    """Return the log of a normal's mass between two bounds, exact in either tail."""
    a, b = (low - loc) / scale, (high - loc) / scale
    if a > 0.0:
        a, b = -b, -a
    upper, lower = float(special.log_ndtr(b)), float(special.log_ndtr(a))
    return upper + float(np.log1p(-np.exp(lower - upper)))


def truncated_normal(x: Array, loc: float, scale: float, low: float, high: float) -> Array:
    """Return the log density of TruncatedNormal(loc, scale, low, high)."""
    return _inside(x, low, high, normal(x, loc, scale) - _log_mass(loc, scale, low, high))


def gamma_log_mass(concentration: float, rate: float, low: float, high: float) -> float:
    """Return the log of a gamma distribution's mass between two bounds."""
    start, stop = rate * low, rate * high
    # The difference of the masses below the bounds, or of those above, has digits: of small ones.
    masses = special.gammaincc, special.gammainc
    beyond = masses[0] if special.gammainc(concentration, start) > 0.5 else masses[1]
    with np.errstate(divide="ignore"):
        return float(np.log(abs(beyond(concentration, stop) - beyond(concentration, start))))


def truncated_gamma(x: Array, concentration: float, rate: float, low: float, high: float) -> Array:
    """Return the log density of TruncatedGamma(concentration, rate, low, high)."""
    log_mass = gamma_log_mass(concentration, rate, low, high)
    return _inside(x, low, high, gamma(x, concentration, rate) - log_mass)


def flat(x: Array) -> Array:
    """Return zero: improper, and constant."""
    return np.zeros_like(np.asarray(x, float))


def dirichlet(x: Float[np.ndarray, "... k"], concentration: float) -> Array:
    """Return the log density of shares that sum to one, all of one concentration."""
    k = x.shape[-1]
    logs = np.asarray(special.xlogy(concentration - 1.0, x), dtype=np.float64)
    whole, each = special.gammaln(np.array([k * concentration, concentration])).tolist()
    return np.sum(logs, axis=-1) + whole - k * each


def lkj(x: Float[np.ndarray, "... k k"], concentration: float) -> Array:
    """Return the log density of correlation matrices under LKJ.

    References
    ----------
    Lewandowski, Kurowicka and Joe (2009), doi:10.1016/j.jmva.2009.04.008, equation 16.
    """
    k = x.shape[-1]
    _, log_determinant = np.linalg.slogdet(x)
    j = np.arange(1, k, dtype=np.float64)
    a = concentration + 0.5 * (k - 1 - j)
    log_beta = np.asarray(special.betaln(a, a), dtype=np.float64)
    powers = (2.0 * concentration - 2.0 + k - j) * (k - j) * _LOG_2
    constant = float(np.sum(powers + (k - j) * log_beta))
    return (concentration - 1.0) * log_determinant - constant
