"""Probabilities of the levels of a response in NumPy, and the responses that have levels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.errors import DataError
from formix.families.responses import are_counts, listed
from formix.families.tails import counted
from formix.masses import log_complement

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

    from formix.masses import Tails
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


def level_tails(y: Array, logs: Levels) -> Tails:
    """Return the tails of the level that a response is, the smaller one summed."""
    whole = np.broadcast_to(-np.inf, logs[..., :1].shape)
    lower = np.logaddexp.accumulate(logs, axis=-1)
    upper = np.logaddexp.accumulate(logs[..., :0:-1], axis=-1)[..., ::-1]
    upper = np.concatenate([upper, whole], axis=-1)

    def tails(code: Array) -> Tails:
        below, above = at_level(code, lower), at_level(code, upper)
        left = below < above
        return (
            np.where(left, below, log_complement(np, above)),
            np.where(left, log_complement(np, below), above),
        )

    return counted(y, logs.shape[-1] - 1.0, tails)


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
    coded = ordinal(response)
    return _one_level(coded, family) or _no_more_levels(coded, family)


def _no_more_levels(response: Response, family: str) -> DataError | None:
    """Return why levels beyond those that there are cannot be meant, or nothing."""
    last, known = len(response.levels) - 1.0, response.known
    hint = (
        "say which levels there are by an ordered factor in the data, as "
        "pandas.Categorical(values, categories=[...], ordered=True)"
    )
    above = (known.get("cens", np.zeros(1)) > 0) & (response.values >= last)
    if above.any():
        return DataError(
            f"a row of `{response.name}` is censored above {response.levels[-1]}, and a {family} "
            "response knows no level there",
            hint=hint,
        )
    low, high = (known.get(f"trunc_{side}") for side in ("lower", "upper"))
    if low is None and high is None:
        return None
    bound = (low is not None and (low > 0.0).any()) or (high is not None and (high < last).any())
    if bound:
        return None
    return DataError(
        f"`trunc()` leaves out no level of `{response.name}`: {listed(response.levels)}", hint=hint
    )


def ordinal(response: Response) -> Response:
    """Return an ordinal response with its levels; whole numbers are levels from 1 on.

    The last one is the largest response, or the largest upper end of an interval.
    """
    if response.levels:
        return response
    known = dict(response.known)
    interval = known.get("cens", np.zeros(1)) == 2
    seen = np.concatenate([response.values, np.where(interval, known.get("cens_upper", 1.0), 1.0)])
    levels = tuple(range(1, int(seen[np.isfinite(seen)].max(initial=1.0)) + 1))
    for name in ("cens_upper", "trunc_lower", "trunc_upper"):
        if name in known:
            known[name] = known[name] - 1.0
    values = response.values - 1.0
    return replace(response, levels=levels, values=values, known=known, ordered=True)


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
