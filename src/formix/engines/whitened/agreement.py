"""Whether many short chains agree, and how many independent draws theirs are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jaxtyping import Float

    Drawn = Float[np.ndarray, "superchain chain draw number"]


_MOST_NUMBERS = 100_000
"""Draws that are looked at together: few enough to stay in a cache."""


_SELDOM, _LEAST = 1e-3, 12.0
"""How often chance may be taken for disagreement, and what is always allowed it."""


def nested_rhat(drawn: Drawn) -> Float[np.ndarray, " number"]:
    """Return nested R-hat: how much superchains differ, beside what differs within them.

    The chains of a superchain start at one point, and superchains apart: so it stays above 1 until
    the chains have forgotten where they came from, however short they are.

    References
    ----------
    Margossian, Hoffman, Sountsov, Riou-Durand, Vehtari and Gelman, arXiv:2110.13017.
    """
    chains, draws = drawn.shape[1:3]
    within = drawn.var(axis=2, ddof=1) if draws > 1 else np.zeros(drawn.shape[:2] + drawn.shape[3:])
    means = drawn.mean(axis=2)
    apart = means.var(axis=1, ddof=1) if chains > 1 else np.zeros_like(means[:, 0])
    inside = (within.mean(axis=1) + apart).mean(axis=0)
    between = means.mean(axis=1).var(axis=0, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sqrt(1.0 + np.where(inside > 0.0, between / inside, 0.0))


def by_chance(numbers: int, superchains: int, draws: int) -> float:
    """Return the ratio of variances, times the draws of a superchain, that the worst may have.

    Chance gives the worst of so many numbers so much or more in about one of a thousand runs whose
    draws are independent and normal; and no less than 12 is allowed, as draws may be worth a part
    of independent ones. With one draw a superchain nothing is known.
    """
    apart, within = superchains - 1, superchains * (draws - 1)
    if within < 1:
        return np.inf
    share = _SELDOM / max(numbers, 1)
    part = np.asarray(special.betaincinv(0.5 * within, 0.5 * apart, share), dtype=np.float64)
    return max(_LEAST, within / apart * float((1.0 - part) / part))


def effective(drawn: Drawn) -> Float[np.ndarray, " number"]:
    """Return of each number how many independent draws would tell its mean as well.

    Chains are independent given where they started: so the variance of their means says it.
    """
    flat = drawn.reshape(-1, *drawn.shape[2:])
    total = flat.reshape(-1, flat.shape[-1]).var(axis=0, ddof=1)
    of_means = flat.mean(axis=1).var(axis=0, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0.0, len(flat) * total / of_means, np.inf)


def least(found: Float[np.ndarray, " number"], chains: int) -> float:
    """Return the least of what many numbers' draws are worth, less what chance takes from it.

    Each is told by a variance of as many means as there are chains: were all worth the same, the
    worst would seem worth less by the median of the largest of so many variances.
    """
    if not len(found):
        return np.inf
    freedom = chains - 1
    tail = 1.0 - 0.5 ** (1.0 / len(found))
    worst = np.asarray(special.gammainccinv(0.5 * freedom, tail), dtype=np.float64)
    largest = 2.0 * float(worst) / freedom
    return float(np.min(found) * max(largest, 1.0))


def folded(drawn: Drawn) -> Drawn:
    """Return the distances from the median, whose means tell whether spreads agree."""
    return np.abs(drawn - np.median(drawn, axis=(0, 1, 2)))


def parts(sites: Iterable[np.ndarray], shape: tuple[int, int, int]) -> Iterator[Drawn]:
    """Yield draws of sites whose first axes are draw and chain, not too many numbers at once."""
    superchains, chains, draws = shape
    most = max(1, _MOST_NUMBERS // (superchains * chains * draws))
    for site in sites:
        flat = site.reshape(draws, superchains, chains, -1)
        for start in range(0, flat.shape[-1], most):
            part = flat[..., start : start + most].transpose(1, 2, 0, 3)
            yield part.astype(np.float64, copy=False)
