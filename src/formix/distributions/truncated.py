"""Responses that were recorded only where they lay within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import jax
import jax.numpy as jnp
import numpyro.distributions as dist
from jax import lax

from formix.distributions.tails import log_tails
from formix.masses import Tails, just_below, log_between

if TYPE_CHECKING:
    from jax.typing import ArrayLike

_HALVINGS = 64
"""As many as there are bits in a number: what is left is one number."""


class Truncated(dist.Distribution):
    """A distribution given that it lies between two bounds, both of them included."""

    arg_constraints: ClassVar[dict[str, Any]] = {}
    pytree_data_fields = ("base_dist", "low", "high")

    def __init__(self, base_dist: dist.Distribution, low: Any, high: Any) -> None:
        shape = lax.broadcast_shapes(base_dist.batch_shape, jnp.shape(low), jnp.shape(high))
        self.base_dist, self.low, self.high = base_dist, low, high
        super().__init__(batch_shape=shape)

    @property
    def support(self) -> Any:
        """Where the response may be, whatever the bounds."""
        return self.base_dist.support

    def sample(self, key: Any, sample_shape: tuple[int, ...] = ()) -> Any:
        """Draw by the inverse of the distribution function, found bit by bit."""
        shape = sample_shape + self.batch_shape
        below = self._below()
        share = jnp.log1p(-jax.random.uniform(key, shape))
        wanted = share + log_between(jnp, below, log_tails(self.base_dist, self.high))
        low, high = jnp.broadcast_to(self.low, shape), jnp.broadcast_to(self.high, shape)

        def halve(_: Any, ends: tuple[Any, Any]) -> tuple[Any, Any]:
            middle = (ends[0] >> 1) + (ends[1] >> 1) + (ends[0] & ends[1] & 1)
            there = log_between(jnp, below, log_tails(self.base_dist, _number(middle)))
            enough = there >= wanted
            return jnp.where(enough, ends[0], middle + 1), jnp.where(enough, middle, ends[1])

        drawn = _number(lax.fori_loop(0, _HALVINGS, halve, (_place(low), _place(high)))[1])
        # Where the bounds are so far out that they hold no probability, the nearer one is left.
        drawn = jnp.where(jnp.isneginf(wanted) & (below[0] < below[1]), high, drawn)
        return drawn if not self.support.is_discrete else drawn.astype(int)

    def log_prob(self, value: Any) -> Any:
        """Return the log density less the log probability of the bounds."""
        inside = (value >= self.low) & (value <= self.high)
        return jnp.where(inside, self.base_dist.log_prob(value) - self._log_mass(), -jnp.inf)

    def _below(self) -> Tails:
        """Return the tails of what lies below the lower bound."""
        discrete = bool(self.support.is_discrete)
        return log_tails(self.base_dist, just_below(jnp, self.low, discrete=discrete))

    def _log_mass(self) -> Any:
        return log_between(jnp, self._below(), log_tails(self.base_dist, self.high))

    def log_tails(self, value: Any) -> Tails:
        """Return the tails, given the bounds."""
        below, end = self._below(), log_tails(self.base_dist, self.high)
        here = log_tails(self.base_dist, jnp.clip(value, self.low, self.high))
        mass = log_between(jnp, below, end)
        lower = log_between(jnp, below, here) - mass
        upper = log_between(jnp, here, end) - mass
        return (
            jnp.where(value < self.low, -jnp.inf, jnp.minimum(lower, 0.0)),
            jnp.where(value < self.low, 0.0, jnp.minimum(upper, 0.0)),
        )


log_tails.register(Truncated, Truncated.log_tails)


def truncated(
    base_dist: dist.Distribution, low: ArrayLike = -jnp.inf, high: ArrayLike = jnp.inf
) -> Truncated:
    """Return a distribution given that it lies between two bounds, which belong to it.

    Parameters
    ----------
    base_dist
        Of the response if it were recorded wherever it lies.
    low, high
        The bounds; infinite where there is none.
    """
    return Truncated(base_dist, low, high)


def _place(number: Any) -> Any:
    """Return the place of a number among all of its precision, in their order."""
    kind = jnp.int64 if jnp.result_type(float) == jnp.float64 else jnp.int32
    largest = jnp.finfo(float).max
    bits = lax.bitcast_convert_type(jnp.clip(number, -largest, largest) + 0.0, kind)
    # The bits of numbers below 0 count away from it.
    return jnp.where(bits < 0, jnp.iinfo(kind).min - bits, bits)


def _number(place: Any) -> Any:
    """Return the number of a place."""
    bits = jnp.where(place < 0, jnp.iinfo(place.dtype).min - place, place)
    number = lax.bitcast_convert_type(bits, jnp.result_type(float))
    # JAX takes numbers without all their digits for 0 in some functions, and not in others.
    return jnp.where(jnp.abs(place) < 1 << jnp.finfo(float).nmant, 0.0, number)
