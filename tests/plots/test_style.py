"""Colours that are told apart, also by those who see few."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from formix.plots.style import colours, dress

# Machado, Oliveira and Fernandes (2009), the strongest deuteranomaly and protanomaly, linear RGB.
BLIND = {
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "all": np.eye(3).tolist(),
}  # fmt: skip
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(colour: str, seen: str) -> np.ndarray:
    """CIELAB of a colour as some see it."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.array(BLIND[seen]) @ linear, 0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("seen", BLIND)
@pytest.mark.parametrize(("count", "ordered"), [(4, False), (6, False), (5, True)])
def test_colours_are_told_apart(seen, count, ordered):
    """A just noticeable difference is about 2.3; ten are seen at a glance."""
    some = [lab(colour, seen) for colour in colours(count, ordered=ordered)]
    assert len(some) == count
    assert min(np.linalg.norm(a - b) for a, b in combinations(some, 2)) > 10.0


def test_an_order_goes_from_dark_to_light():
    light = [lab(colour, "all")[0] for colour in colours(7, ordered=True)]
    assert np.all(np.diff(light) > 3.0)
    assert len(set(colours(30))) == 30


def test_axes_are_labelled_and_bare():
    ax = Figure().add_subplot()
    dress(ax, x="Days", y="Reaction (ms)", title="All")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Days", "Reaction (ms)")
    assert ax.get_title(loc="left") == "All"
    assert not ax.spines["top"].get_visible()
    assert ax.yaxis.get_gridlines()[0].get_visible()
    assert not ax.xaxis.get_gridlines()[0].get_visible()
