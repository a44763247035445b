"""What a user gives a verb -> the same, or a refusal that says what to give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

import numpy as np

from formix.engines.plan import whole
from formix.errors import ArgumentError
from formix.prediction import ERROR, POPULATION, SAMPLE
from formix.verbs.estimates import tails

_NEW = (SAMPLE, POPULATION, ERROR)


def one_of(name: str, value: object, allowed: Iterable[str]) -> str:
    """Return one of some texts.

    Raises
    ------
    ArgumentError
        If it is none of them.

    Examples
    --------
    >>> one_of("comparison", "ratio", ("difference", "ratio"))
    'ratio'
    """
    there = tuple(allowed)
    if isinstance(value, str) and value in there:
        return value
    raise ArgumentError(
        f"`{name}` is {value!r}", hint=f"it is one of {', '.join(map(repr, there))}"
    )


def truth(name: str, value: object) -> bool:
    """Return a truth value.

    Raises
    ------
    ArgumentError
        If it is none.
    """
    if isinstance(value, bool | np.bool_):
        return bool(cast("bool", value))
    raise ArgumentError(f"`{name}` is {value!r}", hint=f"{name}=True or {name}=False")


def named(name: str, value: object, example: str) -> str:
    """Return a name; it may be empty.

    Raises
    ------
    ArgumentError
        If it is no text.
    """
    if isinstance(value, str):
        return value
    raise ArgumentError(f"`{name}` is {value!r}, which is no name", hint=example)


def interval(prob: float, summary: object) -> float | None:
    """Return the probability of the interval of a table; None where draws are asked for.

    Raises
    ------
    ArgumentError
        If it is not between 0 and 1, or `summary` is no truth value.
    """
    tails(prob)
    return prob if truth("summary", summary) else None


def check_sampling(draws: object, seed: object, new_levels: object = SAMPLE) -> None:
    """Refuse what is no number of draws or seed, or says nothing of new levels.

    Raises
    ------
    ArgumentError
        By name.
    """
    one_of("new_levels", new_levels, _NEW)
    if draws is not None:
        whole("draws", cast("int", draws), 1)
    if seed is not None:
        whole("seed", cast("int", seed), 0)


def by_name(name: str, value: object, example: str) -> Mapping[str, Any]:
    """Return a mapping of names; an empty one for None.

    Raises
    ------
    ArgumentError
        If it is no mapping.
    """
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value)
    raise ArgumentError(f"`{name}` is {value!r}, and holds values by name", hint=example)
