"""How near an approximation is to a posterior, as the weights of its draws tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.engines.decline import Decline
from formix.engines.marginal.pareto import importance_ess, smoothed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jaxtyping import Float

    Values = Float[np.ndarray, " draw"]

LOOKS = 1000
"""Draws that are weighed at least: the tail of fewer tells little."""

_EVEN = 1e-6
"""Weights whose logarithms differ by less are equal but for rounding, and have no tail."""

NEAR = 0.7
"""k-hat above which the approximation is too far for its draws to be mended by weights."""


def weighed(log_weights: Values) -> tuple[Values, dict[str, float | None]]:
    """Return log weights with their tail smoothed, and how near the approximation is.

    That is k-hat, how many draws the weights are worth, and the evidence lower bound, as the
    attributes of a result.

    Parameters
    ----------
    log_weights
        The log density of the posterior less that of the approximation, at draws from it.

    Raises
    ------
    Decline
        If the density is finite at none of the draws.

    References
    ----------
    Yao, Vehtari, Simpson and Gelman (2018), arXiv:1802.02538.
    """
    logs = np.where(np.isfinite(log_weights), log_weights, -np.inf)
    if not np.any(np.isfinite(logs)):
        raise Decline("its log density is finite at none of the draws from the approximation")
    bound = float(np.mean(logs))
    answer, k_hat = smoothed(logs) if np.ptp(logs) > _EVEN else (logs, 0.0)
    return answer, {
        "max_k_hat": NEAR,
        "k_hat": float(k_hat) if np.isfinite(k_hat) else None,
        "importance_ess": importance_ess(logs),
        "elbo": bound if np.isfinite(bound) else None,
    }


def is_near(said: Mapping[str, float | None]) -> bool:
    """Whether weights mend an approximation of which `weighed` says so much."""
    return said["k_hat"] is not None and said["k_hat"] <= NEAR
