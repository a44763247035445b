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


@dataclass(frozen=True)
class Engine:
    """A way to sample: its name, why it declines a spec, if it does, and its module here.

    `writer` is the module whose `write` prints what it runs; `settings` are arguments of its `run`
    beyond draws, chains, seed and progress; one that `approximates` is never taken by `auto`.
    """

    name: str
    supports: Callable[[Spec], str | None]
    module: str
    settings: tuple[str, ...] = ()
    approximates: bool = False
    writer: str = "formix.program.write"

    def load(self) -> ModuleType:
        """Return its module, whose `run` samples."""
        return load(f"{__name__}.{self.module}")


def load(module: str) -> ModuleType:
    """Return a module that is loaded late, as what it brings in is slow to import."""
    with listening(late=True):
        return importlib.import_module(module)


def _asked(module: str) -> Callable[[Spec], str | None]:
    """Return the `supports` of a module that is loaded when a spec is there."""
    return lambda spec: load(f"{__name__}.{module}").supports(spec)


_NUTS = ("warmup", "chain_method", "target_accept", "max_tree_depth", "start")
_KEEP, _IN, _ROUND = ("keep_groups",), f"{__name__}.marginal.source", "whitened.sampling"
_PATHS = ("paths", "steps", *_KEEP)

ENGINES = (
    Engine("marginal", _asked("marginal.support"), "marginal.sampling", _KEEP, writer=_IN),
    Engine("whitened", _asked("whitened.support"), _ROUND, (*_KEEP, "target_accept")),
    Engine("nuts", lambda _: None, "nuts", _NUTS),
    Engine("laplace", _asked("laplace.support"), "laplace.sampling", _KEEP, approximates=True),
    Engine("svi", lambda _: None, "svi.sampling", ("steps",), approximates=True),
    Engine("pathfinder", lambda _: None, "pathfinder.sampling", _PATHS, approximates=True),
)
"""In the order in which `auto` tries them."""
