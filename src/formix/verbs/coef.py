"""The coefficients of every level: common plus group-level effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

import numpy as np
import xarray as xr

from formix.results.names import storable, text
from formix.results.sample import Sample, sample
from formix.verbs.arguments import interval, truth
from formix.verbs.estimates import PROB
from formix.verbs.factors import factors
from formix.verbs.fixef import common, has_common
from formix.verbs.levels import GroupTable, level_table, of_draws, tidied
from formix.verbs.ranef import by_group, check_kept, group_sites

if TYPE_CHECKING:
    import pandas as pd

    from formix.results.layout import Site

    Meaning = tuple[str, tuple[str, ...]]


@overload
def coef(
    fit: object,
    *,
    group: str = ...,
    prob: float = ...,
    tidy: bool = ...,
    summary: Literal[True] = ...,
) -> pd.DataFrame: ...
@overload
def coef(
    fit: object, *, group: str = ..., prob: float = ..., tidy: bool = ..., summary: Literal[False]
) -> xr.Dataset: ...
def coef(
    fit: object, *, group: str = "", prob: float = PROB, tidy: bool = False, summary: bool = True
) -> pd.DataFrame | xr.Dataset:
    """Return the coefficients of every level of a group: `beta` plus the level's deviation.

    Draws are summed before they are summarised, so that the standard deviations and intervals are
    those of the sum. A coefficient without a group-level effect is the same for every level; an
    effect without a common one stands alone. The effects of several groups are not added up.

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
        Mean, sd and interval by group, level and coefficient; the mean alone of a fit that has kept
        only means of its group-level effects (`keep_groups="summary"`). As draws: one variable a
        group, of chain, draw, level, coefficient.

    Raises
    ------
    ResultError
        If the result is not one of formix, the model has no group-level effects, or what is asked
        of them was not kept: `fx.redraw` draws them again.
    ArgumentError
        If there is no such group.

    Examples
    --------
    >>> fx.coef(fit).loc[("Subject", "308")].index.tolist()
    ['Intercept', 'Days']

    The table of lme4's `coef`, a row a level:

    >>> fx.coef(fit)["mean"].loc["Subject"].unstack("effect").shape
    (18, 2)
    """
    wanted, tall = interval(prob, summary), truth("tidy", tidy)
    drawn = sample(fit)
    sites = group_sites(drawn, group)
    beta = common(drawn) if has_common(drawn) else None
    whole = _are_draws(drawn, list(sites))
    if wanted is None:
        check_kept(drawn, sites)
    summed = {same[0].group: _summed(drawn, beta, same) for same in by_group(sites)}
    if wanted is None:
        return xr.Dataset({f"coef_{storable(name)}": draws for name, draws in summed.items()})
    parts = [_labelled(name, draws, wanted if whole else None) for name, draws in summed.items()]
    table = level_table(parts)
    return tidied(table) if tall else table


def _summed(drawn: Sample, beta: xr.DataArray | None, sites: list[Site]) -> xr.DataArray:
    """Return the draws of a group's coefficients: chain, draw, level, coefficient."""
    touched = {predictor for site in sites for predictor, _ in site.effects}
    beta_labels = [
        (site.predictor, label)
        for site in drawn.of("common")
        for label in drawn.effect_labels(site)
    ]
    labels = {
        _meaning(predictor, label): label
        for predictor, label in beta_labels
        if predictor in touched
    }
    for site in sites:
        for meaning, label in zip(_meanings(drawn, site), drawn.effect_labels(site), strict=True):
            labels.setdefault(meaning, label)
    places = {meaning: place for place, meaning in enumerate(labels)}
    parts = [_effects(drawn, site) for site in sites]
    total = np.zeros((*parts[0].shape[:3], len(labels)))
    if beta is not None:
        draws = beta.to_numpy()
        # Of effects whose means alone are kept, the sums' means are known.
        draws = draws if _are_draws(drawn, sites) else draws.mean(axis=(0, 1), keepdims=True)
        for column, (predictor, label) in enumerate(beta_labels):
            if predictor in touched:
                place = places[_meaning(predictor, label)]
                total[..., place] += draws[..., None, column]
    for site, part in zip(sites, parts, strict=True):
        for column, meaning in enumerate(_meanings(drawn, site)):
            total[..., places[meaning]] += part[..., column]
    level = sites[0].dims[0]
    posterior = drawn.found[drawn.group]
    coordinates = {level: posterior[level], f"{level}_coef": text(labels.values())}
    if _are_draws(drawn, sites):
        coordinates |= {name: posterior[name] for name in ("chain", "draw")}
    return xr.DataArray(total, dims=("chain", "draw", level, f"{level}_coef"), coords=coordinates)


def _are_draws(drawn: Sample, sites: list[Site]) -> bool:
    return all(site in drawn.sites for site in sites)


def _effects(drawn: Sample, site: Site) -> np.ndarray:
    """Return the draws of effects, or their means as one draw where no more is kept."""
    if site in drawn.sites:
        return drawn.draws(site).to_numpy()
    return drawn.moments(site)[0][None, None]


def _meanings(drawn: Sample, site: Site) -> list[Meaning]:
    """Return what each effect of a site deviates from."""
    labels = zip(site.effects, drawn.effect_labels(site), strict=True)
    return [_meaning(predictor, label) for (predictor, _), label in labels]


def _meaning(predictor: str, label: str) -> Meaning:
    """Return what a coefficient is of, however its interaction is ordered: `x:f[b]`, `f[b]:x`."""
    return predictor, tuple(sorted(factors(label.removeprefix(f"{predictor}."))))


def _labelled(group: str, draws: xr.DataArray, prob: float | None) -> GroupTable:
    """Return the table of coefficients; without a probability, of the one draw that is a mean."""
    levels, labels = (draws[dim].to_numpy().tolist() for dim in draws.dims[2:])
    if prob is None:
        return GroupTable(group, levels, labels, {"mean": draws.to_numpy().ravel()})
    return of_draws(group, levels, labels, draws.to_numpy(), prob)
