"""What is sampled, in unconstrained coordinates: free coefficients, sds, correlations, sigma.

The standard deviation of an effect is a hyperbolic sine of its coordinate, which is not negative:
linear below what the data resolve, so that no long tail leads to zero, and exponential above. That
of the noise is an exponential. Where a prior is bounded on both sides, a logistic function leads
between the bounds; a correlation matrix is made of partial correlations, each the hyperbolic
tangent of its coordinate.

References
----------
Lewandowski, Kurowicka and Joe (2009), doi:10.1016/j.jmva.2009.04.008.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.marginal.numbers import as_number
from formix.prior import Prior, PriorEntry

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

    from formix.engines.marginal.coefficients import Coefficients
    from formix.engines.marginal.numbers import Number
    from formix.engines.marginal.structure import GroupColumns, Part, Structure

    Points = Float[np.ndarray, "point coordinate"]
    Values = Float[np.ndarray, " point"]
    Profile = Callable[[Sequence[Float[np.ndarray, "point effect effect"]]], Values]


@dataclass(frozen=True, eq=False)
class Scales:
    """What a batch of points says: every covariance, the noise, the free coefficients.

    Parameters
    ----------
    sds, factors, correlations, rhos
        For each group: standard deviations, factors of the covariance, factors of the correlation,
        the numbers that make correlations by their site.
    sigma
        The noise's standard deviation; where standard errors are known, that beside them.
    free
        The coefficients that are sampled, in the coordinates that have priors.
    log_prior
        Of what has priors: the generated program's own sites.
    log_slope
        The log of the derivative of those by the coordinates.
    """

    sds: tuple[Float[np.ndarray, "point effect"], ...]
    factors: tuple[Float[np.ndarray, "point effect effect"], ...]
    correlations: tuple[Float[np.ndarray, "point effect effect"], ...]
    sigma: Values
    free: Float[np.ndarray, "point free"]
    log_prior: Values
    log_slope: Values
    rhos: tuple[Mapping[str, Values], ...] = ()


@dataclass(frozen=True, eq=False)
class Coordinates:
    """The sampled numbers, in order: free coefficients; each group's sds, correlations; sigma.

    `noise` says that sigma is the standard deviation of one more group: the rows. With a `profile`,
    sds are in units of sigma, and sigma is in units of its best value given them: where a level has
    few rows only the sum of their variances is known well, which would be a thin bent ridge.
    """

    free: tuple[Number, ...]
    groups: tuple[GroupColumns, ...]
    sds: tuple[tuple[Number, ...], ...]
    sigma: Number | None
    fixed_sigma: float
    noise: bool
    profile: Profile | None = None

    @property
    def size(self) -> int:
        """How many numbers are sampled."""
        return len(self.labels)

    @property
    def labels(self) -> tuple[str, ...]:
        """What each coordinate is of."""
        names = [number.key for number in self.free]
        for group, sds in zip(self.groups, self.sds, strict=True):
            names += [number.key for number in sds]
            for part in group.parts:
                site = part.rho.key if part.rho else f"cor_{group.name}"
                names += [site] * part.numbers
        return (*names, *(("sigma",) if self.sigma else ()))

    @property
    def folded(self) -> Bool[np.ndarray, " coordinate"]:
        """Which coordinates are not negative: the density goes on as in a mirror beyond zero."""
        bent = {number.key for sds in self.sds for number in sds if number.bend}
        if self.sigma and self.sigma.bend:
            bent.add(self.sigma.key)
        return np.array([label in bent for label in self.labels], dtype=bool)

    def inside(self, points: Points) -> Points:
        """Return points whose coordinates that are not negative are mirrored where they are."""
        return np.where(self.folded, np.abs(points), points)

    def scales(self, points: Points) -> Scales:
        """Return what a batch of points says."""
        reader = _Reader(points)
        free = reader.numbers(self.free)
        sds: list[np.ndarray] = []
        slopes: list[np.ndarray] = []
        correlations: list[np.ndarray] = []
        rhos: list[dict[str, np.ndarray]] = []
        for group, numbers in zip(self.groups, self.sds, strict=True):
            sd, slope = reader.values(numbers)
            sds.append(sd)
            slopes.append(slope)
            rhos.append({})
            correlations.append(reader.correlation(group.parts, rhos[-1]))
        each = [group.deviations for group in self.groups]
        spread = [sd[:, places] for sd, places in zip(sds, each, strict=True)]
        sigma = self._sigma(reader, spread, correlations)
        if self.profile is not None:
            sds = [sd * sigma[:, None] for sd in sds]
            slopes = [slope + np.log(sigma)[:, None] for slope in slopes]
        for numbers, sd, slope in zip(self.sds, sds, slopes, strict=True):
            reader.weigh(numbers, sd, slope)
        spread = [sd[:, places] for sd, places in zip(sds, each, strict=True)]
        factors = [sd[:, :, None] * L for sd, L in zip(spread, correlations, strict=True)]
        if self.noise:
            factors.append(sigma[:, None, None])
        return Scales(
            tuple(spread),
            tuple(factors),
            tuple(correlations),
            sigma,
            free,
            reader.log_prior,
            reader.log_slope,
            tuple(rhos),
        )

    def _sigma(
        self, reader: _Reader, sds: Sequence[np.ndarray], correlations: Sequence[np.ndarray]
    ) -> Values:
        if self.sigma is None:
            return np.full(len(reader.points), self.fixed_sigma)
        sigma, slope = reader.values((self.sigma,))
        if self.profile is not None:
            factors = [sd[:, :, None] * L for sd, L in zip(sds, correlations, strict=True)]
            best = self.profile(factors)
            sigma = sigma * best[:, None]
            slope = slope + np.log(best)[:, None]
        reader.weigh((self.sigma,), sigma, slope)
        return sigma[:, 0]


class _Reader:
    """Reads coordinates from left to right, and adds up priors and slopes."""

    def __init__(self, points: Points) -> None:
        self.points = points
        self.next = 0
        self.log_prior = np.zeros(len(points))
        self.log_slope = np.zeros(len(points))

    def take(self) -> Values:
        """Return the next coordinate."""
        self.next += 1
        return self.points[:, self.next - 1]

    def numbers(self, numbers: Sequence[Number]) -> Float[np.ndarray, "point number"]:
        """Return numbers, their priors and slopes added."""
        values, slopes = self.values(numbers)
        self.weigh(numbers, values, slopes)
        return values

    def values(self, numbers: Sequence[Number]) -> tuple[np.ndarray, np.ndarray]:
        """Return numbers, and the logs of their derivatives."""
        shape = (len(self.points), len(numbers))
        values, slopes = np.empty(shape), np.empty(shape)
        for j, number in enumerate(numbers):
            values[:, j], slopes[:, j] = number.value(self.take())
        return values, slopes

    def weigh(self, numbers: Sequence[Number], values: np.ndarray, slopes: np.ndarray) -> None:
        """Add the priors and slopes of numbers."""
        for j, number in enumerate(numbers):
            log_prior, slope = number.log_prior(values[:, j], slopes[:, j])
            self.log_prior += log_prior
            self.log_slope += slope

    def correlation(
        self, parts: Sequence[Part], rhos: dict[str, Values]
    ) -> Float[np.ndarray, "point effect effect"]:
        """Return the factor of a group's correlation matrix, and note the numbers that make it."""
        size = parts[-1].stop
        factor = np.broadcast_to(np.eye(size), (len(self.points), size, size)).copy()
        for part in parts:
            place = slice(part.start, part.stop)
            if part.structure.matrix:
                factor[:, place, place] = self._part(part.size, part.concentration)
            if part.structure.rho is not None and part.rho is not None:
                number = as_number(part.rho, positive=False)
                rho = rhos[part.rho.key] = self.numbers((number,))[:, 0]
                factor[:, place, place] = part.structure.rho.factor(rho, part.size)
        return factor

    def _part(self, size: int, eta: float) -> Float[np.ndarray, "point effect effect"]:
        factor = np.zeros((len(self.points), size, size))
        factor[:, 0, 0] = 1.0
        log_diagonal = np.zeros(len(self.points))
        exponent = 0.0
        for i in range(1, size):
            # The log of what is left of the row's unit length keeps its digits near +-1.
            log_rest = np.zeros(len(self.points))
            for j in range(i):
                x = self.take()
                factor[:, i, j] = np.tanh(x) * np.exp(0.5 * log_rest)
                shrink = 2.0 * (np.log(2.0) - np.abs(x) - np.log1p(np.exp(-2.0 * np.abs(x))))
                self.log_slope += shrink + 0.5 * log_rest
                log_rest = log_rest + shrink
            factor[:, i, i] = np.exp(0.5 * log_rest)
            exponent = size - 1 - i + 2.0 * eta - 2.0
            log_diagonal += exponent * 0.5 * log_rest
        self.log_prior += log_diagonal + _log_constant(size, eta)
        return factor


