"""Spec -> draws from a normal approximation of the posterior, named as such in the result.

It is the nearest one, as the evidence lower bound has it, in the program's free coordinates. The
weights of its draws, the posterior density over its own, tell how near.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from formix.engines.chain import Chain, Settings
from formix.engines.compile import compiled, ran
from formix.engines.draws import Draws
from formix.engines.latent import arrays, latent_sites, shapes
from formix.engines.lock import TRACING
from formix.engines.nearness import LOOKS, weighed
from formix.engines.plan import whole
from formix.engines.precision import float64
from formix.engines.start import first_found
from formix.engines.steps import Clock
from formix.engines.svi.ascent import BLOCK, Ascent, Fitted
from formix.engines.svi.guide import covariance
from formix.engines.waiting import listening
from formix.errors import EngineError
from formix.versions import version_of

if TYPE_CHECKING:
    from jax.stages import Compiled

    from formix.engines.latent import LatentSite, Shapes
    from formix.engines.progress import Report
    from formix.program.program import Program
    from formix.spec import Spec

_PACKAGES = ("formix", "jax", "jaxlib", "numpyro", "numpy")


def run(
    spec: Spec,
    program: Program,
    *,
    draws: int = 1000,
    chains: int = 4,
    seed: int = 0,
    steps: int = 20_000,
    progress: Report | None = None,
    state: Mapping[str, np.ndarray] | None = None,
) -> Draws:
    """Return draws from the normal distribution nearest to the posterior, in free coordinates.

    They are independent of one another, so that what R-hat and effective sample sizes say is of the
    draws; how near the approximation is, `k_hat` says. The same machine, versions and seed give the
    same draws bit by bit.

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
    steps
        Of the optimiser at most; it stops before where the bound has settled.
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
        If the density is finite at none of the draws.

    References
    ----------
    Kucukelbir, Tran, Ranganath, Gelman and Blei (2017), JMLR 18(14); Yao, Vehtari, Simpson and
    Gelman (2018), arXiv:1802.02538.
    """
    if state:
        raise EngineError("the svi engine cannot go on from a state")
    least = {"draws": 1, "chains": 1, "seed": 0, "steps": BLOCK}
    given = {"draws": draws, "chains": chains, "seed": seed, "steps": steps}
    for name, value in given.items():
        whole(name, value, least[name])
    with listening():
        clock = Clock(progress)
        clock.tell("compile", 0, 1)
        data = arrays(program)
        with TRACING, float64():
            sites = latent_sites(program.function, data)
            keep = tuple(parameter.site for parameter in spec.parameters)
            looks = max(LOOKS, draws * chains)
            machine = _compiled(program.function, shapes(data), sites, keep, looks)
        clock.tell("compile", 1, 1)
        prepared = clock.tell("warmup", 0, steps)
        fitted = _fitted(machine, program, data, sites, seed, steps)
        spent = clock.tell("draws", draws, draws) - prepared
    values = {
        site: value[: draws * chains].reshape(chains, draws, *value.shape[1:])
        for site, value in fitted.values.items()
    }
    lp = fitted.log_density[: draws * chains].reshape(chains, draws)
    said = {**given, "covariance": covariance(sum(site.size for site in sites))}
    return Draws(values, {"lp": lp}, _attributes(said, fitted, prepared, spent))


@lru_cache(maxsize=8)
def _compiled(
    function: Any,
    given: Shapes,
    sites: tuple[LatentSite, ...],
    keep: tuple[str, ...],
    draws: int,
) -> Compiled:
    """Return the compiled program; the same again where only values changed.

    The caller holds the lock of tracing and computes in float64.
    """
    held = tuple(site.name for site in sites if site.is_standardised)
    ascent = Ascent(Chain(function, Settings(0, 1, (), held, keep)), draws)
    shape = jax.ShapeDtypeStruct
    z = {site.name: shape(site.free, np.float64) for site in sites}
    data = {name: shape(size, np.dtype(kind)) for name, size, kind in given}
    key, most = shape((2,), np.uint32), shape((), np.int64)
    return compiled(jax.jit(ascent).lower(z, key, most, data))


def _fitted(
    machine: Compiled,
    program: Program,
    data: Mapping[str, np.ndarray],
    sites: tuple[LatentSite, ...],
    seed: int,
    steps: int,
) -> Fitted:
    """Return the fit from the first random point that leads to a place with a density."""
    generator = np.random.default_rng([seed, 0])
    key = generator.integers(2**32, size=2, dtype=np.uint32)

    def look(point: dict[str, np.ndarray]) -> Fitted | None:
        found: Fitted = ran(lambda: machine(point, key, np.int64(steps), dict(data)))
        return found if found.good else None

    return first_found(program, sites, generator, look)


def _attributes(
    said: Mapping[str, object], fitted: Fitted, prepared: float, spent: float
) -> dict[str, object]:
    return {
        "engine": "svi",
        "approximation": "variational inference",
        "chain_method": "independent draws",
        **said,
        **weighed(fitted.log_density - fitted.log_approximation)[1],
        "settled": bool(fitted.settled),
        "steps_taken": int(fitted.steps),
        "versions": {
            **{name: version_of(name) for name in _PACKAGES},
            "python": platform.python_version(),
        },
        "seconds": {"compile": round(prepared, 3), "fit": round(spent, 3)},
    }
