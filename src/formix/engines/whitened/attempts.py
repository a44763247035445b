"""What is tried, one thing after the other, until chains agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from formix.engines.decline import Decline
from formix.engines.whitened.leaps import STAGES, trajectory
from formix.engines.whitened.rows import linear_predictor
from formix.engines.whitened.tuning import LEARN, SETTLE, TooShort, tuned
from formix.engines.whitened.turning import WARMED, turned

if TYPE_CHECKING:
    from formix.engines.whitened.drawing import Drawing, Passed, Quality, Tried
    from formix.engines.whitened.mode import Mode, Search
    from formix.engines.whitened.plan import Plan
    from formix.engines.whitened.tuning import Tuned
    from formix.engines.whitened.walk import Walk

LOOK = 4
"""Steps a draw with which coordinates are compared: with fewer, the worst look alike."""

_MOST_ROWS, _LEAST_PLACES = 20_000_000, 8
"""Rows that working weights are computed of for their mean, and chains whose places they are at."""


@dataclass(frozen=True, eq=False)
class Found:
    """Draws that chains agree on, and how they were come by.

    Parameters
    ----------
    passed, quality
        The draws, and how well chains agree.
    refreshed
        Whose weights: 0, those at the mode; 1, at the mean of draws; 2, the mean over chains.
    turning
        Why trajectories are those of NUTS; nothing where they are of one length.
    """

    passed: Passed
    quality: Quality
    refreshed: int
    turning: str = ""


@dataclass(frozen=True, eq=False)
class _Ran:
    """What came of trajectories in some coordinates: where chains are, and draws or why not."""

    state: Tuned
    tried: Tried | None
    reason: str

    @property
    def worth(self) -> float:
        """Independent draws for each slope that was asked for."""
        if self.tried is None:
            return 0.0
        passed = self.tried.passed
        return self.tried.quality.ess / float(passed.thin * passed.stats["n_steps"].mean())


@dataclass(frozen=True, eq=False)
class Attempts:
    """Of one run.

    Parameters
    ----------
    search
        Finds the mode, and freezes weights.
    walk, drawing, plan
        Steps of one length, what makes draws of them, and what is asked for.
    tell
        Is told how many steps of the warm-up are done, and of how many.
    """

    search: Search
    walk: Walk
    drawing: Drawing
    plan: Plan
    tell: Callable[[int, int], None]

    def found(self) -> Found:
        """Return draws that chains agree on.

        Where they fall short in the coordinates of the mode, weights are frozen anew at the mean of
        the draws, and then as the mean of those where chains are. If all fall short, there are more
        steps a draw in the best of the three; and if that does not do, NUTS goes on in them.

        Raises
        ------
        Decline
            If they fall short then, too.
        """
        best, refreshed = self._best(self.search.mode())
        state, reason, tried = best.state, best.reason, best.tried
        del best
        if tried is not None:
            try:
                tried = self.drawing.agreed(tried)
            except Decline as signal:
                reason = signal.reason
            else:
                return Found(tried.passed, tried.quality, refreshed)
        # Draws that fell short take as much memory as those that are made.
        del tried
        try:
            machine, state = turned(
                self.walk, state, self.plan, lambda done: self.tell(done, WARMED)
            )
            drawing = self.drawing.by(machine)
            tried = drawing.agreed(drawing.tried(state), most=1)
        except Decline as signal:
            raise Decline(f"{reason}; by NUTS, {signal.reason}") from None
        return Found(tried.passed, tried.quality, refreshed, reason)

    def _best(self, mode: Mode) -> tuple[_Ran, int]:
        """Return what came of the best coordinates, and which those are.

        Raises
        ------
        Decline
            If there is no place to start from in those of the mode.
        """
        best, refreshed = self._ran(mode, 0, 0.0), 0
        for number, freeze in enumerate((self._at_means, self._on_average), 1):
            if self._enough(best):
                break
            freeze(best)
            anew = replace(mode, given=self.search.given)
            try:
                other = self._ran(anew, number, best.worth)
            except Decline:
                continue
            if self._enough(other) or other.worth > best.worth:
                best, refreshed = other, number
            del other
        return best, refreshed

    def _enough(self, ran: _Ran) -> bool:
        tried = ran.tried
        return tried is not None and self.drawing.wanted(tried) == tried.passed.thin

    def _ran(self, mode: Mode, number: int, least: float) -> _Ran:
        """Return what comes of some weights: no draws, if they could not be worth so much.

        Raises
        ------
        Decline
            If there is no place to start from.
        """
        steps = SETTLE + LEARN
        try:
            state = tuned(self.walk, mode, self.plan, number, lambda done: self.tell(done, steps))
        except TooShort as short:
            return _Ran(short.state, None, short.reason)
        most = self.plan.each * self.plan.every / (STAGES * trajectory(state.stride)[0])
        if most < least:
            return _Ran(state, None, "its trajectories take many steps")
        tried = self.drawing.tried(state)
        thin = min(self.drawing.wanted(tried), LOOK)
        if thin > 1 and most > thin * least:
            tried = self.drawing.tried(tried.passed.state, thin, tried.halved)
        return _Ran(tried.passed.state, tried, "")

    def _at_means(self, ran: _Ran) -> None:
        """Freeze weights anew, at the mean of what has been drawn."""
        means = {name: x.mean(axis=0) for name, x in ran.state.place.known.sites.items()}
        if ran.tried is not None:
            means = ran.tried.passed.means()
        eta, centre = linear_predictor(self.search.rows, means), ran.state.centre()
        self.search.freeze(eta, centre, means)
        self.search.tilted(eta, centre)

    def _on_average(self, ran: _Ran) -> None:
        """Freeze weights anew, as the mean of those where the chains are."""
        self._at_means(ran)
        sites = ran.state.place.known.sites
        count = max(_LEAST_PLACES, _MOST_ROWS // len(self.search.rows.counts))
        each = range(0, self.walk.chains, max(1, self.walk.chains // count))
        places = [{name: x[chain] for name, x in sites.items()} for chain in each]
        self.search.averaged(places, ran.state.centre())
