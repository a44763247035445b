"""Steps of all chains, in calls of about half a second, and their records gathered."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Literal

import jax
import numpy as np

from formix.engines.progress import Progress
from formix.errors import EngineError

if TYPE_CHECKING:
    from formix.engines.chain import Tree
    from formix.engines.kernel import Kernel, Stand
    from formix.engines.progress import Report

_CALL_SECONDS = 0.5
"""How long one call aims to take: progress and Ctrl-C wait for it."""


@dataclass(frozen=True)
class Clock:
    """Tells how far the run has come, and when."""

    report: Report | None
    began: float = field(default_factory=time.perf_counter)

    def tell(
        self,
        phase: Literal["compile", "warmup", "draws"],
        done: int,
        total: int,
        divergences: int = 0,
    ) -> float:
        """Report, and return the seconds since the run began."""
        seconds = self.seconds()
        if self.report is not None:
            self.report(Progress(phase, done, total, divergences, seconds))
        return seconds

    def seconds(self) -> float:
        """Return the seconds since the run began."""
        return time.perf_counter() - self.began


@dataclass(frozen=True, eq=False)
class Walk:
    """Steps of one run.

    Parameters
    ----------
    kernel, data, target
        The compiled program, the data where it takes them, and the acceptance rate it aims at.
    clock
        Is told after every call.
    """

    kernel: Kernel
    data: Tree
    target: float
    clock: Clock

    def warmed_up(self, stand: Stand, steps: int) -> Stand:
        """Return where the chains stand after so many steps that adapt."""
        done, most = 0, 1
        while done < steps:
            count = min(most, steps - done)
            stand, _, most = self._call(stand, count)
            done += count
            self.clock.tell("warmup", done, steps)
        return stand

    def drawn(self, stand: Stand, draws: int) -> tuple[Stand, Tree]:
        """Return where the chains stand after so many draws, and the draws: chain, draw, ...

        Raises
        ------
        EngineError
            If the draws do not fit in memory.
        """
        gathered: Tree = None
        done, most, divergences = 0, 1, 0
        while done < draws:
            count = min(most, draws - done)
            stand, records, most = self._call(stand, count)
            gathered = _room(records, draws) if gathered is None else gathered
            jax.tree.map(partial(_put, start=done, count=count), gathered, records)
            done += count
            divergences += int(np.asarray(records[1]["diverging"])[:, :count].sum())
            self.clock.tell("draws", done, draws, divergences)
        return stand, gathered

    def _call(self, stand: Stand, steps: int) -> tuple[Stand, Tree, int]:
        """Return where the chains stand, the records, and how many steps the next call may make."""
        began = time.perf_counter()
        stand, records = self.kernel.advance(stand, steps, self.target, self.data)
        seconds = max(time.perf_counter() - began, 1e-6)
        # Not more than ten times as many at once: trajectories lengthen as well as shorten.
        most = min(int(steps * _CALL_SECONDS / seconds), 10 * steps, self.kernel.steps)
        return stand, records, max(1, most)


def _room(records: Tree, draws: int) -> Tree:
    def room(leaf: Tree) -> np.ndarray:
        return np.empty((leaf.shape[0], draws, *leaf.shape[2:]), leaf.dtype)

    try:
        return jax.tree.map(room, records)
    except MemoryError as error:
        raise EngineError(
            f"there is not enough memory for {draws} draws of all sites",
            hint="ask for fewer draws, or do not keep those of the group-level effects",
        ) from error


def _put(whole: np.ndarray, part: Tree, start: int, count: int) -> None:
    whole[:, start : start + count] = np.asarray(part)[:, :count]
