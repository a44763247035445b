"""Pictures within the page: each in words too, for who does not see it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from formix.plots.images import image
from formix.reporting.html import Html, tag

if TYPE_CHECKING:
    from formix.reporting.html import Content


_NARROW = 640
"""Pixels of a picture that is still read where it is made as narrow as a telephone."""


def picture(draw: Callable[[], Any], alt: str, *caption: Content) -> Html:
    """Return a picture of Matplotlib's.

    Parameters
    ----------
    draw
        Returns its axes.
    alt
        What it shows, for who does not see it.
    caption
        How to read it.
    """
    found = image(draw)
    shown = tag(
        "img",
        src=_held(found.kind, found.data),
        alt=alt,
        width=found.width,
        height=found.height,
    )
    if found.width <= _NARROW:
        return tag("figure", shown, tag("figcaption", *caption))
    return _scrolling("wide", shown, alt, *caption)


def diagram(svg: str, alt: str, *caption: Content) -> Html:
    """Return a drawing of graphviz's, as large as it is: a wide one scrolls within itself."""
    shown = tag("img", src=_held("image/svg+xml", svg.encode()), alt=alt)
    return _scrolling("diagram", shown, alt, *caption)


def _scrolling(kind: str, shown: Html, alt: str, *caption: Content) -> Html:
    """Return an image that is as wide as its letters need, and scrolls on a narrow screen."""
    held = tag("div", shown, class_="scroll", role="region", aria_label=alt, tabindex=0)
    return tag("figure", held, tag("figcaption", *caption), class_=kind)


def _held(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"
