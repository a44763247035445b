"""The half Student-t: a prior of standard deviations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpyro.distributions as dist
from numpyro.distributions.util import validate_sample

if TYPE_CHECKING:
    from jax import Array
    from jax.typing import ArrayLike


def half_t(df: ArrayLike, scale: ArrayLike) -> dist.Distribution:
    """Return the distribution of the absolute value of a Student-t around zero.

    Parameters
    ----------
    df
        Degrees of freedom.
    scale
        In the units of the standard deviation.

    References
    ----------
    Gelman (2006), doi:10.1214/06-BA117A.
    """
    return HalfT(dist.StudentT(df, 0.0, scale))


class HalfT(dist.FoldedDistribution):
    """A symmetric distribution around zero, folded: twice the one half, and not a sum of two."""

    @validate_sample
    def log_prob(self, value: ArrayLike) -> Array:
        """Return the log density."""
        return self.base_dist.log_prob(value) + jnp.log(2.0)
