"""Fits that keep their group-level effects, or some of what they say."""

from __future__ import annotations

from functools import cache

import pandas as pd

import formix as fx
from formix.results.groups import Groups

NESTED = ("strength ~ 1 + (1 | batch / cask)", "Pastes")
CROSSED = ("diameter ~ 1 + (1 | plate) + (1 | sample)", "Penicillin")
SLOPES = ("Reaction ~ Days + (Days | Subject)", "sleepstudy")


@cache
def fitted(formula: str, data: str, keep: str | None = None) -> Groups:
    """The fit of a packaged dataset, 4 chains of 1000 draws, the same whatever is kept."""
    return fx.Model(formula, fx.load(data)).sample(seed=5, draws=1000, keep_groups=keep)


def with_data(case: tuple[str, str]) -> tuple[str, pd.DataFrame]:
    return case[0], fx.load(case[1])
