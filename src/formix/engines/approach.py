"""From a random point to one near the mode, and how wide the density is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

Tree = Any

LOOKS = 250
"""At the density on the way down: enough to cross eight orders of magnitude, and fewer than two
early trajectories take."""

_FIRST, _LONGER, _SHORTER = 0.1, 1.2, 0.5
"""The first stride, and what becomes of it where the slope keeps its sign and where it turns."""

_NUDGE = 1e-5
"""By which a coordinate, or one where it is smaller, is moved to difference the slope."""


class Start(NamedTuple):
    """Where a chain starts: the point, the value and slope there, each coordinate's width."""

    point: Tree
    value: Tree
    slope: Tree
    width: Tree


class _Walk(NamedTuple):
    """What is known on the way: the last look, the best point so far, strides, widths."""

    last: Start
    best: Start
    stride: Tree
    before: Tree


def approach(
    density: Callable[[Tree], tuple[Tree, Tree]],
    x: Tree,
    moving: int,
    width: Tree | None = None,
    given: Tree | bool = False,
) -> Start:
    """Return a start near the mode of a density, given as its negative logarithm and slope.

    The first `moving` coordinates go down the signs of the slope alone, each with a stride of its
    own, and so do not mind the units of the data. Their widths are those of normal densities with
    the same curvature, and the start is the best point moved by half of `x` widths, so that chains
    start apart. The other coordinates stay where they are, with a width of one.

    Where `given`, the start is `x` itself and the widths are `width`: all that is looked for is the
    value and the slope. That it is one program with the way down spares compiling the density.

    References
    ----------
    Riedmiller and Braun (1993), doi:10.1109/ICNN.1993.298623.
    """
    place = jnp.arange(x.size)
    zero, worst = jnp.zeros_like(x), jnp.array(jnp.inf)
    one = jnp.ones_like(x)
    nowhere = Start(x, worst, zero, one if width is None else jnp.where(given, width, one))
    apart = jnp.where((place < moving) & ~jnp.asarray(given), 0.5 * x, 0.0)

    def measure(walk: _Walk, index: Tree) -> _Walk:
        return _wider(walk, index - LOOKS, moving)

    def look(index: Tree, walk: _Walk) -> _Walk:
        value, slope = density(walk.last.point)
        walk = walk._replace(last=walk.last._replace(value=value, slope=slope))
        walk = jax.lax.cond(index < LOOKS, _descended, measure, walk, index)
        following, best = index + 1 - LOOKS, walk.best
        beside = best.point + _nudges(best.point) * (place == following)
        start = best.point + apart * best.width
        point = jnp.where(following < moving, beside, start)
        point = jnp.where(following < 0, walk.last.point, point)
        return walk._replace(last=walk.last._replace(point=point))

    begin = _Walk(nowhere, nowhere, jnp.where(place < moving, _FIRST, 0.0), zero)
    # The last look is at the start itself: one loop, so that the density is compiled once.
    last = LOOKS + moving
    end = jax.lax.fori_loop(jnp.where(given, last, 0), last + 1, look, begin)
    return end.last._replace(width=end.best.width)


def _descended(walk: _Walk, _index: Tree) -> _Walk:
    """Keep the point if it is the best, and stride against the slope; from a bad one, go back."""
    last, best = walk.last, walk.best
    good = jnp.isfinite(last.value) & jnp.all(jnp.isfinite(last.slope))
    better = good & (last.value < best.value)
    best = jax.tree.map(lambda new, old: jnp.where(better, new, old), last, best)
    agreement = jnp.where(good, last.slope * walk.before, -1.0)
    factor = jnp.where(agreement > 0, _LONGER, jnp.where(agreement < 0, _SHORTER, 1.0))
    stride = walk.stride * factor
    slope = jnp.where(agreement < 0, 0.0, last.slope)
    point = jnp.where(good, last.point - jnp.sign(slope) * stride, best.point)
    return _Walk(last._replace(point=point), best, stride, slope)


def _wider(walk: _Walk, coordinate: Tree, moving: int) -> _Walk:
    """Learn the width of a coordinate along which the last look was, if it is one that moves."""
    rise = walk.last.slope - walk.best.slope
    curvature = (rise / _nudges(walk.best.point))[coordinate]
    known = (coordinate < moving) & jnp.isfinite(curvature) & (curvature > 0)
    here = known & (jnp.arange(walk.best.width.size) == coordinate)
    width = jnp.where(here, 1 / jnp.sqrt(jnp.where(known, curvature, 1.0)), walk.best.width)
    return walk._replace(best=walk.best._replace(width=width))


def _nudges(point: Tree) -> Tree:
    return _NUDGE * jnp.maximum(1.0, jnp.abs(point))
