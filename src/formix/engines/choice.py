"""Which engine samples a spec, and why others do not."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from formix.engines import ENGINES, Engine, load
from formix.errors import ArgumentError, UnsupportedError

if TYPE_CHECKING:
    from formix.program.write import Source
    from formix.spec import Spec


def choose(
    spec: Spec, name: str = "auto", without: Container[str] = ()
) -> tuple[Engine, dict[str, str]]:
    """Return the engine of a name, or the first that supports the spec; and why others declined.

    Engines named in `without` are not considered.

    Raises
    ------
    ArgumentError
        If there is no engine of that name.
    UnsupportedError
        If it declines the spec.
    """
    candidates = candidates_of(name)
    if not candidates:
        names = ", ".join(repr(engine.name) for engine in ENGINES)
        raise ArgumentError(f"there is no engine {name!r}", hint=f"it is 'auto' or one of {names}")
    declined: dict[str, str] = {}
    for engine in (candidate for candidate in candidates if candidate.name not in without):
        reason = engine.supports(spec)
        if reason is None:
            return engine, declined
        declined[engine.name] = reason
    if name != "auto":
        raise UnsupportedError(
            f"the engine `{name}` cannot fit this model: {declined[name]}",
            hint='engine="auto" takes the first that can',
        )
    reasons = "; ".join(f"{engine}: {reason}" for engine, reason in declined.items())
    raise UnsupportedError(f"no engine can fit this model ({reasons})")


def candidates_of(name: str) -> list[Engine]:
    """Return the engine of a name; of `auto` all that sample the posterior itself."""
    if name == "auto":
        return [engine for engine in ENGINES if not engine.approximates]
    return [engine for engine in ENGINES if name == engine.name]


def written(spec: Spec, name: str = "auto") -> Source:
    """Return the program that an engine runs of a spec, and the arrays that it runs with.

    Raises
    ------
    ArgumentError, UnsupportedError
        As `choose`.
    """
    chosen, _ = choose(spec, name)
    source: Source = load(chosen.writer).write(spec)
    return source
