"""Numbers drawn from one distribution and put in order."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpyro.distributions as dist
from jax.scipy.special import gammaln
from numpyro.distributions import constraints


class _Ordered(dist.Distribution):
    """As many draws as `size` of a distribution of real numbers, the least first."""

    support = constraints.ordered_vector
    pytree_data_fields = ("base",)
    pytree_aux_fields = ("size",)

    def __init__(self, base: Any, size: int, *, validate_args: bool | None = None) -> None:
        self.base, self.size = base, size
        super().__init__(batch_shape=(), event_shape=(size,), validate_args=validate_args)

    def sample(self, key: jax.Array, sample_shape: tuple[int, ...] = ()) -> jax.Array:
        return jnp.sort(self.base.sample(key, (*sample_shape, self.size)), axis=-1)

    def log_prob(self, value: jax.Array) -> jax.Array:
        return gammaln(self.size + 1.0) + jnp.sum(self.base.log_prob(value), axis=-1)


def ordered(base: Any, size: int) -> Any:
    """Return the distribution of `size` draws of `base`, put in order.

    Its density is `size!` times the product of theirs, where they are in order.

    Parameters
    ----------
    base
        A NumPyro distribution over the real numbers.
    size
        How many.

    References
    ----------
    David and Nagaraja (2003), *Order Statistics*, section 2.2.
    """
    return _Ordered(base, size)
