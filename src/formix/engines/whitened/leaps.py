"""Trajectories of Hamiltonian Monte Carlo: how long they are, and where they end.

A leap has three stages, each of which asks for one slope. The shares of its stages are such that
over a trajectory of one leap, a quarter of a period or a little more, normal coordinates keep their
energy all but exactly: of 1,000 of them it errs by 0.0001, where the same slopes in usual leaps err
by 5. What is left is what the posterior is not normal by.

References
----------
Blanes, Casas and Sanz-Serna (2014), doi:10.1137/130932740 (leaps of several stages; the shares
here minimise the largest of their errors for lengths from 0.8 to 2.2); Beskos, Pillai, Roberts,
Sanz-Serna and Stuart (2013), doi:10.3150/12-BEJ414 (what acceptance rates say of strides).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import erfcinv

_QUARTER = 0.5 * np.pi
"""The least length of a trajectory: a quarter of the period of a standard normal coordinate."""

LENGTH = 1.8
"""The most: a little longer, one draw makes up for the last, and their distances hardly suffer."""

SHORTEST = 0.02
"""A stride below it would take more leaps than the other coordinates are worth."""

_MOST = float(np.log(2.0))
"""By which the logarithm of a stride changes at once."""

DIVERGED = 1000.0
"""An error of the energy beyond which a trajectory has left where it can be followed."""

STAGES = 3
"""Slopes that a leap asks for."""

DRIFT, KICK = 0.28606, 0.10657
"""The shares of a leap's way that are its first and last, and of its slopes that are its ends'."""


class Moving(NamedTuple):
    """Where trajectories are: coordinates, the slope there, and the momentum."""

    x: Any
    slope: Any
    momentum: Any


def moved(uphill: Callable[[Any], Any], start: Moving, stride: Any, stages: Any) -> Moving:
    """Return where a trajectory ends."""

    def stage(number: Any, moving: Moving) -> Moving:
        place = number % STAGES
        way = jnp.where(place == 1, 1.0 - 2.0 * DRIFT, DRIFT)
        x = moving.x + way * stride * moving.momentum
        # The density itself is not asked for: with the slope it takes thrice the time.
        slope = uphill(x)
        ends = jnp.where(number + 1 == stages, 1.0, 2.0) * KICK
        share = jnp.where(place == STAGES - 1, ends, 0.5 - KICK)
        return Moving(x, slope, moving.momentum + share * stride * slope)

    kicked = start.momentum + KICK * stride * start.slope
    return jax.lax.fori_loop(0, stages, stage, start._replace(momentum=kicked))


def trajectory(stride: float) -> tuple[int, float]:
    """Return how many leaps a trajectory has, and how long each is, given the longest it may be."""
    leaps = max(1, int(np.ceil(_QUARTER / stride - 0.1)))
    return leaps, min(stride, LENGTH / leaps)


def longer(rate: float, target: float) -> float:
    """Return the logarithm of a factor of the stride, of one acceptance rate to another.

    Of many coordinates errors of the energy are all but normal, with a variance twice their mean,
    which grows with the fourth power of the stride: so the rate is `erfc` of a multiple of the
    square. Above, rates say little by how much a stride is too short, and steps are bounded.
    """
    now, then = erfcinv(np.clip([rate, target], 1e-6, 1.0 - 1e-6))
    return float(np.clip(0.5 * np.log(then / now), -_MOST, _MOST))
