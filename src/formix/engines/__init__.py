"""What samples a model: engines by name, none of them imported before it runs."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

from formix.errors import ArgumentError, UnsupportedError

if TYPE_CHECKING:
    from formix.spec import Spec

__all__ = ["ENGINES", "Engine", "choose", "load"]


@dataclass(frozen=True)
class Engine:
    """A way to sample: its name, why it declines a spec, if it does, and where it is written."""

    name: str
    supports: Callable[[Spec], str | None]
    module: str

    def load(self) -> ModuleType:
        """Return its module, whose `run` samples."""
        return load(self.module)


def load(module: str) -> ModuleType:
    """Return a module of this room that brings in a library which is slow to import."""
    return importlib.import_module(module)


def _everything(_spec: Spec) -> None:
    """Decline nothing."""


ENGINES = (Engine("nuts", _everything, "formix.engines.nuts"),)
"""In the order in which `auto` tries them."""


def choose(spec: Spec, name: str = "auto") -> tuple[Engine, dict[str, str]]:
    """Return the engine of a name, or the first that supports the spec; and why others declined.

    Raises
    ------
    ArgumentError
        If there is no engine of that name.
    UnsupportedError
        If it declines the spec.
    """
    candidates = [engine for engine in ENGINES if name in ("auto", engine.name)]
    if not candidates:
        names = ", ".join(repr(engine.name) for engine in ENGINES)
        raise ArgumentError(f"there is no engine {name!r}", hint=f"it is 'auto' or one of {names}")
    declined: dict[str, str] = {}
    for engine in candidates:
        reason = engine.supports(spec)
        if reason is None:
            return engine, declined
        declined[engine.name] = reason
    reasons = "; ".join(f"{engine}: {reason}" for engine, reason in declined.items())
    raise UnsupportedError(f"no engine can fit this model ({reasons})")
