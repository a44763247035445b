"""A group as the user names it -> its name in the results."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from formix.errors import ArgumentError, ResultError


def group_named(name: str, groups: Iterable[str]) -> str:
    """Return the group that a name means: `cask:batch` is `batch:cask`.

    Groups are the same when their sets of factors are.

    Raises
    ------
    ResultError
        If the model has no groups.
    ArgumentError
        If none has the name.

    Examples
    --------
    >>> group_named("cask:batch", ["batch", "batch:cask"])
    'batch:cask'
    """
    known = list(dict.fromkeys(groups))
    if not known:
        raise ResultError("this model has no group-level effects", hint="its formula has no bar")
    if name in known:
        return name
    wanted = sorted(str(name).split(":"))
    same = [group for group in known if sorted(group.split(":")) == wanted]
    if same:
        return same[0]
    close = get_close_matches(str(name), known, n=1)
    raise ArgumentError(
        f"`{name}` is not a group of this model",
        hint=(f"did you mean `{close[0]}`? " if close else "") + f"its groups: {', '.join(known)}",
    )
