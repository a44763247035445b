"""The ex-Gaussian distribution."""

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

_FAR = 20.0
"""Beyond this eight terms of the series of a normal's tail have all digits."""


def _log_tail(w: ArrayLike) -> jax.Array:
    """Return log(exp(w^2 / 2) Phi(-w)), without the two that cancel far to the right."""
    far = jnp.maximum(w, _FAR)
    inverse, series = -1.0 / jnp.square(far), jnp.zeros_like(w)
    for odd in range(15, 0, -2):
        series = odd * inverse * (1.0 + series)
    asymptote = jnp.log1p(series) - jnp.log(far) - 0.5 * jnp.log(2.0 * jnp.pi)
    near = jnp.minimum(w, _FAR)
    return jnp.where(w > _FAR, asymptote, log_ndtr(-near) + 0.5 * jnp.square(near))


class ExGaussian(dist.Distribution):
    """A normal number of deviation `scale` plus an exponential one of mean `tau`; `loc` the mean.

    References
    ----------
    Luce (1986), "Response Times", doi:10.1093/acprof:oso/9780195070019.001.0001.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": dist.constraints.real,
        "scale": dist.constraints.positive,
        "tau": dist.constraints.positive,
    }
    pytree_data_fields = ("loc", "scale", "tau")
    support = dist.constraints.real

    def __init__(
        self,
        loc: ArrayLike,
        scale: ArrayLike,
        tau: ArrayLike,
        *,
        validate_args: bool | None = None,
    ) -> None:
        self.loc, self.scale, self.tau = promote_shapes(loc, scale, tau)
        shape = jnp.broadcast_shapes(jnp.shape(loc), jnp.shape(scale), jnp.shape(tau))
        super().__init__(batch_shape=shape, validate_args=validate_args)

    @validate_sample
    def log_prob(self, value: ArrayLike) -> jax.Array:
        """Return the log density."""
        z = (value - self.loc + self.tau) / self.scale
        tail = _log_tail(self.scale / self.tau - z)
        return tail - 0.5 * jnp.square(z) - jnp.log(self.tau)

    def sample(self, key: jax.Array, sample_shape: tuple[int, ...] = ()) -> jax.Array:
        """Return draws."""
        normal, exponential = random.split(key)
        shape = self.shape(sample_shape)
        above = self.tau * (random.exponential(exponential, shape) - 1.0)
        return self.loc + above + self.scale * random.normal(normal, shape)

    @property
    def mean(self) -> jax.Array:
        """The mean."""
        return jnp.broadcast_to(self.loc, self.batch_shape)

    @property
    def variance(self) -> jax.Array:
        """The variance."""
        found = jnp.square(self.scale) + jnp.square(self.tau)
        return jnp.broadcast_to(found, self.batch_shape)

    def cdf(self, value: ArrayLike) -> jax.Array:
        """Return the probability below `value`."""
        z = (value - self.loc + self.tau) / self.scale
        tail = _log_tail(self.scale / self.tau - z)
        return ndtr(z) - jnp.exp(tail - 0.5 * jnp.square(z))
