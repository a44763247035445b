"""What the paths need of a program, compiled: where they start, its energy, its sites."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import numpy as np
from jax.flatten_util import ravel_pytree
from numpyro.infer.util import potential_energy

from formix.engines.chain import Chain, Settings, recorded
from formix.engines.compile import compiled, ran

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jax.stages import Compiled
    from jaxtyping import Float

    from formix.engines.latent import LatentSite, Shapes

    Vector = Float[np.ndarray, " coordinate"]
    Draws = Float[np.ndarray, "draw coordinate"]

Tree = Any

_MOST, _NUMBERS = 50, 2_000_000
"""Draws that are looked at at once, and rows times draws: both bound the memory."""


class Scale(NamedTuple):
    """Coordinates without units: zero is `point`, and one is as wide as the density near a mode."""

    point: Any
    width: Any


@dataclass(frozen=True, eq=False)
class Machine:
    """The compiled programs.

    Parameters
    ----------
    start
        Takes free coordinates by site; returns a `Scale`, and whether there is a density.
    look
        Takes coordinates of a `Scale`; returns the energy and its slope.
    looks
        Takes `batch` of them; returns their energies.
    sites
        Takes as many; returns the sites of the results.
    batch
        How many that is.
    """

    start: Compiled
    look: Compiled
    looks: Compiled
    sites: Compiled
    batch: int


@lru_cache(maxsize=8)
def machine(
    function: Any,
    given: Shapes,
    sites: tuple[LatentSite, ...],
    keep: tuple[str, ...],
    rows: int,
) -> Machine:
    """Return the compiled programs; the same again where only values changed.

    The caller holds the lock of tracing and computes in float64.
    """
    held = tuple(site.name for site in sites if site.is_standardised)
    chain = Chain(function, Settings(0, 1, (), held, keep))
    blank = {site.name: np.zeros(site.free) for site in sites}
    size = sum(site.size for site in sites)
    by_site = ravel_pytree(blank)[1]
    batch = max(1, min(_MOST, _NUMBERS // max(rows, size, 1)))

    def start(z: Tree, data: Tree) -> tuple[Scale, Tree]:
        found = chain.start(z, data)
        scale = Scale(ravel_pytree(found.point)[0], ravel_pytree(found.width)[0])
        return scale, jax.numpy.isfinite(found.value)

    def energy(x: Tree, scale: Scale, data: Tree) -> Tree:
        return potential_energy(function, (), data, by_site(scale.point + scale.width * x))

    def kept(x: Tree, scale: Scale, data: Tree) -> Tree:
        return recorded(function, keep, by_site(scale.point + scale.width * x), data)

    shape = jax.ShapeDtypeStruct
    z = {site.name: shape(site.free, np.float64) for site in sites}
    data = {name: shape(lengths, np.dtype(kind)) for name, lengths, kind in given}
    one, many = shape((size,), np.float64), shape((batch, size), np.float64)
    scale = Scale(one, one)

    def of(work: Callable[..., Tree], *takes: Tree) -> Compiled:
        return compiled(jax.jit(work).lower(*takes))

    return Machine(
        of(start, z, data),
        of(jax.value_and_grad(energy), one, scale, data),
        of(jax.vmap(energy, (0, None, None)), many, scale, data),
        of(jax.vmap(kept, (0, None, None)), many, scale, data),
        batch,
    )


@dataclass(frozen=True, eq=False)
class Ground:
    """The density in the coordinates of one path.

    Parameters
    ----------
    machine, data
        The programs, and what they are given.
    scale
        The coordinates.
    """

    machine: Machine
    data: Mapping[str, np.ndarray]
    scale: Scale

    @classmethod
    def near(
        cls, machine: Machine, data: Mapping[str, np.ndarray], point: Mapping[str, np.ndarray]
    ) -> Ground | None:
        """Return the density near where the way down from a point leads, None without any there."""
        scale, is_there = ran(lambda: machine.start(dict(point), dict(data)))
        return cls(machine, data, scale) if is_there else None

    @property
    def log_width(self) -> float:
        """The logarithm of the volume of the unit cube."""
        return float(np.sum(np.log(self.scale.width)))

    def look(self, x: Vector) -> tuple[float, Vector]:
        """Return the energy at a point, and its slope."""
        value, slope = ran(lambda: self.machine.look(x, self.scale, dict(self.data)))
        return float(value), slope

    def looks(self, x: Draws) -> Float[np.ndarray, " draw"]:
        """Return the log density at points."""
        return -np.concatenate(list(self._batches(self.machine.looks, x)))

    def sites(self, x: Draws) -> dict[str, np.ndarray]:
        """Return the sites of the results at points."""
        parts: list[dict[str, np.ndarray]] = list(self._batches(self.machine.sites, x))
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _batches(self, program: Compiled, x: Draws) -> Iterator[Any]:
        """Yield what a program returns of points, as many at once as it takes."""
        batch = self.machine.batch
        for begin in range(0, len(x), batch):
            part = x[begin : begin + batch]
            count = len(part)
            padded = np.concatenate([part, np.repeat(part[-1:], batch - count, axis=0)])
            found = ran(partial(program, padded, self.scale, dict(self.data)))
            yield jax.tree.map(itemgetter(slice(count)), found)
