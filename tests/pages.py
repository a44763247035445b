"""A page read as a browser reads it: its elements, with what they say."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"img", "link", "meta"}


@dataclass
class Element:
    """An element: its name, attributes, children, and the text directly in it."""

    name: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)
    pieces: list[str | Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(p if isinstance(p, str) else p.text for p in self.pieces)

    def all(self, name: str = "", **attributes: str) -> list[Element]:
        """Every element below of a name and with attributes, in the order of the page."""
        found = []
        for child in self.children:
            same = all(child.attributes.get(k.rstrip("_")) == v for k, v in attributes.items())
            if same and name in ("", child.name):
                found.append(child)
            found += child.all(name, **attributes)
        return found

    def rows(self) -> list[list[str]]:
        """The cells of a table, row by row."""
        return [
            [cell.text for cell in row.children if cell.name in ("td", "th")]
            for row in self.all("tr")
        ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("page")]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        self.open[-1].pieces.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open[-1].name == tag, f"</{tag}> ends <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].pieces.append(data)


def read_page(text: str) -> Element:
    """The root of a page, sure that every element is closed where it should be."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].name}> is not closed"
    return reader.open[0]


def section(page: Element, slug: str) -> Element:
    """A part of the page."""
    (found,) = page.all("section", id=slug)
    return found


def table(page: Element, caption: str) -> Element:
    """The table under a caption, which may say more after these words."""
    (found,) = (one for one in page.all("table") if one.all("caption")[0].text.startswith(caption))
    return found
