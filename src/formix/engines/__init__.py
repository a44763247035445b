"""What samples a model: engines by name, none of them imported before it runs."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

from formix.engines.waiting import listening

if TYPE_CHECKING:
    from formix.spec import Spec

__all__ = ["ENGINES", "Engine", "load"]


@dataclass(frozen=True)
class Engine:
    """A way to sample: its name, why it declines a spec, if it does, and where it is written.

    `settings` are the arguments of its `run` beyond draws, chains, seed and progress.
    """

    name: str
    supports: Callable[[Spec], str | None]
    module: str
    settings: tuple[str, ...] = ()

    def load(self) -> ModuleType:
        """Return its module, whose `run` samples."""
        return load(self.module)


def load(module: str) -> ModuleType:
    """Return a module of this room that brings in a library which is slow to import."""
    with listening(late=True):
        return importlib.import_module(module)


def _integrable(spec: Spec) -> str | None:
    """Decline what cannot be integrated; what only names engines loads no algebra."""
    reason: str | None = load("formix.engines.marginal.support").supports(spec)
    return reason


def _everything(_spec: Spec) -> None:
    """Decline nothing."""


_NUTS_SETTINGS = ("warmup", "chain_method", "target_accept", "max_tree_depth")

ENGINES = (
    Engine("marginal", _integrable, "formix.engines.marginal.sampling", ("keep_groups",)),
    Engine("nuts", _everything, "formix.engines.nuts", _NUTS_SETTINGS),
)
"""In the order in which `auto` tries them."""
