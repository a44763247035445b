"""The log density of a generated program and its gradient: what every engine is proven against.

A point is a value for each latent sample site of the program, by name. It is in the sites' own
space, or, where `free`, in unconstrained coordinates, whose density has the Jacobian. Axes in front
of a site's own are a batch, the same for all sites; answers have its shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import jax
import numpy as np
from numpyro.infer.util import (
    compute_log_probs,
    constrain_fn,
    log_density as joint_density,
    potential_energy,
    unconstrain_fn,
)

from formix.engines.latent import arrays, latent_sites
from formix.engines.lock import TRACING
from formix.engines.options import jitted
from formix.engines.precision import float64
from formix.errors import EngineError

if TYPE_CHECKING:
    from formix.engines.latent import LatentSite
    from formix.program.program import Program

    Point = Mapping[str, np.ndarray]

_Answer = Literal["density", "free density", "gradient", "free gradient", "constrain", "free"]


def log_density(program: Program, point: Point, *, free: bool = False) -> np.ndarray:
    """Return the joint log density of the response and the latent sites.

    Raises
    ------
    EngineError
        If the point lacks a latent site, or has one of another shape.
    """
    return _answer("free density" if free else "density", program, point, free)


def gradient(program: Program, point: Point, *, free: bool = False) -> dict[str, np.ndarray]:
    """Return the gradient of `log_density`, by site."""
    return _answer("free gradient" if free else "gradient", program, point, free)


def constrained(program: Program, point: Point) -> dict[str, np.ndarray]:
    """Return every site at free coordinates: the latent ones, and those computed from them."""
    return _answer("constrain", program, point, True)


def unconstrained(program: Program, point: Point) -> dict[str, np.ndarray]:
    """Return the free coordinates of a point in the sites' own space."""
    return _answer("free", program, point, False)


def sites(program: Program) -> tuple[LatentSite, ...]:
    """Return the latent sites of a program, with their shapes."""
    with TRACING, float64():
        return latent_sites(program.function, arrays(program))


def faults(program: Program, point: Point) -> tuple[list[str], list[str]]:
    """Return where the log density is not finite at free coordinates, and where its gradient.

    The first are the sites whose own term is not; the second those along which the slope is not.
    """
    data = arrays(program)

    def terms(point: Any, data: Any) -> dict[str, Any]:
        own = constrain_fn(program.function, (), data, point)
        return compute_log_probs(program.function, (), data, own)[0]

    with TRACING, float64():
        found = jax.device_get(jitted(terms)(dict(point), data))
    slopes = gradient(program, point, free=True)
    return (
        [site for site, value in found.items() if not np.isfinite(value)],
        [site for site, value in slopes.items() if not np.isfinite(value).all()],
    )


def _answer(kind: _Answer, program: Program, point: Point, free: bool) -> Any:
    data = arrays(program)
    with TRACING, float64():
        known = latent_sites(program.function, data)
        batch = _batch(known, point, free)
        flat = {
            site.name: np.asarray(point[site.name], dtype=np.float64).reshape(
                -1, *(site.free if free else site.shape)
            )
            for site in known
        }
        found = jax.device_get(_compiled(kind, program.function)(flat, data))
    return jax.tree.map(lambda leaf: leaf.reshape((*batch, *leaf.shape[1:])), found)


@lru_cache(maxsize=64)
def _compiled(kind: _Answer, function: Callable[..., None]) -> Callable[..., Any]:
    def joint(point: Any, data: Any) -> Any:
        return joint_density(function, (), data, point)[0]

    def free_joint(point: Any, data: Any) -> Any:
        return -potential_energy(function, (), data, point)

    def constrain(point: Any, data: Any) -> Any:
        return constrain_fn(function, (), data, point, return_deterministic=True)

    def unconstrain(point: Any, data: Any) -> Any:
        return unconstrain_fn(function, (), data, point)

    one = {
        "density": joint,
        "free density": free_joint,
        "gradient": jax.grad(joint),
        "free gradient": jax.grad(free_joint),
        "constrain": constrain,
        "free": unconstrain,
    }[kind]
    return jitted(jax.vmap(one, in_axes=(0, None)))


def _batch(known: tuple[LatentSite, ...], point: Point, free: bool) -> tuple[int, ...]:
    batches: set[tuple[int, ...]] = set()
    for site in known:
        own = site.free if free else site.shape
        if site.name not in point:
            raise EngineError(
                f"the point has no `{site.name}`",
                hint="the latent sites are " + ", ".join(f"`{s.name}`" for s in known),
            )
        shape = np.shape(point[site.name])
        split = len(shape) - len(own)
        if split < 0 or shape[split:] != own:
            raise EngineError(f"`{site.name}` has shape {shape}, and needs {own} at its end")
        batches.add(shape[:split])
    if len(batches) != 1:
        raise EngineError(f"the sites' shapes have different axes in front: {sorted(batches)}")
    return batches.pop()
