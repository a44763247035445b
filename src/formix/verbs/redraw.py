"""Draws of group-level effects that a fit has not kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import xarray as xr

from formix.engines.marginal.redrawing import redrawing
from formix.errors import ArgumentError, UnknownLevelError
from formix.results.json_text import decode
from formix.results.likelihood import cut, flat
from formix.results.sample import sample
from formix.verbs.arguments import check_sampling, named
from formix.verbs.groups import group_named
from formix.verbs.model import model

if TYPE_CHECKING:
    from jaxtyping import Int

    from formix.engines.marginal.redrawing import Redrawing
    from formix.families import Family
    from formix.results.layout import Site
    from formix.results.sample import Sample
    from formix.spec import Spec

    Values = dict[str, np.ndarray]


def redraw(
    fit: object,
    group: str = "",
    levels: object = None,
    *,
    seed: int | None = None,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> xr.DataArray:
    """Return draws of a group's effects, made again from all else that a fit has kept.

    They are exact draws from the posterior: given the coefficients, standard deviations,
    correlations and sigma of a draw, the effects of a Gaussian model are jointly normal. So a fit
    of a million levels need not keep them (`keep_groups`), and those of a few levels are had at
    once. With the same seed, a level's draws are the same whichever others are asked for.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened; thinned, where fewer draws do.
    group
        The group; it may be left out where there is one.
    levels
        A level, or several, by label; by default all, which takes as much memory as draws that are
        kept.
    seed
        Of the random numbers; by default the fit's own.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where the
        model has any: a result does not hold them.

    Returns
    -------
    DataArray
        `r_<group>`: chain, draw, level, effect. The levels are in the order asked for.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, needs what is not given, or its model has no
        group-level effects.
    ArgumentError
        If there is no such group, or several and none is named, or `levels` is empty.
    UnknownLevelError
        If the group has no such level.
    UnsupportedError
        If the effects are not jointly normal given all else.

    Examples
    --------
    >>> fx.redraw(fit, "Subject", levels=["308", "309"]).shape
    (4, 60, 2, 2)
    """
    drawn = sample(fit, "posterior")
    site = _site(drawn, group)
    labels = drawn.labels(site.dims[0])
    places = _places(labels, levels, site.group)
    check_sampling(None, seed)
    built = model(fit, functions=functions, priors=priors, family=family)
    wanted = np.unique(places)
    again = redrawing(
        built.spec,
        fit_seed(drawn) if seed is None else seed,
        site.group,
        None if levels is None else wanted,
    )
    number = [one.name for one in again.of.groups].index(site.group)
    mine = np.searchsorted(again.levels[number], places)
    posterior = drawn.found["posterior"]
    chains, draws = posterior.sizes["chain"], posterior.sizes["draw"]
    answer = np.empty((chains * draws, len(places), again.of.groups[number].size))
    for part, effects in _made(again, drawn):
        answer[part] = effects[site.name][:, mine]
    coordinates = {name: posterior[name] for name in ("chain", "draw", site.dims[1])}
    coordinates[site.dims[0]] = posterior[site.dims[0]][places]
    return xr.DataArray(
        answer.reshape(chains, draws, *answer.shape[1:]),
        coords=coordinates,
        dims=("chain", "draw", *site.dims),
        name=site.variable,
    )


def with_effects(spec: Spec, drawn: Sample) -> Iterator[tuple[slice, Values]]:
    """Yield samples with every site, group-level effects made again where they were not kept.

    Chains and draws are in one axis.
    """
    values = flat(drawn.values())
    if all(site in values for site in spec.effect_sites):
        yield slice(None), values
        return
    for part, effects in _made(redrawing(spec, fit_seed(drawn)), drawn):
        yield part, {**cut(values, part), **effects}


def fit_seed(drawn: Sample) -> int:
    """Return the seed that a fit was made with."""
    found = decode(drawn.found.attributes.get("seed", 0), "seed")
    return found if isinstance(found, int) and found >= 0 else 0


def _made(again: Redrawing, drawn: Sample) -> Iterator[tuple[slice, Values]]:
    """Yield the effects of some samples after another: memory holds no more of them."""
    values = flat({site.name: drawn.draws(site).to_numpy() for site in drawn.sites})
    posterior = drawn.found["posterior"]
    pair = np.meshgrid(posterior["chain"], posterior["draw"], indexing="ij")
    places = np.stack([labels.ravel() for labels in pair], axis=1).astype(np.int64)
    for start in range(0, len(places), again.at_once):
        part = slice(start, min(start + again.at_once, len(places)))
        yield part, again.drawn(cut(values, part), places[part])


def _site(drawn: Sample, group: str) -> Site:
    named("group", group, 'group="Subject"')
    known = [site.group for site in drawn.effects]
    if not group and len(set(known)) == 1:
        return drawn.effects[0]
    if not group and known:
        raise ArgumentError(
            "which group's effects are to be drawn again?",
            hint=f"the groups: {', '.join(dict.fromkeys(known))}",
        )
    name = group_named(group, known)
    return next(site for site in drawn.effects if site.group == name)


def _places(labels: list[object], levels: object, group: str) -> Int[np.ndarray, " level"]:
    """Return where levels stand among a group's.

    Raises
    ------
    UnknownLevelError
        If one is none of them.
    """
    if levels is None:
        return np.arange(len(labels))
    one = isinstance(levels, str) or not hasattr(levels, "__iter__")
    asked = [levels] if one else list(cast("Iterator[object]", levels))
    if not asked:
        raise ArgumentError("no levels are asked for", hint="leave `levels` out to have all")
    known = {str(label): place for place, label in enumerate(labels)}
    for level in asked:
        if str(level) not in known:
            close = get_close_matches(str(level), known, n=1)
            shown = ", ".join(list(known)[:8]) + (", ..." if len(known) > 8 else "")
            raise UnknownLevelError(
                f"`{level}` is not a level of {group}",
                hint=(f"did you mean `{close[0]}`? " if close else "") + f"its levels: {shown}",
            )
    return np.array([known[str(level)] for level in asked])
