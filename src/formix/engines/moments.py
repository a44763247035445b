"""Means and standard deviations of draws that are not kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jaxtyping import Float, Int

    Draws = Float[np.ndarray, "draw *shape"]
    Element = Float[np.ndarray, "*shape"]


@dataclass(frozen=True, eq=False)
class Moments:
    """The mean of so many draws, element by element, and the sum of squares about it.

    References
    ----------
    Chan, Golub and LeVeque (1983), doi:10.1080/00031305.1983.10483115.

    Examples
    --------
    >>> two = Moments.of(np.array([[1.0], [2.0]])) + Moments.of(np.array([[6.0]]))
    >>> print(two.count, two.mean, two.sd.round(3))
    3 [3.] [2.646]
    """

    count: int
    mean: Element
    squares: Element

    @classmethod
    def of(cls, draws: Draws, times: Int[np.ndarray, " draw"] | None = None) -> Moments:
        """Return the moments of draws, each counted so many times."""
        weights = np.ones(len(draws)) if times is None else np.asarray(times, dtype=np.float64)
        count = int(weights.sum())
        mean = np.tensordot(weights, draws, axes=1) / max(count, 1)
        squares = np.tensordot(weights, np.square(draws - mean), axes=1)
        return cls(count, mean, squares)

    @classmethod
    def of_sd(cls, count: int, mean: Element, sd: Element) -> Moments:
        """Return the moments that so many draws of this mean and standard deviation have."""
        return cls(count, mean, np.square(np.where(np.isfinite(sd), sd, 0.0)) * max(count - 1, 0))

    @property
    def sd(self) -> Element:
        """The standard deviation; NaN of fewer than two draws."""
        if self.count < 2:
            return np.full_like(self.mean, np.nan)
        return np.sqrt(self.squares / (self.count - 1))

    def __add__(self, other: Moments) -> Moments:
        """Return the moments of both sets of draws."""
        count = self.count + other.count
        if not self.count or not other.count:
            return self if self.count else other
        apart = other.mean - self.mean
        mean = self.mean + apart * (other.count / count)
        between = np.square(apart) * (self.count * other.count / count)
        return Moments(count, mean, self.squares + other.squares + between)


def added(total: dict[str, Moments], draws: Mapping[str, Draws], times: object = None) -> None:
    """Add draws by site to the moments by site that there are, in place."""
    for site, values in draws.items():
        more = Moments.of(values, None if times is None else np.asarray(times))
        total[site] = total[site] + more if site in total else more
