"""Trajectories: of normal coordinates their leaps are known matrices, and all can be retraced."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from formix.engines.precision import float64
from formix.engines.whitened.leaps import LENGTH, STAGES, Moving, moved, trajectory

# Blanes, Casas and Sanz-Serna (2014): the shares of a leap of two stages.
OUTER, INNER = 0.21178, 0.57644


def ended(slope, x, p, stride: float, leaps: int) -> Moving:
    with float64():
        given = tuple(np.asarray(v, np.float64) for v in (x, slope(x), p))
        return jax.device_get(
            jax.jit(lambda x, s, p: moved(slope, Moving(x, s, p), stride, STAGES * leaps))(*given)
        )


@pytest.mark.parametrize("leaps", [1, 2, 5])
def test_leaps_of_a_normal_coordinate_are_powers_of_a_matrix(leaps: int):
    h = 0.7
    kick, drift = (lambda w: np.array([[1.0, 0.0], [-w * h, 1.0]])), np.array([[1, h / 2], [0, 1]])
    leap = kick(OUTER) @ drift @ kick(INNER) @ drift @ kick(OUTER)
    expected = np.linalg.matrix_power(leap, leaps) @ [0.4, -1.3]
    found = ended(lambda x: -x, np.array([0.4]), np.array([-1.3]), h, leaps)
    np.testing.assert_allclose([found.x[0], found.momentum[0]], expected, rtol=1e-12)
    np.testing.assert_allclose(found.slope, -found.x, rtol=1e-12)


def test_a_trajectory_is_retraced_from_its_end():
    generator = np.random.default_rng(5)
    x, p = generator.normal(size=(2, 4))

    def slope(x):
        return -x - 0.3 * x**3

    there = ended(slope, x, p, 0.6, 3)
    back = ended(slope, there.x, -there.momentum, 0.6, 3)
    np.testing.assert_allclose(back.x, x, rtol=1e-12)
    np.testing.assert_allclose(-back.momentum, p, rtol=1e-12)


def test_trajectories_take_about_a_quarter_of_a_period_whatever_the_stride():
    strides = np.geomspace(0.02, LENGTH, 300)
    with float64():
        leaps, lengths = (np.asarray(v) for v in trajectory(jax.numpy.asarray(strides)))
    whole = leaps * lengths
    assert whole.max() <= LENGTH * (1.0 + 1e-12)
    assert whole.min() > 0.9 * 0.5 * np.pi
    assert leaps[-1] == 1
    assert np.all(lengths <= strides)
