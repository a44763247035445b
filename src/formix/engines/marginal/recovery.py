"""Exact draws of the coefficients and of every group's effects, given everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.marginal.dense import joined, normals_of, solution, split

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.coordinates import Scales
    from formix.engines.marginal.dense import Solved
    from formix.engines.marginal.density import Marginal
    from formix.engines.marginal.reduced import Reduced

    Points = Float[np.ndarray, "point coordinate"]
    Effects = Float[np.ndarray, "point level effect"]

_HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))


@dataclass(frozen=True, eq=False)
class Recovered:
    """The coefficients and every group's effects, in the data's units.

    `log_density` is that of everything, in the generated program's own sites.
    """

    beta: Float[np.ndarray, "point coef"]
    effects: tuple[Effects, ...]
    log_density: Float[np.ndarray, " point"]


def normals_needed(of: Marginal) -> int:
    """Return how many standard normals a draw of coefficients and effects takes."""
    algebra = of.algebra
    inner = sum(algebra.sizes[f][0] * algebra.sizes[f][1] for f in algebra.eliminated)
    return algebra.layout.solved + inner


def recovered(
    of: Marginal, scales: Scales, normals: Float[np.ndarray, "point normal"] | None
) -> Recovered:
    """Return the draws that standard normals make; without them, the conditional means."""
    algebra = of.algebra
    reduced, found, log_likelihood = of.factored(scales)
    if normals is None:
        normals = np.zeros((len(found.lower), normals_needed(of)))
    solved = algebra.layout.solved
    *standard, g = split(solution(found.lower, normals[:, :solved]), algebra.layout)
    left = [
        u @ np.swapaxes(scales.factors[group], 1, 2)
        for u, (group, _, _) in zip(standard, algebra.layout.groups, strict=True)
    ]
    whole = np.concatenate([g, algebra.common.fixed(scales.free)], axis=1)
    inner = reduced.effects(joined(left, whole), inner_normals(of, normals[:, solved:]))
    effects: dict[int, Effects] = {
        group: r for r, (group, _, _) in zip(left, algebra.layout.groups, strict=True)
    }
    for f, r in zip(algebra.eliminated, inner, strict=True):
        effects[f] = np.swapaxes(r, 1, 2)
    log_density = log_likelihood + scales.log_prior + _log_normals(of, reduced, found, normals)
    in_order = tuple(effects[f] for f in range(len(algebra.sizes)))
    beta = algebra.common.beta(whole)
    return Recovered(beta, in_order, log_density - of.log_beside(scales, beta, in_order))


def _log_normals(
    of: Marginal,
    reduced: Reduced,
    found: Solved,
    normals: Float[np.ndarray, "point normal"],
) -> Float[np.ndarray, " point"]:
    """Return the conditional log density of what standard normals have made."""
    common = of.algebra.common
    diagonal = np.log(np.diag(common.R)[: common.integrated])
    log_determinants = found.log_pivots + 0.5 * reduced.log_determinant + np.sum(diagonal)
    return log_determinants - np.sum(0.5 * np.square(normals) + _HALF_LOG_2PI, axis=1)


def standardised(effects: Effects, factor: Float[np.ndarray, "point effect effect"]) -> Effects:
    """Return effects divided by the factor of their covariance."""
    if factor.shape[-1] == 1:
        return effects / factor
    return np.linalg.solve(factor[:, None], effects[..., None])[..., 0]


def inner_normals(of: Marginal, normals: Float[np.ndarray, "point normal"]) -> list[np.ndarray]:
    """Return the standard normals of each eliminated group, its levels last."""
    found: list[np.ndarray] = []
    start = 0
    for f in of.algebra.eliminated:
        levels, size = of.algebra.sizes[f]
        mine = normals[:, start : start + levels * size]
        found.append(mine.reshape(len(normals), size, levels))
        start += levels * size
    return found


def log_conditional(
    of: Marginal,
    scales: Scales,
    beta: Float[np.ndarray, "point coef"],
    standard: Sequence[Effects],
) -> Float[np.ndarray, " point"]:
    """Return the log density of coefficients and standardised effects, given everything else.

    The density is over the integrated coefficients in the coordinates that have priors, and over
    effects divided by the factor of their covariance. Noise beside known standard errors is no part
    of it, and may be given as anything.
    """
    algebra = of.algebra
    reduced, found, _ = of.factored(scales)
    g = algebra.common.g(beta)
    effects = [
        u @ np.swapaxes(factor, 1, 2) for u, factor in zip(standard, scales.factors, strict=True)
    ]
    left = [group for group, _, _ in algebra.layout.groups]
    points = len(beta)
    unknowns = np.concatenate(
        [
            *(standard[group].reshape(points, -1) for group in left),
            g[:, : algebra.common.integrated],
        ],
        axis=1,
    )
    normals = [normals_of(found.lower, unknowns)]
    x = joined([effects[group] for group in left], g)
    inner = [np.swapaxes(effects[f], 1, 2) for f in algebra.eliminated]
    normals += [z.reshape(points, -1) for z in reduced.normals(x, inner)]
    everything = _log_normals(of, reduced, found, np.concatenate(normals, axis=1))
    return everything - of.log_beside(scales, beta, effects)


def sites(
    of: Marginal,
    scales: Scales,
    beta: Float[np.ndarray, "point coef"],
    effects: Sequence[Effects],
) -> dict[str, np.ndarray]:
    """Return the sites of the results, by name."""
    found = {"beta": beta, "sigma": scales.sigma}
    for f, group in enumerate(of.coordinates.groups):
        factor = scales.correlations[f]
        found[f"sd_{group.name}"] = scales.sds[f]
        found[f"cor_{group.name}"] = factor @ np.swapaxes(factor, 1, 2)
        found |= scales.rhos[f]
        found[f"r_{group.name}"] = effects[f]
    return found
