"""Noise beside known standard errors, which the algebra draws and the printed program does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.marginal.coordinates import Scales
    from formix.engines.marginal.structure import Structure

    Values = Float[np.ndarray, " point"]
    Effects = Float[np.ndarray, "point level effect"]

_HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))


@dataclass(frozen=True, eq=False)
class RowNoise:
    """A sigma beside known standard errors, as one effect for each row: the last group's.

    In the program it is part of the variance of the row. So the density of everything in the
    program's sites is that of the algebra less the density of this noise, given the rest.
    """

    of: Structure

    def log_density(
        self, scales: Scales, beta: Float[np.ndarray, "point coef"], effects: Sequence[Effects]
    ) -> Values:
        """Return the log density of the noise over sigma, given the coefficients and effects."""
        *groups, _ = self.of.groups
        residual = self.of.y - beta @ self.of.X.T
        for group, r in zip(groups, effects, strict=False):
            for j in range(group.size):
                residual -= r[:, group.index, j] * group.Z[:, j]
        sigma = scales.sigma[:, None]
        noise = effects[-1][:, :, 0]
        weights = 1.0 if self.of.weights is None else self.of.weights
        # Given the residual e, noise over sigma is normal: mean w sigma e / a, precision a.
        precision = 1.0 + weights * np.square(sigma)
        away = noise / sigma - weights * sigma * residual / precision
        logs = 0.5 * np.log(precision) - 0.5 * precision * np.square(away) - _HALF_LOG_2PI
        return np.sum(logs, axis=1)


def row_noise(of: Structure) -> RowNoise | None:
    """Return the noise beside known standard errors, where there is any."""
    return RowNoise(of) if of.groups and not of.groups[-1].name else None
