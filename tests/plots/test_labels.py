"""Labels stand apart, however many and long they are, and say units where they are known."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from drawn import check_legible, tick_texts
from matplotlib.figure import Figure

from formix.plots.labels import level_ticks, plain, short, with_unit
from formix.results.groups import Groups


def test_dollars_are_no_mathematics():
    figure = Figure()
    figure.text(0.1, 0.5, plain("$x$ is _5"))
    figure.text(0.1, 0.1, plain("$"))
    figure.draw_without_rendering()
    assert plain("$x$") == r"\$x\$"


def test_long_labels_are_cut_and_kept_on_a_line():
    assert short("a\nb  c") == "a b c"
    assert len(short("x" * 99)) == 24
    assert short("x" * 24) == "x" * 24


@pytest.mark.parametrize("axis", ["x", "y"])
@pytest.mark.parametrize("count", [1, 3, 12, 60, 500])
@pytest.mark.parametrize("length", [1, 9, 40])
def test_no_label_lies_on_another(axis, count, length):
    figure = Figure(figsize=(5, 4), layout="constrained")
    ax = figure.add_subplot()
    (ax.set_xlim if axis == "x" else ax.set_ylim)(-0.5, count - 0.5)
    (ax.set_yticks if axis == "x" else ax.set_xticks)([])
    step = level_ticks(ax, [f"{j}".ljust(length, "m") for j in range(count)], axis)
    check_legible(figure)
    texts = tick_texts(ax, axis)
    said = [int(text.rstrip("m\u2026")) for text in texts]
    assert said == list(range(0, count, step))
    if count <= 12:
        assert len(texts) == count
    # Where there is room for more labels there are more.
    assert count < 60 or len(texts) >= 15


def test_names_have_their_units():
    data = xr.Dataset(
        {
            "Days": ("obs", np.arange(3.0), {"unit": "days"}),
            "obs_": ("obs", np.arange(3.0), {"name": "obs", "unit": "m$"}),
            "x": ("obs", np.arange(3.0)),
        }
    )
    found = Groups({"constant_data": data})
    assert with_unit("Days", found) == "Days (days)"
    assert with_unit("obs", found) == r"obs (m\$)"
    assert with_unit("x", found) == "x"
    assert with_unit("log(Days)", found) == "log(Days)"
