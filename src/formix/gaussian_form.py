"""The noun by which engines integrate effects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float, Int


@dataclass(frozen=True, eq=False)
class GaussianForm:
    """What an engine needs to integrate effects that are jointly Gaussian.

    `eta += sum(Z * r[index], axis=-1)`, with rows of `r` independent over levels (or related by
    `relation`) and each distributed as the covariance says; `weights` scales the rows' precision.
    """

    Z: Float[np.ndarray, "obs effect"]
    index: Int[np.ndarray, " obs"]
    levels: int
    covariance: str
    weights: Float[np.ndarray, " obs"] | None = None
    relation: Float[np.ndarray, "level level"] | None = None
