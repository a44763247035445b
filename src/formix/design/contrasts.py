"""Contrasts of a factor, under R's names and short ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from formix.design.column import text_of

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.spec import Label

NAMES = ("treatment", "SAS", "sum", "helmert", "poly")
"""The contrasts that have a name; R's `contr.` may stand before it, and case does not matter."""

_ALIASES = {name.lower(): name for name in NAMES} | {"polynomial": "poly"}


@dataclass(frozen=True)
class Contrast:
    """How a factor becomes columns: a named contrast, or a matrix of the user's.

    Parameters
    ----------
    name
        One of `NAMES`, or `matrix`.
    base
        The level that treatment contrasts compare with: its label, or None for the first.
    width
        How many columns to keep; None for one fewer than levels.
    rows, labels
        The user's matrix, a row a level, and the names of its columns.
    bare
        Whether it was written as a function, `C(f, contr.treatment)`: R then names the columns by
        numbers, and by levels elsewhere.
    """

    name: str
    base: Label | None = None
    width: int | None = None
    rows: tuple[tuple[float, ...], ...] = ()
    labels: tuple[str, ...] = ()
    bare: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the contrast as JSON has it."""
        return {
            "name": self.name,
            "base": self.base,
            "width": self.width,
            "rows": [list(row) for row in self.rows],
            "labels": list(self.labels),
            "bare": self.bare,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Contrast:
        """Return the contrast that `to_dict` wrote."""
        rows = tuple(tuple(float(value) for value in row) for row in stored["rows"])
        labels = tuple(str(name) for name in stored["labels"])
        return cls(stored["name"], stored["base"], stored["width"], rows, labels, stored["bare"])


TREATMENT = Contrast("treatment")
POLYNOMIAL = Contrast("poly")


def named(name: str) -> Contrast | None:
    """Return the contrast called `name`, in R's spelling or a short one; None if there is none.

    Examples
    --------
    >>> named("contr.sum") == named("Sum") == named("sum")
    True
    """
    short = _ALIASES.get(name.removeprefix("contr.").lower())
    return None if short is None else Contrast(short)


def from_matrix(matrix: object) -> Contrast | None:
    """Return the contrast that a matrix spells, a row a level; None if it is no matrix."""
    names = getattr(matrix, "columns", None)
    try:
        values = np.asarray(matrix, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    if values.ndim != 2 or not np.isfinite(values).all():
        return None
    rows = tuple(tuple(row) for row in values.tolist())
    labels = () if names is None else tuple(str(name) for name in cast("Sequence[object]", names))
    return Contrast("matrix", rows=rows, labels=labels)


def contrast_matrix(contrast: Contrast, levels: Sequence[Label]) -> Float[np.ndarray, "level col"]:
    """Return the columns that a level becomes, a row a level.

    A matrix of the user's keeps the columns it has, however few, as in R's `contrasts.arg`.

    Examples
    --------
    >>> contrast_matrix(Contrast("sum"), ["a", "b", "c"])
    array([[ 1.,  0.],
           [ 0.,  1.],
           [-1., -1.]])
    """
    n = len(levels)
    if contrast.name == "matrix":
        matrix = np.array(contrast.rows).reshape(n, _matrix_width(contrast))
    elif contrast.name == "sum":
        matrix = np.vstack([np.eye(n - 1), -np.ones((1, n - 1))])
    elif contrast.name == "helmert":
        matrix = _helmert(n)
    elif contrast.name == "poly":
        matrix = _polynomial(n)
    else:
        matrix = np.delete(np.eye(n), base_of(contrast, levels), axis=1)
    return matrix[:, : contrast.width]


def base_of(contrast: Contrast, levels: Sequence[Label]) -> int:
    """Return the position of the level that treatment contrasts leave out."""
    if contrast.name == "SAS":
        return len(levels) - 1
    return 0 if contrast.base is None else list(levels).index(contrast.base)


def contrast_suffixes(contrast: Contrast, levels: Sequence[Label]) -> Sequence[Label]:
    """Return what names each column after the factor's name: levels, numbers, or R's `.L`, `.Q`."""
    n = len(levels)
    if contrast.name in ("treatment", "SAS"):
        base = base_of(contrast, levels)
        kept: list[Label] = [level for i, level in enumerate(levels) if i != base]
        return kept[: contrast.width]
    if contrast.name == "poly":
        return [*(".L", ".Q", ".C")[: n - 1], *(f"^{k}" for k in range(4, n))][: contrast.width]
    if contrast.labels:
        return contrast.labels[: contrast.width]
    columns = _matrix_width(contrast) if contrast.name == "matrix" else n - 1
    return [text_of(k) for k in range(1, columns + 1)][: contrast.width]


def _matrix_width(contrast: Contrast) -> int:
    return len(contrast.rows[0]) if contrast.rows else 0


def _helmert(n: int) -> np.ndarray:
    matrix = np.zeros((n, n - 1))
    for j in range(n - 1):
        matrix[: j + 1, j] = -1.0
        matrix[j + 1, j] = j + 1.0
    return matrix


def _polynomial(n: int) -> np.ndarray:
    """Orthonormal polynomials in 1 to n, by their three-term recurrence."""
    x = np.arange(n) - (n - 1) / 2
    columns = [np.full(n, 1 / np.sqrt(n))]
    for j in range(n - 1):
        column = x * columns[j]
        # Twice is enough: a second pass removes what rounding left of the earlier columns.
        for _ in range(2):
            for earlier in columns:
                column = column - earlier * (earlier @ column)
        columns.append(column / np.linalg.norm(column))
    return np.column_stack(columns[1:])
