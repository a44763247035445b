"""The group-level effects of one group as pictures take them: draws, or what is kept of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.errors import ArgumentError
from formix.plots.intervals import Intervals, interval_tails, intervals
from formix.verbs.ranef import by_group, group_sites

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.results.layout import Site
    from formix.results.sample import Sample


@dataclass(frozen=True, eq=False)
class Deviations:
    """What the levels of a group deviate by.

    Parameters
    ----------
    group, levels, effects
        The name of the group, and its labels.
    mean, sd
        Of the draws, by level and effect.
    draws
        Where they were kept.
    """

    group: str
    levels: tuple[object, ...]
    effects: tuple[str, ...]
    mean: Float[np.ndarray, "level effect"]
    sd: Float[np.ndarray, "level effect"]
    draws: Float[np.ndarray, "sample level effect"] | None = None

    def intervals(self, effect: int, probs: Sequence[float]) -> Intervals:
        """Return means and intervals of an effect: normal ones where draws were not kept."""
        if self.draws is not None:
            return intervals(self.draws[..., effect], probs)
        mean, sd = self.mean[:, effect], self.sd[:, effect]
        low, high = special.ndtri(np.array(interval_tails(probs))).T
        return Intervals(mean, mean + low[:, None] * sd, mean + high[:, None] * sd)

    def of(self, effects: Sequence[int]) -> Deviations:
        """Return the same of some effects alone."""
        places = list(effects)
        draws = None if self.draws is None else self.draws[..., places]
        names = tuple(self.effects[j] for j in places)
        mean, sd = self.mean[:, places], self.sd[:, places]
        return replace(self, effects=names, mean=mean, sd=sd, draws=draws)


def deviations(drawn: Sample, group: str = "", effects: object = None) -> list[Deviations]:
    """Return the effects of every group, or of one.

    Parameters
    ----------
    effects
        Labels of those that are wanted, one or several; by default all.

    Raises
    ------
    ResultError
        If the model has no group-level effects, or nothing of them was kept.
    ArgumentError
        If there is no such group or effect.
    """
    found = [_of(drawn, sites) for sites in by_group(group_sites(drawn, group))]
    if effects is None:
        return found
    wanted = [effects] if isinstance(effects, str) else list(np.asarray(effects).ravel())
    if not wanted:
        raise ArgumentError("`effects` is empty", hint="leave it out to have all of them")
    known = [effect for one in found for effect in one.effects]
    for effect in wanted:
        if effect not in known:
            near = get_close_matches(str(effect), known, n=1)
            raise ArgumentError(
                f"`{effect}` is not an effect that varies by {found[0].group}",
                hint=(f"did you mean `{near[0]}`? " if near else "")
                + f"there are: {', '.join(dict.fromkeys(known))}",
            )
    some = [one.of([one.effects.index(e) for e in wanted if e in one.effects]) for one in found]
    return [one for one in some if one.effects]


def _of(drawn: Sample, sites: Sequence[Site]) -> Deviations:
    levels = tuple(drawn.labels(sites[0].dims[0]))
    names = tuple(label for site in sites for label in drawn.effect_labels(site))
    if all(site in drawn.sites for site in sites):
        draws = np.concatenate([drawn.draws(site).to_numpy() for site in sites], axis=3)
        draws = draws.reshape(-1, *draws.shape[2:])
        spread = np.std(draws, axis=0, ddof=1) if len(draws) > 1 else np.full(draws.shape[1:], 0.0)
        return Deviations(sites[0].group, levels, names, np.mean(draws, axis=0), spread, draws)
    kept = [drawn.moments(site) for site in sites]
    mean, sd = (np.concatenate(one, axis=1) for one in zip(*kept, strict=True))
    return Deviations(sites[0].group, levels, names, mean, sd)
