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
from formix.engines.compile import compiled
from formix.engines.decline import Decline
from formix.engines.draws import Draws
from formix.engines.latent import arrays, latent_sites
from formix.engines.lock import TRACING
from formix.engines.marginal.pareto import importance_ess, smoothed
from formix.engines.plan import whole
from formix.engines.precision import float64
from formix.engines.start import CLOSER, RADIUS, TRIES, no_start, scattered
from formix.engines.steps import Clock
from formix.engines.svi.ascent import BLOCK, Ascent, Fitted
from formix.engines.svi.guide import covariance
from formix.engines.waiting import in_background, listening
from formix.errors import EngineError
from formix.versions import version_of

if TYPE_CHECKING:
    from jax.stages import Compiled

    from formix.engines.latent import LatentSite
    from formix.engines.progress import Report
    from formix.program.program import Program
    from formix.spec import Spec

_PACKAGES = ("formix", "jax", "jaxlib", "numpyro", "numpy")

_LOOKS = 1000
"""Draws that are weighed at least: the tail of fewer tells little."""

_EVEN = 1e-6
"""Weights whose logarithms differ by less are equal but for rounding, and have no tail."""

_NEAR = 0.7
"""k-hat above which the approximation is too far for its draws to be mended by weights."""


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
            looks = max(_LOOKS, draws * chains)
            machine = _compiled(program.function, _shapes(data), sites, keep, looks)
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


def _shapes(data: Mapping[str, np.ndarray]) -> tuple[tuple[str, tuple[int, ...], str], ...]:
    return tuple((name, x.shape, x.dtype.str) for name, x in data.items())


@lru_cache(maxsize=8)
def _compiled(
    function: Any,
    shapes: tuple[tuple[str, tuple[int, ...], str], ...],
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
    data = {name: shape(size, np.dtype(kind)) for name, size, kind in shapes}
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
    rows = np.size(program.data[program.response])
    point: dict[str, np.ndarray] = {}
    for attempt in range(TRIES):
        point = {
            site: x[0]
            for site, x in scattered([generator], sites, rows, RADIUS * CLOSER**attempt).items()
        }

        def work(point: dict[str, np.ndarray] = point) -> Fitted:
            with float64():
                return jax.device_get(machine(point, key, np.int64(steps), dict(data)))

        try:
            found = in_background(work)
        except jax.errors.JaxRuntimeError as error:
            raise EngineError(
                f"the compiled program failed: {str(error).partition(chr(10))[0]}",
                hint="if memory ran out, ask for fewer draws",
            ) from error
        if found.good:
            return found
    raise no_start(program, point)


def _nearness(fitted: Fitted) -> dict[str, float | None]:
    """Return how near the approximation is: k-hat, the ESS of its weights, and the bound.

    Raises
    ------
    Decline
        If the density is finite at none of the draws.
    """
    log_weights = fitted.log_density - fitted.log_approximation
    log_weights = np.where(np.isfinite(log_weights), log_weights, -np.inf)
    if not np.any(np.isfinite(log_weights)):
        raise Decline("its log density is finite at none of the draws from the approximation")
    bound = float(np.mean(log_weights))
    _, k_hat = smoothed(log_weights) if np.ptp(log_weights) > _EVEN else (None, 0.0)
    return {
        "max_k_hat": _NEAR,
        "k_hat": float(k_hat) if np.isfinite(k_hat) else None,
        "importance_ess": importance_ess(log_weights),
        "elbo": bound if np.isfinite(bound) else None,
    }


def _attributes(
    said: Mapping[str, object], fitted: Fitted, prepared: float, spent: float
) -> dict[str, object]:
    return {
        "engine": "svi",
        "approximation": "variational inference",
        "chain_method": "independent draws",
        **said,
        **_nearness(fitted),
        "settled": bool(fitted.settled),
        "steps_taken": int(fitted.steps),
        "versions": {
            **{name: version_of(name) for name in _PACKAGES},
            "python": platform.python_version(),
        },
        "seconds": {"compile": round(prepared, 3), "fit": round(spent, 3)},
    }
