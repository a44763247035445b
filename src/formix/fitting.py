"""A spec and its program -> draws -> the groups of a result, with one warning if they are poor.

Names of `results` are asked for where they are needed: xarray is slow to import, and holds memory
that the compiler needs before there are draws.
"""

from __future__ import annotations

import logging
import math
import secrets
import warnings
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from formix import results
from formix.bars import bar
from formix.engines import load
from formix.engines.ancestral import run as ancestral
from formix.engines.choice import candidates_of, choose
from formix.engines.decline import Decline
from formix.engines.draws import KeepGroups
from formix.engines.plan import whole
from formix.errors import ArgumentError, ConvergenceWarning, EngineError

if TYPE_CHECKING:
    from formix.engines import Engine
    from formix.program.program import Program
    from formix.results.groups import Groups
    from formix.results.recipe import Recipe
    from formix.spec import Spec

MOST_EFFECTS = 50_000_000
"""Numbers that draws of group-level effects may come to, 400 MB, before they are summarised."""

_EVERY = ("draws", "chains")
"""What every engine is told, beside the seed."""

_DEFAULTED = {"warmup": 1000, "chain_method": "auto"}
"""What `fit` always says, and by default; an engine that has no use for it does not hear it."""

_STACK = 5
"""Frames between the warning and the user's own line: `posterior`, `Model.sample`, `Model.fit`."""


def posterior(
    spec: Spec,
    program: Program,
    recipe: Recipe,
    *,
    engine: str,
    seed: int | None,
    progress: bool | None,
    settings: dict[str, Any],
    keep_groups: KeepGroups | None = None,
) -> Groups:
    """Return the groups of a fit.

    Parameters
    ----------
    engine
        The name of an engine, or `auto`.
    seed
        Of the random numbers; None chooses one.
    progress
        Whether to draw a bar; None where standard error is a terminal.
    settings
        What the engine takes beside.
    keep_groups
        What is kept of group-level effects; None keeps their draws up to `MOST_EFFECTS` numbers.
    """
    settings = {name: _plain(value) for name, value in settings.items()}
    check_settings(settings, engine)
    keep, notes = _keeping(spec, keep_groups, settings)
    asked, settings["keep_groups"] = dict(settings), keep
    seed = _seed(_plain(seed))
    declined: dict[str, str] = {}
    drawn = None
    while drawn is None:
        chosen, reasons = choose(spec, engine, declined)
        declined |= reasons
        own = {name: settings[name] for name in chosen.settings if name in settings}
        own |= {name: settings[name] for name in _EVERY if name in settings}
        try:
            with bar(show=progress) as report:
                drawn = chosen.load().run(spec, program, seed=seed, progress=report, **own)
        except Decline as signal:
            if engine != "auto":
                raise EngineError(
                    f"`{engine}` cannot vouch for its draws of this model: {signal.reason}",
                    hint='use engine="auto", which takes the next one',
                ) from None
            declined[chosen.name] = signal.reason
        else:
            notes += _told((*_chosen(chosen.name, declined), *_unheard(chosen, asked)))
    said = {**drawn.attributes, "declined": declined, "keep_groups": keep}
    recipe = replace(recipe, notes=(*recipe.notes, *notes))
    found = results.collect(spec, replace(drawn, attributes=said), recipe)
    warn_if_poor(found)
    return results.without_draws(found, keep)


def _plain(value: Any) -> Any:
    """Return a number of NumPy's, such as loops over arrays give, as Python's."""
    return np.asarray(value).item() if np.isscalar(value) else value


def _chosen(engine: str, declined: Mapping[str, str]) -> tuple[str, ...]:
    """Return a note on each engine that did not take the model."""
    return tuple(
        f"sampled by {engine}, as {other} declined: {reason}" for other, reason in declined.items()
    )


