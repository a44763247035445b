"""The half Student-t: a prior of standard deviations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpyro.distributions as dist

if TYPE_CHECKING:
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
    return dist.FoldedDistribution(dist.StudentT(df, 0.0, scale))
