"""Probabilities of the levels of a response in NumPy, and the responses that have levels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.errors import DataError
from formix.families.responses import are_counts, listed

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

    from formix.spec import Response

    Array = Float[np.ndarray, "..."]
    Levels = Float[np.ndarray, "... level"]


def softmax_of(logits: Levels) -> Levels:
    """Return the log probabilities of levels whose log weights are given."""
    return logits - special.logsumexp(logits, axis=-1, keepdims=True)


def cumulative_of(logits: Array) -> Levels:
    """Return those of levels by the log odds of being at or below each threshold."""
    below, above = logits[..., :-1], logits[..., 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        between = special.log_expit(above) + special.log_expit(-below)
        between = between + np.log(-np.expm1(below - above))
    first, last = special.log_expit(logits[..., :1]), special.log_expit(-logits[..., -1:])
    return np.concatenate([first, between, last], axis=-1)


def stopping_of(logits: Array) -> Levels:
    """Return those of levels by the log odds of stopping at each, once there."""
    return continuing_of(-logits)


def continuing_of(logits: Array) -> Levels:
    """Return those of levels by the log odds of going on from each, once there."""
    zero = np.zeros_like(logits[..., :1])
    reached = np.cumsum(np.concatenate([zero, special.log_expit(logits)], axis=-1), axis=-1)
    return reached + np.concatenate([special.log_expit(-logits), zero], axis=-1)


def adjacent_of(logits: Array) -> Levels:
    """Return those of levels by the log odds of each but the first over the one before."""
    zero = np.zeros_like(logits[..., :1])
    return softmax_of(np.cumsum(np.concatenate([zero, logits], axis=-1), axis=-1))


def at_level(y: Array, logs: Levels) -> Array:
    """Return the log probability of the level that each response is, a code into the last axis."""
    codes = np.asarray(y, dtype=np.int64)
    shape = np.broadcast_shapes(codes.shape, logs.shape[:-1])
    chosen = np.broadcast_to(codes, shape)[..., None]
    return np.take_along_axis(np.broadcast_to(logs, (*shape, logs.shape[-1])), chosen, -1)[..., 0]


def drawn_level(generator: np.random.Generator, logs: Levels) -> Array:
    """Return random levels of these log probabilities, as codes."""
    total = np.cumsum(np.exp(logs), axis=-1)
    u = generator.random(logs.shape[:-1])[..., None] * total[..., -1:]
    found = np.sum(total[..., :-1] < u, axis=-1).astype(np.float64)
    return np.where(np.isfinite(total[..., -1]), found, np.nan)


def not_levels(response: Response, family: str) -> DataError | None:
    """Return the fault of a response that is not a factor of two levels or more, or nothing."""
    if response.values.ndim != 1 or "trials" in response.known:
        return DataError(
            f"the response `{response.name}` counts, and a {family} response is one level a row",
            hint="for counts of every level take the family multinomial: cbind(a, b, c) ~ x",
        )
    if not response.levels:
        return DataError(
            f"the response `{response.name}` is numeric; a {family} response is a factor",
            hint=f"write factor({response.name}) ~ ...",
        )
    return _one_level(response, family)


def not_ordered(response: Response, family: str) -> DataError | None:
    """Return the fault of a response that is neither an ordered factor nor counts from 1."""
    name = response.name
    if response.values.ndim != 1 or "trials" in response.known:
        return DataError(
            f"the response `{name}` counts, and a {family} response is one level a row"
        )
    if response.levels and not response.ordered:
        return DataError(
            f"the levels of `{name}` have no order, and a {family} response needs one: "
            f"{listed(response.levels)}",
            hint="make it an ordered factor in the data, as "
            f"pandas.Categorical(values, categories=[...], ordered=True), or write ordered({name})",
        )
    if not response.levels:
        good = are_counts(response.values) & (response.values >= 1.0)
        if not good.all():
            bad = listed(tuple(f"{v:.6g}" for v in dict.fromkeys(response.values[~good].tolist())))
            return DataError(
                f"a {family} response is an ordered factor, or whole numbers from 1 on; `{name}` "
                f"has {bad}"
            )
    return _one_level(ordinal(response), family)


def ordinal(response: Response) -> Response:
    """Return an ordinal response with its levels; whole numbers are levels from 1 on."""
    if response.levels:
        return response
    levels = tuple(range(1, int(response.values.max()) + 1))
    return replace(response, levels=levels, values=response.values - 1.0, ordered=True)


def rows_outside(
    response: Response, good: Bool[np.ndarray, " obs"], family: str, what: str
) -> DataError | None:
    """Return the fault of rows that a family of several columns cannot have, or nothing."""
    if good.all():
        return None
    bad = response.values[~good]
    first = ", ".join(f"{value:.6g}" for value in bad[0])
    rows = f"{len(bad)} {'row' if len(bad) == 1 else 'rows'}"
    return DataError(
        f"a {family} response is {what}; `{response.name}` is not in {rows}, the first: {first}"
    )


def _one_level(response: Response, family: str) -> DataError | None:
    if len(response.levels) > 1:
        return None
    only = listed(response.levels)
    return DataError(
        f"the response `{response.name}` has one level only, {only}; a {family} response has two "
        "or more"
    )
