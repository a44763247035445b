"""Laplace's approximation of the posterior of standard deviations, correlations and the like."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.laplace.conditional import Problem, conditional
from formix.engines.laplace.pseudo import Pseudo, pseudo
from formix.engines.laplace.rows import Rows, start
from formix.engines.marginal.coordinates import coordinates
from formix.engines.marginal.structure import structure
from formix.prior import entry_of

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.laplace.conditional import Conditional
    from formix.engines.marginal.coordinates import Coordinates, Scales
    from formix.engines.marginal.structure import Structure
    from formix.spec import Spec

    Points = Float[np.ndarray, "point coordinate"]
    Values = Float[np.ndarray, " point"]


@dataclass(frozen=True, eq=False)
class Laplace:
    """The posterior of a model with coefficients and effects integrated, approximately.

    Parameters
    ----------
    structure
        The groups and priors, with the rows' weights and response at a first guess.
    coordinates
        What is left: standard deviations as their logarithms, correlations by hyperbolic tangents,
        the family's other parameter in the place of sigma.
    pseudo, rows
        The algebra, and the response.
    first
        The linear predictors of rows that are all alike.
    near
        Linear predictors that searches start from.
    """

    structure: Structure
    coordinates: Coordinates
    pseudo: Pseudo
    rows: Rows
    first: Float[np.ndarray, " obs"]
    near: Float[np.ndarray, " obs"] | None = None

    def at(self, points: Points) -> tuple[Scales, Conditional]:
        """Return what points say, and the conditional mode of coefficients and effects there.

        All of them are worked on at once.
        """
        scales = self.coordinates.scales(points)
        return scales, self.given(scales)

    def given(self, scales: Scales) -> Conditional:
        """Return the conditional mode of coefficients and effects."""
        count = len(scales.sigma)
        problem = Problem(
            self.pseudo,
            self.rows,
            scales.factors,
            scales.sigma,
            scales.free,
            np.broadcast_to(self.rows.offset, (1, self.structure.rows)),
        )
        shape = (count, self.structure.rows)
        if self.near is not None:
            found = conditional(problem, np.broadcast_to(self.near, shape))
            if found.converged.all():
                return found
        return conditional(problem, np.broadcast_to(self.first, shape), cold=True)

    def log_density(self, points: Points) -> Values:
        """Return the log density at points in the coordinates; minus infinity where none."""
        answer = np.full(len(points), -np.inf)
        step = self.pseudo.batch
        with np.errstate(all="ignore"):
            for first in range(0, len(points), step):
                some = slice(first, first + step)
                scales, found = self.at(points[some])
                total = found.log_integral + scales.log_prior + scales.log_slope
                answer[some] = np.where(found.converged, total, -np.inf)
        return np.where(np.isfinite(answer), answer, -np.inf)

    def nearer(self, point: Float[np.ndarray, " coordinate"]) -> Laplace:
        """Return the same, whose searches start from the mode at a point."""
        with np.errstate(all="ignore"):
            _, found = self.at(point[None])
        return replace(self, near=found.eta[0]) if found.converged[0] else self


def laplace(spec: Spec) -> Laplace:
    """Return the approximate posterior of a spec that has derivatives."""
    rows = Rows(spec, auxiliary(spec))
    eta = start(rows)[None]
    sigma = entry_of(spec.priors, rows.auxiliary) if rows.auxiliary else 1.0
    of = replace(structure(spec), scaled=False, sigma=sigma)
    tangent = rows.tangent(eta + rows.offset, np.ones(1))
    response = eta + tangent.slope / tangent.expected
    of = replace(of, y=response[0], weights=tangent.expected[0])
    columns = pseudo(of)
    none = [[0.0] * group.size for group in of.groups]
    numbers = coordinates(of, columns.coefficients, none)
    return Laplace(of, numbers, columns, rows, eta[0] + rows.offset)


def auxiliary(spec: Spec) -> str:
    """Return the family's other parameter, where it is sampled; empty where there is none."""
    sampled = {parameter.site for parameter in spec.parameters}
    names = [parameter.name for parameter in spec.family.parameters[1:]]
    return next((name for name in names if name in sampled), "")
