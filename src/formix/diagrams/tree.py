"""A tree as text: lines with the branches that lead to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Branch:
    """A line, and what hangs from it."""

    line: str
    branches: tuple[Branch, ...] = ()


def tree_text(root: Branch) -> str:
    """Return the tree of a root.

    Examples
    --------
    >>> print(tree_text(Branch("a", (Branch("b", (Branch("c"),)), Branch("d")))))
    a
    ├─ b
    │  └─ c
    └─ d
    """
    return "\n".join((root.line, *_below(root)))


def _below(branch: Branch) -> Iterator[str]:
    for number, one in enumerate(branch.branches, start=1):
        last = number == len(branch.branches)
        yield ("└─ " if last else "├─ ") + one.line
        yield from (("   " if last else "│  ") + line for line in _below(one))
