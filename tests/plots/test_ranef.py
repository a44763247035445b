"""Caterpillars against the draws, one level after another."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import check_legible, dots, segments, tick_texts
from fit_at import random_fit
from matplotlib import pyplot as plt
from scipy import stats

import formix as fx


def test_each_level_has_its_intervals_in_order_of_size(sleep):
    axes = fx.plot_ranef(sleep, probs=(0.5, 0.9))
    r = sleep["posterior"]["r_Subject"].to_numpy().reshape(-1, 18, 2)
    names = sleep["posterior"]["Subject"].to_numpy().astype(str)
    assert [ax.get_title(loc="left") for ax in axes] == ["Subject: Intercept", "Subject: Days"]
    for effect, ax in enumerate(axes):
        order = np.argsort(r[..., effect].mean(0))
        (shown,) = dots(ax)
        np.testing.assert_allclose(shown[:, 0], r[..., effect].mean(0)[order])
        np.testing.assert_array_equal(shown[:, 1], np.arange(18))
        assert tick_texts(ax, "y") == names[order].tolist()
        outer, inner = segments(ax)
        for ends, tails in ((outer, (0.05, 0.95)), (inner, (0.25, 0.75))):
            expected = np.quantile(r[..., effect], tails, axis=0).T[order]
            np.testing.assert_allclose(ends[..., 0], expected)
    check_legible(axes[0].figure)


def test_levels_may_keep_their_own_order_from_the_top(sleep):
    (ax,) = fx.plot_ranef(sleep, effects="Days", sort=False)
    names = sleep["posterior"]["Subject"].to_numpy().astype(str).tolist()
    assert tick_texts(ax, "y") == names[::-1]


def test_five_hundred_levels_are_legible():
    frame = {"y": np.arange(1000.0) % 7, "g": [f"place {j}" for j in np.arange(1000) % 500]}
    fit = random_fit(fx.Model("y ~ 1 + (1 | g)", frame))
    (ax,) = fx.plot_ranef(fit)
    assert len(dots(ax)[0]) == 500
    assert 20 <= len(tick_texts(ax, "y")) <= 60
    assert "500 levels, one of " in ax.get_ylabel()
    check_legible(ax.figure)


def test_of_means_and_deviations_alone_intervals_are_normal():
    model = fx.Model("Reaction ~ Days + (1 | Subject)", fx.load("sleepstudy"))
    fit = model.fit(seed=1, draws=400, keep_groups="summary", progress=False)
    (ax,) = fx.plot_ranef(fit, probs=[0.8], sort=False)
    table = fx.ranef(fit)[::-1]
    np.testing.assert_allclose(dots(ax)[0][:, 0], table["mean"])
    ends = segments(ax)[0][..., 0]
    expected = table["mean"].to_numpy()[:, None] + np.outer(table["sd"], stats.norm.ppf([0.1, 0.9]))
    np.testing.assert_allclose(ends, expected)


def test_own_axes_are_drawn_in(sleep):
    figure, given = plt.subplots(1, 2)
    axes = fx.plot_ranef(sleep, ax=given)
    assert list(axes) == list(given)
    assert plt.get_fignums() == [figure.number]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"group": "Subjects"}, "did you mean `Subject`"),
        ({"effects": "Day"}, "did you mean `Days`"),
        ({"ax": [None]}, "holds a NoneType"),
        ({"probs": 2}, "`prob` is 2.0"),
    ],
)
def test_what_is_asked_wrongly_is_refused(sleep, options, says):
    with pytest.raises(fx.ArgumentError) as caught:
        fx.plot_ranef(sleep, **options)
    assert says in str(caught.value)
