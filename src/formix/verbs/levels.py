"""Draws by group, level and effect -> a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from formix.verbs.estimates import estimates

if TYPE_CHECKING:
    from jaxtyping import Float

NAMES = ("group", "level", "effect")


@dataclass(frozen=True, eq=False)
class GroupDraws:
    """The draws of one group's effects, with the labels of its levels and effects."""

    group: str
    levels: Sequence[object]
    effects: Sequence[str]
    draws: Float[np.ndarray, "chain draw level effect"]


def level_table(parts: Sequence[GroupDraws], prob: float) -> pd.DataFrame:
    """Return mean, sd and interval with one row a group, level and effect, in the order given."""
    columns = [estimates(part.draws, prob) for part in parts]
    table = {name: np.concatenate([c[name] for c in columns]) for name in columns[0]}
    return pd.DataFrame(table, index=_index(parts))


def tidied(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in the shape and order of lme4's `as.data.frame(ranef(fit))`.

    The order is by group, then by effect, then by level.
    """
    rows = table.reset_index()
    places = [rows[name] for name in ("group", "effect")]
    keys = [pd.factorize(place)[0] for place in places]
    order = np.lexsort((np.arange(len(rows)), *reversed(keys)))
    return (
        pd.DataFrame(
            {
                "grpvar": rows["group"],
                "term": rows["effect"],
                "grp": rows["level"],
                "condval": rows["mean"],
                "condsd": rows["sd"],
            }
        )
        .iloc[order]
        .reset_index(drop=True)
    )


def _index(parts: Sequence[GroupDraws]) -> pd.MultiIndex:
    """Return the index with each level's labels in order of appearance.

    pandas would sort them, and then warn that the rows are not: `.loc[("Subject", 308)]` is slow.
    """
    labels: list[list[object]] = [[], [], []]
    for part in parts:
        rows = len(part.levels) * len(part.effects)
        labels[0] += [part.group] * rows
        labels[1] += [level for level in part.levels for _ in part.effects]
        labels[2] += list(part.effects) * len(part.levels)
    places = [{label: k for k, label in enumerate(dict.fromkeys(column))} for column in labels]
    pairs = zip(places, labels, strict=True)
    codes = [[place[label] for label in column] for place, column in pairs]
    levels: list[Any] = [pd.Index(list(place)) for place in places]
    return pd.MultiIndex(levels=levels, codes=codes, names=NAMES)
