"""Convergence of draws, many parameters at once: R-hat, effective sample sizes, E-BFMI.

Every function takes draws of shape chain, draw, and any axes of the parameter, and returns one
number an element of the parameter. NaN draws give NaN, fewer than four draws too, and so does R-hat
of a single chain, which has nothing to be compared with.

References
----------
Vehtari, Gelman, Simpson, Carpenter and Bürkner, "Rank-Normalization, Folding, and Localization: An
Improved R-hat for Assessing Convergence of MCMC", Bayesian Analysis 16(2), 2021,
doi:10.1214/20-BA1221.
Betancourt, "Diagnosing Suboptimal Cotangent Disintegrations in Hamiltonian Monte Carlo",
arXiv:1604.00695 (E-BFMI).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

    Draws = Float[np.ndarray, "chain draw *shape"]
    Chains = Float[np.ndarray, "element chain draw"]
    Elements = Float[np.ndarray, " element"]
    Shaped = Float[np.ndarray, "*shape"]

FEWEST_DRAWS = 4
"""Halves of a chain need two draws each."""

_TAILS = (0.05, 0.95)
_CHUNK = 100_000
"""Draws that are ranked at once: few enough for what is made of them to stay in a cache."""


@dataclass(frozen=True, eq=False)
class Convergence:
    """R-hat and the bulk and tail effective sample sizes of every element of a parameter."""

    rhat: Shaped
    ess_bulk: Shaped
    ess_tail: Shaped


def convergence(draws: Draws) -> Convergence:
    """Return R-hat, bulk ESS and tail ESS together, ranking the draws once for all three.

    Examples
    --------
    >>> chains = np.random.default_rng(1).normal(size=(4, 1000, 2))
    >>> found = convergence(chains)
    >>> found.rhat.round(2), bool(np.all(found.ess_bulk > 3000))
    (array([1., 1.]), True)
    """
    rows = _elementwise(_convergence, draws, 3)
    return Convergence(rows[0], rows[1], rows[2])


def rhat(draws: Draws) -> Shaped:
    """Return R-hat: the larger of the rank-normalised and the folded split R-hat."""
    return convergence(draws).rhat


def ess_bulk(draws: Draws) -> Shaped:
    """Return the effective sample size for the bulk: that of rank-normalised split chains."""
    return convergence(draws).ess_bulk


def ess_tail(draws: Draws) -> Shaped:
    """Return the effective sample size for the tails: the smaller of two quantiles', 5 and 95 %."""
    return convergence(draws).ess_tail


def ess_mean(draws: Draws) -> Shaped:
    """Return the effective sample size for the mean, of split chains as they are."""
    return _elementwise(lambda x: _ess(_split(x))[None], draws, 1)[0]


def mcse_mean(draws: Draws) -> Shaped:
    """Return the Monte Carlo standard error of the mean, in the units of the parameter."""
    ess = ess_mean(draws)
    if draws.shape[1] < FEWEST_DRAWS:
        return ess
    return np.std(draws, axis=(0, 1), ddof=1) / np.sqrt(ess)


