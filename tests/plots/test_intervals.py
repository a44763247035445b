"""Intervals against the quantiles of a known distribution, and what is drawn of them."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import bands, curves, dots, segments
from matplotlib.figure import Figure
from scipy import stats

import formix as fx
from formix.plots.intervals import draw_bands, draw_whiskers, intervals, said

DRAWS = np.column_stack(
    [np.linspace(0.0, 1.0, 10001), stats.norm.ppf((np.arange(10001) + 0.5) / 10001)]
)


def test_intervals_hold_their_probabilities():
    found = intervals(DRAWS, [0.5, 0.9])
    np.testing.assert_allclose(found.mean, [0.5, 0.0], atol=1e-12)
    np.testing.assert_allclose(found.low[:, 0], [0.05, 0.25])
    np.testing.assert_allclose(found.high[:, 0], [0.95, 0.75])
    np.testing.assert_allclose(found.high[:, 1], stats.norm.ppf([0.95, 0.75]), atol=2e-3)
    np.testing.assert_array_equal(found[[1]].low, found.low[:, 1:])


def test_they_are_drawn_as_they_are():
    ax, at = Figure().add_subplot(), np.array([3.0, 4.0])
    of = intervals(DRAWS, (0.5, 0.9))
    draw_bands(ax, at, of, "k", "mean")
    for band, low, high in zip(bands(ax), of.low, of.high, strict=True):
        np.testing.assert_array_equal(band, (at, low, high))
    np.testing.assert_array_equal(curves(ax)[0], np.column_stack([at, of.mean]))
    assert ax.lines[0].get_label() == "mean"


@pytest.mark.parametrize("vertical", [True, False])
def test_whiskers_stand_or_lie(vertical):
    ax, at = Figure().add_subplot(), np.array([3.0, 4.0])
    of = intervals(DRAWS, (0.5, 0.9))
    draw_whiskers(ax, at, of, "k", vertical=vertical)
    turn = slice(None) if vertical else slice(None, None, -1)
    for drawn, low, high in zip(segments(ax), of.low, of.high, strict=True):
        for end, values in enumerate((low, high)):
            np.testing.assert_array_equal(drawn[:, end, turn], np.column_stack([at, values]))
    np.testing.assert_array_equal(dots(ax)[0][:, turn], np.column_stack([at, of.mean]))
    widths = [one.get_linewidth()[0] for one in ax.collections]
    assert widths[0] < widths[1]


@pytest.mark.parametrize("probs", [(), "much", 0.0, (0.5, 1.0), None, (0.5, "x")])
def test_what_is_no_probability_is_refused(probs):
    with pytest.raises(fx.ArgumentError):
        intervals(DRAWS, probs)


def test_they_are_said_in_words():
    assert said((0.95, 0.5)) == "50 and 95 % intervals"
    assert said([0.999]) == "99.9 % intervals"
