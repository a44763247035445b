"""Draws by group, level and effect -> a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from formix.verbs.estimates import estimates
from formix.verbs.table import Table

if TYPE_CHECKING:
    from jaxtyping import Float

NAMES = ("group", "level", "effect")


@dataclass(frozen=True, eq=False)
class GroupTable:
    """What is known of one group's effects: columns by level and effect, and the labels of both."""

    group: str
    levels: Sequence[object]
    effects: Sequence[str]
    columns: Mapping[str, Float[np.ndarray, " row"]]


def of_draws(
    group: str,
    levels: Sequence[object],
    effects: Sequence[str],
    draws: Float[np.ndarray, "chain draw level effect"],
    prob: float,
) -> GroupTable:
    """Return mean, sd and interval of the draws of a group's effects."""
    return GroupTable(group, levels, effects, estimates(draws, prob))


def level_table(parts: Sequence[GroupTable]) -> pd.DataFrame:
    """Return one row a group, level and effect, in the order given."""
    names = list(parts[0].columns)
    table = {name: np.concatenate([part.columns[name] for part in parts]) for name in names}
    return Table(table, index=_index(parts))


def tidied(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in the shape and order of lme4's `as.data.frame(ranef(fit))`.

    The order is by group, then by effect, then by level. What is not known is NaN.
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
                "condsd": rows.get("sd", np.nan),
            }
        )
        .iloc[order]
        .reset_index(drop=True)
    )


def _index(parts: Sequence[GroupTable]) -> pd.MultiIndex:
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
