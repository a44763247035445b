"""Compiled programs kept on disk, so that a model compiles once a machine; without JAX.

`FORMIX_CACHE=0` turns it off. A user's own `jax_compilation_cache_dir` takes its place.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from importlib.metadata import version
from pathlib import Path

import platformdirs

_LARGEST = 1_000_000_000
"""Bytes; beyond it, the entries that were used longest ago are deleted."""


def root() -> Path:
    """Return the folder of everything that formix keeps on this machine."""
    return Path(platformdirs.user_cache_dir("formix", appauthor=False))


def folder() -> Path:
    """Return the folder of the programs compiled by this version of JAX, made or not."""
    return root() / f"jax-{version('jax')}"


def prepare(largest: int = _LARGEST) -> Path | None:
    """Return the folder, made and within its size; None where it is off or cannot be written.

    Only its owner may write there: who can write a compiled program can run code.
    """
    if os.environ.get("FORMIX_CACHE") == "0":
        return None
    place = folder()
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        _shrink(place, largest)
    except OSError:
        return None
    return place if os.access(place, os.W_OK | os.X_OK) else None


def clear() -> int:
    """Delete what is kept, of every version of JAX, and return how many bytes that was."""
    place = root()
    size = sum(_size(file) for file in place.rglob("*")) if place.is_dir() else 0
    shutil.rmtree(place, ignore_errors=True)
    return size


def _shrink(place: Path, largest: int) -> None:
    files = [
        (max(s.st_atime, s.st_mtime), s.st_size, f) for f in place.iterdir() for s in [f.stat()]
    ]
    excess = sum(size for _, size, _ in files) - largest
    for _, size, file in sorted(files):
        if excess <= 0:
            break
        with contextlib.suppress(FileNotFoundError):
            file.unlink()
        excess -= size


def _size(file: Path) -> int:
    try:
        return file.stat().st_size if file.is_file() else 0
    except FileNotFoundError:
        return 0
