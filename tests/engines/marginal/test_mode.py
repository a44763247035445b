"""The mode: found, also where there are several; curvature as it is; edges near zero."""

from __future__ import annotations

import numpy as np
import pytest

from formix.engines.marginal.mode import curvature, edges, modes

FREE = np.array([False, False])


def gaussian(points: np.ndarray) -> np.ndarray:
    precision = np.array([[4.0, 1.0], [1.0, 2.0]])
    away = points - np.array([1.0, -3.0])
    return -0.5 * np.einsum("pi,ij,pj->p", away, precision, away)


def test_a_gaussian_is_found_with_its_covariance():
    found = modes(gaussian, np.zeros(2), np.ones(2) * 10.0, np.ones(2), FREE)
    assert len(found) == 1
    np.testing.assert_allclose(found[0].point, [1.0, -3.0], atol=1e-4)
    expected = np.linalg.inv([[4.0, 1.0], [1.0, 2.0]])
    np.testing.assert_allclose(found[0].root @ found[0].root.T, expected, rtol=1e-4)


def test_curvature_is_along_the_columns_of_the_root():
    root = np.array([[0.1, 0.0], [0.05, 0.2]])
    expected = root.T @ np.array([[4.0, 1.0], [1.0, 2.0]]) @ root
    found = curvature(gaussian, np.array([1.0, -3.0]), root)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_second_mode_on_a_line_is_found():
    def two(points: np.ndarray) -> np.ndarray:
        one = -0.5 * np.square(points / 0.4).sum(axis=1)
        away = points - np.array([2.0, 0.0])
        return np.logaddexp(one, 1.0 - 0.5 * np.square(away / 0.4).sum(axis=1))

    found = modes(two, np.zeros(2), np.ones(2), np.ones(2) * 0.3, FREE)
    assert sorted(round(float(mode.point[0])) for mode in found) == [0, 2]
    assert found[0].point[0] > 1.5


def test_no_direction_is_longer_than_three_units():
    """A density that is flat along one axis has no curvature to tell how wide it is."""
    found = modes(lambda p: -0.5 * p[:, 0] ** 2, np.ones(2), np.ones(2), np.ones(2), FREE)
    assert np.max(np.linalg.svd(found[0].root)[1]) <= 3.0 + 1e-9


@pytest.mark.parametrize("thorough", [True, False])
def test_where_a_scale_is_near_zero_the_others_are_searched_again(thorough: bool):
    """Another optimum of the second coordinate where the first is near zero: the tail is there."""
    folded = np.array([True, False])

    def bent(points: np.ndarray) -> np.ndarray:
        x = np.abs(points[:, 0])
        return -0.5 * np.square((x - 3.0) / 0.8) - 0.5 * np.square((points[:, 1] + x - 3.0) / 0.3)

    found = modes(bent, np.array([3.0, 0.1]), np.ones(2), np.ones(2), folded)
    near_zero = edges(bent, found[0], np.ones(2), np.ones(2), folded, thorough=thorough)
    assert len(near_zero) == 1
    assert near_zero[0].point[0] < 0.5
    np.testing.assert_allclose(near_zero[0].point[1], 3.0 - near_zero[0].point[0], atol=1e-3)


@pytest.mark.parametrize("thorough", [True, False])
def test_an_edge_of_no_mass_is_left_out(thorough: bool):
    def far(points: np.ndarray) -> np.ndarray:
        return -0.5 * np.square((np.abs(points[:, 0]) - 9.0) / 0.5)

    folded = np.array([True])
    found = modes(far, np.array([8.0]), np.ones(1), np.ones(1), folded)
    assert not edges(far, found[0], np.ones(1), np.ones(1), folded, thorough=thorough)


def test_an_edge_that_no_step_brings_near_is_not_climbed():
    """Two coordinates, so that there is something to climb: it takes one look, not a search."""
    seen: list[int] = []

    def far(points: np.ndarray) -> np.ndarray:
        seen.append(len(points))
        away = np.square((np.abs(points[:, 0]) - 9.0) / 0.9)
        return -0.5 * away - 0.5 * np.square(points[:, 1])

    folded = np.array([True, False])
    found = modes(far, np.array([8.0, 0.2]), np.ones(2), np.ones(2), folded)
    seen.clear()
    assert not edges(far, found[0], np.ones(2), np.ones(2), folded, thorough=False)
    assert len(seen) == 2
