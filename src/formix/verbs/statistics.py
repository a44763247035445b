"""Numbers that tell of the distribution of a response: by name, or functions of the user's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from formix.errors import ArgumentError

if TYPE_CHECKING:
    from jaxtyping import Float

    Responses = Float[np.ndarray, "sample obs *level"]
    BySample = Float[np.ndarray, " sample"]


@dataclass(frozen=True, eq=False)
class Statistic:
    """A number of responses: its name, and what makes it of every sample.

    `of_numbers` tells that it means nothing of levels.
    """

    name: str
    of: Callable[[Responses], BySample]
    of_numbers: bool = True


def _skew(y: Responses) -> BySample:
    """Return the third standardised moment; that of numbers that are all the same is 0."""
    left = y - y.mean(axis=1, keepdims=True)
    spread = np.sqrt(np.mean(np.square(left), axis=1))
    scaled = left / np.where(spread > 0.0, spread, 1.0)[:, None]
    return np.mean(scaled**3, axis=1)


def _sd(y: Responses) -> BySample:
    return np.std(y, axis=1, ddof=1) if y.shape[1] > 1 else np.zeros(len(y))


NAMED: Mapping[str, Callable[[Responses], BySample]] = {
    "mean": lambda y: np.mean(y, axis=1),
    "sd": _sd,
    "median": lambda y: np.median(y, axis=1),
    "min": lambda y: np.min(y, axis=1),
    "max": lambda y: np.max(y, axis=1),
    "skew": _skew,
    "zeros": lambda y: np.mean(y == 0.0, axis=1),
}
"""Those that have a name; `zeros` is the share of responses that are 0."""


def statistics(given: object) -> tuple[Statistic, ...]:
    """Return what is asked for: a name, a function, several of them, or a mapping of functions.

    Raises
    ------
    ArgumentError
        If one is neither, with those that have a name.

    Examples
    --------
    >>> [one.name for one in statistics(["mean", np.ptp])]
    ['mean', 'ptp']
    """
    if isinstance(given, Mapping):
        named = cast("Mapping[object, object]", given)
        found = [_one(value, str(name)) for name, value in named.items()]
    elif isinstance(given, str) or callable(given) or not isinstance(given, Iterable):
        found = [_one(given)]
    else:
        found = [_one(value) for value in cast("Iterable[object]", given)]
    if not found:
        raise ArgumentError("no statistic is asked for", hint=f"there are: {', '.join(NAMED)}")
    return tuple(found)


def _one(given: object, name: str = "") -> Statistic:
    if isinstance(given, str) and given in NAMED:
        return Statistic(name or given, NAMED[given])
    if callable(given):
        name = name or str(getattr(given, "__name__", "statistic"))
        return Statistic(name, _by_hand(given, name), of_numbers=False)
    raise ArgumentError(
        f"{given!r} is no statistic",
        hint=f"there are: {', '.join(NAMED)}; or give a function of an array",
    )


def _by_hand(function: Callable[..., Any], name: str) -> Callable[[Responses], BySample]:
    def of(y: Responses) -> BySample:
        try:
            return np.array([float(function(one)) for one in y])
        except Exception as error:
            raise ArgumentError(
                f"the statistic `{name}` stopped: {type(error).__name__}: {error}",
                hint="it is given an array of the responses, and returns a number",
            ) from error

    return of
