"""Widths that are learnt: those that differ by chance are one, and those that differ are kept."""

from __future__ import annotations

import numpy as np

from formix.engines.whitened.tuning import shrunk

DRAWS = 200


def test_widths_that_differ_by_chance_alone_are_all_but_one():
    """In 40 sets of 300 coordinates, whose spread of variances is told to a tenth."""
    generator = np.random.default_rng(8)
    for _ in range(40):
        z = 1.3 * generator.standard_normal((DRAWS, 300))
        found = shrunk(z.var(axis=0), DRAWS)
        assert abs(found.mean() - 1.3) < 0.02
        assert found.std() < 0.01
        assert z.std(axis=0).std() > 0.05


def test_widths_that_differ_are_kept():
    generator = np.random.default_rng(9)
    widths = np.repeat([0.5, 1.0, 2.0], 20)
    z = widths * generator.standard_normal((DRAWS, 60))
    np.testing.assert_allclose(shrunk(z.var(axis=0), DRAWS), z.std(axis=0), rtol=0.03)


def test_one_width_and_none_are_what_they_are():
    assert shrunk(np.array([4.0]), DRAWS).tolist() == [2.0]
    assert shrunk(np.zeros(0), DRAWS).shape == (0,)


def test_a_few_wide_ones_among_thousands_keep_their_widths():
    generator = np.random.default_rng(10)
    widths = np.repeat([3.0, 1.0], [3, 5000])
    z = widths * generator.standard_normal((DRAWS, 5003))
    found = shrunk(z.var(axis=0), DRAWS)
    assert np.all(np.abs(found[:3] / 3.0 - 1.0) < 0.3)
    assert np.quantile(np.abs(found[3:] - 1.0), 0.95) < 0.02
