"""The likelihood of coefficients, covariances and the family's other parameter, effects out.

By Laplace's approximation, or by adaptive Gauss-Hermite quadrature where a level has one effect. No
prior enters. A point holds the free entries of the groups' factors, as those of a Gaussian model,
then the logarithm of the family's other parameter, then the coefficients as the algebra has them.

References
----------
Pinheiro and Bates (1995), doi:10.1080/10618600.1995.10474663 (both approximations).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.laplace.conditional import Problem, conditional
from formix.engines.laplace.quadrature import quadrature
from formix.engines.marginal.criterion import Criterion
from formix.engines.marginal.density import algebra

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.laplace.conditional import Conditional
    from formix.engines.laplace.pseudo import Pseudo
    from formix.engines.laplace.rows import Rows

    Points = Float[np.ndarray, "point coordinate"]
    Values = Float[np.ndarray, " point"]


@dataclass(frozen=True, eq=False)
class Likelihood:
    """The likelihood of a generalised multilevel model.

    Parameters
    ----------
    rows
        The response.
    whole, given
        The algebra with coefficients under flat priors, and that without coefficients.
    nodes
        Of the quadrature; with one it is Laplace's approximation.
    expected
        Whether rows count in the determinant by their expected weights, as lme4 has it.
    near
        Linear predictors that searches start from.
    """

    rows: Rows
    whole: Pseudo
    given: Pseudo
    nodes: int
    expected: bool
    near: Float[np.ndarray, " obs"]

    @cached_property
    def factors(self) -> Criterion:
        """The free entries of factors, and what they make."""
        of = self.given.of
        return Criterion(of, algebra(of, self.given.coefficients), "ML")

    @property
    def entries(self) -> int:
        """How many free entries factors have."""
        return len(self.factors.places)

    @property
    def shared(self) -> int:
        """How many numbers a point holds before the coefficients."""
        return self.entries + bool(self.rows.auxiliary)

    def auxiliary(self, points: Points) -> Values:
        """Return the family's other parameter; 1 where there is none."""
        if not self.rows.auxiliary:
            return np.ones(len(points))
        return np.exp(points[:, self.entries])

    def profiled(self, points: Points) -> tuple[Values, Conditional]:
        """Return the likelihood where coefficients are at the joint mode with effects.

        Points hold no coefficients. It is what lme4's `nAGQ = 0` maximises: a good start.
        """
        offset = np.broadcast_to(self.rows.offset, (1, self.whole.of.rows))
        found = self._conditional(self.whole, points, offset)
        value = found.log_integral + found.factored.log_pivots - self.whole.log_constant
        return np.where(found.converged, value, -np.inf), found

    def at(self, points: Points) -> tuple[Values, Conditional]:
        """Return the likelihood, and the mode of effects."""
        g = points[:, self.shared :]
        columns = self.whole.columns.all
        offset = g @ columns[:, :-1].T - columns[:, -1] + self.rows.offset
        found = self._conditional(self.given, points, offset)
        value = found.log_integral
        if self.nodes > 1:
            value = quadrature(
                self.rows,
                self.given.of.groups[0],
                found,
                self.factors.factors(points)[0][:, 0, 0],
                self.auxiliary(points),
                self.nodes,
            )
        return np.where(found.converged, value, -np.inf), found

    def _conditional(self, pseudo: Pseudo, points: Points, offset: np.ndarray) -> Conditional:
        problem = Problem(
            pseudo,
            self.rows,
            self.factors.factors(points),
            self.auxiliary(points),
            np.empty((len(points), 0)),
            offset,
            expected=self.expected,
        )
        shape = (len(points), self.whole.of.rows)
        found = conditional(problem, np.broadcast_to(self.near, shape))
        if found.converged.all():
            return found
        level = np.broadcast_to(offset + self._level, shape)
        return conditional(problem, level, cold=True)

    @cached_property
    def _level(self) -> float:
        return float(np.mean(self.whole.of.y))

    def log_profile(self, points: Points) -> Values:
        """Return `profiled`, in batches; minus infinity where there is no likelihood."""
        return _in_batches(self, points, self.whole.batch, profile=True)

    def log_likelihood(self, points: Points) -> Values:
        """Return the log likelihood, in batches; minus infinity where there is none."""
        return _in_batches(self, points, self.given.batch, profile=False)

    def nearer(self, found: Conditional) -> Likelihood:
        """Return the same, whose searches start from the first of some modes."""
        return replace(self, near=found.eta[0])


def _in_batches(of: Likelihood, points: Points, step: int, *, profile: bool) -> Values:
    answer = np.full(len(points), -np.inf)
    evaluate = of.profiled if profile else of.at
    with np.errstate(all="ignore"):
        for first in range(0, len(points), step):
            answer[first : first + step] = evaluate(points[first : first + step])[0]
    return np.where(np.isfinite(answer), answer, -np.inf)