def _log_constant(size: int, eta: float) -> float:
    """Return the log normalising constant of LKJ: its density at no correlation."""
    return float(Prior("LKJ", eta).log_density(np.eye(size)))


def coordinates(
    of: Structure,
    common: Coefficients,
    bends: Sequence[Sequence[float]],
    profile: Profile | None = None,
) -> Coordinates:
    """Return the coordinates of what is sampled of a model.

    Parameters
    ----------
    bends
        For each group, for each effect, what standard deviation the data hardly tell from zero; in
        units of sigma where there is a profile.
    profile
        The best sigma, given factors of covariances in units of it.
    """
    sds = tuple(
        tuple(
            as_number(entry, mine[group.deviations.index(place)])
            for place, entry in enumerate(group.sds)
        )
        for group, mine in zip(of.named, bends, strict=False)
    )
    noise = len(of.named) < len(of.groups)
    sigma = None
    if isinstance(of.sigma, PriorEntry):
        sigma = as_number(of.sigma, bends[-1][0] if noise else 0.0)
    return Coordinates(
        free=tuple(as_number(of.beta[place], positive=False) for place in common.free),
        groups=of.named,
        sds=sds,
        sigma=sigma,
        fixed_sigma=of.fixed_sigma or 0.0,
        noise=noise,
        profile=profile,
    )
