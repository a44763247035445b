"""Trajectories of Hamiltonian Monte Carlo: how long they are, and where they end.

References
----------
Blanes, Casas and Sanz-Serna (2014), doi:10.1137/130932740 (leaps of two stages).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

_QUARTER = 0.5 * np.pi
"""The least length of a trajectory: a quarter of the period of a standard normal coordinate."""

LENGTH = 1.8
"""The most: a little longer, one draw makes up for the last, and their distances hardly suffer."""

SHORTEST = 0.02
"""A stride below it would take more leaps than the other coordinates are worth."""

STAGES = 2
"""Slopes that a leap asks for."""

_OUTER = 0.21178
"""The share of a leap's slopes that are its ends': at equal cost, energies of normal coordinates
are kept so much better than by the usual leaps that those can be almost twice as long."""


class Moving(NamedTuple):
    """Where trajectories are: coordinates, the slope there, and the momentum."""

    x: Any
    slope: Any
    momentum: Any


def moved(uphill: Callable[[Any], Any], start: Moving, stride: Any, stages: Any) -> Moving:
    """Return where a trajectory ends."""

    def stage(number: Any, moving: Moving) -> Moving:
        x = moving.x + 0.5 * stride * moving.momentum
        # The density itself is not asked for: with the slope it takes thrice the time.
        slope = uphill(x)
        ends = jnp.where(number + 1 == stages, 1.0, 2.0) * _OUTER
        share = jnp.where(number % 2 == 0, 1.0 - 2.0 * _OUTER, ends)
        return Moving(x, slope, moving.momentum + share * stride * slope)

    kicked = start.momentum + _OUTER * stride * start.slope
    return jax.lax.fori_loop(0, stages, stage, start._replace(momentum=kicked))


def trajectory(stride: Any) -> tuple[Any, Any]:
    """Return how many leaps a trajectory has, and how long each is, given the longest it may be."""
    leaps = jnp.maximum(1, jnp.ceil(_QUARTER / stride - 0.1).astype(np.int64))
    return leaps, jnp.minimum(stride, LENGTH / leaps)
