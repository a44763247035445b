"""Trajectories: of normal coordinates their leaps are known matrices, and all can be retraced."""

from __future__ import annotations

import jax
import numpy as np
import pytest
from scipy.special import erfc

from formix.engines.precision import float64
from formix.engines.whitened.leaps import (
    DRIFT,
    KICK,
    LENGTH,
    STAGES,
    Moving,
    longer,
    moved,
    trajectory,
)


def error(leap: np.ndarray) -> float:
    """Return by how much the energy of a normal coordinate errs, on average."""
    return 0.5 * float(np.sum(np.square(leap)) - 2.0)


def kick(share: float, h: float) -> np.ndarray:
    return np.array([[1.0, 0.0], [-share * h, 1.0]])


def drift(share: float, h: float) -> np.ndarray:
    return np.array([[1.0, share * h], [0.0, 1.0]])


def staged(h: float) -> np.ndarray:
    """Return what a leap of three stages makes of a normal coordinate and its momentum."""
    ends, inner = kick(KICK, h), kick(0.5 - KICK, h)
    way, middle = drift(DRIFT, h), drift(1.0 - 2.0 * DRIFT, h)
    return ends @ way @ inner @ middle @ inner @ way @ ends


def ended(slope, x, p, stride: float, leaps: int) -> Moving:
    with float64():
        given = tuple(np.asarray(v, np.float64) for v in (x, slope(x), p))
        return jax.device_get(
            jax.jit(lambda x, s, p: moved(slope, Moving(x, s, p), stride, STAGES * leaps))(*given)
        )


@pytest.mark.parametrize("leaps", [1, 2, 5])
def test_leaps_of_a_normal_coordinate_are_powers_of_a_matrix(leaps: int):
    h = 0.7
    expected = np.linalg.matrix_power(staged(h), leaps) @ [0.4, -1.3]
    found = ended(lambda x: -x, np.array([0.4]), np.array([-1.3]), h, leaps)
    np.testing.assert_allclose([found.x[0], found.momentum[0]], expected, rtol=1e-12)
    np.testing.assert_allclose(found.slope, -found.x, rtol=1e-12)


def test_normal_coordinates_keep_their_energy_over_one_leap():
    """Also where strides are a fifth longer or shorter, and widths off by as much."""
    errors = [error(staged(h)) for h in np.linspace(0.8, 2.2, 141)]
    assert max(np.abs(errors)) < 1e-7
    # Three usual leaps ask for as many slopes.
    usual = [kick(0.5, h) @ drift(1.0, h) @ kick(0.5, h) for h in np.linspace(0.8, 2.2, 141) / 3]
    assert max(error(np.linalg.matrix_power(leap, 3)) for leap in usual) > 5e-3


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
    leaps, lengths = np.transpose([trajectory(float(stride)) for stride in strides])
    whole = leaps * lengths
    assert whole.max() <= LENGTH * (1.0 + 1e-12)
    assert whole.min() > 0.9 * 0.5 * np.pi
    assert leaps[-1] == 1
    assert np.all(lengths <= strides)


def test_strides_are_told_by_acceptance_as_of_many_coordinates():
    """Where the rate is that of normal errors, one step of full gain finds the stride asked for."""
    rate = erfc(0.5 * np.array([0.8, 1.0, 1.3]) ** 2)
    assert longer(rate[0], rate[2]) == pytest.approx(np.log(1.3 / 0.8))
    assert longer(rate[2], rate[1]) == pytest.approx(np.log(1.0 / 1.3))
    assert longer(rate[1], rate[1]) == 0.0
    assert longer(0.9995, 0.99995) < 0.0
    assert longer(1.0, 0.85) == -longer(0.0, 0.85) == np.log(2.0)
