"""Draws from the table of priors, in NumPy.

Every function takes a generator, the shape of the draws, and the parameters in the table's order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from jaxtyping import Float

    Array = Float[np.ndarray, "..."]
    Shape = tuple[int, ...]
    Generator = np.random.Generator


def normal(generator: Generator, shape: Shape, loc: float, scale: float) -> Array:
    """Draw from Normal(loc, scale)."""
    return generator.normal(loc, scale, shape)


def student_t(generator: Generator, shape: Shape, df: float, loc: float, scale: float) -> Array:
    """Draw from StudentT(df, loc, scale)."""
    return loc + scale * generator.standard_t(df, shape)


def cauchy(generator: Generator, shape: Shape, loc: float, scale: float) -> Array:
    """Draw from Cauchy(loc, scale)."""
    return loc + scale * generator.standard_cauchy(shape)


def laplace(generator: Generator, shape: Shape, loc: float, scale: float) -> Array:
    """Draw from Laplace(loc, scale)."""
    return generator.laplace(loc, scale, shape)


def logistic(generator: Generator, shape: Shape, loc: float, scale: float) -> Array:
    """Draw from Logistic(loc, scale)."""
    return generator.logistic(loc, scale, shape)


def half_normal(generator: Generator, shape: Shape, scale: float) -> Array:
    """Draw from HalfNormal(scale)."""
    return np.abs(generator.normal(0.0, scale, shape))


def half_cauchy(generator: Generator, shape: Shape, scale: float) -> Array:
    """Draw from HalfCauchy(scale)."""
    return np.abs(scale * generator.standard_cauchy(shape))


def half_student_t(generator: Generator, shape: Shape, df: float, scale: float) -> Array:
    """Draw from HalfStudentT(df, scale)."""
    return np.abs(scale * generator.standard_t(df, shape))


def exponential(generator: Generator, shape: Shape, rate: float) -> Array:
    """Draw from Exponential(rate)."""
    return generator.exponential(1.0 / rate, shape)


def gamma(generator: Generator, shape: Shape, concentration: float, rate: float) -> Array:
    """Draw from Gamma(concentration, rate)."""
    return generator.gamma(concentration, 1.0 / rate, shape)


def inverse_gamma(generator: Generator, shape: Shape, concentration: float, rate: float) -> Array:
    """Draw from InverseGamma(concentration, rate)."""
    return rate / generator.gamma(concentration, 1.0, shape)


def log_normal(generator: Generator, shape: Shape, loc: float, scale: float) -> Array:
    """Draw from LogNormal(loc, scale)."""
    return generator.lognormal(loc, scale, shape)


def weibull(generator: Generator, shape: Shape, scale: float, concentration: float) -> Array:
    """Draw from Weibull(scale, concentration)."""
    return scale * generator.weibull(concentration, shape)


def uniform(generator: Generator, shape: Shape, low: float, high: float) -> Array:
    """Draw from Uniform(low, high)."""
    return generator.uniform(low, high, shape)


def beta(generator: Generator, shape: Shape, concentration1: float, concentration0: float) -> Array:
    """Draw from Beta(concentration1, concentration0)."""
    return generator.beta(concentration1, concentration0, shape)


def truncated_normal(
    generator: Generator, shape: Shape, loc: float, scale: float, low: float, high: float
) -> Array:
    """Draw from TruncatedNormal(loc, scale, low, high), by the inverse of its distribution."""
    a, b = (low - loc) / scale, (high - loc) / scale
    # Where the bounds lie in the upper tail, the lower tail's mirror image keeps the digits.
    sign = -1.0 if a > 0.0 else 1.0
    lower, upper = (
        (special.ndtr(a), special.ndtr(b)) if sign > 0 else (special.ndtr(-b), special.ndtr(-a))
    )
    z = sign * special.ndtri(lower + (upper - lower) * generator.random(shape))
    return np.clip(loc + scale * z, low, high)


def truncated_gamma(
    generator: Generator, shape: Shape, concentration: float, rate: float, low: float, high: float
) -> Array:
    """Draw from TruncatedGamma(concentration, rate, low, high), by the inverse of its tail."""
    ends = special.gammaincc(concentration, rate * np.array([high, low]))
    if ends[0] < 0.5:
        above = ends[0] + (ends[1] - ends[0]) * generator.random(shape)
        x = np.asarray(special.gammainccinv(concentration, above), dtype=np.float64)
    else:
        # All of it lies where the mass below has the digits.
        ends = special.gammainc(concentration, rate * np.array([low, high]))
        below = ends[0] + (ends[1] - ends[0]) * generator.random(shape)
        x = np.asarray(special.gammaincinv(concentration, below), dtype=np.float64)
    return np.clip(x / rate, low, high)


def dirichlet(
    generator: Generator, shape: Shape, size: int, concentration: float
) -> Float[np.ndarray, "... k"]:
    """Draw shares that sum to one, all of one concentration."""
    return generator.dirichlet(np.full(size, concentration), shape)


def lkj_factor(
    generator: Generator, shape: Shape, size: int, concentration: float
) -> Float[np.ndarray, "... k k"]:
    """Draw lower Cholesky factors of correlation matrices under LKJ, by the onion method.

    References
    ----------
    Lewandowski, Kurowicka and Joe (2009), doi:10.1016/j.jmva.2009.04.008, section 3.2.
    """
    factor = np.zeros((*shape, size, size))
    factor[..., 0, 0] = 1.0
    for row in range(1, size):
        # The squared length of a row left of the diagonal, and its direction on the sphere.
        length = generator.beta(0.5 * row, concentration + 0.5 * (size - 1 - row), shape)
        direction = generator.standard_normal((*shape, row))
        direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
        factor[..., row, :row] = np.sqrt(length)[..., None] * direction
        factor[..., row, row] = np.sqrt(1.0 - length)
    return factor
