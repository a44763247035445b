"""How far a run has come: what engines tell, and nothing about how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Progress:
    """Where a run stands.

    Parameters
    ----------
    phase
        `compile`, then `warmup`, then `draws`.
    done, total
        Steps of one chain, the same for all of them; of compiling there is one.
    divergences
        Among the draws so far, over all chains.
    seconds
        Since the run began.
    """

    phase: Literal["compile", "warmup", "draws"]
    done: int
    total: int
    divergences: int = 0
    seconds: float = 0.0


Report = Callable[[Progress], None]
"""Called in the thread of the fit, about twice a second; what it raises ends the run."""
