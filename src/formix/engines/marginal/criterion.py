"""The likelihood and the restricted likelihood of covariances, sigma and coefficients profiled.

References
----------
Bates, Mächler, Bolker and Walker (2015), doi:10.18637/jss.v067.i01, equations 34 and 42.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from formix.engines.marginal.dense import solved
from formix.engines.marginal.resolution import column_lengths, spread

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.dense import Solved
    from formix.engines.marginal.density import Algebra
    from formix.engines.marginal.reduced import Reduced
    from formix.engines.marginal.structure import GroupColumns, Part, Structure

    Thetas = Float[np.ndarray, "point theta"]
    Values = Float[np.ndarray, " point"]

Method = Literal["REML", "ML"]

_LOG_2PI = float(np.log(2.0 * np.pi))


@dataclass(frozen=True, eq=False)
class Criterion:
    """The log likelihood as a function of the factors' free entries."""

    of: Structure
    algebra: Algebra
    method: Method

    @property
    def profiled(self) -> bool:
        """Whether sigma follows from the factors, which are then relative to it."""
        return self.of.scaled and self.of.fixed_sigma is None

    @property
    def precision(self) -> float:
        """The precision that multiplies the rows' weights, where sigma is not profiled."""
        sigma = self.of.fixed_sigma
        return 1.0 / sigma**2 if self.of.scaled and sigma else 1.0

    @property
    def places(self) -> tuple[tuple[int, int, int], ...]:
        """For each free entry its group, row and column; -1 where it makes correlations."""
        return tuple(
            (f, i, j) for f, group in enumerate(self.of.groups) for i, j in _entries(group)
        )

    @property
    def units(self) -> Float[np.ndarray, " theta"]:
        """About how large each entry is where effects add as much to a row as the noise does."""
        deviation, weight = spread(self.algebra)
        unit = 1.0 if self.profiled else deviation
        # Noise is as large as that where a row's weight is one.
        unit = unit / np.sqrt(weight) if self.of.scaled else unit
        rows = np.sqrt(self.algebra.statistics.rows * weight)
        lengths = [column_lengths(self.algebra, f) for f in range(len(self.of.groups))]
        return np.array([unit * rows / lengths[f][i] if j >= 0 else 1.0 for f, i, j in self.places])

    def factors(self, thetas: Thetas) -> list[Float[np.ndarray, "point effect effect"]]:
        """Return each group's factor."""
        found = [np.zeros((len(thetas), group.size, group.size)) for group in self.of.groups]
        for column, (f, i, j) in enumerate(self.places):
            if j >= 0:
                found[f][:, i, j] = thetas[:, column]
                continue
            part = next(part for part in self.of.groups[f].parts if part.start == i)
            place = slice(i, part.stop)
            found[f][:, place, place] = _made(part, found[f][:, place, place], thetas[:, column])
        return found

    def solved(self, thetas: Thetas) -> tuple[Reduced, Solved]:
        """Return the eliminated and the factored form."""
        factors = self.factors(thetas)
        precision = np.full(len(thetas), self.precision)
        reduced = self.algebra.reduce(factors, precision)
        none = np.empty((len(thetas), 0))
        return reduced, solved(reduced.form, self.algebra.layout, factors, none)

    def sigma_squared(self, quadratic: Values) -> Values:
        """Return the profiled variance of the noise."""
        return np.maximum(quadratic, 1e-300) / self.freedom

    @property
    def freedom(self) -> int:
        """The number of rows, less that of the coefficients for REML."""
        rows, size = self.algebra.statistics.rows, self.algebra.common.size
        return max(rows - size if self.method == "REML" else rows, 1)

    def log_likelihood(self, thetas: Thetas) -> Values:
        """Return the log likelihood at factors, in batches."""
        answer = np.empty(len(thetas))
        step = self.algebra.batch
        with np.errstate(all="ignore"):
            for start in range(0, len(thetas), step):
                answer[start : start + step] = self._some(thetas[start : start + step])
        return np.where(np.isfinite(answer), answer, -np.inf)

    def _some(self, thetas: Thetas) -> Values:
        reduced, found = self.solved(thetas)
        q, statistics = self.algebra.layout.effects, self.algebra.statistics
        pivots = np.log(np.diagonal(found.lower, axis1=1, axis2=2)[:, :-1])
        log_determinant = reduced.log_determinant + 2.0 * pivots[:, :q].sum(axis=1)
        if self.method == "REML":
            log_determinant += 2.0 * pivots[:, q:].sum(axis=1)
            log_determinant += 2.0 * np.sum(np.log(np.diag(self.algebra.common.R)))
        if self.profiled:
            variance = self.sigma_squared(found.quadratic)
            deviance = self.freedom * (1.0 + _LOG_2PI + np.log(variance))
        else:
            deviance = self.freedom * _LOG_2PI + found.quadratic
            deviance -= statistics.rows * np.log(self.precision)
        return -0.5 * (log_determinant + deviance - statistics.log_weights)


def _entries(group: GroupColumns) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for part in group.parts:
        for i in range(part.start, part.start + part.deviations):
            found += [(i, j) for j in (range(part.start, i + 1) if part.structure.matrix else (i,))]
        if part.structure.rho is not None:
            found.append((part.start, -1))
    return found


def _made(part: Part, deviations: np.ndarray, coordinate: Values) -> np.ndarray:
    """Return the factor whose correlations one number makes, of its deviations as a diagonal."""
    rho = part.structure.rho
    if rho is None:
        return deviations
    least = rho.least(part.size)
    correlations = rho.factor(least + (1.0 - least) * special.expit(coordinate), part.size)
    # A negative deviation would turn the sign of its correlations.
    sd = np.abs(np.diagonal(deviations, axis1=1, axis2=2))
    return (sd[:, :1] if part.structure.equal else sd)[:, :, None] * correlations
