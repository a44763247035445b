"""The log density of standard deviations, correlations and sigma, everything else integrated.

With `beta` and all group-level effects jointly Gaussian given these, the density of the data is a
determinant and a sum of squares; what is kept from the data does not grow with them.

References
----------
Bates, Mächler, Bolker and Walker (2015), doi:10.18637/jss.v067.i01; Lai, Domke and Sheldon (2024),
arXiv:2410.24079.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from formix import blas
from formix.engines.marginal.coefficients import coefficients
from formix.engines.marginal.coordinates import coordinates
from formix.engines.marginal.dense import Layout, solved
from formix.engines.marginal.elimination import elimination
from formix.engines.marginal.noise import row_noise
from formix.engines.marginal.reduced import Reduced
from formix.engines.marginal.resolution import NOISE_SHARE, resolutions, spread
from formix.engines.marginal.statistics import statistics
from formix.prior import PriorEntry

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.coefficients import Coefficients
    from formix.engines.marginal.coordinates import Coordinates, Scales
    from formix.engines.marginal.dense import Solved
    from formix.engines.marginal.noise import RowNoise
    from formix.engines.marginal.reduced import Elimination, Factors
    from formix.engines.marginal.statistics import Statistics
    from formix.engines.marginal.structure import Structure

    Points = Float[np.ndarray, "point coordinate"]
    Values = Float[np.ndarray, " point"]

_LOG_2PI = float(np.log(2.0 * np.pi))

_SMALL = 2000
"""The largest matrix for which one thread of BLAS is faster than several."""

_FEW = 3
"""With fewer rows for each effect than this, effects are hardly told from noise."""

_CHEAP = 100_000.0
"""Operations at a point, up to which the best sigma is worth computing at each."""

_AT_ONCE = 1_000_000
"""Numbers held at once: points are worked on in batches that stay in fast memory."""


@dataclass(frozen=True, eq=False)
class Algebra:
    """A model's data as cross-products, and how to integrate its effects and coefficients.

    Parameters
    ----------
    common
        The coefficients' coordinates and priors.
    statistics
        The cross-products.
    elimination
        How groups are eliminated; None where there is no group.
    layout
        What elimination leaves.
    sizes
        For each group, its levels and its effects.
    scaled
        Whether the noise's variance is sigma's square over the weights.
    """

    common: Coefficients
    statistics: Statistics
    elimination: Elimination | None
    layout: Layout
    sizes: tuple[tuple[int, int], ...]
    scaled: bool

    @property
    def batch(self) -> int:
        """How many points are worked on at once."""
        cost = self.elimination.cost if self.elimination else self.statistics.cross.size
        return max(1, min(4096, _AT_ONCE // max(cost, 1)))

    @property
    def work(self) -> float:
        """About how many operations a point takes."""
        cost = self.elimination.cost if self.elimination else 0
        return float(cost) + (self.layout.solved + 1.0) ** 3 / 3.0

    @property
    def eliminated(self) -> tuple[int, ...]:
        """The groups that are eliminated before the dense factor, in order."""
        return self.elimination.eliminated if self.elimination else ()

    def reduce(self, factors: Factors, precision: Values) -> Reduced:
        """Return what is left when groups have been eliminated."""
        if self.elimination is None:
            form = precision[:, None, None] * self.statistics.cross
            return Reduced(form, np.zeros(len(form)), lambda _x, _z: [], lambda _x, _u: [])
        return self.elimination.reduce(factors, precision)

    def log_likelihood(self, reduced: Reduced, found: Solved, precision: Values) -> Values:
        """Return the log density of the data, effects and integrated coefficients out."""
        noise = self.statistics.log_weights + self.statistics.rows * (np.log(precision) - _LOG_2PI)
        gaussian = self.common.log_constant + 0.5 * self.common.integrated * _LOG_2PI
        logs = 0.5 * (noise - reduced.log_determinant - found.quadratic) - found.log_pivots
        return logs + gaussian


def algebra(of: Structure, common: Coefficients) -> Algebra:
    """Return a model's data as cross-products, and how to integrate."""
    found = statistics(of, common)
    how = elimination(of, found)
    left = how.left if how else ()
    sizes = tuple((group.levels, group.size) for group in of.groups)
    layout = Layout(tuple((f, *sizes[f]) for f in left), common)
    return Algebra(common, found, how, layout, sizes, of.scaled)


