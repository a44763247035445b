"""What a program leaves to be sampled: its latent sites, and their unconstrained coordinates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jax
import numpy as np
from numpyro import handlers
from numpyro.distributions import biject_to, constraints
from numpyro.infer import init_to_uniform

from formix.engines.options import jitted
from formix.engines.precision import float64
from formix.errors import EngineError

if TYPE_CHECKING:
    from formix.program.program import Program

Shapes = tuple[tuple[str, tuple[int, ...], str], ...]
"""Of the arrays that a program takes: name, shape and kind of each."""

_WIDEST = 100
"""Coordinates that share one dense block of the mass matrix at most."""

_SUPPORTS = {
    "real": constraints.real,
    "positive": constraints.positive,
    "correlation": constraints.corr_cholesky,
}


@dataclass(frozen=True)
class LatentSite:
    """A sample site that is not observed: its shape, and the shape of its free coordinates.

    `support` is `real`, `positive`, `correlation` (the factor of a correlation matrix), or empty.
    """

    name: str
    shape: tuple[int, ...]
    free: tuple[int, ...]
    support: str = ""

    @property
    def size(self) -> int:
        """How many free coordinates it has."""
        return int(np.prod(self.free))

    @property
    def is_standardised(self) -> bool:
        """Whether it holds group-level effects before they are scaled, standard normal a priori."""
        return self.name.rpartition(".")[2].startswith("z_")


def arrays(program: Program) -> dict[str, np.ndarray]:
    """Return what the program takes: floats in float64, and aligned so that no device copies it."""
    return {name: _aligned(np.asarray(values)) for name, values in program.data.items()}


def shapes(data: Mapping[str, np.ndarray]) -> Shapes:
    """Return what a program that is compiled for some arrays must know of them."""
    return tuple((name, x.shape, x.dtype.str) for name, x in data.items())


def _aligned(values: np.ndarray) -> np.ndarray:
    """Return a copy that starts at a multiple of 64 bytes, which JAX takes for any host device."""
    dtype = np.dtype(np.float64) if values.dtype.kind == "f" else values.dtype
    size = values.size * dtype.itemsize
    raw = np.empty(size + 64, np.uint8)
    start = -raw.ctypes.data % 64
    copy = raw[start : start + size].view(dtype).reshape(values.shape)
    copy[...] = values
    return copy


def latent_sites(
    function: Callable[..., None], data: Mapping[str, np.ndarray]
) -> tuple[LatentSite, ...]:
    """Return the latent sites of a program, by name; nothing is computed or compiled.

    Raises
    ------
    EngineError
        If the program fails, or a latent site is discrete.
    """
    supports: dict[str, str] = {}

    def traced(data: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        seeded = handlers.substitute(
            handlers.seed(function, jax.random.key(0)), substitute_fn=init_to_uniform
        )
        sites = handlers.trace(seeded).get_trace(**data)
        supports.update({n: _support(s) for n, s in sites.items() if s["type"] == "sample"})
        return {
            name: (site["value"], biject_to(site["fn"].support).inv(site["value"]))
            for name, site in sites.items()
            if site["type"] == "sample" and not site["is_observed"] and _continuous(site)
        }

    try:
        found = jax.eval_shape(traced, data)
    except EngineError:
        raise
    except Exception as error:
        raise EngineError(
            f"the program fails before any sampling: {type(error).__name__}: {error}",
            hint="if you did not change its text, this is a fault of formix",
        ) from error
    return tuple(
        LatentSite(name, found[name][0].shape, found[name][1].shape, supports[name])
        for name in sorted(found)
    )


def _support(site: Mapping[str, Any]) -> str:
    support = site["fn"].support
    while hasattr(support, "base_constraint"):
        support = support.base_constraint
    return next((name for name, known in _SUPPORTS.items() if support is known), "")


def _continuous(site: Mapping[str, Any]) -> bool:
    if site["fn"].support.is_discrete:
        raise EngineError(
            f"the program's site `{site['name']}` is discrete: NUTS samples continuous sites only"
        )
    return True


def dense_block(sites: tuple[LatentSite, ...]) -> tuple[str, ...]:
    """Return the sites whose mass matrix is dense: the small ones, few enough coordinates together.

    Coefficients and covariance parameters are correlated, which a dense block learns in the
    warm-up; standardised group-level effects hardly are, and their many coordinates would make its
    estimate noise.
    """
    taken: list[str] = []
    room = _WIDEST
    for site in sorted(sites, key=lambda site: (site.size, site.name)):
        if site.size <= room and not site.is_standardised:
            taken.append(site.name)
            room -= site.size
    return tuple(sorted(taken))


def prior_means(program: Program) -> dict[str, np.ndarray]:
    """Return the mean of each latent site a priori where it may be any number, else 0, by site."""

    def means(data: Mapping[str, Any]) -> dict[str, Any]:
        seeded = handlers.substitute(
            handlers.seed(program.function, jax.random.key(0)), substitute_fn=init_to_uniform
        )
        sites = handlers.trace(seeded).get_trace(**data)
        latent = {n: s for n, s in sites.items() if s["type"] == "sample" and not s["is_observed"]}
        return {name: _mean(site) for name, site in latent.items()}

    with float64():
        # Traced, no number is looked at, be it within a distribution's range or not.
        found = jax.device_get(jitted(means)(arrays(program)))
    return {name: np.where(np.isfinite(mean), mean, 0.0) for name, mean in found.items()}


def _mean(site: Mapping[str, Any]) -> Any:
    if not isinstance(site["fn"].support, type(constraints.real)):
        return 0.0
    try:
        return site["fn"].mean
    except (AttributeError, NotImplementedError):
        return 0.0
