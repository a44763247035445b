"""Markup: nothing of a user's becomes part of it."""

from __future__ import annotations

from html import unescape

import pytest
from hypothesis import given, strategies as st
from pages import read_page

from formix.reporting.html import Html, escape, join, tag


@given(st.text())
def test_a_text_is_shown_as_it_is(text: str):
    seen = unescape(escape(text))
    assert len(seen) == len(text)
    assert all(a == b or b == "\N{REPLACEMENT CHARACTER}" for a, b in zip(text, seen, strict=True))
    assert not set("<>\"'") & set(escape(text))


@pytest.mark.parametrize("text", ["\x00", "\x1b[2J", "\ud800", "\x85"])
def test_what_no_page_can_hold_is_replaced(text: str):
    escape(text).encode("utf-8")
    assert escape(text)[0] == "\N{REPLACEMENT CHARACTER}"


def test_markup_is_not_escaped_twice():
    inner = tag("b", "a & b")
    assert str(tag("p", inner)) == "<p><b>a &amp; b</b></p>"


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co"))))
def test_a_text_can_neither_open_an_element_nor_leave_an_attribute(text: str):
    (found,) = read_page(str(tag("p", text, title=text))).children
    assert not found.children
    assert found.attributes == {"title": text}
    assert found.text == text


def test_attributes_are_spelled_as_in_html():
    found = tag("div", class_="a", aria_label="b", hidden=True, open=False, tabindex=0)
    assert str(found) == '<div class="a" aria-label="b" hidden tabindex="0"></div>'


def test_an_element_without_contents_is_not_closed():
    assert str(tag("meta", name="x")) == '<meta name="x">'


def test_contents_are_joined():
    assert join(["<", Html("<br>"), 3], by=", ") == Html("&lt;, <br>, 3")
