"""HTML for notebooks: whole, escaped, without a colour or an address of its own."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

import formix as fx
from formix.notebook import preformatted, sectioned

AWKWARD = 'a & b < c > "d" <script>alert(1)</script>'


def test_text_is_read_as_it_was_written():
    (page,) = [ET.fromstring(preformatted(AWKWARD + "\n  second"))]
    assert page.text == AWKWARD + "\n  second"


def test_cells_are_read_as_they_were_written():
    html = sectioned(["", AWKWARD], [(AWKWARD, [[AWKWARD, "1"], ["x", AWKWARD]])])
    rows = [[one.text for one in row] for row in ET.fromstring(html).iter("tr")]
    assert rows == [[None, AWKWARD], [AWKWARD], [AWKWARD, "1"], ["x", AWKWARD]]


@pytest.mark.parametrize("what", ["model", "estimates"])
def test_models_and_estimates_show_their_text(what: str):
    model = fx.Model("Reaction ~ Days + (1 | Subject)", fx.load("sleepstudy"))
    shown = model if what == "model" else model.reml()
    html = shown._repr_html_()
    assert ET.fromstring(html).text == str(shown)
    assert not re.search(r"https?:|src=|href=|#[0-9a-f]{3}", html)
