"""The group-level effects, level by level; of very many levels those that stand out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from formix.reporting.html import Content, tag
from formix.reporting.tables import Body, table
from formix.spelling import label_text
from formix.verbs.cells import cells
from formix.verbs.ranef import ranef

if TYPE_CHECKING:
    import pandas as pd

    from formix.reporting.reported import Reported

_MOST = 60
"""Levels of a group that are all listed."""

_ENDS = 15
"""Levels that are listed from each end of more."""


def levels(reported: Reported) -> Iterator[Content]:
    """Yield a table of each group's effects."""
    if not reported.drawn.effects:
        return
    found = ranef(reported.fit)
    yield tag(
        "p",
        "How each level of a group deviates from the common effects: posterior mean, standard "
        "deviation and 95 % interval, on the scale of the linear predictor.",
    )
    for name in dict.fromkeys(found.index.get_level_values("group")):
        yield _group(str(name), cast("pd.DataFrame", found.xs(name, level="group")))


def _group(group: str, found: pd.DataFrame) -> Content:
    """Return the effects of a group: a row a level, the columns of each effect side by side."""
    effects = [str(name) for name in dict.fromkeys(found.index.get_level_values("effect"))]
    labels = list(dict.fromkeys(found.index.get_level_values("level")))
    shown = cells(found)
    lines = [
        (label_text(label), *(cell for row in shown[k : k + len(effects)] for cell in row))
        for label, k in zip(labels, range(0, len(shown), len(effects)), strict=True)
    ]
    width = len(found.columns)
    before = [("", 1), *((label_text(effect), width) for effect in effects)]
    head = ("level", *(str(name) for _ in effects for name in found.columns))
    means = cast("np.ndarray", found["mean"].to_numpy(dtype=float))[:: len(effects)]
    bodies = _bodies(lines, means, effects[0])
    caption = f"Effects of {label_text(group)}, {len(labels):,} levels"
    return table(caption, head, bodies, before=before)


def _bodies(lines: Sequence[Sequence[Content]], means: np.ndarray, by: str) -> list[Body]:
    if len(lines) <= _MOST:
        return [Body(lines)]
    order = np.argsort(means, kind="stable")
    ends: dict[str, np.ndarray] = {"greatest": order[: -_ENDS - 1 : -1], "least": order[:_ENDS]}
    said = f"of {len(lines):,} by {label_text(by)}; fx.ranef(fit) has all"
    return [
        Body([lines[int(i)] for i in some], f"The {len(some)} {which} {said}")
        for which, some in ends.items()
    ]
