"""Diagram -> text of mermaid, which many pages of documentation draw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from formix.spelling import one_line

if TYPE_CHECKING:
    from formix.diagrams.parts import Edge, Node, Plate

_BRACKETS = {
    "drawn": ("([", "])"),
    "computed": ("(", ")"),
    "seen": ("[", "]"),
    "said": ("[", "]"),
}

_CLASSES = (
    "classDef seen fill:#d6e4f0,stroke:#333333,color:#111111",
    "classDef said fill:none,stroke:none",
)

_SAFE = frozenset(" ()[]|,:=~+-")
"""Marks that mean nothing within quotes: others, such as those of markdown, are told by number."""


def mermaid_text(
    nodes: tuple[Node, ...], edges: tuple[Edge, ...], plates: tuple[Plate, ...]
) -> str:
    """Return the text from which mermaid draws: nodes by plate, then edges."""
    lines = [_node(node) for node in nodes if not node.plate]
    for plate in plates:
        lines += _plate(plate, nodes)
    lines += [_edge(edge) for edge in edges]
    lines += [line for line in _CLASSES if line.split()[1] in {node.look for node in nodes}]
    return "\n".join(["flowchart TB", *(f"  {line}" for line in lines)])


def quoted(*lines: str) -> str:
    """Return a label in quotes, with every mark that mermaid could take for its own by number.

    Examples
    --------
    >>> print(quoted('a "b"', "größe_2"))
    "a #34;b#34;<br>größe#95;2"
    """
    return '"' + "<br>".join("".join(map(_spelled, one_line(line))) for line in lines) + '"'


def _spelled(character: str) -> str:
    return character if character.isalnum() or character in _SAFE else f"#{ord(character)};"


def _node(node: Node) -> str:
    left, right = _BRACKETS[node.look]
    mark = f":::{node.look}" if node.look in ("seen", "said") else ""
    return f"{node.key}{left}{quoted(*node.lines)}{right}{mark}"


def _plate(plate: Plate, nodes: tuple[Node, ...]) -> Iterator[str]:
    yield f"subgraph {plate.key}[{quoted(plate.label)}]"
    yield from (f"  {_node(node)}" for node in nodes if node.plate == plate.key)
    yield "end"


def _edge(edge: Edge) -> str:
    label = f"|{quoted(edge.label)}|" if edge.label else ""
    return f"{edge.tail} {'-.-' if edge.loose else '-->'}{label} {edge.head}"
