"""The maximum of the approximate likelihood of a generalised model: no prior enters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import block_diag

from formix.engines.laplace.density import auxiliary
from formix.engines.laplace.likelihood import Likelihood
from formix.engines.laplace.pseudo import pseudo
from formix.engines.laplace.rows import Rows, start
from formix.engines.marginal.criterion import Criterion
from formix.engines.marginal.density import algebra, one_thread
from formix.engines.marginal.mode import curvature, modes
from formix.engines.marginal.optimum import Optimum, conditional_sds, search
from formix.engines.marginal.structure import structure

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.laplace.conditional import Conditional
    from formix.spec import Spec

    Point = Float[np.ndarray, " coordinate"]
    Root = Float[np.ndarray, "coordinate coordinate"]

EXPECTED = frozenset({"bernoulli", "binomial", "poisson"})
"""Families whose rows count in the determinant by their expected weights, as in lme4; those of
others count as the curvature of the log density says, as in glmmTMB. Under a canonical link both
are the same."""

_STARTS = (0.1, 0.3, 1.0, 2.0)
"""Standard deviations of the effects that are tried, where the noise's is 1."""

_AUXILIARIES = np.log(10.0) * np.linspace(-2.0, 4.0, 13)

_STEP, _SLOPE = 1e-2, 1e-5
"""Of the slope's differences, in standard errors; and what slope is left at the maximum."""

_MORE_ROUNDS = 2
"""Times that the search starts again in coordinates that the curvature has whitened."""

_WIDE = 0.1
"""The curvature's differences, as a share of those of a posterior's mode."""

_LOST = 1e-6
"""The share that rows keep of what they say of a coefficient at the start, below which they are
all but certain of their response, and the likelihood goes on rising."""

_NOUGHT, _LEVEL = 1e-4, 1e-9
"""Entries below this, in units, are zero if that costs no more than this in log likelihood."""


def optimum(spec: Spec, nodes: int = 1) -> Optimum:
    """Return the estimates that maximise the likelihood.

    Parameters
    ----------
    nodes
        Of adaptive Gauss-Hermite quadrature, for a group whose levels have one effect; with one
        node it is Laplace's approximation.
    """
    with one_thread(), np.errstate(all="ignore"):
        of = likelihood(spec, nodes)
        point, hessian, of = _highest(*_start(of))
        return _estimates(of, point, hessian)


def likelihood(spec: Spec, nodes: int = 1) -> Likelihood:
    """Return the likelihood of a spec, to be evaluated anywhere."""
    rows = Rows(spec, auxiliary(spec))
    eta = start(rows)[None]
    tangent = rows.tangent(eta + rows.offset, np.ones(1))
    response = eta + tangent.slope / tangent.expected
    of = replace(structure(spec), scaled=False, sigma=1.0)
    of = replace(of, y=response[0], weights=tangent.expected[0])
    none = replace(of, X=np.empty((of.rows, 0)), beta=())
    return Likelihood(
        rows,
        pseudo(of, priors=False),
        pseudo(none, priors=False),
        nodes,
        spec.family.name in EXPECTED,
        eta[0] + rows.offset,
    )


def _start(of: Likelihood) -> tuple[Point, Root, Likelihood]:
    """Return a point near the maximum, and about a root of the covariance of estimates.

    Coefficients are at the joint mode with effects.
    """
    units = of.factors.units
    diagonal = np.array([i == j for _, i, j in of.factors.places])
    tried = np.array([scale * diagonal * units for scale in _STARTS])
    if of.rows.auxiliary:
        tried = np.concatenate(
            [np.column_stack([tried, np.full(len(tried), x)]) for x in _AUXILIARIES]
        )
        units = np.append(units, 1.0)
    point = tried[int(np.argmax(of.log_profile(tried)))]
    _, found = of.profiled(point[None])
    of = of.nearer(found)
    root = np.zeros((0, 0))
    if len(point):
        none = np.zeros(len(point), dtype=bool)
        found = modes(of.log_profile, point, units, 0.3 * units, none, thorough=False)[0]
        point, root = found.point, found.root
    _, found = of.profiled(point[None])
    q = of.whole.layout.effects
    information = found.factored.solved.lower[0, q:-1, q:-1]
    root = block_diag(root, np.linalg.inv(information).T)
    return np.concatenate([point, found.best.g[0]]), root, of.nearer(found)


