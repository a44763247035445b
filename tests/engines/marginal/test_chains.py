"""Independence chains: stationary at the target, whatever the proposal, and started far out."""

from __future__ import annotations

import numpy as np

from formix.engines.marginal.chains import Shape, independence_chains, proposed, starts, walk
from formix.engines.marginal.proposals import Mixture, SplitT
from formix.engines.marginal.streams import of_chain

PROPOSAL = Mixture(np.ones(1), (SplitT(np.array([0.5]), np.eye(1), np.ones(1), np.ones(1)),))


def target(points: np.ndarray) -> np.ndarray:
    return -0.5 * np.square(points[:, 0] / 0.7) - np.log(0.7) - 0.5 * np.log(2.0 * np.pi)


def test_chains_are_of_the_target():
    """Mean and variance within four standard errors of 40,000 draws that are worth half as many."""
    shape = Shape(chains=4, draws=10_000, thin=2)
    given = proposed(target, PROPOSAL, 7, shape)
    found = independence_chains(target, PROPOSAL, given, 7, shape)
    assert found.points.shape == (4, 10_000, 1)
    x = found.points[..., 0]
    assert abs(x.mean()) < 4.0 * 0.7 / np.sqrt(20_000)
    assert abs(x.var() - 0.49) < 4.0 * 0.49 * np.sqrt(2.0 / 20_000)
    flat = found.points.reshape(-1, 1)
    np.testing.assert_allclose(found.log_density.ravel(), target(flat))


def test_acceptance_is_that_of_the_walk():
    shape = Shape(chains=1, draws=4000, thin=1)
    given = proposed(target, PROPOSAL, 8, shape)
    found = independence_chains(target, PROPOSAL, given, 8, shape)
    moved = np.mean(np.diff(found.points[0, :, 0]) != 0.0)
    assert abs(moved - found.acceptance.mean()) < 4.0 * 0.5 / np.sqrt(4000)


def test_a_walk_accepts_by_the_ratio_of_weights():
    log_weights = np.log(np.array([1.0, 0.5, 2.0, 1.0]))
    places, probability = walk(log_weights, np.log(np.array([0.6, 0.9, 0.4])))
    assert places.tolist() == [0, 2, 3]
    np.testing.assert_allclose(probability, [0.5, 1.0, 0.5])


def test_a_start_of_no_density_is_left_at_once():
    places, probability = walk(np.array([-np.inf, -5.0, -np.inf]), np.log(np.array([0.9, 0.1])))
    assert places.tolist() == [1, 1]
    np.testing.assert_allclose(probability, [1.0, 0.0])


def test_starts_lie_farther_out_than_proposals():
    far = starts(PROPOSAL, [of_chain(1, chain) for chain in range(2000)])
    near = PROPOSAL.draw(of_chain(1, 0), 2000)
    spread = [np.subtract(*np.quantile(x, [0.75, 0.25])) for x in (far, near)]
    assert 1.7 < spread[0] / spread[1] < 2.3
