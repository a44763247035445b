"""The skew normal distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import jax.numpy as jnp
import numpyro.distributions as dist
from jax import random
from jax.scipy.special import log_ndtr
from numpyro.distributions.util import promote_shapes, validate_sample

if TYPE_CHECKING:
    import jax
    from jax.typing import ArrayLike


class SkewNormal(dist.Distribution):
    """The skew normal of a mean `loc`, a standard deviation `scale` and a skewness `alpha`.

    References
    ----------
    Azzalini (1985), "A class of distributions which includes the normal ones", Scandinavian Journal
    of Statistics 12.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": dist.constraints.real,
        "scale": dist.constraints.positive,
        "alpha": dist.constraints.real,
    }
    pytree_data_fields = ("loc", "scale", "alpha")
    support = dist.constraints.real

    def __init__(
        self,
        loc: ArrayLike,
        scale: ArrayLike,
        alpha: ArrayLike,
        *,
        validate_args: bool | None = None,
    ) -> None:
        self.loc, self.scale, self.alpha = promote_shapes(loc, scale, alpha)
        shape = jnp.broadcast_shapes(jnp.shape(loc), jnp.shape(scale), jnp.shape(alpha))
        super().__init__(batch_shape=shape, validate_args=validate_args)

    def _direct(self) -> tuple[jax.Array, jax.Array, jax.Array]:
        """Return Azzalini's location and scale, and delta."""
        delta = self.alpha / jnp.sqrt(1.0 + jnp.square(self.alpha))
        shift = delta * jnp.sqrt(2.0 / jnp.pi)
        omega = self.scale / jnp.sqrt(1.0 - jnp.square(shift))
        return self.loc - omega * shift, omega, delta

    @validate_sample
    def log_prob(self, value: ArrayLike) -> jax.Array:
        """Return the log density."""
        xi, omega, _ = self._direct()
        z = (value - xi) / omega
        normal = -0.5 * jnp.square(z) + 0.5 * jnp.log(2.0 / jnp.pi) - jnp.log(omega)
        return normal + log_ndtr(self.alpha * z)

    def sample(self, key: jax.Array, sample_shape: tuple[int, ...] = ()) -> jax.Array:
        """Return draws: a half normal and a normal."""
        one, other = random.normal(key, (2, *self.shape(sample_shape)))
        xi, omega, delta = self._direct()
        return xi + omega * (delta * jnp.abs(one) + jnp.sqrt(1.0 - jnp.square(delta)) * other)

    @property
    def mean(self) -> jax.Array:
        """The mean."""
        return jnp.broadcast_to(self.loc, self.batch_shape)

    @property
    def variance(self) -> jax.Array:
        """The variance."""
        return jnp.broadcast_to(jnp.square(self.scale), self.batch_shape)