def _highest(point: Point, root: Root, of: Likelihood) -> tuple[Point, Root, Likelihood]:
    """Return the maximum and the negative second derivatives there."""
    if not len(point):
        return point, root, of
    point, hessian, of = _round(of, point, root)
    for _ in range(_MORE_ROUNDS):
        values, vectors = np.linalg.eigh(hessian)
        # Along axes whose scale was right the search has stopped where it should.
        if np.all((values > 0.2) & (values < 5.0)):
            break
        root = root @ vectors / np.sqrt(np.maximum(np.abs(values), 1e-2))
        point, hessian, of = _round(of, point, root)
    inverse = np.linalg.inv(root)
    point = _snapped(of, point)
    return point, inverse.T @ hessian @ inverse, of.nearer(of.at(point[None])[1])


def _round(of: Likelihood, point: Point, root: Root) -> tuple[Point, Root, Likelihood]:
    """Return where a search ends, and the negative second derivatives there along the root."""
    point = search(of.log_likelihood, point, root, _STEP, 1e-12, _SLOPE)
    of = of.nearer(of.at(point[None])[1])
    return point, curvature(of.log_likelihood, point, _WIDE * root) / _WIDE**2, of


def _snapped(of: Likelihood, point: Point) -> Point:
    """Return a point whose entries that are all but zero are so."""
    entries = np.zeros(len(point), dtype=bool)
    entries[: of.entries] = [j >= 0 for _, _, j in of.factors.places]
    units = np.append(of.factors.units, np.ones(len(point) - of.entries))
    snapped = np.where(entries & (np.abs(point) < _NOUGHT * units), 0.0, point)
    values = of.log_likelihood(np.stack([point, snapped]))
    return snapped if values[1] >= values[0] - _LEVEL else point


def _estimates(of: Likelihood, point: Point, hessian: np.ndarray) -> Optimum:
    value, found = of.at(point[None])
    theta = point[None, : of.entries]
    working = replace(of.given.of, y=found.response[0], weights=found.weights[0])
    around = Criterion(working, algebra(working, of.given.coefficients), "ML")
    factors = [factor[0] for factor in of.factors.factors(theta)]
    reduced, solved = around.solved(theta)
    sds = conditional_sds(around, reduced, solved, factors)
    covariance = np.linalg.pinv(hessian)[of.shared :, of.shared :]
    common = of.whole.coefficients
    return Optimum(
        method="ML",
        structure=of.whole.of,
        factors=tuple(factors),
        sigma=np.nan,
        beta=common.beta(point[None, of.shared :])[0],
        covariance=common.covariance(covariance),
        effects=tuple(r[0] for r in found.best.effects),
        effect_sds=tuple(sds[f] for f in range(len(factors))),
        log_likelihood=float(value[0]),
        residuals=_residuals(of, found, of.auxiliary(point[None])),
        parameters=len(point),
        own={of.rows.auxiliary: float(np.exp(point[of.entries]))} if of.rows.auxiliary else {},
        reached=bool(found.converged[0]) and _is_settled(of, found, covariance),
    )


def _is_settled(of: Likelihood, found: Conditional, covariance: np.ndarray) -> bool:
    """Whether coefficients have a covariance, and rows still say something of each of them."""
    variances = np.diag(covariance)
    if not np.all(np.isfinite(variances) & (variances > 0.0)):
        return False
    Q = of.whole.columns.all[:, :-1]
    left = np.linalg.eigvalsh(Q.T @ (found.weights[0][:, None] * Q))
    return bool(np.all(left > _LOST))


def _residuals(
    of: Likelihood, found: Conditional, auxiliary: np.ndarray
) -> Float[np.ndarray, " obs"]:
    """Return what is left of the response, divided by its standard deviation."""
    family = of.rows.spec.family
    parameters = of.rows.parameters(found.eta, auxiliary)
    y = np.asarray(of.rows.spec.response.values, dtype=np.float64)
    return ((y - family.mean(parameters)) / np.sqrt(family.variance(parameters)))[0]
