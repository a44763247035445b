"""The variance partition, read back from what is drawn."""

import numpy as np
import pytest
from drawn import check_legible, dots, segments, tick_texts
from fit_at import random_fit
from matplotlib import pyplot as plt

import formix as fx


@pytest.fixture(scope="module")
def pastes():
    return random_fit(fx.Model("strength ~ 1 + (1 | batch / cask)", fx.load("Pastes")), 40)


def test_the_bar_has_the_mean_shares_and_rows_below_it_their_intervals(pastes):
    ax = fx.plot_vpc(pastes, probs=[0.8])
    table = fx.vpc(pastes, prob=0.8)
    assert tick_texts(ax, "y") == ["all", "batch", "batch:cask", "Residual"]
    widths = [bar.get_width() for bar in ax.patches]
    np.testing.assert_allclose(widths, table["mean"])
    np.testing.assert_allclose([b.get_x() for b in ax.patches], np.cumsum([0, *widths[:-1]]))
    assert sum(widths) == pytest.approx(1.0)
    for place, (_, row) in enumerate(table.iterrows()):
        np.testing.assert_allclose(dots(ax)[place], [[row["mean"], place + 1]])
        np.testing.assert_allclose(segments(ax)[place][0, :, 0], [row["10%"], row["90%"]])
    assert ax.get_xlabel() == "share of the variance about the common effects"
    check_legible(ax.figure)


def test_the_scale_of_a_link_is_said():
    formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    ax = fx.plot_vpc(random_fit(fx.Model(formula, fx.load("cbpp"), "binomial"), 6))
    assert ax.get_xlabel().endswith(", latent (logit)")


def test_own_axes(pastes):
    figure, given = plt.subplots()
    assert fx.plot_vpc(pastes, ax=given) is given
    assert plt.get_fignums() == [figure.number]