def one_thread(how: Algebra | None = None) -> AbstractContextManager[object]:
    """Hold BLAS to one thread while its matrices are small: others would only wait, and loudly."""
    small = how is None or how.layout.solved < _SMALL
    return blas.one_thread() if small else nullcontext()


@dataclass(frozen=True, eq=False)
class Marginal:
    """The marginal posterior of a model.

    `beside` is the noise beside known standard errors, where there is any.
    """

    structure: Structure
    coordinates: Coordinates
    algebra: Algebra
    beside: RowNoise | None = None

    @property
    def size(self) -> int:
        """How many numbers are left to be sampled."""
        return self.coordinates.size

    def precision(self, scales: Scales) -> Values:
        """Return the precision that multiplies the rows' weights."""
        if self.algebra.scaled:
            return 1.0 / np.square(scales.sigma)
        return np.ones_like(scales.sigma)

    def log_beside(
        self, scales: Scales, beta: Float[np.ndarray, "point coef"], effects: Sequence[np.ndarray]
    ) -> Values:
        """Return the log density of what is no site of the program's, given everything else."""
        if self.beside is None:
            return np.zeros(len(beta))
        return self.beside.log_density(scales, beta, effects)

    def factored(self, scales: Scales) -> tuple[Reduced, Solved, Values]:
        """Return the eliminated and the factored form, and the log density of the data."""
        precision = self.precision(scales)
        reduced = self.algebra.reduce(scales.factors, precision)
        fixed = self.algebra.common.fixed(scales.free)
        found = solved(reduced.form, self.algebra.layout, scales.factors, fixed)
        return reduced, found, self.algebra.log_likelihood(reduced, found, precision)

    def mirrored(self, points: Points) -> Values:
        """Return the log density where coordinates that are not negative go on as in a mirror."""
        return self.log_density(self.coordinates.inside(points))

    def log_density(self, points: Points) -> Values:
        """Return the log density at points; minus infinity where there is none."""
        answer = np.empty(len(points))
        step = self.algebra.batch
        # Far out, exponentials overflow and pivots vanish; such points have no density.
        with np.errstate(all="ignore"):
            for start in range(0, len(points), step):
                scales = self.coordinates.scales(points[start : start + step])
                total = self.factored(scales)[2] + scales.log_prior + scales.log_slope
                answer[start : start + step] = total
        outside = np.any((points < 0.0) & self.coordinates.folded, axis=1)
        return np.where(np.isfinite(answer) & ~outside, answer, -np.inf)


def marginal(of: Structure) -> Marginal:
    """Return the marginal posterior of a model; its data are read once."""
    common = coefficients(of)
    how = algebra(of, common)
    bends = resolutions(how)
    if not is_ridge(of, how):
        return Marginal(of, coordinates(of, common, bends), how, row_noise(of))
    noise = NOISE_SHARE * spread(how)[0]
    relative = [[bend / noise for bend in mine] for mine in bends]
    return Marginal(of, coordinates(of, common, relative, profile(how)), how)


def is_ridge(of: Structure, how: Algebra) -> bool:
    """Whether levels have so few rows that effects are hardly told from noise."""
    if not how.scaled or how.work > _CHEAP or not isinstance(of.sigma, PriorEntry):
        return False
    few = any(_FEW * levels * size > how.statistics.rows for levels, size in how.sizes)
    entries = [*(entry for group in of.named for entry in group.sds), of.sigma]
    bounds = [entry.of_table.bounds for entry in entries]
    return few and all(low <= 0.0 and np.isinf(high) for low, high in bounds)


def profile(how: Algebra) -> Callable[[Factors], Values]:
    """Return the best sigma, given factors of covariances in units of it, coefficients flat."""
    size = how.common.size
    flat = replace(how.common, integrated=size, prior=np.zeros((size + 1, size + 1)))
    layout = replace(how.layout, common=flat)
    freedom = max(how.statistics.rows - size, 1)
    least = 1e-6 * spread(how)[0] ** 2

    def best(factors: Factors) -> Values:
        one = np.ones(len(factors[0]))
        reduced = how.reduce(factors, one)
        found = solved(reduced.form, layout, factors, np.empty((len(one), 0)))
        return np.sqrt(np.maximum(found.quadratic / freedom, 0.0) + least)

    return best
