from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from formix.engines.approach import approach
from formix.engines.precision import float64

START = np.array([1.5, -1.0, 0.5, 2.0])


def found(density, moving: int = 3, x: np.ndarray = START):
    with float64():
        slope = jax.value_and_grad(density)
        answer = jax.jit(lambda x: approach(slope, x, moving))(x)
        return jax.device_get(answer)


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e8])
def test_mode_and_widths_are_found_in_any_unit(unit):
    mode = unit * np.array([3.0, -250.0, 1.0, 4.0])
    width = unit * np.array([0.1, 7.0, 2.0, 1.0])
    start = found(lambda x: 0.5 * jnp.sum(jnp.square((x - mode) / width)))
    np.testing.assert_allclose(start.width[:3], width[:3], rtol=1e-3)
    assert start.width[3] == 1.0
    # Those that move start half of the random point's widths from the mode; the last stays.
    apart = 0.5 * START[:3]
    np.testing.assert_allclose((start.point - mode)[:3] / width[:3], apart, atol=0.05)
    assert start.point[3] == START[3]


def test_value_and_slope_are_those_of_the_point():
    def density(x):
        return jnp.sum(jnp.cosh(x)) + 0.1 * jnp.sin(x).prod()

    start = found(density)
    with float64():
        value, slope = jax.value_and_grad(density)(start.point)
    np.testing.assert_allclose(start.value, value, rtol=1e-14)
    np.testing.assert_allclose(start.slope, slope, rtol=1e-12, atol=1e-14)


def test_it_comes_back_from_where_the_density_is_not_finite():
    """A positive quantity whose logarithm is taken, and a way down that leads past its end."""
    start = found(lambda x: jnp.sum(x - 1e-3 * jnp.log(x)), x=np.array([1.0, 2.0, 3.0, 4.0]))
    assert np.isfinite(start.value)
    assert (start.point > 0).all()


def test_flat_and_curved_down_coordinates_keep_a_width_of_one():
    start = found(lambda x: jnp.square(x[1]) - 1e-3 * jnp.square(x[0]) + 0.0 * x[2])
    np.testing.assert_allclose(start.width, [1.0, np.sqrt(0.5), 1.0, 1.0], rtol=1e-6)


def test_from_a_point_without_a_density_it_says_so():
    start = found(lambda x: jnp.log(-1.0 - jnp.sum(x * x)))
    assert not np.isfinite(start.value)


def test_all_may_move_or_none():
    start = found(lambda x: jnp.sum(jnp.square(x - 2.0)), moving=4)
    np.testing.assert_allclose(start.width, np.sqrt(0.5), rtol=1e-6)
    start = found(lambda x: jnp.sum(jnp.square(x - 2.0)), moving=0)
    np.testing.assert_array_equal(start.width, np.ones(4))
    np.testing.assert_array_equal(start.point, START)
    np.testing.assert_allclose(start.slope, 2 * (START - 2.0))
