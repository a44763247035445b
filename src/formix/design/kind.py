"""The contract of a kind of term, as the design sees it; `kinds/` holds one file a kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float

    from formix.design.table import Table
    from formix.spec import Block, Column

State = Mapping[str, Any]
"""What a kind of term remembers of the data: JSON."""


@dataclass(frozen=True, eq=False)
class Contribution:
    """What a term adds to a predictor: columns of X, an offset, blocks; each may be absent."""

    X: Float[np.ndarray, "obs coef"] | None = None
    columns: tuple[Column, ...] = ()
    dropped: tuple[Column, ...] = ()
    offset: Float[np.ndarray, " obs"] | None = None
    blocks: tuple[Block, ...] = ()


class TermKind(Protocol):
    """A kind of term: what it claims, what it learns from data, the columns it makes."""

    def claims(self, term: Any, /) -> bool:
        """Whether a term is of this kind."""
        ...

    def learn(self, term: Any, table: Table, /) -> State:
        """Return what new data must be encoded with."""
        ...

    def columns(self, term: Any, state: State, table: Table, parameter: str, /) -> Contribution:
        """Return what the term adds to the predictor of a parameter, for any data."""
        ...
