"""Means and standard deviations that are added up part by part."""

from __future__ import annotations

import numpy as np

from formix.engines.moments import Moments, added


def test_parts_add_up_to_the_whole():
    """Far from zero, where sums of squares would lose all digits."""
    draws = 1e8 + np.random.default_rng(1).normal(size=(50, 3, 2))
    parts = Moments.of(draws[:7]) + Moments.of(draws[7:7]) + Moments.of(draws[7:])
    assert parts.count == 50
    np.testing.assert_allclose(parts.mean, draws.mean(axis=0), rtol=1e-15)
    np.testing.assert_allclose(parts.sd, draws.std(axis=0, ddof=1), rtol=1e-6)


def test_draws_count_as_often_as_a_chain_stood_there():
    draws = np.random.default_rng(2).normal(size=(5, 2))
    times = np.array([0, 3, 1, 0, 2])
    found, repeated = Moments.of(draws, times), np.repeat(draws, times, axis=0)
    np.testing.assert_allclose(found.mean, repeated.mean(axis=0))
    np.testing.assert_allclose(found.sd, repeated.std(axis=0, ddof=1))
    total: dict[str, Moments] = {}
    added(total, {"r": draws[:2]}, times[:2])
    added(total, {"r": draws[2:]}, times[2:])
    np.testing.assert_allclose(total["r"].sd, found.sd)


def test_what_is_stored_is_read_again():
    found = Moments.of(np.random.default_rng(3).normal(size=(9, 4)))
    again = Moments.of_sd(found.count, found.mean, found.sd)
    np.testing.assert_allclose(again.squares, found.squares)


def test_one_draw_has_no_standard_deviation():
    one = Moments.of(np.ones((1, 2)))
    assert np.isnan(one.sd).all()
    np.testing.assert_allclose((Moments.of_sd(1, one.mean, one.sd) + one).sd, 0.0)
