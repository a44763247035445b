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

    `writer` is the module whose `write` prints the program that it runs; `settings` are the
    arguments of its `run` beyond draws, chains, seed and progress.
    """

    name: str
    supports: Callable[[Spec], str | None]
    module: str
    writer: str
    settings: tuple[str, ...] = ()

    def load(self) -> ModuleType:
        """Return its module, whose `run` samples."""
        return load(self.module)


def load(module: str) -> ModuleType:
    """Return a module that is loaded late, as what it brings in is slow to import."""
    with listening(late=True):
        return importlib.import_module(module)


def _integrable(spec: Spec) -> str | None:
    """Decline what cannot be integrated; what only names engines loads no algebra."""
    return load(f"{__name__}.marginal.support").supports(spec)


def _everything(_spec: Spec) -> None:
    """Decline nothing."""


_NUTS = ("warmup", "chain_method", "target_accept", "max_tree_depth")
_IN = f"{__name__}.marginal"

ENGINES = (
    Engine("marginal", _integrable, f"{_IN}.sampling", f"{_IN}.source", ("keep_groups",)),
    Engine("nuts", _everything, f"{__name__}.nuts", "formix.program.write", _NUTS),
)
"""In the order in which `auto` tries them."""
