"""What lets a likelihood rise without end, as far as columns show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Bool

    from formix.spec import Predictor, Spec

_HELD = "model.fit() has priors that hold coefficients"


def separation(spec: Spec) -> str:
    """Return what may let coefficients grow without end, and what to do: a hint.

    A logarithm of a rate falls for ever where every count is 0; logits grow where a column tells
    successes from failures.

    References
    ----------
    Albert and Anderson (1984), doi:10.1093/biomet/71.1.1; Santos Silva and Tenreyro (2010),
    doi:10.1016/j.econlet.2010.02.020 (counts).
    """
    if spec.family.logits:
        return f"does a column tell all successes from failures? {_HELD}"
    if not spec.family.discrete:
        return _HELD
    where = _all_zero(spec.predictors[0], np.asarray(spec.response.values) == 0)
    if where is None:
        return f"is there a level, or a combination of levels, where every count is 0? {_HELD}"
    return f"every count is 0{where}; {_HELD}"


def _all_zero(of: Predictor, zero: Bool[np.ndarray, " obs"]) -> str | None:
    """Return where every count is 0, as far as one term tells."""
    if zero.all():
        return ""
    for label, column in zip(of.labels, of.X.T, strict=True):
        if _one_sided(column) and zero[column != 0.0].all():
            return f" where `{label}` is not 0"
    terms = dict.fromkeys(column.term for column in of.columns[1:]) if of.has_intercept else ()
    for term in terms:
        mine = of.X[:, [column.term == term for column in of.columns]]
        first = ~mine.any(axis=1)
        levels = bool(np.all((mine == 0.0) | (mine == 1.0)) and np.all(mine.sum(axis=1) <= 1.0))
        if levels and first.any() and zero[first].all():
            several = mine.shape[1] > 1
            return f" at the first level of `{term}`" if several else f" where `{term}` is 0"
    return None


def _one_sided(column: np.ndarray) -> bool:
    return bool(column.any() and (np.all(column >= 0.0) or np.all(column <= 0.0)))
