"""What is wrong with a response of a family, in words that all families share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jaxtyping import Bool

    from formix.spec import Response

    Check = Callable[[Response], DataError | None]

_SHOWN = 5
"""Levels or values that are listed before the rest are left out."""


def numbers(
    family: str,
    good: Callable[[np.ndarray], Bool[np.ndarray, " obs"]] | None = None,
    what: str = "",
) -> Check:
    """Return the check of a response that is one number a row, all of them good."""

    def check(response: Response) -> DataError | None:
        fault = not_one_number(response, family)
        if fault is not None or good is None:
            return fault
        return outside(response, good(response.values), family, what)

    return check


def counts(family: str) -> Check:
    """Return the check of a response that is one count a row."""
    return numbers(family, are_counts, "a whole number of at least 0")


def positives(family: str) -> Check:
    """Return the check of a response that is one number above 0 a row."""
    return numbers(family, are_positive, "a number above 0")


def not_negatives(family: str) -> Check:
    """Return the check of a response that is one number of at least 0 a row."""
    return numbers(family, are_not_negative, "a number of at least 0")


def not_one_number(response: Response, family: str) -> DataError | None:
    """Return the fault of a response that is not one number a row, or nothing."""
    if response.levels:
        return DataError(
            f"the response `{response.name}` is not numeric; a {family} response is a number",
            hint=f"its values are levels: {listed(response.levels)}",
        )
    if response.values.ndim != 1 or "trials" in response.known:
        return DataError(
            f"the response `{response.name}` counts successes among trials; "
            f"a {family} response is one number a row",
            hint="make one column of it, or take the family binomial",
        )
    return None


def outside(
    response: Response, good: Bool[np.ndarray, " obs"], family: str, what: str, hint: str = ""
) -> DataError | None:
    """Return the fault of values that a family cannot have, or nothing where all are good."""
    if good.all():
        return None
    bad = response.values[~good]
    values = listed(tuple(f"{value:.6g}" for value in dict.fromkeys(bad.tolist())))
    rows = f"{len(bad)} {'row' if len(bad) == 1 else 'rows'}"
    return DataError(
        f"a {family} response is {what}; `{response.name}` is not in {rows}: {values}", hint=hint
    )


def are_counts(values: np.ndarray) -> Bool[np.ndarray, " obs"]:
    """Return which values are whole numbers of at least 0."""
    return (values >= 0.0) & (values == np.round(values)) & np.isfinite(values)


def are_positive(values: np.ndarray) -> Bool[np.ndarray, " obs"]:
    """Return which values are numbers above 0."""
    return (values > 0.0) & np.isfinite(values)


def are_not_negative(values: np.ndarray) -> Bool[np.ndarray, " obs"]:
    """Return which values are numbers of at least 0."""
    return (values >= 0.0) & np.isfinite(values)


def are_proportions(values: np.ndarray) -> Bool[np.ndarray, " obs"]:
    """Return which values are numbers of at least 0 and below 1."""
    return (values >= 0.0) & (values < 1.0)


def listed(values: tuple[object, ...]) -> str:
    """Return the first few of some values as text."""
    shown = ", ".join(str(value) for value in values[:_SHOWN])
    return f"{shown}, ..." if len(values) > _SHOWN else shown
