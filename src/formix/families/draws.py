"""Random numbers, also where NumPy's own generator has no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

    Array = Float[np.ndarray, "..."]

_LARGE = 1e15
"""Beyond this NumPy's integers end soon, and a Poisson count is a normal one to all digits."""


def normals(generator: np.random.Generator, like: Array) -> Array:
    """Return standard normal numbers of the shape of an array, in the order it has in memory."""
    if like.ndim == 2 and like.strides[0] < like.strides[1]:
        return generator.standard_normal(like.shape[::-1]).T
    return generator.standard_normal(like.shape)


def poisson_counts(generator: np.random.Generator, rate: Array) -> Array:
    """Return Poisson counts of these rates; NaN where a rate is negative or no number.

    Draws from a wide prior reach rates beyond any integer, and under an identity link below 0.
    """
    rate = np.asarray(rate, dtype=np.float64)
    small, large = (rate >= 0.0) & (rate <= _LARGE), rate > _LARGE
    counts = np.where(small, generator.poisson(np.where(small, rate, 0.0)), np.nan)
    if large.any():
        wide = np.where(large, rate, 0.0)
        around = np.sqrt(wide) * generator.standard_normal(wide.shape)
        counts = np.where(large, np.where(np.isinf(wide), wide, wide + around), counts)
    return counts


def inverse_gaussian_numbers(generator: np.random.Generator, mu: Array, shape: Array) -> Array:
    """Return inverse Gaussian numbers of these means and shapes; NaN where a mean is not above 0.

    NumPy's own subtract numbers that are all but equal where `mu / shape` is large, and give 0.

    References
    ----------
    Michael, Schucany and Haas (1976), doi:10.2307/2683801.
    """
    mu, shape = np.broadcast_arrays(mu, shape)
    positive = mu > 0.0
    mean = np.where(positive, mu, 1.0)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        r = 0.5 * (mean / shape) * np.square(generator.standard_normal(mean.shape))
        # The smaller root of the quadratic, as a fraction of the mean; the larger is its inverse.
        small = 1.0 / (1.0 + r + np.sqrt(r * (2.0 + r)))
        chosen = generator.random(mean.shape) * (1.0 + small) <= 1.0
        drawn = mean * np.where(chosen, small, 1.0 / small)
    return np.where(positive, drawn, np.nan)


def positive_poisson_counts(generator: np.random.Generator, parameters: dict[str, Array]) -> Array:
    """Return Poisson counts of the means `mu` given that they are not 0.

    The first of a Poisson process's events is drawn given that there is one, then the others.
    """
    mu = parameters["mu"]
    with np.errstate(over="ignore", invalid="ignore"):
        first = -np.log1p(generator.random(mu.shape) * np.expm1(-mu))
        return 1.0 + poisson_counts(generator, np.where(mu > 0.0, mu - first, np.nan))


def positive_negative_binomial_counts(
    generator: np.random.Generator, parameters: dict[str, Array]
) -> Array:
    """Return negative binomial counts of `mu` and `shape` given that they are not 0.

    As Poisson ones, of a process whose rate is a gamma number: of the rate more is known once the
    first event is.
    """
    mu, shape = np.broadcast_arrays(parameters["mu"], parameters["shape"])
    positive = mu > 0.0
    rate = shape / np.where(positive, mu, 1.0)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        some = -np.expm1(-shape * np.log1p(1.0 / rate))
        waited = -np.log1p(-generator.random(mu.shape) * some) / shape
        first = np.minimum(rate * np.expm1(waited), 1.0)
        left = generator.standard_gamma(shape + 1.0) / (rate + first) * (1.0 - first)
    return 1.0 + poisson_counts(generator, np.where(positive, left, np.nan))
