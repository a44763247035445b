"""The beta-binomial distribution, to all digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import jax.numpy as jnp
import numpyro.distributions as dist
from jax import random
from jax.scipy.special import gammaln
from numpyro.distributions.util import promote_shapes, validate_sample

if TYPE_CHECKING:
    import jax
    from jax.typing import ArrayLike

_LARGE = 10.0
"""Beyond this seven terms of Stirling's series have all digits."""

_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)


def _remainder(x: ArrayLike) -> jax.Array:
    """Return what log Gamma(x) is above Stirling's formula."""
    square, found = 1.0 / jnp.square(x), jnp.zeros_like(x)
    for coefficient in reversed(_STIRLING):
        found = coefficient + square * found
    return found / x


def log_rising(a: ArrayLike, k: ArrayLike) -> jax.Array:
    """Return log(a (a + 1) ... (a + k - 1)), with its digits for large `a` too.

    There the difference of two log gammas has none, and JAX's `betaln` has eight.
    """
    large = jnp.maximum(a, _LARGE)
    powers = (large - 0.5) * jnp.log1p(k / large) + k * (jnp.log(large + k) - 1.0)
    far = powers + _remainder(large + k) - _remainder(large)
    small = jnp.minimum(a, _LARGE)
    return jnp.where(a > _LARGE, far, gammaln(small + k) - gammaln(small))


class BetaBinomial(dist.Distribution):
    """Successes among `total_count` trials whose probability is a beta number.

    NumPyro's own goes through JAX's `betaln`, which has eight digits.

    References
    ----------
    Crowder (1978), doi:10.2307/2346223.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "concentration1": dist.constraints.positive,
        "concentration0": dist.constraints.positive,
        "total_count": dist.constraints.nonnegative_integer,
    }
    pytree_data_fields = ("concentration1", "concentration0", "total_count")

    def __init__(
        self,
        concentration1: ArrayLike,
        concentration0: ArrayLike,
        total_count: ArrayLike,
        *,
        validate_args: bool | None = None,
    ) -> None:
        given = (concentration1, concentration0, total_count)
        self.concentration1, self.concentration0, self.total_count = promote_shapes(*given)
        shape = jnp.broadcast_shapes(*(jnp.shape(one) for one in given))
        super().__init__(batch_shape=shape, validate_args=validate_args)

    @dist.constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> dist.constraints.Constraint:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Whole numbers up to the trials."""
        return dist.constraints.integer_interval(0, self.total_count)

    @validate_sample
    def log_prob(self, value: ArrayLike) -> jax.Array:
        """Return the log probability."""
        a, b, n = self.concentration1, self.concentration0, self.total_count
        ways = gammaln(n + 1.0) - gammaln(value + 1.0) - gammaln(n - value + 1.0)
        return ways + log_rising(a, value) + log_rising(b, n - value) - log_rising(a + b, n)

    def sample(self, key: jax.Array, sample_shape: tuple[int, ...] = ()) -> jax.Array:
        """Return draws."""
        beta, binomial = random.split(key)
        shape = self.shape(sample_shape)
        probs = random.beta(beta, self.concentration1, self.concentration0, shape)
        trials = jnp.asarray(self.total_count).astype(int)
        return dist.Binomial(trials, probs=probs).sample(binomial)

    @property
    def mean(self) -> jax.Array:
        """The mean."""
        total = self.concentration1 + self.concentration0
        return self.total_count * self.concentration1 / total

    @property
    def variance(self) -> jax.Array:
        """The variance."""
        total, n = self.concentration1 + self.concentration0, self.total_count
        product = self.concentration1 * self.concentration0 / jnp.square(total)
        return n * product * (total + n) / (total + 1.0)
