"""The mean and the variance of responses, within their bounds where they have such."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from formix.layer_cake import Within, counted_moments, moments
from formix.masses import Tails, log_between
from formix.observation import BOUNDS, bounds, lies_above, tails

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

    from formix.families.family import Family
    from formix.spec import Response

    Array = Float[np.ndarray, "..."]
    Parameters = dict[str, Array]

_CHUNK = 20_000
"""Values had by quadrature at once: bounds the memory, not the answer."""

_CANCELLED = 1e-3
"""The share of a second moment that a variance may be and still be had as a difference."""


def mean(family: Family, response: Response, parameters: Parameters) -> Array:
    """Return the mean of each row's response, given that it lies within its bounds.

    How rows are censored does not take part: it is the mean of what was censored.
    """
    return _of_rows(family, response, parameters, family.mean, Bounded.mean)


def variance(family: Family, response: Response, parameters: Parameters) -> Array:
    """Return the variance of each row's response, given that it lies within its bounds."""
    return _of_rows(family, response, parameters, family.variance, Bounded.variance)


def _of_rows(
    family: Family,
    response: Response,
    parameters: Parameters,
    free: Callable[[Parameters], Array],
    within: Callable[[Bounded], Array],
) -> Array:
    if not any(name in response.known for name in BOUNDS):
        return free(parameters)
    rows = len(response.values)
    low, high = (np.broadcast_to(end, (rows,)) for end in bounds(response))
    if family.codes:
        share = _shares(family.mean(parameters), low, high)
        return share if within is Bounded.mean else share * (1.0 - share)
    found = np.asarray(free(parameters))
    unknown = np.isnan(low) | np.isnan(high)
    some = np.flatnonzero(~unknown & ~((low == -np.inf) & (high == np.inf)))
    found = np.where(unknown, np.nan, found) if unknown.any() else found
    if not len(some):
        return found
    mine = {
        name: value[..., some] if np.ndim(value) and np.shape(value)[-1] > 1 else np.asarray(value)
        for name, value in parameters.items()
    }
    inside = within(Bounded(family, low[some], high[some], mine))
    samples = np.broadcast_shapes(found.shape[:-1], inside.shape[:-1])
    whole = np.array(np.broadcast_to(found, (*samples, rows)))
    whole[..., some] = inside
    return whole


def _shares(shares: Array, low: Array, high: Array) -> Array:
    """Return the probabilities of levels given that the level lies within bounds."""
    codes = np.arange(float(shares.shape[-1]))
    inside: Bool[np.ndarray, "obs level"] = (codes >= low[:, None]) & (codes <= high[:, None])
    left = np.where(inside, shares, 0.0)
    with np.errstate(invalid="ignore"):
        return left / np.sum(left, axis=-1, keepdims=True)


@dataclass(frozen=True, eq=False)
class Bounded:
    """Rows whose responses lie within bounds.

    Parameters
    ----------
    family
        What is not of levels.
    low, high
        The bounds of the rows, one of them finite.
    parameters
        Those of the family at the rows, with any number of samples before them.
    """

    family: Family
    low: Array
    high: Array
    parameters: Parameters

    def mean(self) -> Array:
        """Return the means."""
        found = self._part(1)
        if found is None and self.family.mean_within is not None:
            with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
                found = self.family.mean_within(self.low, self.high, self.parameters)
        if found is None:
            return self._by_tails()[0]
        return self._settled(np.clip(found, self.low, self.high), self._nearest)

    def variance(self) -> Array:
        """Return the variances."""
        second = self._part(2)
        if second is None:
            return self._by_tails()[1]
        first = self.mean()
        with np.errstate(invalid="ignore", over="ignore"):
            square = np.square(first)
            found = second - square + (first if self.family.discrete else 0.0)
            poor = ~(found > _CANCELLED * square) & np.isfinite(self._mass)
        if poor.any():
            found = np.where(poor, self._by_tails(poor)[1], found)
        return self._settled(found, 0.0)

    @cached_property
    def _mass(self) -> Array:
        """The log probability of the bounds."""
        below, above = (tails(self.family, y, self.parameters) for y in self._ends)
        unknown = np.isnan(below[0]) | np.isnan(above[0])
        for value in self.parameters.values():
            unknown = unknown | np.isnan(value)
        return np.where(unknown, np.nan, log_between(np, below, above))

    @property
    def _ends(self) -> tuple[Array, Array]:
        return lies_above(self.family, self.low), self.high

    @cached_property
    def _nearest(self) -> Array:
        """The bound that is nearer to where responses are."""
        lower, upper = tails(self.family, self._ends[0], self.parameters)
        return np.where(lower < upper, self.high, self.low)

    def _settled(self, found: Array, nothing: Array | float) -> Array:
        """Return what was found, and what is so where the bounds hold no probability."""
        found = np.where(np.isnan(self._mass), np.nan, found)
        return np.where(self._mass == -np.inf, nothing, found)

    def _part(self, power: int) -> Array | None:
        """Return the mean of a power of the responses, a part of that of all; where it is known."""
        if self.family.partial is None:
            return None
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            found = [self.family.partial(y, self.parameters, power) for y in self._ends]
            below, above = found
            if below is None or above is None:
                return None
            return np.exp(log_between(np, below, above) - self._mass)

    def _by_tails(self, which: Array | None = None) -> tuple[Array, Array]:
        """Return means and variances by quadrature, some values after another."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            start, spread = self._whereabouts()
        shape = np.atleast_1d(self._mass).shape
        known = np.isfinite(self._mass) if which is None else which
        places = np.flatnonzero(np.broadcast_to(known, shape))
        flat = {name: np.broadcast_to(x, shape) for name, x in self.parameters.items()}
        ends = [np.broadcast_to(x, shape) for x in (self.low, self.high, start, spread)]
        first, second = np.full(shape, np.nan), np.full(shape, np.nan)
        for begin in range(0, len(places), _CHUNK):
            part = np.unravel_index(places[begin : begin + _CHUNK], shape)
            low, high, around, far = (x[part] for x in ends)
            law = self._law({name: x[part] for name, x in flat.items()}, low, high)
            with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
                if self.family.discrete:
                    first[part], second[part] = counted_moments(law, around)
                else:
                    found = moments(law, around, far, angle=self.family.angle)
                    first[part], second[part] = found
        return self._settled(first, self._nearest), self._settled(second, 0.0)

    def _whereabouts(self) -> tuple[Array, Array]:
        """Return about where the responses are, and how far they go."""
        family, main = self.family, self.family[self.family.main]
        start = family.mean(self.parameters)
        if main.support == "real" and not family.logarithm:
            # A location, also of what has no mean; and where a density has an edge, it is there.
            start = self.parameters[main.name]
        return np.where(np.isnan(start), 0.0, start), np.sqrt(family.variance(self.parameters))

    def _law(self, parameters: Parameters, low: Array, high: Array) -> Within:
        def of(y: Array, pick: np.ndarray | slice) -> Tails:
            return tails(self.family, y, {name: x[pick] for name, x in parameters.items()})

        return Within(of, low, high, discrete=self.family.discrete)
