"""The hierarchy of the data, and the model as a graph: drawn where graphviz is, else as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from formix.errors import UnsupportedError
from formix.reporting.figures import diagram
from formix.reporting.html import Content, tag
from formix.verbs.graph import graph
from formix.verbs.hierarchy import hierarchy

if TYPE_CHECKING:
    from formix.diagrams.diagram import Diagram
    from formix.reporting.reported import Reported


def nested(reported: Reported) -> Iterator[Content]:
    """Yield which group lies in which, or crosses which."""
    if reported.model.design.blocks:
        yield tag("h3", "Hierarchy")
        yield from _shown(
            hierarchy(reported.model),
            "Hierarchy of the groups of the data",
            "Which group lies in which, or crosses which, as the data have it.",
        )


def assumed(reported: Reported) -> Iterator[Content]:
    """Yield the model as a graph, from priors to the response."""
    yield tag("h3", "Graph")
    yield from _shown(
        graph(reported.model),
        "Graph of the model",
        "From priors, through parameters and effects, to the response. An ellipse is drawn from a "
        "distribution, a box is computed, a filled one is known; a frame holds what there is once "
        "a row, or once a level of a group.",
    )


def _shown(found: Diagram, alt: str, caption: str) -> Iterator[Content]:
    text = tag("pre", str(found), tabindex=0, role="region", aria_label=f"{alt}, as text")
    try:
        drawn = diagram(found.svg, alt, caption)
    except UnsupportedError:
        # The text says as much, and graphviz is not everywhere.
        yield from (text, tag("p", caption, class_="soft"))
        return
    yield drawn
    yield tag("details", tag("summary", "The same as text"), text)
