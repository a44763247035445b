"""A gamma distribution between two bounds: a prior of degrees of freedom that exceed one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
import numpyro.distributions as dist
from jax.scipy.special import gammainc, gammaincc
from numpyro.distributions import constraints
from scipy import special

if TYPE_CHECKING:
    from jax.typing import ArrayLike

_DOUBLINGS, _HALVINGS = 60, 110
"""Steps to a number beyond all but the last digits of the mass, and from there to the quantile."""


class TruncatedGamma(dist.Distribution):
    """A gamma distribution, given that it lies between two bounds.

    Parameters
    ----------
    concentration, rate
        Of the whole distribution: numbers, so that the mass between the bounds is known when the
        program is read, and costs nothing at a step.
    low, high
        The bounds; None for infinity.

    References
    ----------
    Johnson, Kotz and Balakrishnan (1994), Continuous Univariate Distributions 1, chapter 17.
    """

    arg_constraints = {  # noqa: RUF012 - NumPyro's own annotation
        "concentration": constraints.positive,
        "rate": constraints.positive,
    }
    pytree_data_fields = ("concentration", "rate", "low", "high", "_log_mass")

    def __init__(
        self,
        concentration: ArrayLike,
        rate: ArrayLike = 1.0,
        *,
        low: ArrayLike = 0.0,
        high: ArrayLike | None = None,
        validate_args: bool | None = None,
    ) -> None:
        self.concentration, self.rate, self.low, self.high = concentration, rate, low, high
        a, b, lower = np.asarray(concentration), np.asarray(rate), np.asarray(low)
        upper = np.asarray(np.inf if high is None else high)
        start, stop = b * lower, b * upper
        # The difference of the two masses beyond the bounds that are smaller keeps its digits.
        right = special.gammaincc(a, start) - special.gammaincc(a, stop)
        left = special.gammainc(a, stop) - special.gammainc(a, start)
        self._log_mass = np.log(np.where(special.gammainc(a, start) > 0.5, right, left))
        shape = np.broadcast_shapes(a.shape, b.shape, lower.shape, upper.shape)
        super().__init__(batch_shape=shape, event_shape=(), validate_args=validate_args)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> Any:
        """Return the interval between the bounds."""
        if self.high is None:
            return constraints.greater_than(self.low)
        return constraints.interval(self.low, self.high)

    def log_prob(self, value: Any) -> Any:
        """Return the log density at a value between the bounds."""
        return dist.Gamma(self.concentration, self.rate).log_prob(value) - self._log_mass

    def sample(self, key: Any, sample_shape: tuple[int, ...] = ()) -> Any:
        """Draw by the inverse of the distribution, found by halving."""
        uniform = jax.random.uniform(key, (*sample_shape, *self.batch_shape))
        numbers: Any = jnp.asarray
        a, start = numbers(self.concentration), numbers(self.rate) * numbers(self.low)
        beyond = gammaincc(a, start)
        stop = jnp.inf if self.high is None else numbers(self.rate) * numbers(self.high)
        rest = jnp.where(jnp.isinf(stop), 0.0, gammaincc(a, jnp.where(jnp.isinf(stop), 1.0, stop)))
        wanted = jnp.broadcast_to(rest + uniform * (beyond - rest), uniform.shape)
        # A mass near one has lost its digits, and what is left of the value has not.
        before = gammainc(a, start)
        short = jnp.broadcast_to(before + (1.0 - uniform) * (1.0 - rest - before), uniform.shape)

        def is_left(x: Any) -> Any:
            return jnp.where(wanted > 0.5, gammainc(a, x) < short, gammaincc(a, x) > wanted)

        def double(_: int, x: Any) -> Any:
            return jnp.where(is_left(x), 2.0 * x, x)

        def halve(_: int, ends: Any) -> Any:
            middle = 0.5 * (ends[0] + ends[1])
            left = is_left(middle)
            return jnp.where(left, middle, ends[0]), jnp.where(left, ends[1], middle)

        first = jnp.broadcast_to(start + 1.0, uniform.shape)
        end = jnp.minimum(jax.lax.fori_loop(0, _DOUBLINGS, double, first), stop)
        begin = jnp.broadcast_to(start, uniform.shape).astype(end.dtype)
        ends = jax.lax.fori_loop(0, _HALVINGS, halve, (begin, end))
        return 0.5 * (ends[0] + ends[1]) / numbers(self.rate)
