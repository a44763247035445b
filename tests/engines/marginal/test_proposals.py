"""Proposals: densities that integrate to one, of the draws they go with, fitted where it counts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from formix.engines.marginal.mode import Mode
from formix.engines.marginal.proposals import Mixture, SplitT, at_modes, fitted
from formix.engines.marginal.streams import of_chain


def mixture(folds: tuple[int, ...] = ()) -> Mixture:
    one = SplitT(
        np.array([0.5, -1.0]),
        np.array([[1.0, 0.0], [0.4, 0.6]]),
        np.array([0.7, 1.0]),
        np.array([1.6, 0.8]),
    )
    other = SplitT(np.array([2.0, 1.0]), 0.5 * np.eye(2), np.ones(2), np.ones(2))
    return Mixture(np.array([0.6, 0.4]), (one, other), folds)


def test_a_split_t_without_a_split_is_scipys():
    component = SplitT(np.array([1.0, 2.0]), np.array([[2.0, 0.0], [0.3, 0.5]]), *[np.ones(2)] * 2)
    points = np.random.default_rng(1).normal(size=(20, 2))
    expected = stats.multivariate_t(component.center, component.root @ component.root.T, df=5)
    np.testing.assert_allclose(component.log_density(points), expected.logpdf(points))


@pytest.mark.parametrize("folds", [(), (0,), (0, 1)])
def test_draws_are_of_the_density(folds: tuple[int, ...]):
    """Shares of draws by cell against the density over it: chi-square, false alarm 1e-4."""
    proposal = mixture(folds)
    count = 200_000
    points = proposal.draw(of_chain(1, 0), count)
    edges = np.linspace(-6.0, 6.0, 13)
    observed = np.histogram2d(points[:, 0], points[:, 1], [edges, edges])[0].ravel()
    fine = (np.arange(480) + 0.5) / 40.0 - 6.0
    x, y = np.meshgrid(fine, fine, indexing="ij")
    at = np.column_stack([x.ravel(), y.ravel()])
    density = np.exp(proposal.log_density(at))
    for fold in folds:
        density = np.where(at[:, fold] < 0.0, 0.0, density)
    cells = density.reshape(12, 40, 12, 40).sum(axis=(1, 3)).ravel() / 1600.0
    assert cells.sum() == pytest.approx(1.0, abs=0.02)
    large = cells * count > 50.0
    square = np.sum((observed[large] - cells[large] * count) ** 2 / (cells[large] * count))
    assert square < stats.chi2(int(large.sum())).isf(1e-4)


def test_the_first_draws_are_the_same_however_many_there_are():
    few, many = mixture().draw(of_chain(3, 1), 10), mixture().draw(of_chain(3, 1), 500)
    np.testing.assert_array_equal(few, many[:10])
    other = mixture().draw(of_chain(3, 2), 10)
    assert np.all(few != other)


def test_scales_follow_a_skewed_density():
    """The logarithm of a gamma variable falls slowly to the left and fast to the right."""

    def log_density(points: np.ndarray) -> np.ndarray:
        return 2.0 * points[:, 0] - np.exp(points[:, 0])

    mode = Mode(np.array([np.log(2.0)]), 0.0, np.array([[np.sqrt(0.5)]]))
    mode = Mode(mode.point, float(log_density(mode.point[None])[0]), mode.root)
    near, far = at_modes(log_density, [mode], [], np.array([False])).components
    assert near.below[0] > 1.05 > 0.95 > near.above[0]
    assert far.below[0] > near.below[0]


def test_a_mixture_is_fitted_to_weighted_draws():
    """Two modes, found from draws of one wide proposal: the fit is worth more than it."""
    wide = Mixture(np.ones(1), (SplitT(np.zeros(2), 3.0 * np.eye(2), np.ones(2), np.ones(2)),))

    def log_density(points: np.ndarray) -> np.ndarray:
        modes = [np.array([-2.0, -2.0]), np.array([2.0, 2.0])]
        return np.logaddexp(*(-0.5 * np.square((points - m) / 0.5).sum(axis=1) for m in modes))

    def worth(proposal: Mixture, points: np.ndarray) -> float:
        w = np.exp(log_density(points) - proposal.log_density(points))
        return float(w.sum() ** 2 / np.square(w).sum() / len(w))

    own = of_chain(4, 0)
    points = wide.draw(own, 5000)
    weights = np.exp(log_density(points) - wide.log_density(points))
    again = fitted(own, points, weights, wide, 2)
    assert worth(wide, points) < 0.2
    assert worth(again, again.draw(own, 5000)) > 0.6
