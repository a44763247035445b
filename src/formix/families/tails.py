"""Both tails of the families' distributions as logarithms, in NumPy.

Each function returns log P(Y <= y) and log P(Y > y), of numbers anywhere on the line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, cast

import numpy as np
from scipy import special

from formix import closed_tails
from formix.masses import Tails, log_complement
from formix.quadrature import COARSE, FINE, Rule

if TYPE_CHECKING:
    from jaxtyping import Float

    Array = Float[np.ndarray, "..."]

_SMALL = 1e-250
"""Below it a probability is near the end of the numbers, and its logarithm is had another way."""


_CANCELLED = 1e-5
"""A difference of two probabilities that has ten digits left."""

_CHUNK = 20_000
"""Tails had by quadrature at once: bounds the memory, not the answer."""


def normal(z: Array) -> Tails:
    """Return the tails of a standard normal distribution."""
    return special.log_ndtr(z), special.log_ndtr(-z)


def student(z: Array, df: Array) -> Tails:
    """Return the tails of a standard Student-t."""
    z, df = np.broadcast_arrays(z, df)
    far = _small(special.stdtr(df, -np.abs(z)), _student, np.arcsinh(-np.abs(z) / np.sqrt(df)), df)
    near = log_complement(np, far)
    return np.where(z < 0.0, far, near), np.where(z < 0.0, near, far)


def gamma(y: Array, shape: Array) -> Tails:
    """Return the tails of Gamma(shape, 1)."""
    y, shape = np.broadcast_arrays(np.maximum(y, 0.0), shape)
    with np.errstate(divide="ignore"):
        logarithm = np.log(y)
    lower, upper = special.gammainc(shape, y), special.gammaincc(shape, y)
    return _pair(lower, upper, _gamma, logarithm, shape)


def beta(p: Array, q: Array, a: Array, b: Array) -> Tails:
    """Return the tails of Beta(a, b) at p, of which 1 - p is q."""
    p, q, a, b = np.broadcast_arrays(p, q, a, b)
    with np.errstate(divide="ignore"):
        logits = np.log(p) - np.log(q)
    # Of p and q the smaller one has the digits.
    small = p < 0.5
    lower = np.where(small, special.betainc(a, b, p), special.betaincc(b, a, q))
    upper = np.where(small, special.betaincc(a, b, p), special.betainc(b, a, q))
    return _pair(lower, upper, _beta, logits, a, b)


def beta_binomial(count: Array, trials: Array, a: Array, b: Array) -> Tails:
    """Return the tails of a beta-binomial count below its trials."""
    law = closed_tails.BetaBinomial(np, *np.broadcast_arrays(count, trials, a, b))
    masses = law.start()
    while law.left(masses):
        masses = law.go_on(masses)
    odds = cast("Array", law.log_odds(masses))
    return special.log_expit(-odds), special.log_expit(odds)


def mills(z: Array) -> Array:
    """Return log(P(Z > z) / density(z)) of a standard normal Z."""
    scaled = cast("Array", special.erfcx(np.maximum(z, 0.0) * np.sqrt(0.5)))
    left = np.minimum(z, 0.0)
    whole = special.log_ndtr(-left) + 0.5 * np.square(left) + 0.5 * np.log(2.0 * np.pi)
    right = np.log(scaled) + 0.5 * np.log(0.5 * np.pi)
    return cast("Array", np.where(z > 0.0, right, whole))


def skew_normal(z: Array, alpha: Array) -> Tails:
    """Return the tails of Azzalini's skew normal of location 0 and scale 1."""
    z, alpha = np.broadcast_arrays(z, alpha)
    twice = 2.0 * special.owens_t(z, alpha)
    # Where the two terms cancel nothing is left of a tail but rounding.
    lower, upper = (
        np.where(t > _CANCELLED, t, 0.0)
        for t in (special.ndtr(z) - twice, special.ndtr(-z) + twice)
    )
    return _pair(lower, upper, _skew_normal, z, alpha)


def von_mises(y: Array, mean: Array, kappa: Array) -> Tails:
    """Return the tails, between -pi and pi, of an angle around a mean."""
    y, mean, kappa = np.broadcast_arrays(y, mean, kappa)
    lower, upper = np.empty(y.shape), np.empty(y.shape)
    flat = [x.ravel() for x in (y, mean, kappa)]
    for part in _parts(y.size):
        found = closed_tails.von_mises(np, _log_i0e, *(x[part] for x in flat))
        lower.ravel()[part], upper.ravel()[part] = found
    return lower, upper


def of_hazard(hazard: Array) -> Tails:
    """Return the tails of a number up to which so much hazard is gathered."""
    return log_complement(np, -hazard), -hazard


