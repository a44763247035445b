"""Walkers: of the target, also of one with a bent ridge; given up where they do not agree."""

from __future__ import annotations

import numpy as np
import pytest

from formix.engines.decline import Decline
from formix.engines.marginal.proposals import Mixture, SplitT
from formix.engines.marginal.streams import of_chain
from formix.engines.marginal.walkers import split_rhat, walked

WIDE = Mixture(np.ones(1), (SplitT(np.zeros(2), 2.0 * np.eye(2), np.ones(2), np.ones(2)),))


def banana(points: np.ndarray) -> np.ndarray:
    return -0.5 * points[:, 0] ** 2 - 0.5 * np.square((points[:, 1] - points[:, 0] ** 2) / 0.5)


def test_a_bent_ridge_is_walked():
    """x is standard normal, y is x^2 and noise: within five standard errors of 4,000 draws."""
    found = walked(banana, WIDE, of_chain(1, -1), (4, 4000))
    x, y = found.points[..., 0].ravel(), found.points[..., 1].ravel()
    error = 5.0 / np.sqrt(4000)
    assert abs(x.mean()) < error
    assert abs(x.std() - 1.0) < error
    assert abs(y.mean() - 1.0) < 1.5 * error
    np.testing.assert_allclose(found.log_density.ravel(), banana(np.column_stack([x, y])))
    assert 0.1 < found.acceptance.mean() < 0.9


def test_walkers_that_stay_apart_are_given_up(monkeypatch):
    monkeypatch.setattr("formix.engines.marginal.walkers._MOST_STEPS", 500)

    def apart(points: np.ndarray) -> np.ndarray:
        centres = np.where(points[:, 0] > 0.0, 40.0, -40.0)
        return -0.5 * np.square((points[:, 0] - centres) / 0.01) - 0.5 * points[:, 1] ** 2

    pair = (np.array([-40.0, 0.0]), np.array([40.0, 0.0]))
    components = tuple(SplitT(c, np.eye(2), np.ones(2), np.ones(2)) for c in pair)
    with pytest.raises(Decline, match="neither proposals nor walkers fit"):
        walked(apart, Mixture(np.full(2, 0.5), components), of_chain(2, -1), (2, 100))


def test_nowhere_to_start_is_said():
    with pytest.raises(Decline, match="no points of positive density"):
        walked(lambda p: np.full(len(p), -np.inf), WIDE, of_chain(3, -1), (2, 10))


def test_split_rhat_is_near_one_for_noise_and_large_for_a_trend():
    noise = np.random.default_rng(4).normal(size=(2000, 8, 2))
    assert split_rhat(noise) < 1.01
    assert split_rhat(noise + np.arange(2000)[:, None, None] / 500.0) > 1.1
