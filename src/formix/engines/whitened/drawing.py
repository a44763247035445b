"""Settled chains -> draws: as many steps a draw as it takes for chains to agree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.decline import Decline
from formix.engines.moments import Moments, added
from formix.engines.whitened.agreement import (
    by_chance,
    effective,
    folded,
    least,
    nested_rhat,
    parts,
)
from formix.engines.whitened.leaps import SHORTEST
from formix.engines.whitened.tuning import Tuned, moves

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from formix.engines.whitened.plan import Plan
    from formix.engines.whitened.walk import Record, Walk

ENOUGH = 0.3
"""The share of draws that the worst number's are worth, below which there are more steps a draw."""

MOST_THIN = 24
"""Steps a draw, beyond which gradients are better spent by an engine that adapts its length."""

MOST_HALVED = 2
"""How often strides become half as long where trajectories diverge."""

RHAT = 1.01
"""Nested R-hat above which chains have not forgotten where they started."""


@dataclass(frozen=True, eq=False)
class Passed:
    """Draws of every site and of how they were made: axes are draw and short chain.

    Parameters
    ----------
    sites, stats
        By name.
    moments
        Of sites whose draws are not kept.
    state
        Where the chains are now.
    thin, stream
        Steps a draw, and that of the random numbers.
    """

    sites: dict[str, np.ndarray]
    stats: dict[str, np.ndarray]
    moments: dict[str, Moments]
    state: Tuned
    thin: int
    stream: int

    def means(self) -> dict[str, np.ndarray]:
        """Return the mean of every site."""
        found = {name: x.mean(axis=(0, 1)) for name, x in self.sites.items()}
        return found | {name: moment.mean for name, moment in self.moments.items()}


@dataclass(frozen=True)
class Quality:
    """The worst nested R-hat, and the least number of independent draws, over so many numbers.

    R-hat is NaN where there is one chain, or there are too few short ones to be compared.
    """

    rhat: float
    ess: float
    numbers: int


class Drawing:
    """Makes draws of one run.

    Parameters
    ----------
    walk, plan
        The compiled programs, and what is asked for.
    summarised
        Sites of which moments are kept, and no draws.
    tell
        Is told how many draws of each short chain there are, and how many diverged.
    """

    def __init__(
        self,
        walk: Walk,
        plan: Plan,
        summarised: Sequence[str],
        tell: Callable[[int, int], None],
    ) -> None:
        self.walk, self.plan, self.summarised, self.tell = walk, plan, summarised, tell
        self.last: Passed | None = None
        """The draws that fell short."""
        self._passes = 0

    def agreed(self, state: Tuned) -> tuple[Passed, Quality]:
        """Return draws that chains agree on.

        Where trajectories diverge, strides become half as long, and again if they still do.

        Raises
        ------
        Decline
            If they do not with as many steps a draw as are worth it.
        """
        thin, halved = 1, 0
        while True:
            found = self.passed(state, thin, self._passes)
            self._passes += 1
            if halved < MOST_HALVED and found.stats["diverging"].any():
                halved += 1
                state = replace(found.state, stride=max(0.5 * found.state.stride, SHORTEST))
                continue
            quality, self.last = self.quality(found), found
            total = self.plan.each * self.plan.every
            compared = not np.isnan(quality.rhat)
            mixed = not compared or quality.rhat < self.most(quality.numbers)
            if mixed and quality.ess >= ENOUGH * total:
                return found, quality
            wanted = int(np.ceil(ENOUGH * total / max(quality.ess, 1.0)))
            thin = max(2 * thin, min(wanted * thin, MOST_THIN))
            if thin > MOST_THIN:
                if mixed and quality.ess >= 0.3 * ENOUGH * total:
                    return found, quality
                rhat = f"nested R-hat {quality.rhat:.3f}, " if compared else ""
                raise Decline(
                    f"its chains do not agree ({rhat}{quality.ess:.0f} independent draws)"
                )
            state = found.state

    def most(self, numbers: int) -> float:
        """Return the nested R-hat above which chains do not agree, the worst of so many."""
        chains, draws = self.plan.chains, self.plan.short * self.plan.each
        chance = by_chance(numbers, chains, draws) / draws if chains > 1 else 0.0
        return float(np.sqrt(1.0 + max(RHAT**2 - 1.0, chance)))

    def passed(self, state: Tuned, thin: int, stream: int) -> Passed:
        """Return as many draws as are asked for, each of so many steps, from a state."""
        each, before = self.plan.each, self.plan.before
        sites: dict[str, list[np.ndarray]] = {}
        stats: dict[str, list[np.ndarray]] = {}
        moments: dict[str, Moments] = {}
        place, diverged = state.place, 0
        steps = range(before * thin, (before + each) * thin)
        for start in range(0, len(steps), self.walk.most):
            part = steps[start : start + self.walk.most]
            streams = [np.random.default_rng([self.plan.seed, 2, stream, step]) for step in part]
            drawn = moves(self.walk, streams)
            place, _, record = self.walk.moved(place, state.stride, drawn, state.given)
            chosen = [i for i, step in enumerate(part) if (step + 1) % thin == 0]
            self._gather(record, chosen, sites, moments)
            for name, x in record.stats.items():
                stats.setdefault(name, []).append(x[chosen])
            diverged += int(record.stats["diverging"][chosen].sum())
            self.tell((start + len(part)) // thin, diverged)
        joined = {name: np.concatenate(x) for name, x in stats.items()}
        return Passed(
            {name: np.concatenate(x) for name, x in sites.items()},
            joined,
            moments,
            Tuned(state.given, place, state.stride),
            thin,
            stream,
        )

    def _gather(
        self,
        record: Record,
        chosen: list[int],
        sites: dict[str, list[np.ndarray]],
        moments: dict[str, Moments],
    ) -> None:
        for name, x in record.sites.items():
            if name not in self.summarised:
                sites.setdefault(name, []).append(x[chosen])
        if chosen:
            flat = {
                name: x[chosen].reshape(-1, *x.shape[2:])
                for name, x in record.sites.items()
                if name in self.summarised
            }
            added(moments, flat)

    def quality(self, found: Passed) -> Quality:
        """Return whether the chains agree, and what the draws are worth."""
        shape = (self.plan.chains, self.plan.short, self.plan.each)
        if self.plan.every < 4:
            return Quality(np.nan, np.inf, 0)
        rhat, worth = np.nan, [np.zeros(0)]
        for drawn in parts(found.sites.values(), shape):
            moving = drawn[..., np.ptp(drawn, axis=(0, 1, 2)) > 0.0]
            if not moving.shape[-1]:
                continue
            for each in (moving, folded(moving)):
                if self.plan.chains > 1:
                    rhat = float(np.fmax(rhat, nested_rhat(each).max()))
                worth.append(effective(each))
        both = np.concatenate(worth)
        return Quality(rhat, least(both, self.plan.every), len(both))
