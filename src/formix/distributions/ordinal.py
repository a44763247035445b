"""The log probabilities of the levels of an ordinal response, from log odds at its thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax.numpy as jnp
from jax.nn import log_sigmoid, log_softmax

if TYPE_CHECKING:
    from jax import Array


def cumulative(logits: Array) -> Array:
    """Return the log probabilities of levels by the log odds of being at or below each threshold.

    The odds increase along the last axis. A level's probability is the difference of two, written
    as a product, so that it keeps its digits in both tails.

    References
    ----------
    McCullagh (1980), doi:10.1111/j.2517-6161.1980.tb01109.x.
    """
    below, above = logits[..., :-1], logits[..., 1:]
    between = log_sigmoid(above) + log_sigmoid(-below) + jnp.log(-jnp.expm1(below - above))
    first, last = log_sigmoid(logits[..., :1]), log_sigmoid(-logits[..., -1:])
    return jnp.concatenate([first, between, last], axis=-1)


def stopping(logits: Array) -> Array:
    """Return the log probabilities of levels by the log odds of stopping at each, once there.

    References
    ----------
    Tutz (1991), *Computational Statistics & Data Analysis* 11(3), 275-295.
    """
    return continuing(-logits)


def continuing(logits: Array) -> Array:
    """Return the log probabilities of levels by the log odds of going on from each, once there.

    References
    ----------
    Fienberg (1980), *The Analysis of Cross-Classified Categorical Data*, section 6.6.
    """
    reached = jnp.cumsum(_before(log_sigmoid(logits)), axis=-1)
    return reached + _after(log_sigmoid(-logits))


def adjacent(logits: Array) -> Array:
    """Return the log probabilities of levels by the log odds of each over the one before.

    References
    ----------
    Agresti (2010), *Analysis of Ordinal Categorical Data*, section 4.1.
    """
    return log_softmax(jnp.cumsum(_before(logits), axis=-1), axis=-1)


def _before(x: Array) -> Array:
    return jnp.concatenate([jnp.zeros_like(x[..., :1]), x], axis=-1)


def _after(x: Array) -> Array:
    return jnp.concatenate([x, jnp.zeros_like(x[..., :1])], axis=-1)
