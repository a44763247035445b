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
        done, count = 0, 1
        while done < steps:
            count = min(count, steps - done)
            stand, _, count, made = self._call(stand, count)
            done += made
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
        done, count, divergences = 0, 1, 0
        while done < draws:
            count = min(count, draws - done)
            stand, records, count, made = self._call(stand, count)
            gathered = _room(records, draws) if gathered is None else gathered
            jax.tree.map(partial(_put, start=done, count=made), gathered, records)
            done += made
            divergences += int(np.asarray(records[1]["diverging"])[:, :made].sum())
            self.clock.tell("draws", done, draws, divergences)
        return stand, gathered

    def _call(self, stand: Stand, steps: int) -> tuple[Stand, Tree, int, int]:
        """Return a call's results, how many steps the next should make, and how many this made."""
        began = time.perf_counter()
        stand, records = self.kernel.advance(stand, steps, self.target, self.data)
        seconds = max(time.perf_counter() - began, 1e-6)
        # Not more than ten times as many at once: trajectories lengthen as well as shorten.
        following = min(int(steps * _CALL_SECONDS / seconds), 10 * steps, self.kernel.steps)
        return stand, records, max(1, following), steps


def _room(records: Tree, draws: int) -> Tree:
    shapes = [(leaf.shape[0], draws, *leaf.shape[2:]) for leaf in jax.tree.leaves(records)]
    try:
        return jax.tree.map(
            lambda leaf: np.empty((leaf.shape[0], draws, *leaf.shape[2:]), leaf.dtype), records
        )
    except MemoryError as error:
        size = sum(8 * int(np.prod(shape)) for shape in shapes) / 1e9
        raise EngineError(
            f"the draws of all sites need {size:.0f} GB of memory, which there is not",
            hint="ask for fewer draws, or keep a summary of the group-level effects only",
        ) from error


def _put(whole: np.ndarray, part: Tree, start: int, count: int) -> None:
    whole[:, start : start + count] = np.asarray(part)[:, :count]
