from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from scipy import stats

from formix.engines.whitened import agreement
from formix.engines.whitened.agreement import (
    by_chance,
    effective,
    folded,
    least,
    nested_rhat,
    parts,
)
from formix.engines.whitened.drawing import Drawing, Passed
from formix.engines.whitened.plan import Plan


def drawn(chains: int = 25, draws: int = 40, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((4, chains, draws, 3))


def test_nested_rhat_is_the_root_of_one_and_a_ratio_of_variances():
    x = drawn(3, 5)
    means = x.mean(axis=(1, 2))
    inside = np.mean(
        [
            x[k].var(axis=1, ddof=1).mean(axis=0) + x[k].mean(axis=1).var(axis=0, ddof=1)
            for k in range(4)
        ],
        axis=0,
    )
    np.testing.assert_allclose(
        nested_rhat(x), np.sqrt(1.0 + means.var(axis=0, ddof=1) / inside), rtol=1e-12
    )


def test_a_superchain_that_stays_away_is_seen_and_equal_ones_are_not():
    x = drawn()
    assert nested_rhat(x).max() < 1.005
    x[2, :, :, 1] += 1.0
    assert nested_rhat(x)[1] > 1.1
    assert nested_rhat(x)[[0, 2]].max() < 1.005


def test_chance_is_allowed_for_by_how_many_numbers_the_worst_is_of():
    """Of 40 sets of 6,000 numbers of two superchains the worst of each is chance."""
    generator = np.random.default_rng(4)
    for chains, draws in ((8, 1), (5, 2), (4, 10)):
        worst = []
        for _ in range(40):
            x = generator.standard_normal((2, chains, draws, 3000))
            both = np.concatenate([x, folded(x)], axis=-1)
            worst.append((nested_rhat(both).max() ** 2 - 1.0) * chains * draws)
        assert 12.0 < np.median(worst) < max(worst) < by_chance(6000, 2, chains * draws)
    assert by_chance(6000, 2, 40) == pytest.approx(stats.f.isf(1e-3 / 6000, 1, 78))
    # Four superchains differ less by chance, and few numbers of them are given what they were.
    assert by_chance(20, 4, 1000) == 12.0
    assert by_chance(20, 2, 1) == np.inf


def test_one_draw_a_chain_has_a_nested_rhat():
    assert nested_rhat(drawn(50, 1)).max() < 1.2


def test_independent_draws_are_worth_themselves_and_repeated_ones_a_part():
    """The variance of 100 means errs by 14 %: bounds are four such errors."""
    x = drawn()
    np.testing.assert_allclose(effective(x), 4000.0, rtol=0.6)
    np.testing.assert_allclose(effective(np.repeat(x[:, :, :10], 4, axis=2)), 1000.0, rtol=0.6)
    assert np.isinf(effective(np.ones((2, 3, 4, 1)))).all()


def test_the_least_worth_of_many_numbers_is_told_without_what_chance_takes():
    """Of 400 numbers of 32 chains the least alone would be half of the truth.

    Of the largest of 400 such variances 99.8 % lie within the bounds.
    """
    x = np.random.default_rng(2).standard_normal((4, 8, 50, 400))
    assert effective(x).min() < 0.6 * 1600.0
    assert 0.73 * 1600.0 < least(effective(x), 32) < 1.18 * 1600.0
    assert least(np.zeros(0), 32) == np.inf


def test_distances_from_the_median_tell_spreads_apart():
    x = drawn()
    x[0] *= 2.0
    assert nested_rhat(x).max() < 1.01
    assert nested_rhat(folded(x)).min() > 1.05


def test_parts_of_sites_are_by_superchain_chain_and_draw_and_together_all_there_is(monkeypatch):
    a = np.arange(2 * 6).reshape(2, 6).astype(float)
    b = np.arange(2 * 6 * 4).reshape(2, 6, 2, 2).astype(float)
    monkeypatch.setattr(agreement, "_MOST_NUMBERS", 12 * 3)
    found = list(parts([a, b], (2, 3, 2)))
    assert [part.shape for part in found] == [(2, 3, 2, 1), (2, 3, 2, 3), (2, 3, 2, 1)]
    assert found[0][1, 2, 1] == a[1, 5]
    whole = np.concatenate(found[1:], axis=-1)
    assert whole[1, 0, 1].tolist() == b[1, 3].ravel().tolist()


def test_what_does_not_move_tells_nothing_and_hinders_nothing(monkeypatch):
    """Such as the diagonal of correlations, which is a part of its own where draws are many."""
    generator = np.random.default_rng(1)
    sites = {"cor": np.ones((50, 32, 2, 2)), "sd": generator.standard_normal((50, 32, 2))}
    sites["cor"][..., 1, 0] = sites["cor"][..., 0, 1] = np.tanh(sites["sd"][..., 0])
    plan = Plan(400, 4, 1, short=8)
    drawing = Drawing(cast("Any", None), plan, (), lambda done, diverged: None)
    found = Passed(sites, {}, {}, cast("Any", None), 1, 0)
    together = drawing.quality(found)
    assert together.numbers == 2 * 4
    monkeypatch.setattr(agreement, "_MOST_NUMBERS", 1)
    apart = drawing.quality(found)
    assert (apart.rhat, apart.ess) == pytest.approx((together.rhat, together.ess))
    assert apart.numbers == together.numbers
    alone = replace(found, sites={"cor": np.ones((50, 32, 1))})
    assert drawing.quality(alone).numbers == 0
