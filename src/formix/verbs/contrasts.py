"""Contrasts: the two values of a column that are compared, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from formix.design.column import text_of
from formix.errors import ArgumentError

if TYPE_CHECKING:
    import pandas as pd
    from jaxtyping import Float

    from formix.verbs.grids import Regressor

    Array = Float[np.ndarray, "..."]
    Rows = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Contrast:
    """Two values of a column, at the rows of a frame.

    Parameters
    ----------
    variable, label
        The column, and what is compared, such as `B - A`.
    low, high
        What makes the rows of either value.
    per_unit
        Whether it is told by how far the two values are apart.
    """

    variable: str
    label: str
    low: Rows
    high: Rows
    per_unit: bool = False


@dataclass(frozen=True)
class Comparison:
    """How two predictions are compared: a label of two values, and the function."""

    label: str
    value: Callable[[Any, Any], Any]

    def of(self, high: Array, low: Array) -> Array:
        """Return what is to be known of two predictions, infinite or NaN where it is not finite."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return self.value(high, low)


def _log_odds(high: Array, low: Array) -> Array:
    if np.any((high < 0.0) | (high > 1.0) | (low < 0.0) | (low > 1.0)):
        raise ArgumentError(
            'comparison="lnoratio" needs probabilities, and these predictions are not',
            hint='kind="mu" predicts the probability of a binomial response',
        )
    return np.log(high / (1.0 - high)) - np.log(low / (1.0 - low))


COMPARISONS = {
    "difference": Comparison("{} - {}", lambda high, low: high - low),
    "ratio": Comparison("{} / {}", lambda high, low: high / low),
    "lnratio": Comparison("ln({} / {})", lambda high, low: np.log(high / low)),
    "lnoratio": Comparison("ln(odds({}) / odds({}))", _log_odds),
}
"""Ways to compare, by name: with marginaleffects' names and labels."""


def pairs_of(levels: Sequence[object], how: object) -> list[tuple[int, int]]:
    """Return which levels are compared, the one that is subtracted second.

    Raises
    ------
    ArgumentError
        If it is not known how.
    """
    count = len(levels)
    how = how if isinstance(how, str) else repr(how)
    if how == "reference":
        return [(j, 0) for j in range(1, count)]
    if how == "sequential":
        return [(j, j - 1) for j in range(1, count)]
    if how == "pairwise":
        return [(j, i) for i in range(count) for j in range(i + 1, count)]
    raise ArgumentError(
        f"levels cannot be compared by {how!r}",
        hint='"reference", "sequential", "pairwise", or a pair of levels',
    )


def contrasts(of: Regressor, how: object, label: str) -> list[Contrast]:
    """Return the contrasts of a column.

    Parameters
    ----------
    how
        Of a number: what is added, `sd`, `iqr`, `minmax`, or a pair of values. Of levels:
        `reference`, `sequential`, `pairwise`, or a pair. None for +1 and `reference`.
    label
        How two values are written.

    Raises
    ------
    ArgumentError
        If it is none of them.
    """
    pair = _pair(how)
    if of.levels:
        return _of_levels(of, how, pair, label)
    if pair is not None:
        return [_fixed(of, pair, label.format(*map(_text, pair[::-1])))]
    truth = isinstance(how, bool)
    if how is None or (isinstance(how, Real) and not truth):
        step = 1.0 if how is None else float(how)
        return [Contrast(of.name, f"{step:+g}", moved(of.name, 0.0), moved(of.name, step))]
    x = of.numbers
    if how == "sd":
        mean, half = float(np.mean(x)), 0.5 * float(np.std(x, ddof=1))
        shown = label.format("(mean + sd/2)", "(mean - sd/2)")
        return [_fixed(of, (mean - half, mean + half), shown)]
    if how == "iqr":
        low, high = np.quantile(x, [0.25, 0.75]).tolist()
        return [_fixed(of, (low, high), label.format("Q3", "Q1"))]
    if how == "minmax":
        return [_fixed(of, (float(x.min()), float(x.max())), label.format("Max", "Min"))]
    raise ArgumentError(
        f"`{of.name}` is a number, and cannot be compared by {how!r}",
        hint='a number that is added, "sd", "iqr", "minmax", or a pair of values',
    )


def _of_levels(
    of: Regressor, how: object, pair: tuple[object, object] | None, label: str
) -> list[Contrast]:
    levels: Sequence[object] = of.levels
    if pair is not None:
        known = {text_of(level) for level in of.levels}
        unknown = next((one for one in pair if _text(one) not in known), None)
        if unknown is not None:
            raise ArgumentError(
                f"{unknown!r} is not a level of `{of.name}`",
                hint=f"its levels: {', '.join(map(text_of, of.levels))}",
            )
        levels, places = pair, [(1, 0)]
    else:
        places = pairs_of(levels, "reference" if how is None else how)
    return [
        _fixed(
            of, (levels[low], levels[high]), label.format(_text(levels[high]), _text(levels[low]))
        )
        for high, low in places
    ]


def _pair(how: object) -> tuple[object, object] | None:
    if isinstance(how, str) or not isinstance(how, Iterable):
        return None
    given = tuple(cast("Iterable[object]", how))
    if len(given) != 2:
        raise ArgumentError(
            f"{how!r} has {len(given)} values, and two are compared", hint="such as (0, 5)"
        )
    return given[0], given[1]


def _text(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _fixed(of: Regressor, pair: tuple[object, object], label: str) -> Contrast:
    def rows(value: object) -> Rows:
        def of_frame(frame: pd.DataFrame) -> pd.DataFrame:
            return frame.assign(**{of.name: of.series([value] * len(frame))})

        return of_frame

    return Contrast(of.name, label, rows(pair[0]), rows(pair[1]))


def moved(name: str, step: float) -> Rows:
    """Return what makes the rows in which a number is larger by a step."""

    def of_frame(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(**{name: frame[name].to_numpy() + step})

    return of_frame
