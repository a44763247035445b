"""The kinds of term, one file each; a new kind is a new file and its place in `KINDS`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from formix.kinds import common, group, offset

if TYPE_CHECKING:
    from formix.design.kind import TermKind

KINDS: tuple[TermKind, ...] = (common, offset, group)
"""Every kind of term: the first that claims a term makes its columns."""
