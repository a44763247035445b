"""Spec -> draws from normal distributions along optimisers' paths, named as such in the result.

Several paths go from dispersed points towards a mode of the printed program's density, in its free
coordinates. The normal distribution along each that is nearest to the posterior is drawn from, and
of all draws some are taken by their importance weights, whose tail is smoothed.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.engines.decline import Decline
from formix.engines.draws import Draws, KeepGroups
from formix.engines.latent import arrays, latent_sites, shapes
from formix.engines.lock import TRACING
from formix.engines.marginal.density import one_thread
from formix.engines.nearness import LOOKS, is_near, weighed
from formix.engines.pathfinder.machine import Ground, machine
from formix.engines.pathfinder.path import nearest, walked
from formix.engines.pathfinder.pool import Approximation, Pool
from formix.engines.plan import whole
from formix.engines.precision import float64
from formix.engines.start import CLOSER, RADIUS, TRIES, first_found
from formix.engines.steps import Clock
from formix.engines.waiting import listening
from formix.errors import EngineError
from formix.versions import version_of

if TYPE_CHECKING:
    from formix.engines.latent import LatentSite
    from formix.engines.pathfinder.machine import Machine, Vector
    from formix.engines.pathfinder.pool import Values
    from formix.engines.progress import Report
    from formix.program.program import Program
    from formix.spec import Spec

_PACKAGES = ("formix", "jax", "jaxlib", "numpyro", "numpy", "scipy")

_BOUND = 50
"""Draws by which a bound is estimated."""


def run(
    spec: Spec,
    program: Program,
    *,
    draws: int = 1000,
    chains: int = 4,
    seed: int = 0,
    paths: int = 4,
    steps: int = 1000,
    keep_groups: KeepGroups = "draws",
    progress: Report | None = None,
    state: Mapping[str, np.ndarray] | None = None,
) -> Draws:
    """Return draws from the normal distributions along optimisers' paths, taken by their weights.

    A draw that is taken several times stands beside itself, so that effective sample sizes count
    it once. How near the approximation is, `k_hat` says: where it is too far for weights to mend
    it, they would leave a few draws only, and paths are weighed by their bounds instead. The same
    machine, versions and seed give the same draws bit by bit.

    Parameters
    ----------
    spec
        Its parameters are the sites that are returned.
    program
        What is approximated, as it is printed.
    draws, chains
        Draws in each chain, and how many chains.
    seed
        Of the random numbers, whole and not negative.
    paths
        How many there are: more are nearer to a posterior that is not one normal distribution.
    steps
        Of the optimiser on each path, at most.
    keep_groups
        What is kept of group-level effects: `draws`, means and standard deviations, or nothing.
    progress
        Is told how far the run has come.
    state
        Not taken: an approximation is made whole.

    Raises
    ------
    ArgumentError
        If an argument is outside what it accepts.
    EngineError
        If no starting point has a finite density, the program fails, or it is asked to go on.
    Decline
        If no path has a normal distribution whose draws have a density.

    References
    ----------
    Zhang, Carpenter, Gelman and Vehtari (2022), JMLR 23(306); Elvira, Martino, Luengo and Bugallo
    (2019), doi:10.1214/18-STS668; Vehtari, Simpson, Gelman, Yao and Gabry (2024), JMLR 25(72).
    """
    if state:
        raise EngineError("the pathfinder engine cannot go on from a state")
    least = {"draws": 1, "chains": 1, "seed": 0, "paths": 1, "steps": 1}
    given = {"draws": draws, "chains": chains, "seed": seed, "paths": paths, "steps": steps}
    for name, value in given.items():
        whole(name, value, least[name])
    summarised = spec.effect_sites if keep_groups != "draws" else ()
    with listening(), one_thread(), np.errstate(all="ignore"):
        clock = Clock(progress)
        clock.tell("compile", 0, 1)
        data = arrays(program)
        with TRACING, float64():
            sites = latent_sites(program.function, data)
            keep = tuple(parameter.site for parameter in spec.parameters)
            rows = np.size(program.data[program.response])
            made = machine(program.function, shapes(data), sites, keep, rows)
        prepared = clock.tell("compile", 1, 1)
        found: list[Approximation] = []
        for path in range(paths):
            clock.tell("warmup", path, paths)
            generator = np.random.default_rng([seed, 0, path])
            found += _climbed(program, made, data, sites, generator, steps)
        if not found:
            raise Decline("no normal distribution along its paths has draws of any density")
        clock.tell("warmup", paths, paths)
        # As many of each path as are asked for: it may be the only one that is near.
        pool = Pool(found, made.batch, max(LOOKS // len(found), draws * chains), seed)
        log_density, weights, said = _weighed(pool)
        chosen = pool.taken(weights, draws * chains)
        values, moments = pool.sites(chosen, summarised)
        spent = clock.tell("draws", draws, draws) - prepared
    shaped = {site: x.reshape(chains, draws, *x.shape[1:]) for site, x in values.items()}
    lp = log_density[chosen].reshape(chains, draws)
    attributes = _attributes({**given, **said}, found, prepared, spent)
    return Draws(shaped, {"lp": lp}, attributes, {}, moments if keep_groups == "summary" else {})


def _climbed(
    program: Program,
    made: Machine,
    data: Mapping[str, np.ndarray],
    sites: tuple[LatentSite, ...],
    generator: np.random.Generator,
    steps: int,
) -> list[Approximation]:
    """Return the nearest normal distribution along a path; none if there is none.

    The path starts from a point that is apart from those of others by what the density is wide.
    """
    size = sum(site.size for site in sites)

    def begun(point: dict[str, np.ndarray]) -> tuple[Ground, Vector] | None:
        ground = Ground.near(made, data, point)
        if ground is None:
            return None
        for attempt in range(TRIES):
            start = generator.uniform(-RADIUS, RADIUS, size) * CLOSER**attempt
            value, slope = ground.look(start)
            if np.isfinite(value) and np.isfinite(slope).all():
                return ground, start
        return None

    ground, start = first_found(program, sites, generator, begun)
    path = walked(ground.look, start, steps)
    found = nearest(path, ground.looks, generator.standard_normal((_BOUND, size)))
    return [] if found is None else [Approximation(ground, found)]


def _weighed(pool: Pool) -> tuple[Values, Values, dict[str, object]]:
    """Return the log density and the log weight of each draw, and what is said of the weights."""
    log_density, log_weights = pool.densities()
    smooth, said = weighed(log_weights)
    if is_near(said):
        return log_density, smooth, {**said, "weights": "of draws"}
    bounds = np.where(smooth > -np.inf, pool.bounds(), -np.inf)
    return log_density, bounds, {**said, "weights": "of paths"}


def _attributes(
    said: Mapping[str, object], found: list[Approximation], prepared: float, spent: float
) -> dict[str, Any]:
    return {
        "engine": "pathfinder",
        "approximation": "Pathfinder",
        "chain_method": "resampled draws",
        **said,
        "bounds": [round(one.bound, 3) for one in found],
        "steps_taken": [one.nearest.steps for one in found],
        "versions": {
            **{name: version_of(name) for name in _PACKAGES},
            "python": platform.python_version(),
        },
        "seconds": {"compile": round(prepared, 3), "fit": round(spent, 3)},
    }
