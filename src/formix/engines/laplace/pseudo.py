"""The Gaussian model that rows with working weights and a working response make, at many points.

Its algebra is that of the marginal engine, whose cross-products here differ by point: rows have
weights of their own at each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.laplace.apart import apart
from formix.engines.laplace.columns import Columns, is_one
from formix.engines.laplace.products import Products
from formix.engines.marginal.coefficients import coefficients
from formix.engines.marginal.dense import Layout, joined, solution, solved, split
from formix.engines.marginal.elimination import Order, order
from formix.engines.marginal.nested import NestedElimination
from formix.engines.marginal.reduced import Reduced

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.coefficients import Coefficients
    from formix.engines.marginal.dense import Solved
    from formix.engines.marginal.reduced import Factors
    from formix.engines.marginal.structure import Structure

    Rows = Float[np.ndarray, "point obs"]
    Values = Float[np.ndarray, " point"]

_LOG_2PI = float(np.log(2.0 * np.pi))

_MOST_DENSE = 4_000_000
"""Numbers in a dense matrix of cross-products of groups, beyond which a sparse one is made."""

_AT_ONCE = 1_000_000
"""Numbers held at once."""


@dataclass(frozen=True, eq=False)
class Factored:
    """The conditional distribution of coefficients and effects at points.

    Parameters
    ----------
    reduced, solved
        The eliminated and the factored form.
    log_determinant
        Half the log determinant of the precision of effects, in units of their prior's.
    log_pivots
        The same of the integrated coefficients, given which effects come first.
    quadratic
        What the best coefficients and effects leave of the sum of squares.
    """

    reduced: Reduced
    solved: Solved
    log_determinant: Values
    log_pivots: Values
    quadratic: Values


@dataclass(frozen=True, eq=False)
class Best:
    """The conditional mean of coefficients and effects at points.

    `g` are the coefficients in the algebra's coordinates, free ones included; `common` and
    `varying` what coefficients and effects add to each row's predictor.
    """

    g: Float[np.ndarray, "point coef"]
    effects: tuple[Float[np.ndarray, "point level effect"], ...]
    common: Rows
    varying: Rows


@dataclass(frozen=True, eq=False)
class Pseudo:
    """A model whose rows' weights and response are given at each point.

    Parameters
    ----------
    of
        The model, with a first guess of those.
    columns
        Its columns.
    eliminated
        The groups that are eliminated, in order.
    layout
        What elimination leaves.
    """

    of: Structure
    columns: Columns
    eliminated: tuple[int, ...]
    layout: Layout

    @property
    def coefficients(self) -> Coefficients:
        """The coordinates of the coefficients."""
        return self.columns.coefficients

    @cached_property
    def _numbers(self) -> int:
        """How many numbers the dense cross-products of eliminated groups with others take."""
        columns = self.layout.effects + self.coefficients.size + 1
        inner = [self.of.groups[f].levels * self.of.groups[f].size for f in self.eliminated]
        return sum(inner) * columns + columns**2

    @property
    def batch(self) -> int:
        """How many points are worked on at once."""
        each = 8 * self.of.rows + (0 if self._sparse else 3 * self._numbers)
        return max(1, min(512, _AT_ONCE // max(each, 1)))

    @property
    def _sparse(self) -> bool:
        return self._numbers > _MOST_DENSE

    def factored(
        self,
        weights: Rows,
        response: Rows,
        factors: Factors,
        free: Float[np.ndarray, "point free"],
    ) -> Factored:
        """Return the conditional distribution of coefficients and effects.

        Parameters
        ----------
        weights, response
            Of the rows.
        factors
            Of each group's covariance.
        free
            The free coefficients.
        """
        if self._sparse:
            reduced = apart(self.columns, weights, response, factors)
        else:
            reduced = self._together(weights, response, factors)
        held = self.coefficients.fixed(free)
        found = solved(reduced.form, self.layout, factors, held)
        q = self.layout.effects
        pivots = np.log(np.diagonal(found.lower, axis1=1, axis2=2)[:, :-1])
        return Factored(
            reduced,
            found,
            0.5 * reduced.log_determinant + pivots[:, :q].sum(axis=1),
            pivots[:, q:].sum(axis=1),
            found.quadratic,
        )

    @property
    def log_constant(self) -> float:
        """The log of what priors of coefficients and their integration bring beside pivots."""
        return self.coefficients.log_constant + 0.5 * self.coefficients.integrated * _LOG_2PI

    def best(self, found: Factored, factors: Factors, free: np.ndarray) -> Best:
        """Return the conditional means."""
        points = len(found.quadratic)
        inner = [
            np.zeros((points, self.of.groups[f].size, self.of.groups[f].levels))
            for f in self.eliminated
        ]
        zeros = np.zeros((points, self.layout.solved))
        g, effects = self.drawn(found, factors, free, zeros, inner)
        return Best(g, effects, self._common(g), self.varying(effects, points))

    def drawn(
        self,
        found: Factored,
        factors: Factors,
        free: Float[np.ndarray, "point free"],
        normals: Float[np.ndarray, "point column"],
        inner: Sequence[Float[np.ndarray, "point effect level"]],
    ) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
        """Return the coefficients, as `g`, and the effects that standard normals make."""
        *standard, g = split(solution(found.solved.lower, normals), self.layout)
        g = np.concatenate([g, self.coefficients.fixed(free)], axis=1)
        left = [group for group, _, _ in self.layout.groups]
        outer = [u @ np.swapaxes(factors[f], 1, 2) for u, f in zip(standard, left, strict=True)]
        effects = dict(zip(left, outer, strict=True))
        eliminated = found.reduced.effects(joined(outer, g), inner)
        for f, r in zip(self.eliminated, eliminated, strict=True):
            effects[f] = np.swapaxes(r, 1, 2)
        return g, tuple(effects[f] for f in range(len(self.of.groups)))

    def _common(self, g: Float[np.ndarray, "point coef"]) -> Rows:
        return g @ self.columns.all[:, :-1].T - self.columns.all[:, -1]

    def varying(self, effects: Sequence[np.ndarray], points: int) -> Rows:
        """Return what effects add to each row's predictor."""
        total = np.zeros((points, self.of.rows))
        for group, r in zip(self.of.groups, effects, strict=True):
            for i in range(group.size):
                column = np.take(np.ascontiguousarray(r[:, :, i]), group.index, axis=1)
                total += column if is_one(group.Z[:, i]) else column * group.Z[:, i]
        return total

    def penalty(self, g: Float[np.ndarray, "point coef"]) -> Values:
        """Return twice the negative log prior of integrated coefficients, up to a constant."""
        tail = np.concatenate([g, np.full((len(g), 1), -1.0)], axis=1)
        return np.einsum("pi,ij,pj->p", tail, self.coefficients.prior, tail)

    def _together(self, weights: Rows, response: Rows, factors: Factors) -> Reduced:
        products = Products(self.columns, self.layout, weights, response)
        base = products.base()
        if not self.eliminated:
            return Reduced(base, np.zeros(len(base)), lambda _x, _z: [], lambda _x, _u: [])
        later = [self.eliminated[t + 1 :] for t in range(len(self.eliminated))]
        chain = tuple(products.nest(f, h) for f, h in zip(self.eliminated, later, strict=True))
        left = tuple(f for f, _, _ in self.layout.groups)
        return NestedElimination(chain, left, base).reduce(factors, np.ones(len(weights)))


def pseudo(of: Structure, *, priors: bool = True) -> Pseudo:
    """Return a model whose weights and response are a first guess."""
    chosen = order(of) if of.groups else Order((), ())
    common = coefficients(of, priors=priors)
    left = tuple((f, of.groups[f].levels, of.groups[f].size) for f in chosen.left)
    return Pseudo(of, Columns(of, common), chosen.eliminated, Layout(left, common))
