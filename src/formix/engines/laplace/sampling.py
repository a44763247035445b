"""Spec -> draws from an approximation of the posterior: Laplace's, named as such in the result.

Theta, which is standard deviations, correlations and the family's other parameter, is proposed
around its mode and weighed by the approximate density; coefficients and effects are drawn from the
Gaussian approximation around their mode given each theta.

References
----------
Tierney and Kadane (1986), doi:10.1080/01621459.1986.10478240; Rue, Martino and Chopin (2009),
doi:10.1111/j.1467-9868.2008.00700.x.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import scipy

from formix.engines.draws import Draws, KeepGroups
from formix.engines.laplace.drawing import drawn
from formix.engines.laplace.mode import joint_mode
from formix.engines.laplace.nodes import nodes
from formix.engines.laplace.support import supports
from formix.engines.marginal.density import one_thread
from formix.engines.marginal.plan import Plan
from formix.engines.marginal.streams import of_chain
from formix.engines.moments import Moments, added
from formix.engines.nearness import NEAR
from formix.errors import EngineError, UnsupportedError
from formix.versions import version_of

if TYPE_CHECKING:
    from formix.engines.laplace.density import Laplace
    from formix.engines.laplace.nodes import Nodes
    from formix.engines.progress import Report
    from formix.program.program import Program
    from formix.spec import Spec


_AT_ONCE = 2_000_000
"""Effects that are made at once: bounds the memory, not the answer."""


def run(
    spec: Spec,
    program: Program | None = None,  # noqa: ARG001 - every engine is given one
    *,
    draws: int = 1000,
    chains: int = 4,
    seed: int = 0,
    keep_groups: KeepGroups = "draws",
    progress: Report | None = None,  # noqa: ARG001 - it is over before a bar is drawn
    state: Mapping[str, np.ndarray] | None = None,
) -> Draws:
    """Return draws from Laplace's approximation of the posterior of a generalised model.

    They are independent of one another given the weighed points of theta, which are even, and so
    many that means over them have no larger error than those of independent draws: so R-hat and
    effective sample sizes are true of the draws, though not of how near the approximation is. Of
    the weights, `k_hat` says whether they make the points draws from it.

    Parameters
    ----------
    spec
        What `supports` takes.
    draws, chains
        Draws in each chain, and how many chains.
    seed
        Of the random numbers, whole and not negative.
    keep_groups
        Whether the group-level effects are kept as `draws`, as means and standard deviations
        (`summary`), or not at all (`none`).
    state
        Not taken: an approximation is made whole.

    Raises
    ------
    ArgumentError
        If an argument is outside what it accepts.
    UnsupportedError
        If the engine declines the spec.
    EngineError
        If it is asked to go on.
    Decline
        If there is no mode to be found.
    """
    reason = supports(spec)
    if reason:
        raise UnsupportedError(f"the laplace engine cannot fit this model: {reason}")
    if state:
        raise EngineError("the laplace engine cannot go on from a state")
    plan = Plan(draws, chains, seed, keep_groups=keep_groups)
    began = time.perf_counter()
    mode = joint_mode(spec)
    found_mode = time.perf_counter()
    with one_thread(), np.errstate(all="ignore"):
        points = nodes(mode, of_chain(seed, -1), draws * chains)
        values, moments = _sites(mode.density, points, plan)
    seconds = {"mode": found_mode - began, "sampling": time.perf_counter() - found_mode}
    return Draws(values, {}, _attributes(plan, points, seconds), {}, moments)


def _sites(
    of: Laplace, points: Nodes, plan: Plan
) -> tuple[dict[str, np.ndarray], dict[str, Moments]]:
    """Return the draws of every site that is kept, and the moments of those that are summarised."""
    total = plan.draws * plan.chains
    effects = of.structure.effect_sites
    kept: dict[str, np.ndarray] = {}
    moments: dict[str, Moments] = {}
    places = np.argsort(points.chosen, kind="stable")
    for some, made in _batches(of, points, plan.seed, places):
        for site, value in made.items():
            if site in effects and plan.keep_groups != "draws":
                continue
            if site not in kept:
                kept[site] = np.empty((total, *value.shape[1:]))
            kept[site][some] = value
        if plan.keep_groups == "summary":
            added(moments, {site: made[site] for site in effects})
    shaped = {
        site: value.reshape(plan.chains, plan.draws, *value.shape[1:])
        for site, value in kept.items()
    }
    return shaped, moments


def _batches(
    of: Laplace, points: Nodes, seed: int, places: np.ndarray
) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
    """Yield the places of some draws, and their sites: draws of one theta have one factor."""
    generator = of_chain(seed, -1).effects
    numbers = sum(group.levels * group.size for group in of.structure.groups) + 1
    step = max(1, min(of.pseudo.batch, _AT_ONCE // numbers))
    distinct = np.unique(points.chosen)
    for first in range(0, len(distinct), step):
        mine = distinct[first : first + step]
        scales, found = of.at(points.theta[mine])
        left = places[np.isin(points.chosen[places], mine)]
        while len(left):
            which, once = np.unique(points.chosen[left], return_index=True)
            rows = np.searchsorted(mine, which)
            made = drawn(of, scales, found, generator)
            yield left[once], {site: value[rows] for site, value in made.items()}
            left = np.delete(left, once)


def _attributes(plan: Plan, points: Nodes, seconds: Mapping[str, float]) -> dict[str, object]:
    return {
        "engine": "laplace",
        "approximation": "Laplace",
        "chain_method": "independent draws",
        "seed": plan.seed,
        "draws": plan.draws,
        "chains": plan.chains,
        "max_k_hat": NEAR,
        "k_hat": points.k_hat if np.isfinite(points.k_hat) else None,
        "importance_ess": points.ess,
        "proposals": len(points.theta),
        "versions": {
            "formix": version_of("formix"),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "python": platform.python_version(),
        },
        "seconds": {phase: round(spent, 3) for phase, spent in seconds.items()},
    }
