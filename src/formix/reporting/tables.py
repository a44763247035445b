"""Tables of the page: each scrolls within itself, so that the page never does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from formix.reporting.html import Content, Html, tag

_LONG = 40
"""Rows of a table that is still shown whole; a longer one scrolls up and down too."""


@dataclass(frozen=True)
class Body:
    """Rows that belong together, under a title of their own where there is one."""

    rows: Sequence[Sequence[Content]]
    title: str = ""


def table(
    caption: str,
    head: Sequence[Content],
    bodies: Sequence[Body],
    *,
    texts: Collection[int] = (0,),
    before: Sequence[tuple[Content, int]] = (),
) -> Html:
    """Return a table under its caption.

    Parameters
    ----------
    caption
        What it is a table of.
    head
        The names of its columns; the first names the rows.
    bodies
        Its rows.
    texts
        The columns that hold text; the others hold numbers, which are set flush right.
    before
        A row of names above the columns' own, each with the number of columns that it spans.
    """
    above = [tag("th", name, colspan=span, scope="colgroup") for name, span in before]
    names = [tag("th", name, scope="col", class_=_class(i, texts)) for i, name in enumerate(head)]
    header = tag("thead", *([tag("tr", *above)] if above else []), tag("tr", *names))
    rows = [_body(body, len(head), texts) for body in bodies]
    held = tag("table", tag("caption", caption), header, *rows)
    long = sum(len(body.rows) for body in bodies) > _LONG
    return _scrolling(held, caption, "scroll long" if long else "scroll")


def listed(caption: str, rows: Iterable[tuple[Content, Content]]) -> Html:
    """Return a table of names and what they stand for."""
    lines = [tag("tr", tag("th", name, scope="row"), tag("td", said)) for name, said in rows]
    held = tag("table", tag("caption", caption), tag("tbody", *lines), class_="listed")
    return _scrolling(held, caption, "scroll")


def _scrolling(held: Html, caption: str, kind: str) -> Html:
    """Return a table within a region that scrolls, by the keyboard too."""
    return tag("div", held, class_=kind, role="region", aria_label=caption, tabindex=0)


def _body(body: Body, width: int, texts: Collection[int]) -> Html:
    lines: list[Html] = []
    if body.title:
        title = tag("th", body.title, colspan=width, scope="rowgroup", class_="title")
        lines.append(tag("tr", title))
    for name, *cells in body.rows:
        rest = [tag("td", cell, class_=_class(i, texts)) for i, cell in enumerate(cells, 1)]
        lines.append(tag("tr", tag("th", name, scope="row"), *rest))
    return tag("tbody", *lines)


def _class(place: int, texts: Collection[int]) -> str:
    return "text" if place in texts else "number"
