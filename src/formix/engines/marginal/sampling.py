"""Spec -> draws: few numbers by chains over good proposals, all else exactly."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import scipy

from formix.engines.decline import Decline
from formix.engines.draws import Draws, KeepGroups
from formix.engines.marginal.density import Marginal, one_thread
from formix.engines.marginal.drawn import Drawn
from formix.engines.marginal.plan import Plan
from formix.engines.marginal.proposing import GATE, sampled
from formix.engines.marginal.recovery import normals_needed, recovered, sites
from formix.engines.marginal.sharing import shared
from formix.engines.marginal.source import write
from formix.engines.marginal.streams import of_chain
from formix.engines.marginal.support import supports
from formix.engines.moments import Moments, added
from formix.errors import EngineError, UnsupportedError
from formix.program.load import load
from formix.versions import version_of

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.drawn import Quality
    from formix.engines.progress import Report
    from formix.program.program import Program
    from formix.spec import Spec

_HEAVY = 1e6
"""Operations at a point, beyond which draws share factors."""

_TOO_LONG = 1e12
"""Operations for all draws, beyond which each cannot have a factor of its own."""

_AT_ONCE, _DRAWS_AT_ONCE = 2_000_000, 250
"""Effects and draws that are made at once: bounds the memory, not the answer."""


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
    """Return draws from the posterior of a Gaussian multilevel model.

    Equal seeds give equal draws, and none depends on how many others there are.

    Parameters
    ----------
    spec
        What `supports` takes.
    draws, chains
        Draws kept in each chain, and how many chains.
    seed
        Of the random numbers, whole and not negative.
    keep_groups
        Whether the group-level effects are kept as `draws`, as means and standard deviations
        (`summary`), or not at all (`none`): then not even memory is taken for them.
    state
        That of earlier draws, to go on from: `n` draws and then `m` equal `n + m` in one run.

    Raises
    ------
    ArgumentError
        If an argument is outside what it accepts.
    UnsupportedError
        If the engine cannot integrate the spec.
    Decline
        If it finds, once it has started, that it cannot vouch for its draws.

    References
    ----------
    Bates, Mächler, Bolker and Walker (2015), doi:10.18637/jss.v067.i01; Tierney (1994),
    doi:10.1214/aos/1176325750; Vehtari, Simpson, Gelman, Yao and Gabry (2024), JMLR 25(72).
    """
    reason = supports(spec)
    if reason:
        raise UnsupportedError(f"the marginal engine cannot fit this model: {reason}")
    plan = (
        Plan.of(state, draws, keep_groups)
        if state
        else Plan(draws, chains, seed, keep_groups=keep_groups)
    )
    source = write(spec)
    began = time.perf_counter()
    of = load(source.text, "marginal")(**source.data)
    read = time.perf_counter()
    drawn = _drawn(of, plan)
    _check_going_on(plan, drawn.quality)
    seconds = {"data": read - began, "sampling": time.perf_counter() - read}
    stats = {"lp": drawn.log_density, "acceptance_rate": drawn.acceptance}
    attributes = _attributes(plan, drawn.quality, seconds)
    return Draws(drawn.values, stats, attributes, _state(plan, drawn.quality), drawn.moments)


def sample(of: Marginal, *, draws: int = 1000, chains: int = 4, seed: int = 0) -> Drawn:
    """Return draws of every site of a posterior, by chain and draw.

    Raises
    ------
    ArgumentError
        If an argument is outside what it accepts.
    Decline
        If nothing fits that would vouch for the draws.
    """
    return _drawn(of, Plan(draws, chains, seed))


def _drawn(of: Marginal, plan: Plan) -> Drawn:
    with one_thread(of.algebra):
        if of.algebra.work <= _HEAVY:
            return _independently(of, plan)
        together = shared(of, plan)
        if together is not None:
            return together.between(plan.before, plan.before + plan.draws)
        if plan.centres:
            raise _stopped(f"Pareto k with {plan.centres} centres, not below {GATE}")
        if of.algebra.work * plan.draws * plan.chains <= _TOO_LONG:
            return _independently(of, plan)
    raise Decline(
        f"{of.algebra.layout.effects} effects of crossed groups are left to one factor, "
        "and draws that share factors do not fit"
    )


def _check_going_on(plan: Plan, quality: Quality) -> None:
    if plan.before and quality.method != "independence":
        raise _stopped(f"Pareto k {quality.k_hat:.2f}, not below {GATE}")


def _stopped(why: str) -> EngineError:
    return EngineError(
        f"with more draws the proposals do not fit ({why})",
        hint="fit again: model.fit(draws=...) looks for a better way from the start",
    )


def _state(plan: Plan, quality: Quality) -> dict[str, np.ndarray]:
    """Return what more draws go on from; walkers cannot."""
    if quality.method != "independence":
        return {}
    state = {
        "chains": plan.chains,
        "seed": plan.seed,
        "before": plan.before + plan.draws,
        "thin": quality.thin,
        "centres": quality.centres,
    }
    return {name: np.array(value) for name, value in state.items()}


def _attributes(plan: Plan, quality: Quality, seconds: Mapping[str, float]) -> dict[str, object]:
    return {
        "engine": "marginal",
        "chain_method": quality.method,
        "seed": plan.seed,
        "draws": plan.draws,
        "chains": plan.chains,
        "k_hat": quality.k_hat if np.isfinite(quality.k_hat) else None,
        "importance_ess": quality.importance_ess,
        "proposals": quality.proposals,
        "thin": quality.thin,
        "modes": quality.modes,
        "refits": quality.refits,
        "centres": quality.centres,
        "versions": {
            "formix": version_of("formix"),
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "python": platform.python_version(),
        },
        "seconds": {phase: round(spent, 3) for phase, spent in seconds.items()},
    }


def _independently(of: Marginal, plan: Plan) -> Drawn:
    """Return chains whose every draw has a factor of its own."""
    found, quality = sampled(
        of, plan.seed, plan.chains, plan.before + plan.draws, plan.thin or None
    )
    leading = (plan.chains, plan.draws)
    kept = plan.kept(of.structure)
    values = {site: np.empty((*leading, *shape)) for site, shape in kept.items()}
    moments: dict[str, Moments] = {}
    log_density = np.empty(leading)
    for chain in range(plan.chains):
        for first, last, normals in _normals(of, plan, chain):
            points = found.points[chain, first:last]
            scales = of.coordinates.scales(_padded(points, len(normals)))
            drawn = recovered(of, scales, normals)
            made = sites(of, scales, drawn.beta, drawn.effects)
            # Of draws made again to go on from, only those that are new are kept.
            new = slice(max(plan.before - first, 0), last - first)
            place = slice(first + new.start - plan.before, last - plan.before)
            log_density[chain, place] = drawn.log_density[new]
            for site, value in values.items():
                value[chain, place] = made[site][new]
            added(moments, {site: made[site][new] for site in plan.summarised(of.structure)})
    return Drawn(values, log_density, found.acceptance[:, plan.before :], quality, moments)


def _normals(of: Marginal, plan: Plan, chain: int) -> Iterator[tuple[int, int, np.ndarray]]:
    """Yield the standard normals of one chain in batches of one size, from the first new draw on.

    Libraries round a row by the size of the batch it is in: so batches begin at the same draws, and
    are as large, however many draws there are.
    """
    own = of_chain(plan.seed, chain).effects
    needed = normals_needed(of)
    step = max(1, min(of.algebra.batch, _DRAWS_AT_ONCE, _AT_ONCE // max(needed, 1)))
    total = plan.before + plan.draws
    for first in range(0, total, step):
        last = min(first + step, total)
        normals = own.standard_normal((last - first, needed))
        if last > plan.before:
            yield first, last, _padded(normals, step)


def _padded(rows: Float[np.ndarray, "row column"], count: int) -> Float[np.ndarray, "row column"]:
    """Return so many rows, the last one repeated."""
    return np.concatenate([rows, np.repeat(rows[-1:], count - len(rows), axis=0)])
