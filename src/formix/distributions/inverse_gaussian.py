"""The inverse Gaussian distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import jax.numpy as jnp
import numpyro.distributions as dist
from jax import random
from jax.scipy.special import log_ndtr, ndtr
from numpyro.distributions.util import promote_shapes, validate_sample

if TYPE_CHECKING:
    import jax
    from jax.typing import ArrayLike


class InverseGaussian(dist.Distribution):
    """The inverse Gaussian of a mean `loc` and a shape `concentration`, of variance loc^3 / shape.

    References
    ----------
    Tweedie (1957), doi:10.1214/aoms/1177706964; Michael, Schucany and Haas (1976),
    doi:10.2307/2683801 (draws).
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": dist.constraints.positive,
        "concentration": dist.constraints.positive,
    }
    pytree_data_fields = ("loc", "concentration")
    support = dist.constraints.positive

    def __init__(
        self, loc: ArrayLike, concentration: ArrayLike, *, validate_args: bool | None = None
    ) -> None:
        self.loc, self.concentration = promote_shapes(loc, concentration)
        shape = jnp.broadcast_shapes(jnp.shape(loc), jnp.shape(concentration))
        super().__init__(batch_shape=shape, validate_args=validate_args)

    @validate_sample
    def log_prob(self, value: ArrayLike) -> jax.Array:
        """Return the log density."""
        away = jnp.square((value - self.loc) / self.loc) / value
        scale = jnp.log(self.concentration) - jnp.log(2.0 * jnp.pi) - 3.0 * jnp.log(value)
        return 0.5 * (scale - self.concentration * away)

    def sample(self, key: jax.Array, sample_shape: tuple[int, ...] = ()) -> jax.Array:
        """Return draws: one of the two roots of a quadratic."""
        normal, uniform = random.split(key)
        shape = self.shape(sample_shape)
        r = 0.5 * (self.loc / self.concentration) * jnp.square(random.normal(normal, shape))
        small = 1.0 / (1.0 + r + jnp.sqrt(r * (2.0 + r)))
        chosen = random.uniform(uniform, shape) * (1.0 + small) <= 1.0
        return self.loc * jnp.where(chosen, small, 1.0 / small)

    @property
    def mean(self) -> jax.Array:
        """The mean."""
        return jnp.broadcast_to(self.loc, self.batch_shape)

    @property
    def variance(self) -> jax.Array:
        """The variance."""
        return self.loc**3 / self.concentration

    def cdf(self, value: ArrayLike) -> jax.Array:
        """Return the probability below `value`."""
        root, ratio = jnp.sqrt(self.concentration / value), value / self.loc
        second = 2.0 * self.concentration / self.loc + log_ndtr(-root * (ratio + 1.0))
        return ndtr(root * (ratio - 1.0)) + jnp.exp(second)
