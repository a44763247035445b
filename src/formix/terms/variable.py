"""The noun that terms multiply: a column, or a call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from formix.errors import Span

if TYPE_CHECKING:
    from formix.syntax.tree import Node

_NOWHERE = Span(0, 0)


@dataclass(frozen=True)
class Variable:
    """What a term multiplies: a column or a call; of an offset, any arithmetic.

    `text` is its spelling in one canonical form, R's: blanks after commas and around operators,
    and backticks only where a name needs them. Two variables are the same when their texts are.
    """

    text: str
    node: Node = field(compare=False, repr=False)
    span: Span = field(default=_NOWHERE, compare=False, repr=False, kw_only=True)
