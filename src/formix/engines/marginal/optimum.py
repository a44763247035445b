"""The maximum of the likelihood (ML) or of the restricted likelihood (REML): no prior enters.

The factors of the covariances, relative to sigma, are searched; sigma and the coefficients follow
from them in closed form. With known standard errors the factors are in the data's units.

References
----------
Bates, Mächler, Bolker and Walker (2015), doi:10.18637/jss.v067.i01, equations 34 and 42.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize

from formix.engines.marginal.coefficients import coefficients
from formix.engines.marginal.criterion import Criterion, Method
from formix.engines.marginal.dense import joined, solution, split
from formix.engines.marginal.density import algebra, one_thread
from formix.engines.marginal.mode import curvature
from formix.engines.marginal.structure import structure

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.dense import Solved
    from formix.engines.marginal.mode import LogDensity
    from formix.engines.marginal.reduced import Reduced
    from formix.engines.marginal.structure import Structure
    from formix.spec import Spec

    Matrix = Float[np.ndarray, "effect effect"]

_STARTS = (1.0, 0.1, 4.0)
"""Standard deviations of the effects at the starts, in units of the noise's."""

_NOUGHT, _LEVEL = 1e-4, 1e-9
"""Entries below this, in units, are zero if that costs no more than this in log likelihood."""

_FIRST, _SECOND = 1e-4, 1e-2
"""Steps of differences, in units, and then in about standard errors."""


@dataclass(frozen=True, eq=False)
class Optimum:
    """Estimates at the maximum.

    Parameters
    ----------
    factors
        For each group, the factor of its effects' covariance, in the data's units.
    sigma
        The noise's standard deviation; NaN where only standard errors are known.
    beta, covariance
        The coefficients and their covariance.
    effects, effect_sds
        For each group, the conditional modes of its effects and their conditional standard
        deviations, coefficients taken as known.
    log_likelihood
        At the maximum; restricted for REML.
    residuals
        Divided by their standard deviation.
    parameters
        How many were estimated, coefficients included.
    own
        The family's other parameter, where it has one that was estimated.
    reached
        Whether the search has found a maximum.
    """

    method: Method
    structure: Structure
    factors: tuple[Matrix, ...]
    sigma: float
    beta: Float[np.ndarray, " coef"]
    covariance: Float[np.ndarray, "coef coef"]
    effects: tuple[Float[np.ndarray, "level effect"], ...]
    effect_sds: tuple[Float[np.ndarray, "level effect"], ...]
    log_likelihood: float
    residuals: Float[np.ndarray, " obs"]
    parameters: int
    own: Mapping[str, float] = field(default_factory=dict[str, float])
    reached: bool = True


def optimum(spec: Spec, method: Method) -> Optimum:
    """Return the estimates that maximise the likelihood, restricted for REML."""
    of = structure(spec)
    with one_thread():
        criterion = Criterion(of, algebra(of, coefficients(of, priors=False)), method)
    with one_thread(criterion.algebra):
        return _estimates(criterion)


def _estimates(criterion: Criterion) -> Optimum:
    of = criterion.of
    theta = _highest(criterion)[None]
    reduced, found = criterion.solved(theta)
    scale = float(np.sqrt(criterion.sigma_squared(found.quadratic)[0]))
    scale = scale if criterion.profiled else 1.0
    factors = [factor[0] for factor in criterion.factors(theta)]
    beta, effects = _modes(criterion, reduced, found, factors)
    sds = conditional_sds(criterion, reduced, found, factors)
    q = criterion.algebra.layout.effects
    information = found.lower[0, q:-1, q:-1]
    root = np.linalg.solve(information, np.eye(len(information)))
    named = [f for f, group in enumerate(of.groups) if group.name]
    if criterion.profiled:
        sigma = scale
    elif len(named) < len(of.groups):
        sigma = float(abs(factors[-1][0, 0]))
    else:
        sigma = of.fixed_sigma or np.nan
    return Optimum(
        method=criterion.method,
        structure=of,
        factors=tuple(scale * factors[f] for f in named),
        sigma=sigma,
        beta=beta,
        covariance=scale**2 * criterion.algebra.common.covariance(root.T @ root),
        effects=tuple(effects[f] for f in named),
        effect_sds=tuple(scale * sds[f] for f in named),
        log_likelihood=float(criterion.log_likelihood(theta)[0]),
        residuals=_residuals(of, beta, effects, sigma),
        parameters=len(beta) + theta.shape[1] + criterion.profiled,
    )


def _highest(criterion: Criterion) -> Float[np.ndarray, " theta"]:
    """Return the free entries at the highest maximum found."""
    units = criterion.units
    if not len(units):
        return units
    diagonal = np.array([i == j for _, i, j in criterion.places])
    starts = _STARTS if criterion.algebra.work < 1e6 else _STARTS[:1]
    found = [_climb(criterion, start * diagonal, units) for start in starts]
    value, theta = max(found, key=lambda pair: pair[0])
    # The likelihood is level at zero, so that a search stops a little beside it.
    entries = np.array([j >= 0 for _, _, j in criterion.places])
    snapped = np.where(entries & (np.abs(theta) < _NOUGHT * units), 0.0, theta)
    same = criterion.log_likelihood(snapped[None])[0] >= value - _LEVEL
    return snapped if same else theta


