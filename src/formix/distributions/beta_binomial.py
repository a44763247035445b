"""The beta-binomial distribution, to all digits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import jax
import jax.numpy as jnp
import numpyro.distributions as dist
from jax import lax, random
from jax.nn import log_sigmoid
from jax.scipy.special import gammaln
from numpyro.distributions.util import promote_shapes, validate_sample

from formix import closed_tails
from formix.distributions.supports import counted

if TYPE_CHECKING:
    from jax.typing import ArrayLike

    from formix.masses import Tails

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

    def log_tails(self, value: ArrayLike) -> Tails:
        """Return log P(Y <= value) and log P(Y > value)."""
        a, b, n = self.concentration1, self.concentration0, self.total_count

        def tails(count: Any) -> Tails:
            odds = _log_odds(*jnp.broadcast_arrays(count, jnp.asarray(n, float), a, b))
            return log_sigmoid(-odds), log_sigmoid(odds)

        return counted(value, n, tails)


@jax.jit
def _summed(count: Any, trials: Any, a: Any, b: Any) -> jax.Array:
    law = closed_tails.BetaBinomial(jnp, count, trials, a, b)
    return law.log_odds(lax.while_loop(law.left, law.go_on, law.start()))


@jax.custom_jvp
def _log_odds(count: Any, trials: Any, a: Any, b: Any) -> jax.Array:
    """Return the log odds of more than a count; gradients are of the concentrations alone."""
    return _summed(count, trials, a, b)


@_log_odds.defjvp
def _log_odds_jvp(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
    """Return the value and its slope, both summed forwards: no loop is gone through backwards."""
    count, trials, a, b = primals

    def along(da: Any, db: Any) -> tuple[Any, Any]:
        return jax.jvp(partial(_summed, count, trials), (a, b), (da, db))

    one, none = jnp.ones_like(a), jnp.zeros_like(a)
    ways = jnp.stack([one, none]), jnp.stack([none, one])
    odds, slopes = jax.vmap(along, out_axes=(None, 0))(*ways)
    return odds, slopes[0] * tangents[2] + slopes[1] * tangents[3]
