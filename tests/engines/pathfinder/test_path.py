"""Paths down densities that are known, and which normal distribution along them is nearest."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.special import logsumexp, softmax

from formix.engines.pathfinder.normal import along
from formix.engines.pathfinder.path import nearest, walked

SCALES = np.array([0.1, 1.0, 5.0])
MEAN = np.array([3.0, -1.0, 20.0])


def energy(x: np.ndarray) -> tuple[float, np.ndarray]:
    apart = (x - MEAN) / SCALES
    return 1e6 + 0.5 * float(apart @ apart), apart / SCALES


def log_density(x: np.ndarray) -> np.ndarray:
    return stats.multivariate_normal(MEAN, np.diag(SCALES**2)).logpdf(x)


def test_a_path_leads_downhill_to_the_mode_and_has_its_slopes():
    path = walked(energy, np.zeros(3), 1000)
    values = [energy(x)[0] for x in path.points]
    assert np.all(np.diff(values) < 0.0)
    np.testing.assert_allclose((path.points[-1] - MEAN) / SCALES, 0.0, atol=1e-3)
    for x, slope in zip(path.points, path.slopes, strict=True):
        np.testing.assert_array_equal(slope, energy(x)[1])
    np.testing.assert_array_equal(path.points[0], np.zeros(3))


def test_a_path_ends_after_as_many_steps():
    assert len(walked(energy, np.zeros(3), 2).points) == 3


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_path_turns_back_where_there_is_no_density(bad: float):
    def walled(x: np.ndarray) -> tuple[float, np.ndarray]:
        return energy(x) if x[0] < 3.05 else (bad, np.full(3, bad))

    path = walked(walled, np.zeros(3), 1000)
    assert np.all(path.points[:, 0] < 3.05)
    np.testing.assert_allclose((path.points[-1] - MEAN) / SCALES, 0.0, atol=1e-2)


def test_the_nearest_is_the_density_itself_where_that_is_normal():
    path = walked(energy, np.zeros(3), 1000)
    standard = np.random.default_rng(1).normal(size=(50, 3))
    found = nearest(path, log_density, standard)
    assert found is not None
    # The log evidence of a normalised density is zero, and no bound is above it but by chance.
    assert found.bound == pytest.approx(0.0, abs=0.05)
    np.testing.assert_allclose((found.normal.mean - MEAN) / SCALES, 0.0, atol=0.05)
    assert found.steps == len(path.points) - 1
    assert 0 < found.place <= found.steps


def test_the_nearest_is_before_the_end_where_the_mode_is_a_spike():
    """Nine tenths of the mass are wide; the narrow tenth has the mode, and the curvature there."""
    shares, widths = np.log([0.9, 0.1]), np.array([[1.0, 3.0], [0.1, 0.1]])

    def parts(x: np.ndarray) -> np.ndarray:
        squares = np.sum(np.square(x[..., None, :] / widths), axis=-1)
        return shares - 0.5 * squares - np.log(2.0 * np.pi * widths.prod(axis=1))

    def both(x: np.ndarray) -> np.ndarray:
        return logsumexp(parts(x), axis=-1)

    def spiked(x: np.ndarray) -> tuple[float, np.ndarray]:
        return -float(both(x)), x * (softmax(parts(x)) @ (1.0 / widths**2))

    path = walked(spiked, np.array([2.0, 1.5]), 1000)
    np.testing.assert_allclose(path.points[-1], 0.0, atol=0.01)
    found = nearest(path, both, np.random.default_rng(2).normal(size=(50, 2)))
    assert found is not None
    assert found.place < found.steps
    *_, last = along(path.points, path.slopes)
    assert last is not None
    standard = np.random.default_rng(3).normal(size=(1000, 2))
    assert np.all(last.draws(standard).std(axis=0) < 0.3)
    assert np.all(found.normal.draws(standard).std(axis=0) > 0.5)


def test_where_no_draw_has_a_density_nothing_is_near():
    path = walked(energy, np.zeros(3), 5)
    nowhere = nearest(path, lambda x: np.full(len(x), -np.inf), np.ones((4, 3)))
    assert nowhere is None
