"""The page around the parts."""

from __future__ import annotations

import base64
import hashlib
import re

from pages import read_page

from formix.reporting.html import tag
from formix.reporting.page import STYLE, page

PARTS = {"a": ("A < B", tag("section", id="a")), "b": ("B", tag("section", id="b"))}


def _made():
    return read_page(page("<title>", tag("h1", "x"), PARTS, "end"))


def test_contents_link_to_every_part():
    links = _made().all("nav")[0].all("a")
    said = [(link.text, link.attributes["href"]) for link in links]
    assert said == [("A < B", "#a"), ("B", "#b")]
    assert [one.attributes["id"] for one in _made().all("section")] == ["a", "b"]


def test_it_names_its_encoding_language_and_title():
    found = _made()
    assert found.all("meta")[0].attributes == {"charset": "utf-8"}
    assert found.all("html")[0].attributes["lang"] == "en"
    assert found.all("title")[0].text == "<title>"
    assert page("t", "h", {}, "f").startswith("<!DOCTYPE html>\n")


def test_its_policy_allows_its_own_style_and_images_within_it_alone():
    found = _made()
    (policy,) = (m for m in found.all("meta") if "http-equiv" in m.attributes)
    assert policy.attributes["http-equiv"] == "Content-Security-Policy"
    rules = dict(rule.split(" ", 1) for rule in policy.attributes["content"].split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    style = found.all("style")[0].text
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert rules["style-src"] == f"'sha256-{digest}'"


def test_the_style_fetches_nothing():
    text = STYLE.read_text(encoding="utf-8")
    assert not re.search(r"url\(|@import|@font-face|expression|</", text)


def test_the_style_knows_dark_screens_and_paper():
    text = STYLE.read_text(encoding="utf-8")
    assert "@media (prefers-color-scheme: dark)" in text
    assert "@media print" in text
