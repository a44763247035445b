"""A standard deviation that may be zero, in a coordinate without a long tail.

The logarithm of one has a tail down which the density falls no faster than the standard deviation
itself. In `v`, of which the logarithm is `v` less a square of `log(1 + exp((end - v) / width))`,
that tail is a normal one; far above its end `v` is the logarithm as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np
from jax.scipy.special import expit

from formix.engines.whitened.by_row import softplus

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.whitened.layout import Layout

Array = Any

FAR = -1000.0
"""An end that is so far below that a coordinate is what it was, to the last digit."""

_WIDTH = 0.8
"""Of the normal tail: half-normal, half Student-t and exponential standard deviations are then
nearer to normal than `log Phi` would make them, which is also a quarter of what is compiled."""

_SHARE = 1.0 / float(np.log(2.0))
"""Of the square, so that the standard deviation is half of what it would be at the tail's end."""

BELOW = 3.0
"""How far below the mode it is asked whether a standard deviation may be zero, in logarithms."""

_LOST = 7.0
"""By how much the log density of the logarithm may be less there, where it may be: `BELOW` of it
is there however flat the density of the standard deviation is."""


def softened(v: Array, ends: Array) -> tuple[Array, Array]:
    """Return free coordinates of the program, and the log of the map's Jacobian."""
    far = (ends - v) / _WIDTH
    less = softplus(far)
    slope = 1.0 + (2.0 * _SHARE / _WIDTH) * less * expit(far)
    return v - _SHARE * jnp.square(less), jnp.sum(jnp.log(slope))


def deviations(of: Layout) -> list[int]:
    """Return the places of the logarithms of groups' standard deviations."""
    found: list[int] = []
    start = 0
    for name, shape in of.scales:
        stop = start + int(np.prod(shape))
        if name.startswith("sd_") and not name.endswith("^2"):
            found += range(start, stop)
        start = stop
    return found


def ends(
    place: list[int], point: Float[np.ndarray, " coordinate"], lost: Float[np.ndarray, " deviation"]
) -> tuple[Float[np.ndarray, " coordinate"], Float[np.ndarray, " coordinate"]]:
    """Return where tails end and the same point in the new coordinates, given the mode.

    Parameters
    ----------
    place
        The places of the standard deviations' logarithms.
    point
        The mode in free coordinates.
    lost
        By how much the log density is less `BELOW` the mode, along each of them.
    """
    found, moved = np.full(len(point), FAR), point.copy()
    for j, less in zip(place, lost, strict=True):
        if less < _LOST:
            found[j] = moved[j] = point[j] + float(np.log(2.0))
    return found, moved
