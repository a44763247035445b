"""Markup as a value: text becomes it only by being escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape as _escape

_VOID = ("img", "link", "meta")

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What HTML forbids in a text, and what UTF-8 cannot hold."""


@dataclass(frozen=True)
class Html:
    """Markup that is shown as what it says, not as text."""

    text: str

    def __str__(self) -> str:
        return self.text


Content = Html | str | int
"""What an element may hold: markup, or text, which is escaped."""


def escape(content: Content) -> str:
    """Return content as it stands in a page.

    Examples
    --------
    >>> escape("a < b"), escape(Html("<br>"))
    ('a &lt; b', '<br>')
    """
    if isinstance(content, Html):
        return content.text
    return _escape(_UNSEEN.sub("\N{REPLACEMENT CHARACTER}", str(content)))


def join(contents: Iterable[Content], by: Content = "") -> Html:
    """Return contents one after the other."""
    return Html(escape(by).join(map(escape, contents)))


def tag(element: str, /, *contents: Content, **attributes: str | int | bool) -> Html:
    """Return an element.

    Parameters
    ----------
    element
        Its name; like the names of attributes, never a text of a user's.
    contents
        What stands in it; text is escaped.
    attributes
        By name: `class_` is `class`, `aria_label` is `aria-label`. True stands alone, False is left
        out.

    Examples
    --------
    >>> print(tag("td", "<script>", class_="name", hidden=True))
    <td class="name" hidden>&lt;script&gt;</td>
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    opening = f"<{element}{written}>"
    return Html(opening if element in _VOID else f"{opening}{join(contents)}</{element}>")


def _attribute(key: str, value: str | int | bool) -> str:
    name = key.rstrip("_").replace("_", "-")
    if isinstance(value, bool):
        return f" {name}" if value else ""
    return f' {name}="{escape(value)}"'
