"""A spec and its program -> draws -> the groups of a result, with one warning if they are poor."""

from __future__ import annotations

import secrets
import warnings
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from formix.bars import bar
from formix.engines import choose
from formix.engines.ancestral import run as ancestral
from formix.errors import ConvergenceWarning
from formix.results import collect, collect_prior, diagnose, warning_text

if TYPE_CHECKING:
    import numpy as np

    from formix.program.program import Program
    from formix.results.groups import Groups
    from formix.results.recipe import Recipe
    from formix.spec import Spec

_STACK = 4
"""Frames between the warning and the user's own line: here, `Model.sample`, `Model.fit`."""


def posterior(
    spec: Spec,
    program: Program,
    recipe: Recipe,
    *,
    engine: str,
    seed: int | None,
    progress: bool | None,
    settings: dict[str, Any],
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
    """
    chosen, declined = choose(spec, engine)
    with bar(show=progress) as report:
        drawn = chosen.load().run(spec, program, seed=_seed(seed), progress=report, **settings)
    drawn = replace(drawn, attributes={**drawn.attributes, "declined": declined})
    found = collect(spec, drawn, recipe)
    warn_if_poor(found)
    return found


def continued(
    spec: Spec,
    program: Program,
    recipe: Recipe,
    state: Mapping[str, np.ndarray],
    *,
    engine: str,
    draws: int,
    progress: bool | None,
) -> Groups:
    """Return the groups of more draws, from where a sampler stopped; the state knows the rest."""
    chosen, _ = choose(spec, engine)
    with bar(show=progress) as report:
        drawn = chosen.load().run(spec, program, draws=draws, state=state, progress=report)
    return collect(spec, drawn, recipe)


def warn_if_poor(found: Groups, stack: int = _STACK) -> None:
    """Say once what is wrong with draws, and what to do.

    Parameters
    ----------
    stack
        Frames between here and the user's own line.
    """
    findings = diagnose(found)
    if findings:
        warnings.warn(warning_text(findings), ConvergenceWarning, stacklevel=stack)


def prior(spec: Spec, recipe: Recipe, *, draws: int, seed: int | None) -> Groups:
    """Return the groups of draws from the prior and the prior predictive distribution."""
    drawn = ancestral(spec, draws=draws, seed=_seed(seed))
    values = dict(drawn.values)
    predictive = values.pop(spec.response.name)
    return collect_prior(spec, values, predictive, recipe, drawn.attributes)


def _seed(given: int | None) -> int:
    return secrets.randbelow(2**31) if given is None else given
