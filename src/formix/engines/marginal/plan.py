"""What a run is asked to do, and what its state remembers of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formix.errors import ArgumentError, EngineError

if TYPE_CHECKING:
    import numpy as np

    from formix.engines.draws import KeepGroups
    from formix.engines.marginal.structure import Structure

_REMEMBERED = ("chains", "seed", "before", "thin", "centres")


@dataclass(frozen=True)
class Plan:
    """What a run is asked to do, and what its state remembers of it.

    `before` are the draws of each chain that an earlier run has returned, `thin` its proposals a
    draw, `centres` the factors that its draws shared. What is done with group-level effects,
    `keep_groups`, is none of its memory.
    """

    draws: int
    chains: int
    seed: int
    before: int = 0
    thin: int = 0
    centres: int = 0
    keep_groups: KeepGroups = "draws"

    def __post_init__(self) -> None:
        for name, least in (("draws", 1), ("chains", 1), ("seed", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ArgumentError(
                    f"{name} is {value!r}, and it is a whole number, {least} or more",
                    hint=f"for example {name}={max(least, 4)}",
                )

    @classmethod
    def of(cls, state: Mapping[str, np.ndarray], draws: int, keep: KeepGroups) -> Plan:
        """Return the plan of a run that goes on from a state."""
        try:
            known = {name: int(state[name]) for name in _REMEMBERED}
        except KeyError as error:
            raise EngineError("the state to go on from is not one of `marginal`") from error
        return cls(draws=draws, keep_groups=keep, **known)

    def kept(self, of: Structure) -> dict[str, tuple[int, ...]]:
        """Return the shape of a draw of each site whose draws are kept."""
        out = () if self.keep_groups == "draws" else of.effect_sites
        return {site: shape for site, shape in of.shapes.items() if site not in out}

    def summarised(self, of: Structure) -> tuple[str, ...]:
        """Return the sites of which only means and standard deviations are kept."""
        return of.effect_sites if self.keep_groups == "summary" else ()