def _climb(criterion: Criterion, start: np.ndarray, units: np.ndarray) -> tuple[float, np.ndarray]:
    """Climb in entries over their units, then in coordinates that the curvature has whitened."""
    theta, root = start * units, np.diag(units)
    for steps, tolerance in ((_FIRST, 1e-9), (_SECOND, 1e-15), (_SECOND, 1e-15)):
        theta = search(criterion.log_likelihood, theta, root, steps, tolerance)
        # Differences as wide as the gradient's steps: narrower ones would be roundoff.
        hessian = curvature(criterion.log_likelihood, theta, root * 10.0 * steps)
        values, vectors = np.linalg.eigh(hessian / np.square(10.0 * steps))
        root = root @ vectors / np.sqrt(np.maximum(np.abs(values), 1e-2))
    return float(criterion.log_likelihood(theta[None])[0]), theta


def search(
    log_likelihood: LogDensity,
    start: np.ndarray,
    root: np.ndarray,
    step: float,
    tolerance: float,
    slope: float = 1e-6,
) -> np.ndarray:
    """Return the highest point that a quasi-Newton search by differences finds.

    Parameters
    ----------
    root
        What turns coordinates of about unit scale into those of the points.
    step
        Of the differences, in them.
    tolerance, slope
        The share of the value, and the slope in them, below which the search stops.
    """
    size = len(start)
    offsets = np.concatenate([np.zeros((1, size)), step * np.eye(size), -step * np.eye(size)])
    base = float(log_likelihood(start[None])[0])

    def negative(z: np.ndarray) -> tuple[float, np.ndarray]:
        values = base - log_likelihood(start + (z + offsets) @ root.T)
        values = np.where(np.isfinite(values), values, 1e12)
        return float(values[0]), (values[1 : size + 1] - values[size + 1 :]) / (2.0 * step)

    found = minimize(
        negative,
        np.zeros(size),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 200, "ftol": tolerance, "gtol": slope},
    )
    return start + root @ found.x if found.fun <= 0.0 else start


def _modes(
    criterion: Criterion, reduced: Reduced, found: Solved, factors: list[Matrix]
) -> tuple[np.ndarray, dict[int, np.ndarray]]:
    """Return the coefficients, and each group's conditional modes."""
    layout = criterion.algebra.layout
    unknowns = solution(found.lower, np.zeros((1, layout.solved)))
    *standard, g = split(unknowns, layout)
    groups = [group for group, _, _ in layout.groups]
    left = [u @ factors[f].T for u, f in zip(standard, groups, strict=True)]
    inner = reduced.effects(joined(left, g), _no_normals(criterion, 1))
    effects = {f: r[0] for f, r in zip(groups, left, strict=True)}
    effects |= {f: r[0].T for f, r in zip(criterion.algebra.eliminated, inner, strict=True)}
    return criterion.algebra.common.beta(g)[0], effects


def _no_normals(criterion: Criterion, points: int) -> list[np.ndarray]:
    sizes = [criterion.algebra.sizes[f] for f in criterion.algebra.eliminated]
    return [np.zeros((points, size, levels)) for levels, size in sizes]


def conditional_sds(
    criterion: Criterion, reduced: Reduced, found: Solved, factors: list[Matrix]
) -> dict[int, np.ndarray]:
    """Return each effect's standard deviation given the data, coefficients and covariances.

    Each independent part of what an effect depends on is set to one in turn; squares add up. Levels
    of an eliminated group depend on one level of each group around it, so that all levels of that
    one are set at once.
    """
    layout = criterion.algebra.layout
    q, columns = layout.effects, criterion.algebra.common.size
    eliminated = criterion.algebra.eliminated
    lower = found.lower[0, :q, :q]
    roots = np.linalg.solve(lower, np.eye(q))
    *standard, _ = split(np.concatenate([roots, np.zeros((q, columns))], axis=1), layout)
    groups = [group for group, _, _ in layout.groups]
    left = [u @ factors[f].T for u, f in zip(standard, groups, strict=True)]
    squares = {f: np.square(r).sum(axis=0) for f, r in zip(groups, left, strict=True)}
    squares |= {f: np.zeros(criterion.algebra.sizes[f][::-1]) for f in eliminated}
    step = max(1, 2_000_000 // max(1, sum(squares[f].size for f in eliminated)))
    for start in range(0, q, step):
        some = [r[start : start + step] for r in left]
        x = joined(some, np.zeros((len(some[0]), columns)))
        x[:, -1] = 0.0
        for f, r in zip(
            eliminated, reduced.effects(x, _no_normals(criterion, len(x))), strict=True
        ):
            squares[f] += np.square(r).sum(axis=0)
    nothing = np.zeros((1, q + columns + 1))
    for place, f in enumerate(eliminated):
        for i in range(criterion.algebra.sizes[f][1]):
            normals = _no_normals(criterion, 1)
            normals[place][:, i] = 1.0
            for other, r in zip(eliminated, reduced.effects(nothing, normals), strict=True):
                squares[other] += np.square(r[0])
    return {f: np.sqrt(s.T if f in eliminated else s) for f, s in squares.items()}


def _residuals(
    of: Structure, beta: np.ndarray, effects: dict[int, np.ndarray], sigma: float
) -> Float[np.ndarray, " obs"]:
    residual = of.y - of.X @ beta
    for f, group in enumerate(of.groups):
        if group.name:
            residual = residual - np.sum(group.Z * effects[f][group.index], axis=1)
    weights = np.ones(of.rows) if of.weights is None else of.weights
    if of.scaled:
        return residual * np.sqrt(weights) / sigma
    noise = sigma if of.groups and not of.groups[-1].name else 0.0
    return residual / np.sqrt(1.0 / weights + noise**2)
