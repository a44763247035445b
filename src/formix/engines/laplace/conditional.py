"""The mode of coefficients and effects given standard deviations, by a damped Newton's method.

A step solves the Gaussian model that the rows' working weights and working response make. Where the
second derivative of a row's log density is positive its expectation stands in for it, so that every
step leads uphill.

References
----------
Bates, Mächler, Bolker and Walker (2015), doi:10.18637/jss.v067.i01 (penalised least squares);
Rue, Martino and Chopin (2009), doi:10.1111/j.1467-9868.2008.00700.x (the Gaussian approximation).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.laplace.pseudo import Best, Factored, Pseudo
    from formix.engines.laplace.rows import Rows
    from formix.engines.marginal.reduced import Factors

    Etas = Float[np.ndarray, "point obs"]
    Values = Float[np.ndarray, " point"]

_MOST_STEPS, _MOST_HALVINGS = 100, 40

_SETTLED = 1e-8
"""The square of a step's length, in standard deviations, below which the step leads to the mode:
what is left of the error is about that."""

_ROUNDOFF = 1e-12
"""The share of the log density by which roundoff alone may lower it."""


@dataclass(frozen=True, eq=False)
class Conditional:
    """The mode of coefficients and effects at points, and the Gaussian model there.

    Parameters
    ----------
    best
        The mode.
    factored
        The Gaussian approximation of the conditional distribution: that of the working model.
    eta
        The linear predictors at the mode, offset included.
    weights, response
        The working weights, and the working response less the offset.
    log_rows
        The log density of the rows at the mode.
    log_integral
        The log of Laplace's approximation of the density of the response, coefficients that are
        integrated and effects out.
    converged
        Whether the mode was reached.
    """

    best: Best
    factored: Factored
    eta: Etas
    weights: Etas
    response: Etas
    log_rows: Values
    log_integral: Values
    converged: np.ndarray


@dataclass(frozen=True, eq=False)
class _Stand:
    """Where the search stands; `square` is of the standardised effects."""

    g: np.ndarray
    common: Etas
    varying: Etas
    square: Values
    value: Values


@dataclass(frozen=True, eq=False)
class Problem:
    """What is searched at points: the rows' other parameter, and each group's factor.

    Parameters
    ----------
    pseudo, rows
        The model.
    factors, auxiliary
        At points: the factors of the groups' covariances, the family's other parameter.
    free
        The free coefficients.
    offset
        What is known of each row's predictor: the offset, and coefficients that are held.
    expected
        Whether the determinant has the expected weights, as lme4's has, not the observed ones.
    """

    pseudo: Pseudo
    rows: Rows
    factors: Factors
    auxiliary: Values
    free: Float[np.ndarray, "point free"]
    offset: Etas
    expected: bool = False


def conditional(of: Problem, start: Etas, *, cold: bool = False) -> Conditional:
    """Return the mode at points, searched from linear predictors.

    Parameters
    ----------
    start
        Predictors, offset included, at another point's mode; where it is `cold`, those of rows
        that are all alike, which the search also falls back to.
    """
    stand = _cold(of, start) if cold else None
    eta = stand.common + stand.varying + of.offset if stand else start
    settled = np.zeros(len(of.auxiliary), dtype=bool)
    for _ in range(_MOST_STEPS):
        tangent = of.rows.tangent(eta, of.auxiliary)
        response = eta - of.offset + tangent.slope / tangent.weight
        found = of.pseudo.factored(tangent.weight, response, of.factors, of.free)
        best = of.pseudo.best(found, of.factors, of.free)
        ahead = best.common + best.varying + of.offset
        pull = tangent.slope + tangent.weight * (eta - ahead)
        square = np.sum(best.varying * pull, axis=1)
        length = np.sum(tangent.weight * np.square(ahead - eta), axis=1)
        if stand is not None:
            across = np.sum(stand.varying * pull, axis=1)
            length += np.maximum(square + stand.square - 2.0 * across, 0.0)
        else:
            across = np.zeros_like(square)
        settled = length < _SETTLED
        if bool(np.all(settled | ~np.isfinite(length))):
            return _settled(of, ahead, settled)
        stand = _moved(of, stand, best, square, across)
        eta = stand.common + stand.varying + of.offset
    return _settled(of, eta, settled)


def _cold(of: Problem, start: Etas) -> _Stand:
    """Return a stand without effects, whose common predictors are about those given."""
    Q, center = of.pseudo.columns.all[:, :-1], of.pseudo.columns.all[:, -1]
    points = len(of.auxiliary)
    target = np.broadcast_to(start - of.offset, (points, len(Q)))
    g = np.linalg.lstsq(Q, (target + center).T, rcond=None)[0].T
    if of.pseudo.coefficients.free:
        g[:, of.pseudo.coefficients.integrated :] = of.pseudo.coefficients.fixed(of.free)
    common = g @ Q.T - center
    nothing = np.zeros_like(common)
    return _valued(of, g, common, nothing, np.zeros(points))


def _valued(of: Problem, g: np.ndarray, common: Etas, varying: Etas, square: Values) -> _Stand:
    density = of.rows.log_density(common + varying + of.offset, of.auxiliary)
    value = density - 0.5 * (square + of.pseudo.penalty(g))
    return _Stand(g, common, varying, square, value)


def _moved(of: Problem, now: _Stand | None, best: Best, square: Values, across: Values) -> _Stand:
    """Return where the whole of a step leads, or a part that leads uphill."""
    ahead = _valued(of, best.g, best.common, best.varying, square)
    if now is None:
        return ahead
    share = np.ones(len(square))
    for _ in range(_MOST_HALVINGS):
        room = _ROUNDOFF * (1.0 + np.abs(now.value))
        low = ~(ahead.value >= now.value - room)
        if not low.any():
            return ahead
        share = np.where(low, 0.5 * share, share)
        t = share[:, None]
        between = (1.0 - share) ** 2 * now.square + share**2 * square
        ahead = _valued(
            of,
            now.g + t * (best.g - now.g),
            now.common + t * (best.common - now.common),
            now.varying + t * (best.varying - now.varying),
            between + 2.0 * share * (1.0 - share) * across,
        )
    return ahead


def _settled(of: Problem, eta: Etas, converged: np.ndarray) -> Conditional:
    """Return what is said of the mode."""
    tangent = of.rows.tangent(eta, of.auxiliary)
    weight = tangent.expected if of.expected else tangent.weight
    response = eta - of.offset + tangent.slope / weight
    found = of.pseudo.factored(weight, response, of.factors, of.free)
    best = of.pseudo.best(found, of.factors, of.free)
    log_rows = of.rows.log_density(eta, of.auxiliary)
    # The rows' own density stands for the Gaussian one of the working response.
    pull = np.sum(np.square(tangent.slope) / weight, axis=1)
    log_integral = log_rows + 0.5 * (pull - found.quadratic) + of.pseudo.log_constant
    log_integral -= found.log_determinant + found.log_pivots
    ahead = best.common + best.varying + of.offset
    return Conditional(best, found, ahead, weight, response, log_rows, log_integral, converged)
