"""Axes: the caller's own are drawn in, and nothing else of pyplot's is touched."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

import formix as fx
from formix.plots.canvas import array, offscreen, panel, panels


def test_without_axes_a_figure_is_made():
    ax = panel(None)
    assert plt.get_fignums() == [ax.figure.number]
    assert ax.figure.get_layout_engine() is not None


def test_own_axes_are_drawn_in():
    figure, ax = plt.subplots()
    other = Figure().add_subplot()
    assert panel(ax) is ax
    assert panels([ax, other], 2) == [ax, other]
    assert panels(np.array([[ax], [other]]), 2) == [ax, other]
    assert plt.get_fignums() == [figure.number]


def test_offscreen_pyplot_knows_of_no_figure():
    with offscreen():
        ax = panel(None)
    assert ax.figure.axes == [ax]
    assert not plt.get_fignums()
    panel(None)
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize(("count", "columns", "shape"), [(5, 3, (2, 3)), (2, 3, (1, 2))])
def test_panels_stand_in_rows(count, columns, shape):
    axes = panels(None, count, columns=columns, size=(2.0, 1.5))
    assert axes[0].get_subplotspec().get_gridspec().get_geometry() == shape
    assert axes[0].figure.axes == axes
    np.testing.assert_allclose(axes[0].figure.get_size_inches(), (2.0 * shape[1], 1.5 * shape[0]))


def test_the_lowest_panel_of_each_column_has_labels():
    axes = panels(None, 5, sharex=True)
    axes[0].figure.canvas.draw()
    below = [ax.xaxis.get_tick_params()["labelbottom"] for ax in axes]
    assert below == [False, False, True, True, True]


def test_an_array_of_axes_is_of_objects():
    axes = panels(None, 1)
    assert array(axes).shape == (1,)
    assert array(axes)[0] is axes[0]


@pytest.mark.parametrize(
    ("ax", "count", "says"),
    [
        (3, 1, "holds a int, which is no axes"),
        ("ax", 1, "holds a str, which is no axes"),
        ([], 2, "holds 0 axes, and this picture has 2 panels"),
    ],
)
def test_what_is_no_axes_is_refused(ax, count, says):
    with pytest.raises(fx.ArgumentError) as caught:
        panels(ax, count)
    assert says in str(caught.value)
    assert not plt.get_fignums()
