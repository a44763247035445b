"""Draws of the sites of a result -> the factors of covariances and the noise that they hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.structure import GroupColumns, Structure

    Flat = Mapping[str, Float[np.ndarray, "sample ..."]]
    Matrices = Float[np.ndarray, "sample effect effect"]


def factor(group: GroupColumns, values: Flat) -> Matrices:
    """Return the factor of a group's covariance in every sample; of the rows' own, sigma."""
    if not group.name:
        return values["sigma"][:, None, None]
    sd = values[f"sd_{group.name}"]
    if f"cor_{group.name}" not in values:
        return sd[:, :, None] * np.eye(group.size)
    return sd[:, :, None] * root(values[f"cor_{group.name}"])


def root(correlations: Matrices) -> Matrices:
    """Return lower factors of correlation matrices, also of those that rounding made singular.

    Examples
    --------
    >>> root(np.ones((1, 2, 2))).round(6).tolist()
    [[[1.0, 0.0], [1.0, 0.0]]]
    """
    try:
        return np.linalg.cholesky(correlations)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(correlations)
        wide = np.swapaxes(vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :], 1, 2)
        upper = np.linalg.qr(wide, mode="r")
        signs = np.where(np.diagonal(upper, axis1=1, axis2=2) < 0.0, -1.0, 1.0)
        return np.swapaxes(upper * signs[:, :, None], 1, 2)


def sigmas(of: Structure, values: Flat, samples: int) -> Float[np.ndarray, " sample"]:
    """Return the noise's standard deviation in every sample: sampled, fixed, or none."""
    return values["sigma"] if "sigma" in values else np.full(samples, of.fixed_sigma or 0.0)
