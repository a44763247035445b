"""The noun of the design: the response, each parameter's X, the blocks, and the rows kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from formix.spec import MAIN, Block, PredictorMatrix, Response

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    Rows = slice | Int[np.ndarray, " row"]


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

    def at(self, rows: Int[np.ndarray, " row"]) -> Design:
        """Return the design of some of the rows, with every column and level that there was."""
        return replace(
            self,
            response=response_at(self.response, rows),
            predictors=tuple(_matrix_at(matrix, rows) for matrix in self.predictors),
            blocks=tuple(block_at(block, rows) for block in self.blocks),
            rows=self.rows[rows],
            kept=self.kept[rows],
        )


def response_at(response: Response, rows: Rows) -> Response:
    """Return the response of some of the rows."""
    known = {name: values[rows] for name, values in response.known.items()}
    return replace(response, values=response.values[rows], known=known)


def block_at(block: Block, rows: Rows) -> Block:
    """Return a block at some of the rows, with every level that there was."""
    said = block.varying
    if said.weights is not None:
        said = replace(said, weights=said.weights[rows])
    return replace(block, Z=block.Z[rows], index=block.index[rows], varying=said)


def _matrix_at(matrix: PredictorMatrix, rows: Rows) -> PredictorMatrix:
    return replace(
        matrix,
        X=matrix.X[rows],
        offset=None if matrix.offset is None else matrix.offset[rows],
        means=matrix.X.mean(axis=0) if matrix.means is None else matrix.means,
    )
