"""Diagram -> text of graphviz, and its drawing where graphviz is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from formix.spelling import one_line

if TYPE_CHECKING:
    from formix.diagrams.parts import Edge, Node, Plate

PROGRAM = "dot"

SECONDS = 20.0
"""After which a drawing is given up."""

_LOOKS = {
    "drawn": "shape=ellipse",
    "computed": "shape=box, style=rounded",
    "seen": 'shape=box, style=filled, fillcolor="#d6e4f0"',
    "said": 'shape=plain, fontcolor="#555555"',
}

_HEAD = (
    'bgcolor="white"; rankdir=TB; nodesep=0.3; ranksep=0.4;',
    'node [fontname="Helvetica,Arial,sans-serif", fontsize=11, color="#333333"];',
    'edge [fontname="Helvetica,Arial,sans-serif", fontsize=9, color="#666666", '
    'fontcolor="#555555", arrowsize=0.7];',
)


def dot_text(nodes: tuple[Node, ...], edges: tuple[Edge, ...], plates: tuple[Plate, ...]) -> str:
    """Return the text from which graphviz draws: nodes by plate, then edges."""
    lines = [f"  {line}" for line in _HEAD]
    lines += [f"  {_node(node)}" for node in nodes if not node.plate]
    for plate in plates:
        lines += [f"  {line}" for line in _plate(plate, nodes)]
    lines += [f"  {_edge(edge)}" for edge in edges]
    return "\n".join(["digraph {", *lines, "}"])


def quoted(*lines: str) -> str:
    r"""Return a label in quotes, with nothing in it that graphviz would take for its own.

    Examples
    --------
    >>> print(quoted('a "b"', "c\\d", "R&D"))
    "a \"b\"\nc\\d\nR&amp;D"
    """
    escaped = (
        one_line(line).replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
        for line in lines
    )
    return '"' + "\\n".join(escaped) + '"'


@lru_cache(maxsize=32)
def drawn(text: str) -> str | None:
    """Return the SVG that graphviz draws of its text; None where it is absent or draws nothing.

    It is an element that can stand in a page, beside others: without a prologue, and without
    names of its parts.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        return None
    try:
        run = subprocess.run(
            [program, "-Tsvg"],
            input=text,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=SECONDS,
        )
    except (OSError, UnicodeError, subprocess.TimeoutExpired):
        return None
    start = run.stdout.find("<svg")
    if run.returncode or start < 0:
        return None
    body = re.sub(r"<title>.*?</title>\n?|<!--.*?-->\n?", "", run.stdout[start:], flags=re.DOTALL)
    return re.sub(r'(<\w+) id="[^"]*"', r"\1", body).strip()


def _node(node: Node) -> str:
    return f"{node.key} [label={quoted(*node.lines)}, {_LOOKS[node.look]}];"


def _plate(plate: Plate, nodes: tuple[Node, ...]) -> Iterator[str]:
    # A subgraph is a frame where its name begins with `cluster`.
    yield f"subgraph cluster_{plate.key} {{"
    yield f"  label={quoted(plate.label)}; labeljust=r; labelloc=b; color=" + '"#999999";'
    yield '  fontname="Helvetica,Arial,sans-serif"; fontsize=10; fontcolor="#555555";'
    yield from (f"  {_node(node)}" for node in nodes if node.plate == plate.key)
    yield "}"


def _edge(edge: Edge) -> str:
    said = [f"label={quoted(edge.label)}"] if edge.label else []
    said += ["dir=none, style=dashed, constraint=false"] if edge.loose else []
    return f"{edge.tail} -> {edge.head}" + (f" [{', '.join(said)}]" if said else "") + ";"
