"""The sources, parsed once for all the checks of their shape."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "formix"


@dataclass(frozen=True)
class Module:
    """A source file: its path below the package, its text, and its tree."""

    path: str
    text: str
    tree: ast.Module


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def modules() -> tuple[Module, ...]:
    paths = sorted(PACKAGE.rglob("*.py"))
    assert len(paths) > 20, "the sources were not found"
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    return tuple(
        Module(path.relative_to(PACKAGE).as_posix(), text, ast.parse(text, str(path)))
        for path, text in texts.items()
    )
