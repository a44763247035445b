"""Points of theta: where they lie, how evenly, and how many draws they are worth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import cumulative_simpson
from scipy.special import expit, log_expit

import formix as fx
from formix.engines.laplace import nodes as of
from formix.engines.laplace.mode import joint_mode
from formix.engines.marginal.mode import Mode
from formix.engines.marginal.proposals import at_modes
from formix.engines.marginal.streams import of_chain


def skewed(x: np.ndarray) -> np.ndarray:
    """A log density with an exponential and a lighter tail."""
    return (x + 4.0 * log_expit(-x)).sum(axis=1)


def proposal(size: int):
    spread = 1.0 / np.sqrt(4.0 * expit(-1.0986) * expit(1.0986))
    peak = np.full(size, -np.log(3.0))
    mode = Mode(peak, float(skewed(peak[None])[0]), spread * np.eye(size))
    return at_modes(skewed, [mode], [], np.zeros(size, bool), thorough=False)


def test_even_points_are_of_the_proposal():
    """Their distribution function is its integral, nearer than independent draws ever come.

    Of so many of those the largest difference is below 0.003 in one run of 600.
    """
    one = proposal(1)
    grid = np.linspace(-60.0, 60.0, 20_001)
    below = cumulative_simpson(np.exp(one.log_density(grid[:, None])), x=grid, initial=0.0)
    count = 2**14
    for seed in range(3):
        points = np.sort(of.even(one, np.random.default_rng(seed), count)[:, 0])
        reached = np.interp(points, grid, below)
        assert np.abs(reached - (np.arange(count) + 0.5) / count).max() < 0.003


def test_they_differ_by_seed_and_all_are_finite():
    one, other = (of.even(proposal(12), np.random.default_rng(s), 4096) for s in (1, 2))
    assert np.isfinite(one).all()
    assert not np.isin(one, other).any()


@pytest.mark.parametrize(
    ("size", "draws", "rows", "count"),
    [(1, 4000, 50, 4000), (2, 4000, 10**6, 632), (8, 4000, 10**6, 2529), (2, 20, 50, 200)],
)
def test_how_many_there_are(size: int, draws: int, rows: int, count: int):
    assert of._count(size, draws, rows) == count


def test_few_points_tell_as_much_as_all_draws_that_share_them(monkeypatch):
    """The variance over seeds of means of 4000 draws is below what independent ones would have.

    It is about a third of that, and of 24 seeds seems above it in fewer than one run of 1e5. Points
    that are drawn apart make it 16 times as large.
    """
    monkeypatch.setattr(of, "_MOST_WORK", 0)
    formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    mode = joint_mode(fx.Model(formula, fx.load("cbpp"), "binomial").spec)
    runs = [of.nodes(mode, of_chain(seed, -1), 4000) for seed in range(24)]
    assert {len(run.theta) for run in runs} == {316}
    draws = np.exp(np.stack([run.theta[run.chosen, 0] for run in runs]))
    for values in (draws, np.square(draws)):
        independent = np.mean(values.var(axis=1)) / 4000
        assert values.mean(axis=1).var(ddof=1) < independent
