"""The model beside lme4: its estimates, and the calls of R that fit the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import numpy as np

from formix.reporting.code import code
from formix.reporting.html import Content, tag
from formix.reporting.tables import Body, table
from formix.spelling import label_text
from formix.verbs.cells import cells
from formix.verbs.compare_lme4 import COMMON, compare_lme4
from formix.verbs.r_code import r_code

if TYPE_CHECKING:
    import pandas as pd

    from formix.reporting.reported import Reported

_NUMBERS = ["mean", "sd", "estimate", "se"]


def compared(reported: Reported) -> Iterator[Content]:
    """Yield the posterior beside the estimates of lme4."""
    found = compare_lme4(reported.fit, **reported.given)
    yield tag(
        "p",
        "The posterior mean and standard deviation beside lme4's estimate and standard error. The "
        "difference is in standard errors, or in posterior standard deviations where lme4 has "
        "none. Posterior means of standard deviations lie above estimates by REML or maximum "
        "likelihood, which are modes of right-skewed distributions.",
    )
    by = str(found.columns.name)
    head = ("parameter", *_NUMBERS, "difference", "in lme4")
    parts = dict.fromkeys(found.index.get_level_values("part"))
    bodies = [
        _part(str(part), cast("pd.DataFrame", found.xs(part, level="part"))) for part in parts
    ]
    yield table(f"Beside {by}", head, bodies, texts=(0, 6))


def called(reported: Reported) -> Iterator[Content]:
    """Yield the calls of lme4 and brms that fit the same model."""
    of = reported.model
    yield tag("p", "The same model in R:")
    yield code(str(r_code(of)), "r", "Calls of R")


def _part(title: str, found: pd.DataFrame) -> Body:
    numbers = cells(found[_NUMBERS])
    differences: list[float] = found["difference"].to_list()
    lines = [
        (label_text(name), *row, "" if np.isnan(far) else f"{far:.2f}", label_text(theirs))
        for name, theirs, row, far in zip(
            found.index, found["lme4"], numbers, differences, strict=True
        )
    ]
    return Body(lines, "Common effects" if title == COMMON else title)
