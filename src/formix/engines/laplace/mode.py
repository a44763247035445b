"""The joint posterior mode of a generalised multilevel model, and the Gaussian model around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.decline import Decline
from formix.engines.laplace.density import laplace
from formix.engines.laplace.support import derivatives_fault
from formix.engines.marginal.density import Marginal, algebra, one_thread
from formix.engines.marginal.mode import modes
from formix.engines.marginal.start import start
from formix.errors import UnsupportedError

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.laplace.density import Laplace
    from formix.engines.marginal.coordinates import Scales
    from formix.spec import Spec

    Point = Float[np.ndarray, " coordinate"]

_AUXILIARIES = np.log(10.0) * np.linspace(-2.0, 4.0, 19)
"""Coordinates of the family's other parameter that are tried at the start."""


@dataclass(frozen=True, eq=False)
class JointMode:
    """Where the approximate posterior of theta is highest, and coefficients and effects there.

    Theta are the numbers that are not integrated: free coefficients, whose priors are not normal,
    then each group's standard deviations and correlations, then the family's other parameter. Its
    coordinates are unconstrained: logarithms of what is positive; logits within two bounds;
    correlations by the hyperbolic tangents of partial ones, row by row, as NumPyro's
    `CorrCholesky` has them.

    Parameters
    ----------
    density
        The approximate posterior, to be evaluated elsewhere too: `density.log_density(points)`.
    theta, labels
        Its highest point in the coordinates, and the site and prior's key of each.
    scales
        What theta says: `sds`, `factors` of covariances by group, `sigma` (the family's other
        parameter; 1 where there is none).
    log_density
        The approximate log density there, Jacobians included.
    hessian
        Its negative second derivatives by the coordinates.
    root
        `root @ root.T` is about the covariance; none of its lengths is implausible.
    beta
        The coefficients, in the units of the data.
    effects
        For each group in the spec's order, its effects by level.
    auxiliary
        The name of the family's other parameter; empty where there is none.
    eta
        The linear predictor of each row, offset included.
    weights, response
        The working weights and the working response, less the offset: the Gaussian model
        `response ~ Normal(X beta + Z r, weights**-0.5)` has the same conditional mode of beta and
        r, and the curvature of the log density there.
    """

    density: Laplace
    theta: Point
    labels: tuple[str, ...]
    scales: Scales
    log_density: float
    hessian: Float[np.ndarray, "coordinate coordinate"]
    root: Float[np.ndarray, "coordinate coordinate"]
    beta: Float[np.ndarray, " coef"]
    effects: tuple[Float[np.ndarray, "level effect"], ...]
    auxiliary: str
    eta: Float[np.ndarray, " obs"]
    weights: Float[np.ndarray, " obs"]
    response: Float[np.ndarray, " obs"]


def joint_mode(spec: Spec) -> JointMode:
    """Return the mode of theta under Laplace's approximation, and of beta and r given it.

    Priors enter. Nothing random does: equal specs have equal modes.

    Raises
    ------
    UnsupportedError
        If the family, or a part of the model, is not one that `derivatives_fault` lets pass.
    Decline
        If there is no mode to be found.

    References
    ----------
    Tierney and Kadane (1986), doi:10.1080/01621459.1986.10478240.
    """
    reason = derivatives_fault(spec)
    if reason:
        raise UnsupportedError(f"there is no Laplace approximation of this model: {reason}")
    with one_thread():
        return _found(laplace(spec))


def _found(of: Laplace) -> JointMode:
    theta, root, of = _highest(of)
    with np.errstate(all="ignore"):
        scales, given = of.at(theta[None])
    if not given.converged[0]:
        raise Decline("the mode of its coefficients and effects was not found")
    value = float(given.log_integral[0] + scales.log_prior[0] + scales.log_slope[0])
    inverse = np.linalg.inv(root) if len(root) else root
    return JointMode(
        density=of,
        theta=theta,
        labels=of.coordinates.labels,
        scales=scales,
        log_density=value,
        hessian=inverse.T @ inverse,
        root=root,
        beta=of.pseudo.coefficients.beta(given.best.g)[0],
        effects=tuple(r[0] for r in given.best.effects),
        auxiliary=of.rows.auxiliary,
        eta=given.eta[0],
        weights=given.weights[0],
        response=given.response[0],
    )


def _highest(of: Laplace) -> tuple[Point, np.ndarray, Laplace]:
    """Return the mode of theta, a root of its covariance, and the density searched near it."""
    size = of.coordinates.size
    about = algebra(of.structure, of.pseudo.coefficients)
    first = start(Marginal(of.structure, of.coordinates, about))
    point = first.point
    if of.coordinates.sigma is not None:
        tried = np.repeat(point[None], len(_AUXILIARIES), axis=0)
        tried[:, -1] = _AUXILIARIES
        values = of.log_density(tried)
        point = tried[int(np.argmax(values))]
    of = of.nearer(point)
    if not np.isfinite(of.log_density(point[None])[0]):
        raise Decline("its log density is not finite where a search could start")
    if not size:
        return point, np.zeros((0, 0)), of
    widths = np.minimum(first.widths, first.units)
    none = np.zeros(size, dtype=bool)
    found = modes(of.log_density, point, first.units, widths, none, thorough=False)[0]
    return found.point, found.root, of.nearer(found.point)
