"""Three estimates of each level's coefficients: its own rows', all rows', and the model's.

No pooling: those under which the rows of one level are most likely, all else being as the fit has
it at its means. Complete pooling: those under which all rows are, as if there were no groups.
Partial pooling: the posterior means. For a gaussian response the first two are least squares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.errors import ArgumentError
from formix.plots.likeliest import likeliest
from formix.spec import prefix
from formix.verbs.factors import factors

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.plots.deviations import Deviations
    from formix.plots.held import Held
    from formix.spec import Predictor


@dataclass(frozen=True, eq=False)
class Pooling:
    """The coefficients of the levels of a group that enter one predictor.

    Parameters
    ----------
    group, predictor, levels, effects
        The group, the predictor, and their labels.
    partial, own
        By level and effect: posterior means, and what the level's own rows say, NaN where they do
        not say it.
    complete
        What all rows say, by effect; 0 where a coefficient has no common part.
    beta
        What all rows say of each common coefficient of the predictor.
    shift
        `own` less `partial`.
    """

    group: str
    predictor: str
    levels: tuple[object, ...]
    effects: tuple[str, ...]
    partial: Float[np.ndarray, "level effect"]
    own: Float[np.ndarray, "level effect"]
    complete: Float[np.ndarray, " effect"]
    beta: Float[np.ndarray, " coef"]
    shift: Float[np.ndarray, "level effect"]

    @property
    def unknown(self) -> list[object]:
        """The levels that have no estimate of their own."""
        return [self.levels[j] for j in np.flatnonzero(np.isnan(self.own).sum(axis=1))]


def pooling(fit: Held, of: Deviations, predictor: str) -> Pooling:
    """Return the three estimates of the effects of a group in one predictor.

    Raises
    ------
    ArgumentError
        If rows belong to several levels of the group, or none of its effects is in the predictor.
    """
    columns, labels = list[np.ndarray](), list[str]()
    index = np.zeros(0, dtype=int)
    for blocks in fit.spec.groups:
        for block in blocks:
            if block.group != of.group:
                continue
            if block.varying.members > 1:
                raise ArgumentError(
                    f"a row belongs to several levels of `{of.group}`, none of which has rows of "
                    "its own",
                    hint="fx.plot_ranef(fit) draws their effects",
                )
            index = block.index
            for j, effect in enumerate(block.effects):
                if effect.predictor == predictor:
                    columns.append(block.Z[:, j])
                    labels.append(blocks[0].prefix + block.labels[j])
    if not columns:
        raise ArgumentError(f"no effect of `{of.group}` is in the predictor of {predictor}")
    one = fit.spec[predictor]
    Z = np.stack(columns, axis=1)
    shift = likeliest(fit, one, Z, index, len(of.levels), fit.linear[predictor])
    r = of.mean[:, [of.effects.index(label) for label in labels]]
    mean = fit.values.get(prefix(predictor) + "beta", np.zeros((1, 0)))[0]
    beta = _pooled(fit, one, mean)
    places = [_common(label.removeprefix(f"{predictor}."), one) for label in labels]
    common, complete = (np.array([x[j] if j >= 0 else 0.0 for j in places]) for x in (mean, beta))
    partial = common + r
    names = (of.group, predictor, of.levels, tuple(labels))
    return Pooling(*names, partial, partial + shift, complete, beta, shift)


def _common(label: str, predictor: Predictor) -> int:
    """Return the place of the common coefficient that an effect deviates from, or -1."""
    meaning = sorted(factors(label))
    found = (j for j, other in enumerate(predictor.labels) if sorted(factors(other)) == meaning)
    return next(found, -1)


def _pooled(fit: Held, predictor: Predictor, start: np.ndarray) -> Float[np.ndarray, " coef"]:
    """Return the coefficients of a predictor under which all rows are most likely, group or not."""
    if not predictor.X.shape[1]:
        return start
    rows = np.zeros(len(predictor.X), dtype=int)
    offset = 0.0 if predictor.offset is None else predictor.offset
    linear = predictor.X @ start + offset
    shift = likeliest(fit, predictor, predictor.X, rows, 1, linear)[0]
    return np.where(np.isnan(shift).any(), np.nan, start + shift)
