"""Which units of rows are left out together: the rows or the levels of a group, in folds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.plan import whole
from formix.errors import ArgumentError
from formix.results.names import coordinate
from formix.results.units import Units, units_of
from formix.verbs.row_labels import labelled_rows, labels_by_row

if TYPE_CHECKING:
    from jaxtyping import Int

    from formix.models import Model


@dataclass(frozen=True, eq=False)
class Folds:
    """Units of rows, and the fold in which each is left out.

    Parameters
    ----------
    units
        The unit of each row.
    dim, labels
        What the units are, and how they are named.
    of
        The fold of each unit.
    """

    units: Units
    dim: str
    labels: np.ndarray
    of: Int[np.ndarray, " unit"]

    @property
    def count(self) -> int:
        """How many folds there are."""
        return int(self.of.max()) + 1

    def rows(self, fold: int) -> Int[np.ndarray, " row"]:
        """Return the rows that are left out in a fold."""
        return np.flatnonzero(self.of[self.units.index] == fold)


def folds_of(model: Model, k: int, group: object, stratify: object, seed: int) -> Folds:
    """Return units in folds of about the same size, drawn by a seed.

    Raises
    ------
    ArgumentError
        If there are fewer units than folds, or what is said of the rows is not of them.
    UnsupportedError
        If effects within the units cannot be integrated.
    """
    whole("k", k, 2)
    whole("seed", seed, 0)
    rows = len(model.design.rows)
    if group is None:
        name, labels, index = "obs", np.asarray(coordinate(model.design.rows)), np.arange(rows)
        units = Units(index, rows)
    else:
        name, labels, index = labelled_rows(model, group, "group")
        units = units_of(model.spec, index, len(labels))
    if k > len(labels):
        what = "rows" if group is None else f"levels of {name}"
        raise ArgumentError(
            f"k={k} folds cannot be made of {len(labels)} {what}",
            hint=f"k={len(labels)} leaves one out at a time",
        )
    strata = np.zeros(len(labels), dtype=np.int64)
    if stratify is not None:
        strata = _strata(model, stratify, units)
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(labels))
    order = order[np.argsort(strata[order], kind="stable")]
    of = np.empty(len(labels), dtype=np.int64)
    of[order] = np.arange(len(labels)) % k
    return Folds(units, name, labels, of)


def _strata(model: Model, stratify: object, units: Units) -> Int[np.ndarray, " unit"]:
    name, values = labels_by_row(model, stratify, "stratify")
    _, codes = np.unique(values, return_inverse=True)
    found = np.zeros(units.count, dtype=np.int64)
    found[units.index] = codes
    if not np.array_equal(found[units.index], codes):
        raise ArgumentError(
            f"rows that are left out together differ in `{name}`, by which folds are balanced",
            hint="stratify by what is the same in all of them",
        )
    return found