def within(y: Array, low: float, high: float, tails: Callable[[Array], Tails]) -> Tails:
    """Return tails at numbers between two, beyond which nothing lies."""
    y = np.asarray(y, dtype=np.float64)
    inside = (y > low) & (y < high)
    lower, upper = tails(np.where(inside, y, 0.5 if low == 0.0 else 0.0))
    return _where(inside, lower, upper, y <= low)


def from_zero(y: Array, high: float, tails: Callable[[Array], Tails]) -> Tails:
    """Return tails at numbers from 0, which may itself be one, to some."""
    y = np.asarray(y, dtype=np.float64)
    inside = (y >= 0.0) & (y < high)
    lower, upper = tails(np.where(inside, y, 0.0))
    return _where(inside, lower, upper, y < 0.0)


def counted(y: Array, most: Array | float, tails: Callable[[Array], Tails]) -> Tails:
    """Return tails at numbers at or below which counts up to some lie."""
    count = np.floor(y)
    inside = (count >= 0.0) & (count < most)
    lower, upper = tails(np.where(inside, count, 0.0))
    return _where(inside, lower, upper, count < 0.0)


def _where(inside: Array, lower: Array, upper: Array, below: Array) -> Tails:
    return (
        np.where(inside, lower, np.where(below, -np.inf, 0.0)),
        np.where(inside, upper, np.where(below, 0.0, -np.inf)),
    )


def _pair(
    lower: Array, upper: Array, log_density: Callable[..., Array], at: Array, *parameters: Array
) -> Tails:
    """Return the logarithms of two tails, the larger as the complement of the smaller."""
    left = lower < upper
    logarithm = _small(np.minimum(lower, upper), log_density, at, *parameters, upper=~left)
    rest = log_complement(np, logarithm)
    return np.where(left, logarithm, rest), np.where(left, rest, logarithm)


def _small(
    tail: Array,
    log_density: Callable[..., Array],
    at: Array,
    *parameters: Array,
    upper: Array | None = None,
) -> Array:
    """Return the logarithm of a tail, by quadrature where it is no number or all but none."""
    tail = np.asarray(tail, dtype=np.float64)
    lost = ~(tail > _SMALL) & np.isfinite(at)
    with np.errstate(divide="ignore"):
        answer = np.asarray(np.log(tail))
    if lost.any():
        side = np.full(tail.shape, -1.0) if upper is None else np.where(upper, 1.0, -1.0)
        some = [np.broadcast_to(x, tail.shape)[lost] for x in (at, side, *parameters)]
        found = _quadrature(log_density, *some)
        answer[lost] = np.where(np.isnan(found), answer[lost], found)
    return answer


def _quadrature(log_density: Callable[..., Array], at: Array, side: Array, *of: Array) -> Array:
    """Return the logarithm of a tail of a log-concave density, as `distributions` has it."""
    if len(at) > _CHUNK:
        parts = _parts(len(at))
        return np.concatenate(
            [_quadrature(log_density, *(x[p] for x in (at, side, *of))) for p in parts]
        )
    wide = tuple(parameter[:, None] for parameter in of)

    def integral(rule: Rule, scale: Array) -> Array:
        nodes = at[:, None] + (side * scale)[:, None] * rule.nodes
        heights = log_density(nodes, *wide) + rule.log_weights
        return special.logsumexp(heights, axis=1) + np.log(scale)

    step = 1e-6 * np.maximum(1.0, np.abs(at))
    # Tails so far out that they are beyond any number have no logarithm here, and need none.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        drop = np.abs(log_density(at + step, *of) - log_density(at - step, *of)) / (2.0 * step)
        guess = 1.0 / np.maximum(drop, 1e-3)
        scale = np.exp(integral(COARSE, guess) - log_density(at, *of))
        return integral(FINE, scale)


def _student(w: Array, df: Array) -> Array:
    """Return the log density of asinh(z / sqrt(df)), z a standard Student-t."""
    return -df * (np.logaddexp(w, -w) - np.log(2.0)) - special.betaln(0.5 * df, 0.5)


def _gamma(t: Array, shape: Array) -> Array:
    """Return the log density of the logarithm of Gamma(shape, 1)."""
    return shape * t - np.exp(t) - special.gammaln(shape)


def _beta(t: Array, a: Array, b: Array) -> Array:
    """Return the log density of the logits of Beta(a, b)."""
    return -a * np.logaddexp(0.0, -t) - b * np.logaddexp(0.0, t) - special.betaln(a, b)


def _skew_normal(z: Array, alpha: Array) -> Array:
    """Return the log density of Azzalini's skew normal."""
    return 0.5 * np.log(2.0 / np.pi) - 0.5 * np.square(z) + special.log_ndtr(alpha * z)


def _log_i0e(kappa: Array) -> Array:
    return np.log(special.i0e(kappa))


def _parts(size: int) -> Iterator[slice]:
    return (slice(start, start + _CHUNK) for start in range(0, size, _CHUNK))
