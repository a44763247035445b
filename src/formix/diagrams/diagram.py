"""The noun that a diagram is for its user: text, graphviz, mermaid, a picture."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from formix.diagrams.dot import dot_text, drawn
from formix.diagrams.mermaid import mermaid_text
from formix.errors import UnsupportedError

if TYPE_CHECKING:
    from formix.diagrams.parts import Edge, Node, Plate


@dataclass(frozen=True)
class Diagram:
    """A diagram: printed it is a tree of text, in a notebook a picture.

    The picture is drawn by graphviz where that is installed; where it is not, a page that knows
    mermaid draws its text. Nothing is asked of another host.

    Parameters
    ----------
    text
        The tree.
    nodes, edges, plates
        What it is made of.
    """

    text: str = field(repr=False)
    nodes: tuple[Node, ...] = field(repr=False)
    edges: tuple[Edge, ...] = field(repr=False)
    plates: tuple[Plate, ...] = field(repr=False)

    @property
    def dot(self) -> str:
        """The text from which graphviz draws it."""
        return dot_text(self.nodes, self.edges, self.plates)

    @property
    def mermaid(self) -> str:
        """The text from which mermaid draws it."""
        return mermaid_text(self.nodes, self.edges, self.plates)

    @property
    def svg(self) -> str:
        """The picture that graphviz draws.

        Raises
        ------
        UnsupportedError
            If graphviz is not installed, or cannot draw it.
        """
        found = drawn(self.dot)
        if found is None:
            raise UnsupportedError(
                "graphviz draws nothing here: there is no program `dot`, or it fails",
                hint="on Debian: apt install graphviz; or paste `.dot` or `.mermaid` where they "
                "are drawn",
            )
        return found

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_svg_(self) -> str | None:
        return drawn(self.dot)

    def _repr_html_(self) -> str:
        picture = drawn(self.dot)
        if picture is not None:
            return picture
        return f'<pre class="mermaid">{escape(self.mermaid)}</pre>'
