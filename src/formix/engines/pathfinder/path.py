"""The path of an optimiser, and the normal distribution along it that is nearest to a posterior."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

from formix.engines.pathfinder.normal import MEMORY, along

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.pathfinder.normal import Normal

    Vector = Float[np.ndarray, " coordinate"]
    Draws = Float[np.ndarray, "draw coordinate"]

Look = Callable[["Vector"], tuple[float, "Vector"]]
"""The negative log density at a point, and its slope."""

Looks = Callable[["Draws"], "Float[np.ndarray, ' draw']"]
"""The log density at points."""

_WALL = 1e10
"""Stands for the energy where there is no density: the optimiser turns back."""

_LEAST = 1e-9
"""The optimiser ends where a step gains less, beside what it has gained so far."""


@dataclass(frozen=True, eq=False)
class Path:
    """The points of an optimiser and the slopes there, step by step."""

    points: Draws
    slopes: Draws


@dataclass(frozen=True, eq=False)
class Nearest:
    """The normal distribution along a path with the largest evidence lower bound.

    Parameters
    ----------
    normal, bound
        It, and the bound.
    place, steps
        After how many steps it stands, and how many the path has.
    """

    normal: Normal
    bound: float
    place: int
    steps: int


def walked(look: Look, start: Vector, steps: int) -> Path:
    """Return the path of L-BFGS from a start where there is a density, down its energy.

    Parameters
    ----------
    steps
        At most.

    References
    ----------
    Byrd, Lu, Nocedal and Zhu (1995), doi:10.1137/0916069.
    """
    first, slope = look(start)
    points, slopes = [start], [slope]
    tried: list[tuple[Vector, Vector]] = []

    def energy(x: Vector) -> tuple[float, Vector]:
        value, slope = look(x)
        if not (np.isfinite(value) and np.isfinite(slope).all()):
            return _WALL, np.zeros_like(x)
        tried.append((x.copy(), slope))
        # Beside the start's, so that what a step must gain does not depend on the rows' number.
        return value - first, slope

    def stepped(xk: Vector) -> None:
        slope = next((g for x, g in reversed(tried) if np.array_equal(x, xk)), None)
        tried.clear()
        if slope is not None:
            points.append(xk.copy())
            slopes.append(slope)

    minimize(
        energy,
        start,
        jac=True,
        method="L-BFGS-B",
        callback=stepped,
        options={"maxcor": MEMORY, "maxiter": steps, "ftol": _LEAST, "gtol": 1e-8},
    )
    return Path(np.array(points), np.array(slopes))


def nearest(path: Path, looks: Looks, standard: Draws) -> Nearest | None:
    """Return the nearest normal distribution along a path, None if none is near at all.

    Parameters
    ----------
    looks
        Gives the log density at draws, by which the bound is estimated.
    standard
        Standard normal numbers that become the draws: the same along the path, so that what chance
        adds to the bounds is all but the same.
    """
    best: Nearest | None = None
    steps = len(path.points) - 1
    for place, normal in enumerate(along(path.points, path.slopes)):
        if normal is None:
            continue
        draws = normal.draws(standard)
        bound = float(np.mean(looks(draws) - normal.log_density(draws)))
        if np.isfinite(bound) and (best is None or bound > best.bound):
            best = Nearest(normal, bound, place, steps)
    return best
