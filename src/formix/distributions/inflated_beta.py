"""The beta distribution with some of its mass at 0 and at 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import jax.numpy as jnp
import numpyro.distributions as dist
from jax import random
from numpyro.distributions.util import promote_shapes, validate_sample

if TYPE_CHECKING:
    import jax
    from jax.typing import ArrayLike


class InflatedBeta(dist.Distribution):
    """A 0 with the probability `zero`, a 1 with the probability `one`, or else a beta number.

    References
    ----------
    Ospina and Ferrari (2010), doi:10.1007/s00362-008-0125-4.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "concentration1": dist.constraints.positive,
        "concentration0": dist.constraints.positive,
        "zero": dist.constraints.unit_interval,
        "one": dist.constraints.unit_interval,
    }
    pytree_data_fields = ("concentration1", "concentration0", "zero", "one")
    support = dist.constraints.unit_interval

    def __init__(
        self,
        concentration1: ArrayLike,
        concentration0: ArrayLike,
        zero: ArrayLike,
        one: ArrayLike,
        *,
        validate_args: bool | None = None,
    ) -> None:
        given = (concentration1, concentration0, zero, one)
        shape = jnp.broadcast_shapes(*(jnp.shape(each) for each in given))
        promoted = promote_shapes(*given, shape=shape)
        self.concentration1, self.concentration0, self.zero, self.one = promoted
        super().__init__(batch_shape=shape, validate_args=validate_args)

    def _between(self) -> dist.Distribution:
        return dist.Beta(self.concentration1, self.concentration0)

    @validate_sample
    def log_prob(self, value: ArrayLike) -> jax.Array:
        """Return the log density, and at the ends the log probability."""
        inside = (value > 0.0) & (value < 1.0)
        # At an end the beta's own gradient is no number, even where it is not chosen.
        between = self._between().log_prob(jnp.where(inside, value, 0.5))
        end = jnp.where(value == 0.0, self.zero, self.one)
        return jnp.where(inside, jnp.log1p(-self.zero - self.one) + between, jnp.log(end))

    def sample(self, key: jax.Array, sample_shape: tuple[int, ...] = ()) -> jax.Array:
        """Return draws."""
        uniform, beta = random.split(key)
        shape = self.shape(sample_shape)
        u = random.uniform(uniform, shape)
        between = random.beta(beta, self.concentration1, self.concentration0, shape)
        return jnp.where(u < self.zero, 0.0, jnp.where(u < self.zero + self.one, 1.0, between))

    @property
    def mean(self) -> jax.Array:
        """The mean."""
        rest = 1.0 - self.zero - self.one
        return jnp.broadcast_to(self.one + rest * self._between().mean, self.batch_shape)

    @property
    def variance(self) -> jax.Array:
        """The variance."""
        beta, rest = self._between(), 1.0 - self.zero - self.one
        second = self.one + rest * (beta.variance + jnp.square(beta.mean))
        return jnp.broadcast_to(second - jnp.square(self.mean), self.batch_shape)
