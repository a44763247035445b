"""Rows that count more or less than once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import jax.numpy as jnp
import numpyro.distributions as dist
from jax import lax

if TYPE_CHECKING:
    from jax.typing import ArrayLike


class Weighted(dist.Distribution):
    """A distribution whose log density is multiplied; draws are of the distribution itself."""

    arg_constraints: ClassVar[dict[str, Any]] = {}
    pytree_data_fields = ("base_dist", "weights")

    def __init__(self, base_dist: dist.Distribution, weights: Any) -> None:
        shape = lax.broadcast_shapes(base_dist.batch_shape, jnp.shape(weights))
        self.base_dist, self.weights = base_dist, weights
        super().__init__(batch_shape=shape, event_shape=base_dist.event_shape)

    @property
    def support(self) -> Any:
        """Where the response may be."""
        return self.base_dist.support

    def sample(self, key: Any, sample_shape: tuple[int, ...] = ()) -> Any:
        """Draw the response, which weights do not change."""
        return self.base_dist.expand(self.batch_shape).sample(key, sample_shape)

    def log_prob(self, value: Any) -> Any:
        """Return the log density times the weight of each row."""
        return self.weights * self.base_dist.log_prob(value)


def weighted(base_dist: dist.Distribution, weights: ArrayLike) -> Weighted:
    """Return a distribution whose rows count `weights` times each, as if there were as many.

    `handlers.scale` says the same of a site, and takes no weight of 0.
    """
    return Weighted(base_dist, weights)
