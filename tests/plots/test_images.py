"""Pictures as images: the same bytes for the same picture, small, and unknown to pyplot."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ET

import matplotlib.pyplot as plt
import numpy as np
import pytest

import formix as fx
from formix.errors import MissingLibraryError
from formix.plots import images, library
from formix.plots.canvas import panel, panels
from formix.plots.images import image


def _line():
    ax = panel(None, (5.0, 3.0))
    ax.plot([0.0, 1.0], [0.0, 1.0])
    return ax


def test_a_picture_is_drawn_in_lines_at_its_size():
    found = image(_line)
    assert found.kind == "image/svg+xml"
    assert (found.width, found.height) == (480, 288)
    root = ET.fromstring(found.data)
    assert root.attrib["width"] == "360pt"


def test_it_holds_shapes_of_letters_and_asks_for_nothing():
    text = image(_line).data.decode()
    assert "<text" not in text
    assert "font-family" not in text
    assert "http" not in text.replace("http://www.w3.org/", "").replace(
        "http://purl.org/dc/", ""
    ).replace("http://creativecommons.org/ns#", "")


def test_the_same_picture_is_the_same_bytes():
    assert image(_line).data == image(_line).data


def test_very_many_points_become_points_of_colour():
    def cloud():
        ax = panel(None)
        ax.plot(*np.random.default_rng(1).normal(size=(2, 20_000)), ".")
        return ax

    found = image(cloud)
    assert found.kind == "image/png"
    assert len(found.data) < 400_000
    width, height = struct.unpack(">II", found.data[16:24])
    assert width / height == pytest.approx(found.width / found.height, rel=0.01)
    assert width > 1.5 * found.width


def test_several_panels_are_one_image():
    found = image(lambda: np.array(panels(None, 3, size=(2.0, 2.0))))
    assert (found.width, found.height) == (576, 192)


def test_pyplot_knows_nothing_of_it():
    before = plt.get_fignums()
    with plt.rc_context({"svg.fonttype": "none"}):
        image(_line)
        assert plt.rcParams["svg.fonttype"] == "none"
    assert plt.get_fignums() == before


def test_without_matplotlib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    assert images.can_draw()
    monkeypatch.setattr(library, "plt", None)
    monkeypatch.setattr(images, "plt", None)
    assert not images.can_draw()
    with pytest.raises(MissingLibraryError, match="Matplotlib"):
        image(_line)


def test_what_a_picture_refuses_is_passed_on():
    def refused():
        raise fx.ArgumentError("no such group")

    with pytest.raises(fx.ArgumentError, match="no such group"):
        image(refused)
