"""What a run is asked to do, and what its state remembers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.plan import accepting, whole
from formix.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

_MANY, _FEW = 25, 8
"""Short chains in each chain that is asked for: many where they cost little beside what all of
them share, few where each takes its time to settle."""

_COSTLY = 4000
"""Rows beyond which there are few."""

_MOST_NUMBERS = 16_000_000
"""Numbers in one array over all chains."""

TARGET = 0.85
"""The acceptance rate that strides aim at, if nothing else is asked for."""

_REMEMBERED = ("chains", "seed", "short", "before", "thin", "stream")


@dataclass(frozen=True)
class Plan:
    """What a run is asked to do.

    Each of `chains` is made of `short` ones, one after another in full. `before` are the draws that
    each of those made earlier, `thin` its steps a draw, and `stream` that of the random numbers.
    Strides aim at the acceptance rate `target_accept`.
    """

    draws: int
    chains: int
    seed: int
    short: int = 0
    before: int = 0
    thin: int = 0
    stream: int = 0
    target_accept: float = TARGET

    def __post_init__(self) -> None:
        whole("draws", self.draws, 1)
        whole("chains", self.chains, 1)
        whole("seed", self.seed, 0)
        accepting(self.target_accept)

    @property
    def each(self) -> int:
        """How many draws each short chain makes."""
        return -(-self.draws // self.short)

    @property
    def every(self) -> int:
        """How many short chains there are in all."""
        return self.chains * self.short

    @classmethod
    def of(cls, state: Mapping[str, np.ndarray], draws: int) -> Plan:
        """Return the plan of a run that goes on from a state.

        Raises
        ------
        EngineError
            If the state is not one of this engine.
        """
        try:
            known = {name: int(state[f"plan.{name}"]) for name in _REMEMBERED}
        except KeyError as error:
            raise EngineError("the state to go on from is not one of `whitened`") from error
        return cls(draws=draws, **known)

    def arrays(self, thin: int, stream: int) -> dict[str, np.ndarray]:
        """Return what is remembered, as arrays by name."""
        known = {**vars(self), "before": self.before + self.each, "thin": thin, "stream": stream}
        return {f"plan.{name}": np.array(known[name]) for name in _REMEMBERED}


def short_chains(draws: int, chains: int, rows: int, width: int) -> int:
    """Return of how many short chains each chain is made.

    Parameters
    ----------
    rows
        How many there are.
    width
        The most numbers, beside the rows, that a chain has in one array.
    """
    fit = _MOST_NUMBERS // (chains * max(rows, width, 1))
    most = max(1, min(_FEW if rows > _COSTLY else _MANY, draws, fit))
    exact = [count for count in range(most, 0, -1) if draws % count == 0]
    return exact[0] if 2 * exact[0] >= most else most
