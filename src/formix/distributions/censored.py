"""Responses of which only a side or an interval is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import jax.numpy as jnp
import numpyro.distributions as dist
from jax import lax

from formix.distributions.tails import log_tails
from formix.masses import log_between

if TYPE_CHECKING:
    from jax.typing import ArrayLike


class Censored(dist.Distribution):
    """A distribution of which rows are observed whole, or as a side or an interval that holds them.

    Draws are of the distribution itself, uncensored.
    """

    arg_constraints: ClassVar[dict[str, Any]] = {}
    pytree_data_fields = ("base_dist", "status", "upper")

    def __init__(self, base_dist: dist.Distribution, status: Any, upper: Any) -> None:
        shape = lax.broadcast_shapes(base_dist.batch_shape, jnp.shape(status), jnp.shape(upper))
        self.base_dist, self.status, self.upper = base_dist, status, upper
        super().__init__(batch_shape=shape)

    @property
    def support(self) -> Any:
        """Where the response may be."""
        return self.base_dist.support

    def sample(self, key: Any, sample_shape: tuple[int, ...] = ()) -> Any:
        """Draw the response, uncensored."""
        return self.base_dist.expand(self.batch_shape).sample(key, sample_shape)

    def log_prob(self, value: Any) -> Any:
        """Return the log density of the rows observed, the log probability of the others."""
        interval = self.status == 2
        here = log_tails(self.base_dist, value)
        # Only an interval has an upper end; that of other rows may be anything.
        end = log_tails(self.base_dist, jnp.where(interval, self.upper, jnp.inf))
        return jnp.select(
            [self.status == -1, self.status == 1, interval],
            [here[0], here[1], log_between(jnp, here, end)],
            self.base_dist.log_prob(value),
        )


def censored(
    base_dist: dist.Distribution, status: ArrayLike, upper: ArrayLike = jnp.inf
) -> Censored:
    """Return a distribution whose rows are known in part.

    Parameters
    ----------
    base_dist
        Of the response if nothing were hidden.
    status
        Of each row: 0 observed; -1, 1 at most, above the value; 2 above it and at most the `upper`.
    upper
        The upper end of intervals.

    References
    ----------
    Lawless (2003), "Statistical Models and Methods for Lifetime Data", doi:10.1002/9781118033005.
    """
    return Censored(base_dist, status, upper)
