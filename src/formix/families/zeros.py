"""Responses with more or fewer zeros than another family has: inflated, or behind a hurdle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix import closed_tails
from formix.families.tails import counted, from_zero

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.families.family import Family
    from formix.masses import Tails

    Array = Float[np.ndarray, "..."]
    Parameters = dict[str, Array]


def _logarithms(gate: Array) -> tuple[Array, Array]:
    """Return the logarithms of a probability and of its complement."""
    with np.errstate(divide="ignore"):
        return np.log(gate), np.log1p(-gate)


def _mixed(mean: Array, variance: Array, rest: Array) -> Array:
    """Return the variance of what is 0, and with the probability `rest` of this mean."""
    return rest * variance + rest * (1.0 - rest) * np.square(mean)


def _of_rest(
    base: Family, y: Array, parameters: Parameters, power: int, rest: Array
) -> Tails | None:
    """Return the parts of the moments of a base that is so probable, as logarithms."""
    found = None if base.partial is None else base.partial(y, parameters, power)
    return None if found is None else (rest + found[0], rest + found[1])


@dataclass(frozen=True)
class Inflated:
    """A response of `base`, or with the probability `zi` a 0 in its place.

    References
    ----------
    Lambert (1992), doi:10.2307/1269547.
    """

    base: Family

    def log_density(self, y: Array, parameters: Parameters) -> Array:
        """Return the log density: a 0 is of either kind."""
        zero, other = _logarithms(parameters["zi"])
        found = other + self.base.log_density(y, parameters)
        return np.where(y == 0.0, np.logaddexp(zero, found), found)

    def log_tails(self, y: Array, parameters: Parameters) -> Tails:
        """Return the tails of the response as a whole."""
        base = self.base.log_tails
        if base is None:
            raise LookupError(self.base.name)

        def tails(count: Array) -> Tails:
            with np.errstate(divide="ignore"):
                return closed_tails.inflated(np, base(count, parameters), parameters["zi"])

        return counted(y, np.inf, tails)

    def partial(self, y: Array, parameters: Parameters, power: int) -> Tails | None:
        """Return the parts of the moments, to which zeros add nothing."""
        return _of_rest(self.base, y, parameters, power, _logarithms(parameters["zi"])[1])

    def draw(self, generator: np.random.Generator, parameters: Parameters) -> Array:
        """Return draws."""
        drawn = self.base.draw(generator, parameters)
        return np.where(generator.random(drawn.shape) < parameters["zi"], 0.0, drawn)

    def mean(self, parameters: Parameters) -> Array:
        """Return the mean of the response as a whole."""
        return (1.0 - parameters["zi"]) * self.base.mean(parameters)

    def variance(self, parameters: Parameters) -> Array:
        """Return the variance of the response as a whole."""
        mean, variance = self.base.mean(parameters), self.base.variance(parameters)
        return _mixed(mean, variance, 1.0 - parameters["zi"])


@dataclass(frozen=True)
class Hurdle:
    """A 0 with the probability `gate`, or else a response of `base` that is not 0.

    Parameters
    ----------
    base
        The family behind the hurdle.
    gate
        The parameter that is the probability of 0.
    above
        Draws of a response that is not 0.

    References
    ----------
    Mullahy (1986), doi:10.1016/0304-4076(86)90002-3.
    """

    base: Family
    gate: str
    above: Callable[[np.random.Generator, Parameters], Array]

    def _log_above(self, parameters: Parameters) -> Array | float:
        """Return the log probability that a response of the base is not 0."""
        if not self.base.counts:
            return 0.0
        with np.errstate(divide="ignore"):
            return np.log(-np.expm1(self.base.log_density(np.zeros(()), parameters)))

    def log_density(self, y: Array, parameters: Parameters) -> Array:
        """Return the log density: a 0 is of the hurdle alone."""
        zero, other = _logarithms(parameters[self.gate])
        # Any value that the base takes stands for a 0 there.
        some = np.where(y == 0.0, 1.0 if self.base.counts else 0.5, y)
        with np.errstate(invalid="ignore"):
            found = self.base.log_density(some, parameters) - self._log_above(parameters)
        # Where the base is all but surely 0 there is nothing behind the hurdle.
        found = np.where(np.isnan(found), -np.inf, found)
        return np.where(y == 0.0, zero, other + found)

    def log_tails(self, y: Array, parameters: Parameters) -> Tails:
        """Return the tails of the response as a whole."""
        base = self.base.log_tails
        if base is None:
            raise LookupError(self.base.name)

        def beside(number: Array) -> Tails:
            # A number behind a hurdle is never 0, so nothing is taken out of its distribution.
            with np.errstate(divide="ignore"):
                return closed_tails.inflated(np, base(number, parameters), parameters[self.gate])

        if not self.base.counts:
            return from_zero(y, np.inf, beside)

        def tails(count: Array) -> Tails:
            above, gate = base(np.zeros(()), parameters)[1], parameters[self.gate]
            with np.errstate(invalid="ignore"):
                upper = base(count, parameters)[1]
                return closed_tails.behind_hurdle(np, upper, above, gate)

        return counted(y, np.inf, tails)

    def partial(self, y: Array, parameters: Parameters, power: int) -> Tails | None:
        """Return the parts of the moments, to which zeros add nothing."""
        rest = _logarithms(parameters[self.gate])[1] - self._log_above(parameters)
        return _of_rest(self.base, y, parameters, power, rest)

    def draw(self, generator: np.random.Generator, parameters: Parameters) -> Array:
        """Return draws."""
        drawn = self.above(generator, parameters)
        return np.where(generator.random(drawn.shape) < parameters[self.gate], 0.0, drawn)

    def _moments(self, parameters: Parameters) -> tuple[Array, Array]:
        """Return the mean and the variance of what is behind the hurdle."""
        mean, variance = self.base.mean(parameters), self.base.variance(parameters)
        if not self.base.counts:
            return mean, variance
        above = np.exp(self._log_above(parameters))
        with np.errstate(divide="ignore", invalid="ignore"):
            found = mean / above
            return found, variance / above + found * (mean - found)

    def mean(self, parameters: Parameters) -> Array:
        """Return the mean of the response as a whole."""
        return (1.0 - parameters[self.gate]) * self._moments(parameters)[0]

    def variance(self, parameters: Parameters) -> Array:
        """Return the variance of the response as a whole."""
        return _mixed(*self._moments(parameters), 1.0 - parameters[self.gate])
