"""The source archive: enough to build, test and cite, and none of what only a machine needs."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def names(sdist: Path) -> set[str]:
    with tarfile.open(sdist) as archive:
        return {member.name.partition("/")[2] for member in archive.getmembers()}


@pytest.mark.parametrize(
    "name",
    [
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "CITATION.cff",
        "PKG-INFO",
        "src/formix/__init__.py",
        "grammar/formula.lark",
        "data/index.toml",
        "data/lme4/make.R",
        "tests/packaging/test_sdist.py",
    ],
)
def test_it_holds(names: set[str], name: str):
    assert name in names


def test_it_holds_nothing_made(names: set[str]):
    made = (
        "__pycache__",
        ".pyc",
        ".nc",
        ".egg-info",
        ".ruff_cache",
        ".pytest_cache",
        ".hypothesis",
    )
    assert not [name for name in names if any(part in name for part in made)]
    assert not [name for name in names if name.startswith(("dist/", "build/", ".git/"))]


def test_it_is_small(sdist: Path):
    assert sdist.stat().st_size < 3_000_000
