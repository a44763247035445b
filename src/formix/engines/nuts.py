"""The No-U-Turn Sampler of NumPyro on the generated program as it stands."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.chain import Chain, Settings
from formix.engines.chains import place
from formix.engines.decline import Decline
from formix.engines.draws import Draws
from formix.engines.given import given
from formix.engines.kernel import kernel
from formix.engines.latent import arrays, dense_block, latent_sites
from formix.engines.lock import TRACING
from formix.engines.plan import Plan, whole
from formix.engines.precision import float64
from formix.engines.start import begun, placed
from formix.engines.state import restored, saved
from formix.engines.steps import Clock, Walk
from formix.engines.waiting import listening
from formix.errors import ArgumentError
from formix.program.apart import apart
from formix.versions import version_of

if TYPE_CHECKING:
    from formix.engines.chains import Placement
    from formix.engines.kernel import Kernel, Stand
    from formix.engines.latent import LatentSite
    from formix.engines.progress import Report
    from formix.program.program import Program
    from formix.spec import Spec

STARTS = ("auto", "random")

_PACKAGES = ("formix", "jax", "jaxlib", "numpyro", "numpy")


def run(
    spec: Spec,
    program: Program,
    *,
    draws: int = 1000,
    warmup: int = 1000,
    chains: int = 4,
    seed: int = 0,
    chain_method: str = "auto",
    target_accept: float = 0.8,
    max_tree_depth: int = 10,
    start: str = "auto",
    progress: Report | None = None,
    state: Mapping[str, np.ndarray] | None = None,
) -> Draws:
    """Return draws from the posterior of a program.

    The chains of one machine, the same versions, seed and chain method give the same draws bit by
    bit, and where chains run in parallel none depends on how many others there are.

    Parameters
    ----------
    spec
        Its parameters are the sites that are returned.
    program
        What is sampled, as it is printed.
    draws, warmup, chains
        Draws kept and steps adapted in each chain.
    seed
        Of the random numbers, whole and not negative.
    chain_method
        `parallel`, `vectorized`, or `auto`.
    target_accept
        The acceptance rate that the step size aims at in the warm-up.
    max_tree_depth
        A trajectory has fewer than two to this power leapfrogs.
    start
        Where chains start: `auto`, at draws from a distribution twice as wide as the normal one
        near the posterior, with the metric of that one, where one is known; `random`, near the mode
        as it is found from random points.
    progress
        Is told how far the run has come.
    state
        That of earlier draws, to go on from: `n` draws and then `m` equal `n + m` in one run.
        Everything but `draws` and `progress` is then as in that run.

    Raises
    ------
    ArgumentError
        If an argument is outside what it accepts.
    EngineError
        If no starting point has a finite density, or the program fails.

    References
    ----------
    Hoffman and Gelman (2014), JMLR 15; Betancourt (2017), arXiv:1701.02434; Phan, Pradhan and
    Jankowiak (2019), arXiv:1912.11554.
    """
    whole("draws", draws, 1)
    _check_start(start)
    plan = (
        Plan.of(state)
        if state
        else Plan(warmup, chains, seed, chain_method, target_accept, max_tree_depth)
    )
    with listening():
        return _sampled(spec, program, plan, draws, state, Clock(progress), start)


def _check_start(start: str) -> None:
    if start not in STARTS:
        raise ArgumentError(
            f"start is {start!r}, and there is no such start",
            hint="it is one of " + ", ".join(map(repr, STARTS)),
        )


def _sampled(
    spec: Spec,
    program: Program,
    plan: Plan,
    draws: int,
    state: Mapping[str, np.ndarray] | None,
    clock: Clock,
    start: str,
) -> Draws:
    clock.tell("compile", 0, 1)
    data = arrays(program)
    with TRACING, float64():
        placement = place(plan.chains, plan.chain_method)
        sites = latent_sites(program.function, data)
        function, numbers = apart(program)
        data |= arrays(replace(program, data=numbers))
        ready = _kernel(spec, function, plan, data, sites, placement)
    prepared = clock.tell("compile", 1, 1)
    walk = Walk(ready, ready.put(data), plan.target_accept, clock)
    began: dict[str, str] = {}
    if state:
        stand = restored(ready, state)
    else:
        stand, began = _begun(walk, sites, spec, program, plan.seed, start)
        stand = walk.warmed_up(stand, plan.warmup)
    warmed = clock.tell("draws", 0, draws)
    stand, (values, stats) = walk.drawn(stand, draws)
    stats["tree_depth"] = _tree_depth(stats["n_steps"])
    seconds = {"compile": prepared, "warmup": warmed - prepared, "draws": clock.seconds() - warmed}
    return Draws(
        values,
        stats,
        _attributes(plan, draws, placement, seconds) | began,
        saved(stand) | replace(plan, chain_method=placement.method).arrays(),
    )


def _begun(
    walk: Walk,
    sites: tuple[LatentSite, ...],
    spec: Spec,
    program: Program,
    seed: int,
    start: str,
) -> tuple[Stand, dict[str, str]]:
    """Return where the chains start, how that was chosen, and why."""
    why = "as asked"
    if start == "auto":
        try:
            stand = placed(walk, given(spec, sites, dense_block(sites)), seed)
            if stand is not None:
                return stand, {
                    "start": "normal",
                    "start_reason": "the normal distribution is known",
                }
            why = "the density is not finite at draws of the normal distribution near it"
        except Decline as signal:
            why = signal.reason
    return begun(walk, sites, program, seed), {"start": "random", "start_reason": why}


def _kernel(
    spec: Spec,
    function: Callable[..., None],
    plan: Plan,
    data: Mapping[str, np.ndarray],
    sites: tuple[LatentSite, ...],
    placement: Placement,
) -> Kernel:
    keep = tuple(parameter.site for parameter in spec.parameters)
    held = tuple(site.name for site in sites if site.is_standardised)
    settings = Settings(plan.warmup, plan.max_tree_depth, dense_block(sites), held, keep)
    return kernel(Chain(function, settings), data, sites, placement, plan.chains)


def _tree_depth(n_steps: np.ndarray) -> np.ndarray:
    """Return how often the trajectory doubled: the least depth that holds its leapfrogs."""
    return np.ceil(np.log2(n_steps + 1)).astype(np.int64)


def _attributes(
    plan: Plan, draws: int, placement: Placement, seconds: Mapping[str, float]
) -> dict[str, object]:
    return {
        "engine": "nuts",
        "chain_method": placement.method,
        "chain_method_reason": placement.why,
        "seed": plan.seed,
        "draws": draws,
        "warmup": plan.warmup,
        "chains": plan.chains,
        "target_accept": plan.target_accept,
        "max_tree_depth": plan.max_tree_depth,
        "versions": {
            **{name: version_of(name) for name in _PACKAGES},
            "python": platform.python_version(),
        },
        "seconds": {phase: round(spent, 3) for phase, spent in seconds.items()},
    }
