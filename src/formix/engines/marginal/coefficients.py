"""The common effects: which are integrated, their priors, and coordinates fit for arithmetic.

`beta` has its priors in coordinates `a = T beta`: the intercept at the means where the prior is
there, else `beta` itself. Coefficients with normal or flat priors are integrated; the others,
called free, are sampled. With `W` the rows' weights, `W^(1/2) X T^-1 = Q R`, integrated columns
first, and `b` the least squares of `y`, the algebra works with `Q`, the residual
`e = y - X T^-1 b` and `g = R (a - b)`: so nothing is lost where means are large beside standard
deviations.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import solve_triangular

from formix.prior import ForeignPrior

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

    from formix.engines.marginal.structure import Structure
    from formix.prior import PriorEntry

    Square = Float[np.ndarray, "coef coef"]

_CHUNK = 65_536
_HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))


@dataclass(frozen=True, eq=False)
class Coefficients:
    """The map from `beta` to the algebra's coordinates, and the priors there.

    Parameters
    ----------
    order
        Places in `beta` of the columns of `Q`: integrated ones first.
    integrated
        How many are integrated.
    means
        What the intercept's prior adds to it for each coefficient: the columns' means, or zeros.
    R, center
        `R` and `b`, both in `order`.
    prior
        The normal priors as a quadratic form in `(g, -1)`.
    log_constant
        The log of their normalising constants, and of the change from `a` to `g`.
    """

    order: tuple[int, ...]
    integrated: int
    means: Float[np.ndarray, " coef"]
    R: Square
    center: Float[np.ndarray, " coef"]
    prior: Float[np.ndarray, "coef1 coef1"]
    log_constant: float

    @property
    def size(self) -> int:
        """How many coefficients there are."""
        return len(self.order)

    @property
    def free(self) -> tuple[int, ...]:
        """Places in `beta` of those that are sampled."""
        return self.order[self.integrated :]

    def columns(
        self, X: Float[np.ndarray, "obs coef"], y: Float[np.ndarray, " obs"]
    ) -> Float[np.ndarray, "obs coef1"]:
        """Return the rows' columns of `Q` and the residual, side by side."""
        a = _columns(X, self.means, self.order)
        answer = np.empty((len(y), self.size + 1))
        if self.size:
            answer[:, :-1] = solve_triangular(self.R, a.T, trans="T", check_finite=False).T
        answer[:, -1] = y - a @ self.center
        return answer

    def fixed(self, free: Float[np.ndarray, "point free"]) -> Float[np.ndarray, "point free"]:
        """Return `g` of the free coefficients, given their values."""
        if not self.free:
            return free
        tail = self.R[self.integrated :, self.integrated :]
        return (free - self.center[self.integrated :]) @ tail.T

    def prior_coordinates(
        self, g: Float[np.ndarray, "point coef"]
    ) -> Float[np.ndarray, "point coef"]:
        """Return `a`, in the order of `beta`, given `g` of every coefficient."""
        a = np.empty_like(g)
        a[:, list(self.order)] = self.center + solve_triangular(self.R, g.T, check_finite=False).T
        return a

    def beta(self, g: Float[np.ndarray, "point coef"]) -> Float[np.ndarray, "point coef"]:
        """Return `beta`, given `g` of every coefficient."""
        if not self.size:
            return g
        a = self.prior_coordinates(g)
        if np.any(self.means):
            a[:, 0] -= a @ self.means
        return a

    def g(self, beta: Float[np.ndarray, "point coef"]) -> Float[np.ndarray, "point coef"]:
        """Return `g` of `beta`."""
        if not self.size:
            return beta
        a = np.array(beta)
        if np.any(self.means):
            a[:, 0] += a @ self.means
        return (a[:, list(self.order)] - self.center) @ self.R.T

    def covariance(self, g: Square) -> Square:
        """Return the covariance of `beta` from that of `g`, all being integrated."""
        if not self.size:
            return g
        root = np.empty_like(g)
        root[list(self.order)] = solve_triangular(self.R, np.eye(self.size), check_finite=False)
        if np.any(self.means):
            root[0] -= self.means @ root
        return root @ g @ root.T