def bfmi(energy: Float[np.ndarray, "chain draw"]) -> Float[np.ndarray, " chain"]:
    """Return the estimated Bayesian fraction of missing information of each chain."""
    if energy.shape[1] < FEWEST_DRAWS:
        return np.full(len(energy), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.mean(np.square(np.diff(energy, axis=1)), axis=1) / np.var(energy, axis=1, ddof=1)


def _elementwise(function: Callable[[Chains], np.ndarray], draws: Draws, rows: int) -> np.ndarray:
    """Apply a function of element, chain, draw to the elements, a chunk of them at a time."""
    values = np.asarray(draws, dtype=np.float64)
    chains, count, shape = values.shape[0], values.shape[1], values.shape[2:]
    flat = values.reshape(chains, count, -1)
    answer = np.full((rows, flat.shape[2]), np.nan)
    if count >= FEWEST_DRAWS:
        step = max(1, _CHUNK // (chains * count))
        for start in range(0, flat.shape[2], step):
            chunk = np.ascontiguousarray(flat[:, :, start : start + step].transpose(2, 0, 1))
            with np.errstate(divide="ignore", invalid="ignore"):
                answer[:, start : start + step] = function(chunk)
            missing = np.isnan(chunk).any(axis=(1, 2))
            answer[:, start : start + step][:, missing] = np.nan
    return answer.reshape(rows, *shape)


def _convergence(x: Chains) -> np.ndarray:
    """Return rows of R-hat, bulk ESS and tail ESS."""
    halves = _split(x)
    ranked = _Ranked.of(halves)
    bulk = ranked.normal()
    if x.shape[1] > 1:
        far = np.abs(halves - ranked.quantile(0.5))
        worst = np.fmax(_rhat(bulk), _rhat(_Ranked.of(far).normal()))
    else:
        worst = np.full(len(x), np.nan)
    whole = ranked if x.shape[2] % 2 == 0 else _Ranked.of(x)
    inside = (_indicator(x <= whole.quantile(share)) for share in _TAILS)
    tail = np.minimum(*(_ess(_split(each)) for each in inside))
    return np.stack([worst, _ess(bulk), tail])


@dataclass(frozen=True, eq=False)
class _Ranked:
    """The draws of each element in order, and where each was."""

    shape: tuple[int, ...]
    place: np.ndarray
    ordered: np.ndarray

    @classmethod
    def of(cls, x: Chains) -> _Ranked:
        flat = x.reshape(len(x), -1)
        place = np.argsort(flat, axis=1)
        place += flat.shape[1] * np.arange(len(flat))[:, None]
        return cls(x.shape, place, flat.reshape(-1)[place])

    def normal(self) -> Chains:
        """Replace each draw by the normal quantile of its rank; ties share their mean rank."""
        size: int = self.ordered.shape[1]
        starts = np.ones(self.ordered.shape, dtype=bool)
        np.not_equal(self.ordered[:, 1:], self.ordered[:, :-1], out=starts[:, 1:])
        first = np.flatnonzero(starts)
        count = np.diff(first, append=starts.size)
        # Mean ranks are half integers, so every quantile needed is one of 2 size - 1.
        ranks = np.arange(2 * size - 1) / 2.0 + 1.0
        quantiles = ndtri((ranks - 0.375) / (size + 0.25))
        answer = np.empty(starts.size)
        answer[self.place.reshape(-1)] = np.repeat(quantiles[2 * (first % size) + count - 1], count)
        return answer.reshape(self.shape)

    def quantile(self, share: float) -> Chains:
        """Return a quantile of each element's draws, between two of them by their distances."""
        position = share * (self.ordered.shape[1] - 1)
        part = position % 1.0
        found = self.ordered[:, int(position)]
        if part > 0.0:
            above = self.ordered[:, int(position) + 1]
            found = np.where(found == above, found, (1.0 - part) * found + part * above)
        return found[:, None, None]


def _indicator(inside: Bool[np.ndarray, "element chain draw"]) -> Chains:
    return inside.astype(np.float64)


def _split(x: Chains) -> Chains:
    """Cut every chain into halves; the middle draw of an odd number belongs to neither."""
    half = x.shape[2] // 2
    return np.concatenate([x[:, :, :half], x[:, :, -half:]], axis=1)


def _rhat(x: Chains) -> Elements:
    """Return the square root of the pooled over the within-chain variance."""
    count = x.shape[2]
    within = np.mean(np.var(x, axis=2, ddof=1), axis=1)
    between = count * np.var(np.mean(x, axis=2), axis=1, ddof=1)
    return np.sqrt((between / within + count - 1) / count)


def _ess(x: Chains) -> Elements:
    """Return the effective sample size by Geyer's initial positive, then monotone, sequence."""
    chains, count = x.shape[1], x.shape[2]
    size = chains * count
    covariance = _autocovariance(x)
    within = covariance[:, 0] * count / (count - 1.0)
    pooled = within * (count - 1.0) / count
    if chains > 1:
        pooled = pooled + np.var(np.mean(x, axis=2), axis=1, ddof=1)
    rho = 1.0 - (within[:, None] - covariance) / pooled[:, None]
    rho[:, 0] = 1.0
    # Lags go in pairs; the sum of a pair is positive for a reversible chain. The last pair tried is
    # the first whose sum is not positive, or the last that fits.
    final = max(0, (count - 3) // 2)
    even, odd = rho[:, 0 : 2 * final + 2 : 2], rho[:, 1 : 2 * final + 2 : 2]
    pair = even + odd
    ended = ~(pair > 0.0)
    ended[:, final] = True
    last = np.argmax(ended, axis=1)
    row = np.arange(len(x))
    total = np.cumsum(np.minimum.accumulate(pair, axis=1), axis=1)
    before = np.where(last > 0, total[row, np.maximum(last, 1) - 1], 0.0)
    kept = (even[row, last] > 0.0) | (pair[row, last] >= 0.0)
    tau = -1.0 + 2.0 * before + np.where(kept, even[row, last], 0.0)
    # An antithetic chain may be better than independent draws, but not without bound.
    tau = np.where(np.isnan(tau), np.nan, np.maximum(tau, 1.0 / np.log10(size)))
    constant = np.ptp(x, axis=(1, 2)) < np.finfo(np.float64).resolution
    return np.where(constant, float(size), size / tau)


def _autocovariance(x: Chains) -> Float[np.ndarray, "element draw"]:
    """Return the autocovariance at every lag, averaged over chains, by one inverse transform."""
    count = x.shape[2]
    padded = 1 << (2 * count - 1).bit_length()
    spectrum = np.fft.rfft(x - np.mean(x, axis=2, keepdims=True), padded, axis=2)
    power = np.mean(np.square(spectrum.real) + np.square(spectrum.imag), axis=1)
    return np.fft.irfft(power, padded, axis=1)[:, :count] / count
