"""Priors outside the table: drawn from and evaluated by NumPyro itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from formix.engines.lock import TRACING
from formix.engines.precision import float64

if TYPE_CHECKING:
    from jaxtyping import Float


def draw(distribution: Any, seed: int, count: int) -> Float[np.ndarray, " sample"]:
    """Draw so many numbers from a distribution of one number."""
    with TRACING, float64():
        drawn = distribution.sample(jax.random.key(seed), (count,))
        return np.asarray(drawn, dtype=np.float64).reshape(count)
