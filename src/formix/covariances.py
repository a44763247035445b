"""Covariance structures of the effects of one block: parameters, factor, lines of the program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

    Numbers = Float[np.ndarray, "..."]
    Matrices = Float[np.ndarray, "... effect effect"]


@dataclass(frozen=True)
class Correlation:
    """Correlations that one number makes, `rho`.

    Parameters
    ----------
    least
        The lower bound of rho, by the number of effects; the upper is 1.
    factor
        `(rho, size) -> lower factor of the correlation matrix`, batched over leading axes.
    source
        The correlation matrix in the program, with `{rho}` and `{size}` in braces.
    words
        What a comment says of it.
    """

    least: Callable[[int], float]
    factor: Callable[[Numbers, int], Matrices]
    source: str
    words: str


@dataclass(frozen=True)
class Covariance:
    """How the effects of one level vary together.

    Parameters
    ----------
    name
        As users write it around a bar.
    matrix
        Whether its correlation matrix is free, and estimated (where there are two effects or more).
    rho
        How one number makes its correlations, where it does.
    equal
        Whether its effects have one standard deviation.
    """

    name: str
    matrix: bool = False
    rho: Correlation | None = None
    equal: bool = False

    @property
    def correlated(self) -> bool:
        """Whether effects are correlated, where there are two or more."""
        return self.matrix or self.rho is not None


def _compound_least(size: int) -> float:
    return -1.0 / max(size - 1, 1)


def _compound(rho: Numbers, size: int) -> Matrices:
    """Return the factor of a matrix with ones on, and rho off, the diagonal, in closed form."""
    rho = np.asarray(rho, dtype=np.float64)[..., None]
    before = np.arange(1, size)
    # What is left of variance and covariance once the effects before are known; the first has none.
    left = 1.0 + (before - 1.0) * rho
    later = np.sqrt((1.0 - rho) * (1.0 + before * rho) / left)
    scale = left * later
    below = rho * (1.0 - rho) / np.where(scale > 0.0, scale, 1.0)
    diagonal = np.concatenate([np.ones_like(rho), later], axis=-1)
    below = np.concatenate([rho, below], axis=-1)
    lower = np.tril(np.ones((size, size)), -1) * below[..., None, :]
    return lower + np.eye(size) * diagonal[..., None, :]


def _autoregressive_least(_size: int) -> float:
    return -1.0


def _autoregressive(rho: Numbers, size: int) -> Matrices:
    """Return the factor of the matrix of `rho^|i - j|`: each effect from the one before it."""
    rho = np.asarray(rho, dtype=np.float64)[..., None, None]
    lag = np.subtract.outer(np.arange(size), np.arange(size))
    powers = np.where(lag >= 0, rho ** np.maximum(lag, 0), 0.0)
    news = np.where(np.arange(size) > 0, np.sqrt(1.0 - np.square(rho)), 1.0)
    return powers * news


COVARIANCES: tuple[Covariance, ...] = (
    Covariance("us", matrix=True),
    Covariance("diag"),
    Covariance(
        "cs",
        rho=Correlation(
            _compound_least,
            _compound,
            "(1.0 - {rho}) * jnp.eye({size}) + {rho}",
            "one correlation",
        ),
    ),
    Covariance(
        "ar1",
        rho=Correlation(
            _autoregressive_least,
            _autoregressive,
            "{rho} ** jnp.abs(jnp.arange({size})[:, None] - jnp.arange({size}))",
            "autoregressive",
        ),
        equal=True,
    ),
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
