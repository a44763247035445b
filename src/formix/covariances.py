"""Covariance structures of the effects of one block: parameters, factor, lines of the program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

    Factor = Callable[
        [Float[np.ndarray, "... effect"], Float[np.ndarray, "... effect effect"]],
        Float[np.ndarray, "... effect effect"],
    ]


@dataclass(frozen=True)
class Covariance:
    """How the effects of one level vary together.

    Parameters
    ----------
    name
        As users write it around a bar.
    correlated
        Whether it has a correlation matrix to estimate (where there are two effects or more).
    factor
        `(sds, correlation factor) -> lower factor of the covariance`, batched over leading axes.
    """

    name: str
    correlated: bool
    factor: Factor


def _unstructured(
    sd: Float[np.ndarray, "... effect"], correlation: Float[np.ndarray, "... effect effect"]
) -> Float[np.ndarray, "... effect effect"]:
    return sd[..., :, None] * correlation


def _diagonal(
    sd: Float[np.ndarray, "... effect"], _correlation: Float[np.ndarray, "... effect effect"]
) -> Float[np.ndarray, "... effect effect"]:
    return sd[..., :, None] * np.eye(sd.shape[-1])


COVARIANCES: tuple[Covariance, ...] = (
    Covariance("us", True, _unstructured),
    Covariance("diag", False, _diagonal),
)
"""Every structure that can be fitted."""


def covariance(name: str) -> Covariance:
    """Return the structure of that name.

    Raises
    ------
    LookupError
        If there is none that can be fitted.
    """
    for candidate in COVARIANCES:
        if candidate.name == name:
            return candidate
    raise LookupError(name)
