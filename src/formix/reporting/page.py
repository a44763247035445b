"""The page around the parts: one text that opens anywhere and asks nothing of any network."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path

from formix.reporting.html import Content, Html, escape, tag

STYLE = Path(__file__).with_name("page.css")


def page(title: str, heading: Content, parts: Mapping[str, tuple[str, Html]], foot: Content) -> str:
    """Return a page.

    Parameters
    ----------
    title
        What a browser's tab shows.
    heading
        What stands before the table of contents.
    parts
        Each part by its address within the page: its title, and itself.
    foot
        What stands at the end.
    """
    links = [tag("li", tag("a", name, href=f"#{at}")) for at, (name, _) in parts.items()]
    body = tag(
        "body",
        tag(
            "div",
            tag("header", heading),
            tag("nav", tag("ol", *links), aria_label="Contents"),
            tag("main", *(part for _, part in parts.values())),
            tag("footer", foot),
            class_="page",
        ),
    )
    whole = tag("html", _head(title), body, lang="en")
    return f"<!DOCTYPE html>\n{escape(whole)}\n"


def _head(title: str) -> Html:
    style = STYLE.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    # No script runs and nothing is fetched, whatever the texts of the data hold.
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'none'"
    )
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="generator", content="formix"),
        tag("title", title),
        tag("link", rel="icon", href="data:,"),
        tag("style", Html(style)),
    )
