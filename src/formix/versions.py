"""Versions of formix and of what it runs on, as results state them."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version


@cache
def version_of(distribution: str) -> str:
    """Return an installed distribution's version; its metadata are read once.

    Examples
    --------
    >>> version_of("formix").count(".")
    2
    """
    return version(distribution)
