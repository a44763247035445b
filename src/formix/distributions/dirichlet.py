"""The Dirichlet distribution by its mean and precision."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpyro.distributions as dist
from jax.nn import softmax

if TYPE_CHECKING:
    from jax import Array
    from jax.typing import ArrayLike


def dirichlet(logits: Array, phi: ArrayLike) -> dist.Distribution:
    """Return the Dirichlet distribution of mean softmax(logits) and concentrations of sum `phi`.

    References
    ----------
    Ferrari and Cribari-Neto (2004), doi:10.1080/0266476042000214501, for two levels.
    """
    return dist.Dirichlet(jnp.expand_dims(jnp.asarray(phi), -1) * softmax(logits, axis=-1))
