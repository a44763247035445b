"""Text and cells -> HTML for notebooks: escaped, in the page's own colours, asking for nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def preformatted(text: str) -> str:
    """Return text whose columns stand as they are printed.

    Examples
    --------
    >>> preformatted("y ~ x  & (1 | <g>)").partition(">")[2]
    'y ~ x  &amp; (1 | &lt;g&gt;)</pre>'
    """
    style = "white-space: pre; overflow-x: auto; line-height: 1.3; color: inherit; background: none"
    return f'<pre style="{style}">{escape(text)}</pre>'


def sectioned(names: Sequence[str], sections: Iterable[tuple[str, Iterable[Sequence[str]]]]) -> str:
    """Return a table whose rows stand under titles.

    Parameters
    ----------
    names
        The headings of the columns; the first is of the rows' labels.
    sections
        A title and its rows: the label and the cells of each.
    """
    head = "".join(_cell("th", name, "right") for name in names)
    lines = [f"<thead><tr>{head}</tr></thead>"]
    for title, rows in sections:
        heading = f'<th colspan="{len(names)}" scope="rowgroup" style="text-align: left">'
        lines.append(f"<tbody><tr>{heading}{escape(title)}</th></tr>")
        for label, *cells in rows:
            told = "".join(_cell("td", cell, "right") for cell in cells)
            lines.append(f"<tr>{_cell('th', label, 'left', 'font-weight: normal')}{told}</tr>")
        lines.append("</tbody>")
    return "\n".join(['<table class="dataframe">', *lines, "</table>"])


def _cell(tag: str, text: str, side: str, more: str = "") -> str:
    style = "; ".join(filter(None, (f"text-align: {side}", more)))
    return f'<{tag} style="{style}">{escape(text)}</{tag}>'
