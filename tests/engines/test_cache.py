from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest

from formix.engines import cache


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("FORMIX_CACHE", raising=False)
    return tmp_path


def entry(name: str, size: int, used: int) -> None:
    file = cache.folder() / name
    file.write_bytes(b"x" * size)
    os.utime(file, (used, used))


def test_each_version_of_jax_has_a_folder(monkeypatch, home):
    monkeypatch.setattr(cache, "version", {"jax": "0.99"}.get)
    assert cache.folder() == home / "formix" / "jax-0.99"
    assert not cache.folder().exists()


def test_the_folder_is_made_for_its_owner_alone():
    place = cache.prepare()
    assert place == cache.folder()
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_it_can_be_turned_off(monkeypatch):
    monkeypatch.setenv("FORMIX_CACHE", "0")
    assert cache.prepare() is None
    assert not cache.root().exists()


def test_a_folder_that_cannot_be_made_means_none(home):
    (home / "formix").write_text("a file where the folder would be", encoding="utf-8")
    assert cache.prepare() is None


def test_a_folder_that_cannot_be_written_means_none(monkeypatch):
    assert cache.prepare() is not None
    monkeypatch.setattr(cache.os, "access", lambda _place, _mode: False)
    assert cache.prepare() is None


def test_beyond_its_size_what_was_used_longest_ago_goes():
    cache.prepare()
    for name, used in (("old", 1000), ("older", 500), ("new", 2000)):
        entry(name, 100, used)
    cache.prepare(largest=300)
    assert {file.name for file in cache.folder().iterdir()} == {"old", "older", "new"}
    cache.prepare(largest=250)
    assert {file.name for file in cache.folder().iterdir()} == {"old", "new"}
    cache.prepare(largest=0)
    assert not list(cache.folder().iterdir())


def test_clearing_deletes_every_version_and_says_how_much(monkeypatch):
    cache.prepare()
    entry("one", 10, 1)
    monkeypatch.setattr(cache, "version", {"jax": "0.99"}.get)
    cache.prepare()
    entry("two", 20, 1)
    assert cache.clear() == 30
    assert not cache.root().exists()
    assert cache.clear() == 0


def test_the_cache_is_managed_without_jax():
    script = (
        "import sys; from formix.engines import cache; cache.clear(); print('jax' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
