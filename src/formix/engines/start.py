"""Where chains start, and what to say where there is no place to."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import jax
import numpy as np

from formix.engines.chain import GIVEN, METRIC, Own
from formix.engines.density import faults
from formix.engines.given import REMEMBERED
from formix.engines.kernel import Stand
from formix.engines.latent import prior_means
from formix.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jaxtyping import Bool

    from formix.engines.chain import Tree
    from formix.engines.given import Given
    from formix.engines.latent import LatentSite
    from formix.engines.steps import Walk
    from formix.program.program import Program

T = TypeVar("T")

TRIES = 30
RADIUS, CLOSER = 2.0, 0.8
"""Uniform within it in the free coordinates, as in NumPyro and Stan; with every further try
closer to the origin, where most densities are finite."""


def placed(walk: Walk, nearby: Given, seed: int) -> Stand | None:
    """Return where the chains start, each at a draw and with the metric that is given to all.

    There is nothing where at one of the draws there is no density. A draw is each chain's own, and
    does not depend on other chains.
    """
    blank = walk.kernel.blank()
    generators, keys = _random(blank, seed)
    points = [nearby.point(generator) for generator in generators]
    together = {name: np.stack([one[name] for one in points]) for name in points[0]}
    if not all(np.all(np.isfinite(x)) for x in together.values()):
        return None
    every = len(points)
    state = blank.own.state._replace(z=together, rng_key=keys)
    state, before = _metric(state, nearby)
    width = {name: np.stack([x] * every) for name, x in nearby.width.items()}
    stand = Stand(blank.shared._replace(step=np.int64(GIVEN)), Own(state, width, before))
    stand, _records = walk.kernel.advance(stand, 0, walk.target, walk.data)
    return stand if _finite(stand).all() else None


def _metric(state: Tree, nearby: Given) -> tuple[Tree, Tree]:
    """Return a state with the metric that is given, and what windows of adaptation begin with."""
    adaptation = state.adapt_state
    lower = np.linalg.cholesky(nearby.dense)
    dense = dict(zip(METRIC, (nearby.dense, np.linalg.inv(lower).T), strict=True))
    blocks = {
        name: {
            block: np.broadcast_to(dense[name] if np.ndim(x) == 3 else 1.0, x.shape).copy()
            for block, x in getattr(adaptation, name).items()
        }
        for name in METRIC
    }
    before = {
        block: (
            _flat({site: nearby.middle[site] / nearby.width[site] for site in block}, mean),
            REMEMBERED * blocks[METRIC[0]][block],
            np.full_like(count, REMEMBERED),
        )
        for block, (mean, _, count) in adaptation.mm_state.items()
    }
    return state._replace(adapt_state=adaptation._replace(**blocks)), before


def _flat(parts: Mapping[str, np.ndarray], like: np.ndarray) -> np.ndarray:
    """Return sites' coordinates side by side, the same for every chain."""
    joined = np.concatenate([np.ravel(x) for x in parts.values()])
    return np.broadcast_to(joined, like.shape).copy()


def begun(walk: Walk, sites: tuple[LatentSite, ...], program: Program, seed: int) -> Stand:
    """Return where the chains start, each near the mode as `approach` finds it from a random point.

    Where there is no density, every second try is around the means of the priors instead of 0.

    The random points are each chain's own, and depend on no other chain. Standardised group-level
    effects stay at theirs, which are small: over the root of the number of rows. Then the way down
    leads to standard deviations of about the size of sigma. With larger ones the data would seem to
    deny that groups differ; with none, nothing would bound their standard deviations from above.

    Raises
    ------
    EngineError
        If a chain finds no point where the log density and its gradient are finite.
    """
    blank = walk.kernel.blank()
    generators, keys = _random(blank, seed)
    rows = np.size(program.data[program.response])
    points = scattered(generators, sites, rows, RADIUS)
    good = np.zeros(len(keys), dtype=bool)
    centres: dict[str, np.ndarray] = {}
    for attempt in range(1, TRIES + 1):
        state = blank.own.state._replace(z=points, rng_key=keys)
        stand = Stand(blank.shared, blank.own._replace(state=state))
        stand, _records = walk.kernel.advance(stand, 0, walk.target, walk.data)
        good = _finite(stand)
        if good.all():
            return stand
        centres = prior_means(program) if attempt == 1 else centres
        others = scattered(generators, sites, rows, RADIUS * CLOSER**attempt)
        if attempt % 2:
            # Near 0 a link such as sqrt or inverse may give every second row no mean.
            others = {site: x + centres.get(site, 0.0) for site, x in others.items()}
        points = {
            site: np.where(good.reshape(-1, *[1] * (x.ndim - 1)), x, others[site])
            for site, x in points.items()
        }
    bad = int(np.flatnonzero(~good)[0])
    raise no_start(program, {site: x[bad] for site, x in points.items()})


def first_found(
    program: Program,
    sites: tuple[LatentSite, ...],
    generator: np.random.Generator,
    look: Callable[[dict[str, np.ndarray]], T | None],
) -> T:
    """Return what is found from the first random point from which anything is.

    Parameters
    ----------
    look
        Returns what is found from free coordinates by site, or None.

    Raises
    ------
    EngineError
        If nothing is found from any of so many points.
    """
    rows = np.size(program.data[program.response])
    point: dict[str, np.ndarray] = {}
    for attempt in range(TRIES):
        points = scattered([generator], sites, rows, RADIUS * CLOSER**attempt)
        point = {site: x[0] for site, x in points.items()}
        found = look(point)
        if found is not None:
            return found
    raise no_start(program, point)


def _random(blank: Stand, seed: int) -> tuple[list[np.random.Generator], np.ndarray]:
    """Return a generator of each chain, and the key of its steps."""
    chains = len(blank.own.state.rng_key)
    generators = [np.random.default_rng([seed, chain]) for chain in range(chains)]
    keys = [generator.integers(2**32, size=2, dtype=np.uint32) for generator in generators]
    return generators, np.stack(keys)


def scattered(
    generators: list[np.random.Generator],
    sites: tuple[LatentSite, ...],
    rows: int,
    radius: float,
) -> dict[str, np.ndarray]:
    """Return random free coordinates for each generator, by site, the generators first."""
    radii = {s.name: radius / np.sqrt(rows) if s.is_standardised else radius for s in sites}
    each = [
        {s.name: generator.uniform(-radii[s.name], radii[s.name], s.free) for s in sites}
        for generator in generators
    ]
    return {s.name: np.stack([one[s.name] for one in each]) for s in sites}


def _finite(stand: Stand) -> Bool[np.ndarray, " chain"]:
    state = stand.own.state
    leaves = [state.potential_energy, *jax.tree.leaves(state.z_grad)]
    flat = [np.asarray(leaf).reshape(len(leaf), -1) for leaf in leaves]
    return np.all(np.isfinite(np.concatenate(flat, axis=1)), axis=1)


def no_start(program: Program, point: dict[str, np.ndarray]) -> EngineError:
    """Return what to say where no starting point was found, the last one tried given."""
    density, gradient = faults(program, point)
    named = ", ".join(f"`{site}`" for site in density or gradient)
    what = "log density" if density else "gradient of the log density"
    return EngineError(
        f"no starting point was found in {TRIES} tries: the {what} is not finite at {named}",
        hint="look for values of the data outside the family's range, or for priors so wide or so "
        "far away that numbers overflow",
    )
