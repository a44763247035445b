"""The blocks of one group, and the sites that they share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from formix.spec import Block


def together(blocks: tuple[Block, ...]) -> tuple[tuple[Block, ...], ...]:
    """Return the blocks that share a group's sites together, in formula order."""
    found: dict[str, list[Block]] = {}
    for block in blocks:
        found.setdefault(block.prefix + block.group, []).append(block)
    return tuple(tuple(same) for same in found.values())


def rho_sites(blocks: Sequence[Block]) -> tuple[str, ...]:
    """Return the site of the number that makes each block's correlations, of those of one group.

    It is empty where no number does, and has the block's place behind it where several do.
    """
    made = [block.structure.rho is not None for block in blocks]
    return tuple(
        f"{block.prefix}rho_{block.group}" + (f"_{place}" if sum(made) > 1 else "") if own else ""
        for place, (block, own) in enumerate(zip(blocks, made, strict=True), start=1)
    )
