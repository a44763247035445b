from __future__ import annotations

import jax
import numpy as np
import pytest
from scipy import stats

from formix.engines.precision import float64
from formix.engines.whitened.layout import Layout
from formix.engines.whitened.softened import FAR, deviations, ends, softened

V = np.linspace(-8.0, 34.0, 43)


def mapped(v: np.ndarray, end: float) -> tuple[np.ndarray, np.ndarray]:
    with float64():
        each = jax.vmap(lambda one: softened(one[None], np.array([end])))
        found, log_slope = jax.device_get(each(v))
    return found[:, 0], log_slope


def test_the_jacobian_is_the_slope_of_the_map():
    step = 1e-5
    slope = (mapped(V + step, 1.0)[0] - mapped(V - step, 1.0)[0]) / (2.0 * step)
    np.testing.assert_allclose(mapped(V, 1.0)[1], np.log(slope), atol=1e-6)


def test_the_tail_is_normal_and_far_above_it_nothing_changes():
    found, log_slope = mapped(V, 1.0)
    # A standard deviation whose density is flat at zero: that of its logarithm falls as itself.
    lost = np.diff(found + log_slope, 2)[:6]
    np.testing.assert_allclose(lost, -2.0 / np.log(2.0) / 0.8**2, atol=0.3)
    assert np.array_equal(found[30:], V[30:])


@pytest.mark.parametrize(
    ("prior", "worst"),
    [
        (lambda sd: stats.halfnorm.logpdf(sd), 0.5),
        (lambda sd: stats.t.logpdf(sd, 3), 0.4),
        (lambda sd: stats.expon.logpdf(sd), 0.1),
    ],
)
def test_a_standard_deviation_of_which_nothing_is_known_is_all_but_normal(prior, worst):
    """Skewness in the new coordinate is less than that of the logarithm, which has a long tail."""
    v = np.linspace(-6.0, 6.0, 4001)
    mode = v[np.argmax(prior(np.exp(v)) + v)]
    logarithm, log_slope = mapped(v, mode + np.log(2.0))
    new = prior(np.exp(logarithm)) + logarithm + log_slope
    assert abs(skewness(v, new)) < worst < abs(skewness(v, prior(np.exp(v)) + v))


def skewness(v: np.ndarray, log_density: np.ndarray) -> float:
    share = np.exp(log_density - log_density.max())
    share /= share.sum()
    apart = v - share @ v
    return float(share @ apart**3 / (share @ apart**2) ** 1.5)


def test_a_coordinate_without_an_end_is_what_it_was():
    found, log_slope = mapped(V, FAR)
    assert np.array_equal(found, V)
    assert np.array_equal(log_slope, np.zeros(len(V)))
    with float64():
        slopes = jax.grad(lambda v: softened(v, np.full(43, FAR))[0].sum())(V)
    np.testing.assert_array_equal(slopes, np.ones(len(V)))


def test_only_those_that_may_be_zero_are_softened():
    """The tail ends at twice the mode, of which half is left there."""
    point = np.array([0.3, -1.0, 2.0])
    found, moved = ends([0, 1], point, np.array([2.9, 40.0]))
    assert found.tolist() == [moved[0], FAR, FAR]
    np.testing.assert_allclose(mapped(moved[:1], found[0])[0], point[:1])
    assert moved[1:].tolist() == point[1:].tolist()
    # Where the density is nowhere known, nothing is.
    assert ends([0], point, np.array([np.nan]))[0].tolist() == [FAR] * 3


def test_only_groups_have_such():
    scales = (("shape", ()), ("sd_g", (2,)), ("L_g", (1,)), ("sd_h[x]^2", ()), ("sd_k[x]", ()))
    assert deviations(Layout(scales, (), (), (), (), "y")) == [1, 2, 5]
