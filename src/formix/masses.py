"""Logarithms of the probability of intervals, in NumPy and in JAX alike.

`xp` is the namespace of the arrays, `numpy` or `jax.numpy`. The tails of a number y are a pair: the
logarithms of P(Y <= y) and of P(Y > y).
"""

from __future__ import annotations

from typing import Any

Tails = tuple[Any, Any]
"""log P(Y <= y) and log P(Y > y)."""

_TINY = 2.2250738585072014e-308
"""The least number of all digits: JAX takes smaller ones for 0."""

_LEAST = 1e-300
"""How far below 0 a logarithm is held whose complement must stay finite."""

_HALF = -0.6931471805599453


def log_complement(xp: Any, logarithm: Any) -> Any:
    """Return log(1 - exp(x)) for x of at most 0, with all digits at either end.

    References
    ----------
    Maechler (2012), "Accurately Computing log(1 - exp(-|a|))", vignette of Rmpfr.
    """
    x = xp.minimum(logarithm, -_LEAST)
    near = x > _HALF
    # Each branch gets what it can take: a gradient goes through both of them.
    return xp.where(
        near,
        xp.log(-xp.expm1(xp.where(near, x, _HALF))),
        xp.log1p(-xp.exp(xp.where(near, _HALF, x))),
    )


def log_between(xp: Any, lower: Tails, upper: Tails) -> Any:
    """Return log P(lower < Y <= upper) from the tails of both ends.

    The difference is taken between the tails on the side where both are small.
    """
    left = upper[0] <= lower[1]
    larger = xp.where(left, upper[0], lower[1])
    smaller = xp.where(left, lower[0], upper[1])
    some = larger > -xp.inf
    ratio = xp.where(some, smaller, -xp.inf) - xp.where(some, larger, 0.0)
    return xp.where(some, larger + log_complement(xp, ratio), -xp.inf)


def just_below(xp: Any, number: Any, *, discrete: bool) -> Any:
    """Return what a bound lies above that itself belongs to a response: of counts, one less.

    Of other numbers it is the next one, since some have a probability of their own.
    """
    if discrete:
        return xp.ceil(number) - 1.0
    return xp.where(number == 0.0, -_TINY, xp.nextafter(number, -xp.inf))
