"""Elimination of groups by sparse algebra, for each point apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.marginal.elimination import elimination
from formix.engines.marginal.reduced import Reduced
from formix.engines.marginal.statistics import statistics

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.engines.laplace.columns import Columns
    from formix.engines.marginal.reduced import Effects, Factors, Left

    Rows = Float[np.ndarray, "point obs"]


@dataclass(frozen=True, eq=False)
class Apart:
    """What is left at each of some points, and the way back to what was eliminated."""

    parts: tuple[Reduced, ...]

    @property
    def reduced(self) -> Reduced:
        """What is left at all points."""
        form = np.concatenate([part.form for part in self.parts])
        logs = np.concatenate([part.log_determinant for part in self.parts])
        return Reduced(form, logs, self._effects, self._normals)

    def _effects(self, x: Left, normals: Sequence[Effects]) -> list[Effects]:
        each = [
            part.effects(x[p : p + 1], [z[p : p + 1] for z in normals])
            for p, part in enumerate(self.parts)
        ]
        return [np.concatenate(same) for same in zip(*each, strict=True)]

    def _normals(self, x: Left, effects: Sequence[Effects]) -> list[Effects]:
        each = [
            part.normals(x[p : p + 1], [r[p : p + 1] for r in effects])
            for p, part in enumerate(self.parts)
        ]
        return [np.concatenate(same) for same in zip(*each, strict=True)]


def apart(columns: Columns, weights: Rows, response: Rows, factors: Factors) -> Reduced:
    """Return what is left of a model with groups when some of them have been eliminated."""
    parts: list[Reduced] = []
    for point in range(len(weights)):
        of = replace(columns.of, y=response[point], weights=weights[point])
        how = elimination(of, statistics(of, columns.coefficients))
        if how is not None:
            mine = [factor[point : point + 1] for factor in factors]
            parts.append(how.reduce(mine, np.ones(1)))
    return Apart(tuple(parts)).reduced
