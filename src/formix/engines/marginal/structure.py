"""Spec -> what the algebra works on: groups with all their columns, and the noise of each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.covariances import covariance

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.spec import Block, GaussianForm, Spec


@dataclass(frozen=True)
class Part:
    """The columns of a group that share one covariance: those of one block."""

    start: int
    stop: int
    correlated: bool

    @property
    def size(self) -> int:
        """How many columns it has."""
        return self.stop - self.start


@dataclass(frozen=True, eq=False)
class GroupColumns:
    """One group: the columns of all its blocks side by side, and each row's level.

    A group without a name is the rows themselves: noise beside a known standard error.
    """

    name: str
    Z: Float[np.ndarray, "obs effect"]
    index: Int[np.ndarray, " obs"]
    levels: int
    parts: tuple[Part, ...]
    labels: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many effects a level has."""
        return self.Z.shape[1]


@dataclass(frozen=True, eq=False)
class Structure:
    """A Gaussian multilevel model as arrays.

    Row `i` has variance `sigma^2 / weights[i]`, or `1 / weights[i]` where `scaled` is false: then
    standard errors are known, and a sigma beside them is the standard deviation of the last group.
    `sigma` holds its value where it is fixed.
    """

    y: Float[np.ndarray, " obs"]
    X: Float[np.ndarray, "obs coef"]
    weights: Float[np.ndarray, " obs"] | None
    groups: tuple[GroupColumns, ...]
    scaled: bool
    sigma: float | None

    @property
    def rows(self) -> int:
        """How many observations there are."""
        return len(self.y)


def structure(spec: Spec) -> Structure:
    """Return the model as arrays; blocks of one group stand side by side, in formula order."""
    predictor = spec.predictors[0]
    y = np.asarray(spec.response.values, dtype=np.float64)
    if predictor.offset is not None:
        y = y - predictor.offset
    known = spec.response.known
    weights = np.asarray(known["weights"], dtype=np.float64) if "weights" in known else None
    sampled = any(parameter.site == "sigma" for parameter in spec.parameters)
    groups = tuple(_group(spec, blocks) for blocks in spec.groups)
    sigma = None if sampled else float(spec.fixed.get("sigma", 0.0))
    if "se" not in known:
        return Structure(y, predictor.X, weights, groups, True, sigma)
    error = np.square(np.asarray(known["se"], dtype=np.float64))
    if sampled:
        return Structure(y, predictor.X, 1.0 / error, (*groups, _rows(len(y))), False, None)
    return Structure(y, predictor.X, 1.0 / (error + (sigma or 0.0) ** 2), groups, False, sigma)


def _rows(count: int) -> GroupColumns:
    part = Part(0, 1, correlated=False)
    index = np.arange(count, dtype=np.int64)
    return GroupColumns("", np.ones((count, 1)), index, count, (part,), ("sigma",))


def _group(spec: Spec, blocks: tuple[Block, ...]) -> GroupColumns:
    forms = [gaussian_form(spec, block) for block in blocks]
    parts: list[Part] = []
    start = 0
    for form in forms:
        stop = start + form.Z.shape[1]
        correlated = covariance(form.covariance).correlated and stop - start > 1
        parts.append(Part(start, stop, correlated))
        start = stop
    Z = forms[0].Z if len(forms) == 1 else np.concatenate([form.Z for form in forms], axis=1)
    labels = tuple(label for block in blocks for label in block.labels)
    return GroupColumns(
        blocks[0].prefix + blocks[0].group,
        np.asarray(Z, dtype=np.float64),
        forms[0].index,
        forms[0].levels,
        tuple(parts),
        labels,
    )


def gaussian_form(spec: Spec, block: Block) -> GaussianForm:
    """Return the Gaussian form of a block.

    Raises
    ------
    LookupError
        If it has none: `supports` declines such a spec first.
    """
    form = spec.gaussian[next(i for i, own in enumerate(spec.blocks) if own is block)]
    if form is None:
        raise LookupError(block.text)
    return form
