"""The noun of the design: the response, each parameter's X, the blocks, and the rows kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from formix.spec import MAIN, Block, PredictorMatrix, Response

if TYPE_CHECKING:
    from jaxtyping import Float


@dataclass(frozen=True, eq=False)
class Design:
    """Design matrices: `X` of each predictor, `Z` and `index` of each block.

    `rows` are the labels of the rows kept, in the data's order, and `kept` their places in the
    data; `notes` say what was left out.
    """

    response: Response
    predictors: tuple[PredictorMatrix, ...]
    blocks: tuple[Block, ...]
    rows: np.ndarray
    notes: tuple[str, ...] = ()
    kept: np.ndarray = field(default_factory=lambda: np.arange(0))

    def __getitem__(self, name: str) -> PredictorMatrix:
        """Return the matrix of a parameter's predictor, by its name."""
        return next(matrix for matrix in self.predictors if matrix.name == name)

    @property
    def X(self) -> Float[np.ndarray, "obs coef"]:  # noqa: N802 - the matrix is called X
        """The matrix of the main predictor."""
        return self[MAIN].X

    @property
    def columns(self) -> tuple[str, ...]:
        """The labels of the columns of `X`."""
        return self[MAIN].labels
