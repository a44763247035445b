"""Spec -> draws: few numbers by chains over good proposals, all else exactly."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from formix.engines.draws import Draws
from formix.engines.marginal.chains import WARMUP, Chains, independence_chains, weighed
from formix.engines.marginal.density import Marginal, marginal
from formix.engines.marginal.mode import edges, modes
from formix.engines.marginal.pareto import importance_ess, smoothed
from formix.engines.marginal.proposals import Mixture, at_modes, fitted
from formix.engines.marginal.recovery import recovered
from formix.engines.marginal.start import start
from formix.engines.marginal.support import supports
from formix.engines.marginal.walkers import walked
from formix.errors import ArgumentError, UnsupportedError

if TYPE_CHECKING:
    from formix.engines.marginal.chains import Weighed
    from formix.engines.progress import Report
    from formix.program.program import Program
    from formix.spec import Spec

GATE = 0.5
"""k-hat at and beyond which the variance of importance weights may be infinite."""

_PILOT = 1024
"""Proposals a coordinate, and as many again, by which proposals are judged and fitted."""

_ENOUGH, _FAIR = 0.6, 0.3
"""Shares of independent draws that a pilot's draws are worth: enough to stop at; enough to stop at
where a refit gains little."""

_GAIN = 1.15
_REFITS = 5
_SMALL = 500
"""The largest matrix for which one thread of BLAS is faster than several."""

_CHEAP = 100_000.0
"""Operations at a point, up to which several proposals are made for each draw kept."""

_SAME, _MOST_THIN = 0.02, 6
"""How probable it may be that a draw is the one before it, and proposals a draw at most."""

_MORE = 4
"""So many times more proposals, where the first ones do not pass the gate."""

_EFFECTS_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Quality:
    """How well proposals fit: Pareto's k, the importance sample's worth, and who walked."""

    k_hat: float
    importance_ess: float
    proposals: int
    refits: int
    modes: int
    method: str
    thin: int


def run(
    spec: Spec,
    program: Program | None = None,  # noqa: ARG001 - every engine takes one
    *,
    draws: int = 1000,
    warmup: int = 1000,  # noqa: ARG001 - nothing is tuned
    chains: int = 4,
    seed: int = 0,
    progress: Report | None = None,  # noqa: ARG001 - it is over before a bar is drawn
    **settings: object,
) -> Draws:
    """Return draws from the posterior of a Gaussian multilevel model.

    Equal seeds give equal draws.

    Parameters
    ----------
    draws, chains
        Draws kept in each chain, and how many chains.
    seed
        Of the random numbers.

    Raises
    ------
    UnsupportedError
        If the engine cannot integrate the spec.
    Decline
        If it finds, once it has started, that it cannot vouch for its draws.
    """
    reason = supports(spec)
    if reason:
        raise UnsupportedError(f"the marginal engine cannot fit this model: {reason}")
    _check(draws=draws, chains=chains, settings=settings)
    began = time.perf_counter()
    of = marginal(spec)
    read = time.perf_counter()
    generator = np.random.default_rng(seed)
    with threadpool_limits(1 if of.algebra.layout.solved < _SMALL else None, user_api="blas"):
        found, quality = sampled(of, generator, chains, draws)
        sampled_at = time.perf_counter()
        values = everything(spec, of, found, generator)
    seconds = {
        "data": read - began,
        "sampling": sampled_at - read,
        "recovery": time.perf_counter() - sampled_at,
    }
    stats = {"lp": found.log_density, "acceptance_rate": found.acceptance}
    about: dict[str, object] = {
        "engine": "marginal",
        "seed": seed,
        "draws": draws,
        "chains": chains,
        "chain_method": quality.method,
        "k_hat": quality.k_hat if np.isfinite(quality.k_hat) else None,
        "importance_ess": quality.importance_ess,
        "proposals": quality.proposals,
        "thin": quality.thin,
        "modes": quality.modes,
        "refits": quality.refits,
        "versions": {
            **{name: version(name) for name in ("formix", "numpy", "scipy")},
            "python": platform.python_version(),
        },
        "seconds": {phase: round(spent, 3) for phase, spent in seconds.items()},
    }
    return Draws(values, stats, about)


def _check(*, draws: int, chains: int, settings: Mapping[str, object]) -> None:
    for name, value in (("draws", draws), ("chains", chains)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise ArgumentError(f"{name} is {value!r}, and it is a whole number, 1 or more")
    unknown = [name for name in settings if name not in ("chain_method", "target_accept")]
    if unknown:
        raise ArgumentError(
            f"the marginal engine takes no `{unknown[0]}`",
            hint='it takes draws, chains and seed; engine="nuts" takes more',
        )


def sampled(
    of: Marginal, generator: np.random.Generator, chains: int, draws: int
) -> tuple[Chains, Quality]:
    """Return chains of what is left to be sampled, and how well the proposals fitted.

    Raises
    ------
    Decline
        If neither proposals nor walkers fit the density.
    """
    if of.size == 0:
        points = np.zeros((chains, draws, 0))
        values = np.full((chains, draws), float(of.log_density(np.zeros((1, 0)))[0]))
        count = chains * draws
        quality = Quality(-np.inf, float(count), count, 0, 0, "independent", 1)
        return Chains(points, values, np.ones((chains, draws))), quality
    first = start(of)
    folded = of.coordinates.folded
    found = modes(of.mirrored, first.point, first.units, first.widths, folded)
    near_zero = edges(of.mirrored, found[0], first.units, first.widths, folded)
    proposal, pilot, refits = _adapted(
        of, generator, at_modes(of.log_density, found, near_zero, folded)
    )
    thin = _thinning(of, pilot)
    proposed = _proposed(of, generator, proposal, chains * (WARMUP + draws * thin))
    k_hat = smoothed(proposed.log_weights)[1]
    if k_hat >= GATE and of.algebra.work <= _CHEAP:
        thin *= _MORE
        proposed = _proposed(of, generator, proposal, chains * (WARMUP + draws * thin))
        k_hat = smoothed(proposed.log_weights)[1]
    ess = importance_ess(proposed.log_weights)
    if k_hat < GATE:
        drawn = independence_chains(
            of.log_density, proposal, generator, proposed, (chains, draws, thin)
        )
    else:
        drawn = walked(of.log_density, proposal, generator, (chains, draws))
    method = "independence" if k_hat < GATE else "walkers"
    count = len(proposed.points)
    return drawn, Quality(k_hat, ess, count, refits, len(found), method, thin)


def _thinning(of: Marginal, pilot: Weighed) -> int:
    """Return how many proposals to make for a draw, so that draws are all but independent."""
    if of.algebra.work > _CHEAP:
        return 1
    share = min(importance_ess(pilot.log_weights) / len(pilot.log_weights), 0.98)
    return int(np.clip(np.ceil(np.log(_SAME) / np.log1p(-share)), 1, _MOST_THIN))


def _proposed(
    of: Marginal, generator: np.random.Generator, proposal: Mixture, count: int
) -> Weighed:
    return weighed(of.log_density, proposal, proposal.draw(generator, count))


def _adapted(
    of: Marginal, generator: np.random.Generator, proposal: Mixture
) -> tuple[Mixture, Weighed, int]:
    """Return proposals fitted again to weighted draws of themselves, while that helps."""
    count = _PILOT * (of.size + 1)
    pilot = _proposed(of, generator, proposal, count)
    first, best, found, value = proposal, proposal, pilot, _worth(pilot)
    for refit in range(_REFITS):
        if value >= _ENOUGH:
            return best, found, refit
        weights = np.exp(smoothed(pilot.log_weights)[0])
        components = min(2 + 2 * refit, 8)
        proposal = fitted(generator, pilot.points, weights, first, components)
        pilot = _proposed(of, generator, proposal, count)
        worth = _worth(pilot)
        settled = worth < _GAIN * value and value > _FAIR
        if worth > value:
            best, found, value = proposal, pilot, worth
        if settled:
            return best, found, refit + 1
    return best, found, _REFITS


def _worth(pilot: Weighed) -> float:
    """Return the share of independent draws that a pilot is worth; nothing if its tail is heavy."""
    if not np.any(np.isfinite(pilot.log_weights)):
        return 0.0
    share = importance_ess(pilot.log_weights) / len(pilot.log_weights)
    return share if smoothed(pilot.log_weights)[1] < GATE else 0.1 * share


def everything(
    spec: Spec, of: Marginal, found: Chains, generator: np.random.Generator
) -> dict[str, np.ndarray]:
    """Return every site of the results at every draw, in chunks that bound the memory."""
    chains, draws = found.log_density.shape
    flat = found.points.reshape(chains * draws, -1)
    effects = sum(levels * size for levels, size in of.algebra.sizes)
    step = min(of.algebra.batch, max(1, _EFFECTS_AT_ONCE // max(effects, 1)))
    shapes = {parameter.site: parameter.shape for parameter in spec.parameters}
    values = {site: np.empty((len(flat), *shape)) for site, shape in shapes.items()}
    for begin in range(0, len(flat), step):
        part = slice(begin, begin + step)
        for site, drawn in _sites(of, flat[part], generator).items():
            if site in values:
                values[site][part] = drawn
    return {site: value.reshape(chains, draws, *shapes[site]) for site, value in values.items()}


def _sites(
    of: Marginal, points: np.ndarray, generator: np.random.Generator
) -> dict[str, np.ndarray]:
    scales = of.coordinates.scales(points)
    drawn = recovered(of, scales, generator)
    sites = {"beta": drawn.beta, "sigma": scales.sigma}
    for f, group in enumerate(of.coordinates.groups):
        factor = scales.correlations[f]
        sites[f"sd_{group.name}"] = scales.sds[f]
        sites[f"cor_{group.name}"] = factor @ np.swapaxes(factor, 1, 2)
        sites[f"r_{group.name}"] = drawn.effects[f]
    return sites

