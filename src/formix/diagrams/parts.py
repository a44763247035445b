"""The nouns of a diagram: what it is made of, whatever language it is then written in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Look = Literal["drawn", "computed", "seen", "said"]
"""An ellipse is drawn from a distribution, a box computed; what is seen is filled; what is only
said, such as a prior, has no line around it."""


@dataclass(frozen=True)
class Node:
    """A thing: its name in the diagram's text, the lines of its label, its look, and its plate."""

    key: str
    lines: tuple[str, ...]
    look: Look = "drawn"
    plate: str = ""


@dataclass(frozen=True)
class Edge:
    """A line from one node to another, which is an arrow unless it is `loose`: dashed then."""

    tail: str
    head: str
    label: str = ""
    loose: bool = False


@dataclass(frozen=True)
class Plate:
    """A frame around what there is several times, with its label."""

    key: str
    label: str