def coefficients(of: Structure, *, priors: bool = True) -> Coefficients:
    """Return the common effects of a model; without `priors`, all integrated under flat ones."""
    gaussian = np.array([is_gaussian(entry) for entry in of.beta], dtype=bool)
    if not priors:
        gaussian[:] = True
    order = (*np.flatnonzero(gaussian).tolist(), *np.flatnonzero(~gaussian).tolist())
    means = np.zeros(of.X.shape[1])
    if of.at_means:
        means[1:] = (of.X.mean(axis=0) if of.means is None else of.means)[1:]
    R, center = _reference(of, means, order)
    integrated = int(gaussian.sum())
    constant = -float(np.sum(np.log(np.abs(np.diag(R)[:integrated]))))
    quadratic = np.zeros((len(order) + 1, len(order) + 1))
    if priors:
        chosen = [of.beta[place] for place in order[:integrated]]
        quadratic, more = _quadratic(chosen, R, center)
        constant += more
    return Coefficients(order, integrated, means, R, center, quadratic, constant)


def is_gaussian(entry: PriorEntry) -> bool:
    """Whether a coefficient's prior can be integrated: normal or flat."""
    return not isinstance(entry.prior, ForeignPrior) and entry.prior.name in ("Normal", "Flat")


def _quadratic(
    entries: list[PriorEntry], R: Square, center: Float[np.ndarray, " coef"]
) -> tuple[Float[np.ndarray, "coef1 coef1"], float]:
    """Return the normal priors as a quadratic form in `(g, -1)`, and their log constants."""
    size = len(R)
    proper = [j for j, entry in enumerate(entries) if entry.of_table.name == "Normal"]
    if not proper:
        return np.zeros((size + 1, size + 1)), 0.0
    loc, scale = np.array([entries[j].of_table.arguments for j in proper]).T
    inverse = solve_triangular(R, np.eye(size), check_finite=False)[proper]
    standard = np.column_stack([inverse, loc - center[proper]]) / scale[:, None]
    return standard.T @ standard, -float(np.sum(_HALF_LOG_2PI + np.log(scale)))


def _columns(
    X: Float[np.ndarray, "obs coef"], means: Float[np.ndarray, " coef"], order: tuple[int, ...]
) -> Float[np.ndarray, "obs coef"]:
    """Return the columns that the coordinates `a` multiply, in order: centred, if `beta` is."""
    return (X - means if np.any(means) else X)[:, list(order)]


def _reference(
    of: Structure, means: Float[np.ndarray, " coef"], order: tuple[int, ...]
) -> tuple[Square, Float[np.ndarray, " coef"]]:
    """Return R and least squares by orthogonal triangles of chunks, each stacked on the last."""
    triangle = np.zeros((0, len(order) + 1))
    for rows in chunks(of.rows):
        block = np.column_stack([_columns(of.X[rows], means, order), of.y[rows]])
        if of.weights is not None:
            block *= np.sqrt(of.weights[rows])[:, None]
        triangle = np.linalg.qr(np.vstack([triangle, block]), mode="r")
    size = len(order)
    whole = np.zeros((size, size + 1))
    whole[: min(size, len(triangle))] = triangle[:size]
    # A positive diagonal, so that R does not depend on how rows were cut into chunks.
    whole *= _signs(np.diag(whole) < 0.0)[:, None]
    R = whole[:, :size]
    return R, solve_triangular(R, whole[:, size], check_finite=False)


def _signs(negative: Bool[np.ndarray, " coef"]) -> Float[np.ndarray, " coef"]:
    return np.where(negative, -1.0, 1.0)


def chunks(rows: int) -> Iterator[slice]:
    """Yield slices that cover the rows, each small enough to stay in fast memory."""
    for start in range(0, rows, _CHUNK):
        yield slice(start, min(rows, start + _CHUNK))
