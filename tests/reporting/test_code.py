"""Programs on the page say what they say as text, and mark what they are made of."""

from __future__ import annotations

import pytest
from pages import read_page

from formix.reporting.code import code


@pytest.mark.parametrize("language", ["python", "r", "sh", "bibtex"])
@pytest.mark.parametrize("text", ["x <- '</code><script>' # é\n\n  y & \"z\"", "\n x", "", "a\tb"])
def test_the_text_is_kept(text: str, language: str):
    page = read_page(str(code(text, language, "label")))
    assert page.all("pre")[0].text == text.rstrip("\n")
    assert not page.all("script")


def test_words_are_marked_by_what_they_are():
    page = read_page(str(code('def f():\n    return "a", 12  # why', "python", "label")))
    marked = {span.text: span.attributes["class"] for span in page.all("span")}
    assert marked["def"] == marked["return"] == "k"
    assert marked["12"] == "m"
    assert marked["# why"] == "c"
    assert "".join(text for text, kind in marked.items() if kind == "s") in ('"a"', '"a')
