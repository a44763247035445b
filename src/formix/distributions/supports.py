"""Tails at any number, of distributions that have a smaller support."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp

if TYPE_CHECKING:
    from formix.masses import Tails


def within(value: Any, low: float, high: float, tails: Callable[[Any], Tails]) -> Tails:
    """Return the tails at numbers between two, beyond which nothing lies."""
    inside = (value > low) & (value < high)
    somewhere = 0.5 if low == 0.0 else 0.0
    lower, upper = tails(jnp.where(inside, value, somewhere))
    return (
        jnp.where(inside, lower, jnp.where(value <= low, -jnp.inf, 0.0)),
        jnp.where(inside, upper, jnp.where(value <= low, 0.0, -jnp.inf)),
    )


def from_zero(value: Any, high: float, tails: Callable[[Any], Tails]) -> Tails:
    """Return the tails at numbers from 0, which may itself be one, to some."""
    inside = (value >= 0.0) & (value < high)
    lower, upper = tails(jnp.where(inside, value, 0.0))
    return (
        jnp.where(inside, lower, jnp.where(value < 0.0, -jnp.inf, 0.0)),
        jnp.where(inside, upper, jnp.where(value < 0.0, 0.0, -jnp.inf)),
    )


def counted(value: Any, most: Any, tails: Callable[[Any], Tails]) -> Tails:
    """Return the tails at numbers of which counts up to some lie below or at."""
    count = jnp.floor(value)
    inside = (count >= 0.0) & (count < most)
    lower, upper = tails(jnp.where(inside, count, 0.0))
    return (
        jnp.where(inside, lower, jnp.where(count < 0.0, -jnp.inf, 0.0)),
        jnp.where(inside, upper, jnp.where(count < 0.0, 0.0, -jnp.inf)),
    )
