"""The group-level (random) effects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, overload

import numpy as np

from formix.results.sample import Sample, sample
from formix.verbs.arguments import interval, named, truth
from formix.verbs.estimates import PROB
from formix.verbs.groups import group_named
from formix.verbs.levels import GroupTable, level_table, of_draws, tidied

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from formix.results.layout import Site


@overload
def ranef(
    fit: object,
    *,
    group: str = ...,
    prob: float = ...,
    tidy: bool = ...,
    summary: Literal[True] = ...,
) -> pd.DataFrame: ...
@overload
def ranef(
    fit: object, *, group: str = ..., prob: float = ..., tidy: bool = ..., summary: Literal[False]
) -> xr.Dataset: ...
def ranef(
    fit: object, *, group: str = "", prob: float = PROB, tidy: bool = False, summary: bool = True
) -> pd.DataFrame | xr.Dataset:
    """Return the group-level (random) effects of a fit: each level's deviations from `beta`.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened; draws from the prior too.
    group
        Only this group; by default all.
    prob
        The probability that the equal-tailed interval holds.
    tidy
        Whether to return the shape of lme4's `as.data.frame(ranef(fit))`: `grpvar`, `term`, `grp`,
        `condval` (the mean) and `condsd` (the standard deviation), in its order.
    summary
        Whether to summarise; if not, the draws.

    Returns
    -------
    DataFrame or Dataset
        Mean, sd and interval by group, level and effect; mean and sd alone of a fit that has kept
        no more of them (`keep_groups="summary"`). As draws: one `r_<group>` a group, of chain,
        draw, level, effect.

    Raises
    ------
    ResultError
        If the result is not one of formix, the model has no group-level effects, or what is asked
        of them was not kept: `fx.redraw` draws them again.
    ArgumentError
        If there is no such group.

    Examples
    --------
    >>> fx.ranef(fit).index.names
    FrozenList(['group', 'level', 'effect'])
    >>> fx.ranef(fit, tidy=True).columns.tolist()
    ['grpvar', 'term', 'grp', 'condval', 'condsd']
    >>> fx.ranef(fit, summary=False)["r_Subject"].dims
    ('chain', 'draw', 'Subject', 'Subject_effect')
    """
    wanted, tall = interval(prob, summary), truth("tidy", tidy)
    drawn = sample(fit)
    sites = group_sites(drawn, group)
    if wanted is None:
        check_kept(drawn, sites)
        return drawn.found[drawn.group][[site.variable for site in sites]]
    table = level_table([_together(drawn, same, wanted) for same in by_group(sites)])
    return tidied(table) if tall else table


def group_sites(drawn: Sample, group: str) -> tuple[Site, ...]:
    """Return the sites of group-level effects, of one group where it is named.

    Raises
    ------
    ResultError
        If there are none.
    ArgumentError
        If there is no such group.
    """
    named("group", group, 'group="Subject"')
    sites = drawn.effects
    wanted = group_named(group, (site.group for site in sites)) if group or not sites else ""
    return tuple(site for site in sites if wanted in ("", site.group))


def by_group(sites: Sequence[Site]) -> list[list[Site]]:
    """Return the sites of one group together: those of several predictors."""
    together: dict[str, list[Site]] = {}
    for site in sites:
        together.setdefault(site.group, []).append(site)
    return list(together.values())


def check_kept(drawn: Sample, sites: Sequence[Site]) -> None:
    """Refuse sites whose draws were not kept.

    Raises
    ------
    ResultError
        With what draws them again.
    """
    for site in sites:
        if site not in drawn.sites:
            raise drawn.not_kept(site)


def _together(drawn: Sample, sites: list[Site], prob: float) -> GroupTable:
    group, levels = sites[0].group, drawn.labels(sites[0].dims[0])
    effects = [label for site in sites for label in drawn.effect_labels(site)]
    if all(site in drawn.sites for site in sites):
        draws = np.concatenate([drawn.draws(site).to_numpy() for site in sites], axis=3)
        return of_draws(group, levels, effects, draws, prob)
    kept = [drawn.moments(site) for site in sites]
    mean, sd = (np.concatenate(one, axis=1).ravel() for one in zip(*kept, strict=True))
    return GroupTable(group, levels, effects, {"mean": mean, "sd": sd})
