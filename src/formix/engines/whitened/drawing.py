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
from formix.engines.whitened.tuning import Tuned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from formix.engines.whitened.plan import Plan
    from formix.engines.whitened.walk import Record, Walk

ENOUGH = 0.3
"""The share of draws that the worst number's are worth, below which there are more steps a draw."""

LEAST = 0.09
"""The share with which draws are taken all the same, where more steps are not worth it."""

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


@dataclass(frozen=True, eq=False)
class Tried:
    """Draws, what they are worth, and how often strides were halved for them."""

    passed: Passed
    quality: Quality
    halved: int = 0


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
        self._passes = 0

    def by(self, walk: Walk) -> Drawing:
        """Return what goes on with other steps."""
        other = Drawing(walk, self.plan, self.summarised, self.tell)
        other._passes = self._passes
        return other

    def tried(self, state: Tuned, thin: int = 1, halved: int = 0) -> Tried:
        """Return draws from a state, of so many steps each, and what they are worth.

        Where trajectories diverge, strides become half as long, and again if they still do.
        """
        while True:
            found = self.passed(state, thin, self._passes)
            self._passes += 1
            if halved == MOST_HALVED or not found.stats["diverging"].any():
                return Tried(found, self.quality(found), halved)
            halved += 1
            state = replace(found.state, stride=max(0.5 * found.state.stride, SHORTEST))

    def wanted(self, tried: Tried) -> int:
        """Return how many steps a draw would take for chains to agree, as these draws tell it."""
        quality, thin = tried.quality, tried.passed.thin
        enough = ENOUGH * self.plan.each * self.plan.every
        if quality.ess >= enough:
            return thin if self.mixed(quality) else 2 * thin
        return max(2 * thin, int(np.ceil(enough / np.fmax(quality.ess, 1.0))) * thin)

    def agreed(self, tried: Tried, most: int | None = None) -> Tried:
        """Return draws that chains agree on: these, or some of more steps each.

        Raises
        ------
        Decline
            If they do not with as many steps a draw as are worth it.
        """
        most = MOST_THIN if most is None else most
        while True:
            thin, quality = tried.passed.thin, tried.quality
            wanted = self.wanted(tried)
            if wanted == thin:
                return tried
            wanted = max(2 * thin, min(wanted, most))
            if wanted > most:
                enough = LEAST * self.plan.each * self.plan.every
                if self.mixed(quality) and quality.ess >= enough:
                    return tried
                rhat = "" if np.isnan(quality.rhat) else f"nested R-hat {quality.rhat:.3f}, "
                raise Decline(
                    f"its chains do not agree ({rhat}{quality.ess:.0f} independent draws)"
                )
            tried = self.tried(tried.passed.state, wanted, tried.halved)

    def mixed(self, quality: Quality) -> bool:
        """Return whether chains have forgotten where they started, as far as they are compared."""
        return np.isnan(quality.rhat) or quality.rhat < self.most(quality.numbers)

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
            drawn = self.walk.moves(streams)
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
