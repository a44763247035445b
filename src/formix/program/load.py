"""The text of a program -> its `model`, with lines that tracebacks and debuggers can show."""

from __future__ import annotations

import ast
import hashlib
import linecache
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from formix.errors import EngineError

_KEPT = 64
"""Programs kept in memory, so that the same text gives the same function and compiles once."""


def load(
    text: str, name: str = "model", namespace: Mapping[str, object] | None = None
) -> Callable[..., Any]:
    """Return the `model` that a program's text defines.

    The line `numpyro.enable_x64()`, by which the text sets the precision of a process of its own,
    is left out: here the precision is the engine's, and the caller's stays as it is.

    Parameters
    ----------
    text
        The source of the program.
    name
        What a traceback calls it.
    namespace
        Names that the text takes for given: priors outside the table.

    Raises
    ------
    EngineError
        If the text cannot be run or defines no `model`.
    """
    return _run(text, name, dict(namespace)) if namespace else _remembered(text, name)


@dataclass(frozen=True, eq=False)
class Loaded:
    """A program's `model`, loaded when it is first called: an engine may have no use for it.

    Two of one text are equal, so that what is compiled of one serves the other; with names that the
    text takes for given, only itself is.
    """

    text: str
    namespace: Mapping[str, object]

    def __eq__(self, other: object) -> bool:
        """Whether it is the same program."""
        if not isinstance(other, Loaded) or self.namespace or other.namespace:
            return self is other
        return self.text == other.text

    def __hash__(self) -> int:
        """Return a hash of the text."""
        return hash(self.text)

    def __call__(self, **data: object) -> None:
        """Run the program."""
        load(self.text, namespace=self.namespace)(**data)


@lru_cache(maxsize=_KEPT)
def _remembered(text: str, name: str) -> Callable[..., Any]:
    return _run(text, name, {})


def _run(text: str, name: str, namespace: dict[str, object]) -> Callable[..., Any]:
    file = f"<formix {name} {hashlib.sha256(text.encode()).hexdigest()[:8]}>"
    # Without a time of modification, linecache does not look for the file on disk.
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    namespace["__name__"] = f"formix_{name}"
    try:
        exec(compile(_without_precision(ast.parse(text)), file, "exec"), namespace)
    except Exception as error:
        raise EngineError(
            f"the program cannot be loaded: {type(error).__name__}: {error}",
            hint="if you did not change its text, this is a fault of formix",
        ) from error
    model = namespace.get("model")
    if not callable(model):
        raise EngineError("the program defines no function `model`")
    return cast("Callable[..., Any]", model)


def _without_precision(tree: ast.Module) -> ast.Module:
    tree.body = [line for line in tree.body if ast.unparse(line) != "numpyro.enable_x64()"]
    return tree
