"""What a user says of groups -> which effects of each block take part in a prediction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

import numpy as np

from formix.errors import ArgumentError
from formix.formulas import expand
from formix.verbs.groups import group_named

if TYPE_CHECKING:
    from jaxtyping import Bool

    from formix.spec import Block

ALL, NONE = "all", "none"


def picked(groups: object, blocks: tuple[Block, ...]) -> dict[int, Bool[np.ndarray, " effect"]]:
    """Return which effects of each block take part.

    Parameters
    ----------
    groups
        `all`, `none`, or some of them: names such as `Subject`, and terms such as
        `(1 | Subject)`, whose effects alone take part.

    Raises
    ------
    ArgumentError
        If one is no group of the model, or its group has no such effect.
    FormulaError
        If a term cannot be read.
    """
    if isinstance(groups, str) and groups in (ALL, NONE):
        return {j: np.full(len(b.effects), groups == ALL) for j, b in enumerate(blocks)}
    asked, holds = list[object]([groups]), "is"
    if isinstance(groups, Iterable) and not isinstance(groups, str):
        asked, holds = list(cast("Iterable[object]", groups)), "holds"
    chosen = {j: np.zeros(len(block.effects), dtype=bool) for j, block in enumerate(blocks)}
    for one in asked:
        if not isinstance(one, str):
            raise ArgumentError(
                f"`groups` {holds} {one!r}, which is no text",
                hint='groups="all", "none", "Subject" or ["(1 | Subject)"]',
            )
        _pick(one, blocks, chosen)
    return chosen


def _pick(
    text: str, blocks: tuple[Block, ...], chosen: dict[int, Bool[np.ndarray, " effect"]]
) -> None:
    names = [block.group for block in blocks]
    if "|" not in text:
        name = group_named(text, names)
        for j, block in enumerate(blocks):
            chosen[j] |= block.group == name
        return
    for term in expand(f"y ~ 0 + {text}")["mu"].groups:
        name = group_named(term.group, names)
        wanted = {one.text for one in term.effects.terms}
        if term.effects.intercept:
            wanted.add("1")
        there = {e.column.term for block in blocks if block.group == name for e in block.effects}
        if not wanted <= there:
            lacking = ", ".join(f"`{one}`" for one in sorted(wanted - there))
            raise ArgumentError(
                f"{lacking} does not vary by `{name}` in this model",
                hint=f"by {name} vary: {', '.join(sorted(there))}",
            )
        for j, block in enumerate(blocks):
            if block.group == name:
                chosen[j] |= np.array([e.column.term in wanted for e in block.effects])