def _unheard(chosen: Engine, asked: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a note on each setting that was asked for and that the engine has no use for."""
    known = {*_EVERY, *chosen.settings}
    return tuple(
        f"`{name}` is not a setting of {chosen.name}, and changed nothing"
        for name, value in asked.items()
        if name not in known and not (name in _DEFAULTED and value == _DEFAULTED[name])
    )


def _told(notes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the notes, which whoever listens to the log is told at once."""
    for note in notes:
        logging.getLogger("formix").info(note)
    return notes


def _keeping(
    spec: Spec, given: KeepGroups | None, settings: Mapping[str, Any]
) -> tuple[KeepGroups, tuple[str, ...]]:
    """Return what is kept of group-level effects, and a note where that was not asked for.

    Raises
    ------
    ArgumentError
        If what was asked for is nothing that there is.
    """
    if given is not None:
        if given not in get_args(KeepGroups):
            raise ArgumentError(
                f"keep_groups={given!r} is nothing that can be kept of group-level effects",
                hint=f"there are: {', '.join(map(repr, get_args(KeepGroups)))}",
            )
        return given, ()
    draws, chains = settings.get("draws", 1000), settings.get("chains", 4)
    sites = spec.effect_sites
    each = sum(math.prod(p.shape) for p in spec.parameters if p.site in sites)
    # A wrong number is refused by the engine, which knows how.
    if not (isinstance(draws, int) and isinstance(chains, int)) or (
        draws * chains * each <= MOST_EFFECTS
    ):
        return "draws", ()
    note = (
        f"the draws of {', '.join(f'`{site}`' for site in sites)} would be "
        f"{draws * chains * each:,} numbers, more than {MOST_EFFECTS:,}: their means and standard "
        'deviations are kept (keep_groups="summary")'
    )
    if load("formix.engines.marginal.support").likelihood_fault(spec) is None:
        note += "; fx.redraw draws them again"
    return "summary", _told((note,))


def check_settings(settings: Mapping[str, Any], engine: str) -> None:
    """Refuse a setting that the engine, or under `auto` every engine, does not know.

    Raises
    ------
    ArgumentError
        With the settings that there are.
    """
    named = candidates_of(engine)
    known = [*_EVERY, *dict.fromkeys(name for e in named for name in e.settings)]
    if "warmup" in settings:
        whole("warmup", settings["warmup"], 0)
    for name in settings:
        if named and name not in known and name not in _DEFAULTED:
            close = get_close_matches(name, known, n=1)
            raise ArgumentError(
                f"`{name}` is not a setting of `fit`",
                hint=(f"did you mean `{close[0]}`? " if close else "")
                + f"There are: {', '.join(['engine', *known, 'seed', 'progress'])}",
            )


def continued(
    spec: Spec,
    program: Program,
    recipe: Recipe,
    state: Mapping[str, np.ndarray],
    *,
    engine: str,
    draws: int,
    progress: bool | None,
    keep_groups: KeepGroups,
) -> Groups:
    """Return the groups of more draws, from where a sampler stopped; the state knows the rest."""
    chosen, _ = choose(spec, engine)
    own = {"keep_groups": keep_groups} if "keep_groups" in chosen.settings else {}
    with bar(show=progress) as report:
        drawn = chosen.load().run(spec, program, draws=draws, state=state, progress=report, **own)
    return results.without_draws(results.collect(spec, drawn, recipe), keep_groups)


def warn_if_poor(found: Groups, stack: int = _STACK) -> None:
    """Say once what is wrong with draws, and what to do.

    Parameters
    ----------
    stack
        Frames between here and the user's own line.
    """
    findings = results.diagnose(found)
    if findings:
        warnings.warn(results.warning_text(findings), ConvergenceWarning, stacklevel=stack)


def prior(spec: Spec, recipe: Recipe, *, draws: int, seed: int | None) -> Groups:
    """Return the groups of draws from the prior and the prior predictive distribution."""
    whole("draws", draws, 1)
    if seed is not None:
        whole("seed", seed, 0)
    drawn = ancestral(spec, draws=draws, seed=_seed(seed))
    values = dict(drawn.values)
    predictive = values.pop(spec.response.name)
    return results.collect_prior(spec, values, predictive, recipe, drawn.attributes)


def _seed(given: int | None) -> int:
    return secrets.randbelow(2**31) if given is None else given
