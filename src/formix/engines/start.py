"""Where chains start, and what to say where there is no place to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax
import numpy as np

from formix.engines.density import faults
from formix.engines.kernel import Stand
from formix.errors import EngineError

if TYPE_CHECKING:
    from jaxtyping import Bool

    from formix.engines.latent import LatentSite
    from formix.engines.steps import Walk
    from formix.program.program import Program

_TRIES = 30
_RADIUS, _CLOSER = 2.0, 0.8
"""Uniform within it in the free coordinates, as in NumPyro and Stan; with every further try
closer to the origin, where most densities are finite."""


def begun(walk: Walk, sites: tuple[LatentSite, ...], program: Program, seed: int) -> Stand:
    """Return where the chains start, each near the mode as `approach` finds it from a random point.

    The random points are each chain's own, and depend on no other chain.

    Raises
    ------
    EngineError
        If a chain finds no point where the log density and its gradient are finite.
    """
    blank = walk.kernel.blank()
    chains = len(blank.own.rng_key)
    generators = [np.random.default_rng([seed, chain]) for chain in range(chains)]
    keys = np.stack(
        [generator.integers(2**32, size=2, dtype=np.uint32) for generator in generators]
    )
    points = _points(generators, sites, _RADIUS)
    good = np.zeros(chains, dtype=bool)
    for attempt in range(1, _TRIES + 1):
        stand = Stand(blank.shared, blank.own._replace(z=points, rng_key=keys))
        stand, _records = walk.kernel.advance(stand, 0, walk.target, walk.data)
        good = _finite(stand)
        if good.all():
            return stand
        others = _points(generators, sites, _RADIUS * _CLOSER**attempt)
        points = {
            site: np.where(good.reshape(-1, *[1] * (x.ndim - 1)), x, others[site])
            for site, x in points.items()
        }
    bad = int(np.flatnonzero(~good)[0])
    raise _no_start(program, {site: x[bad] for site, x in points.items()})


def _points(
    generators: list[np.random.Generator], sites: tuple[LatentSite, ...], radius: float
) -> dict[str, np.ndarray]:
    each = [
        {site.name: generator.uniform(-radius, radius, site.free) for site in sites}
        for generator in generators
    ]
    return {site.name: np.stack([one[site.name] for one in each]) for site in sites}


def _finite(stand: Stand) -> Bool[np.ndarray, " chain"]:
    leaves = [stand.own.potential_energy, *jax.tree.leaves(stand.own.z_grad)]
    flat = [np.asarray(leaf).reshape(len(leaf), -1) for leaf in leaves]
    return np.all(np.isfinite(np.concatenate(flat, axis=1)), axis=1)


def _no_start(program: Program, point: dict[str, np.ndarray]) -> EngineError:
    density, gradient = faults(program, point)
    named = ", ".join(f"`{site}`" for site in density or gradient)
    what = "log density" if density else "gradient of the log density"
    return EngineError(
        f"no starting point was found in {_TRIES} tries: the {what} is not finite at {named}",
        hint="look for values of the data outside the family's range, or for priors so wide or so "
        "far away that numbers overflow",
    )
