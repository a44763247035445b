from __future__ import annotations

import ctypes

import jax
import numpy as np
import pytest

from formix.engines import cache, compile as compile_
from formix.engines.compile import cached, compiled, ran
from formix.engines.precision import float64


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("FORMIX_CACHE", raising=False)
    return tmp_path


def lowered(number: float):
    """Return a small program that differs by its number."""
    with float64():
        return jax.jit(lambda x: x * number + 1.0).lower(np.zeros(3))


def entries() -> int:
    return len(list(cache.folder().iterdir())) if cache.folder().is_dir() else 0


def test_what_is_compiled_is_kept_in_our_folder():
    program = compiled(lowered(2.5))
    assert entries() == 1
    with float64():
        np.testing.assert_array_equal(program(np.arange(3.0)), [1.0, 3.5, 6.0])
    compiled(lowered(2.5))
    assert entries() == 1
    compiled(lowered(3.5))
    assert entries() == 2


def test_what_the_user_compiles_is_not():
    compiled(lowered(4.5))
    before = entries()
    settings = [
        jax.config.jax_compilation_cache_dir,
        jax.config.jax_persistent_cache_min_compile_time_secs,
    ]
    assert settings == [None, 1.0]
    jax.jit(lambda x: x * 5.5)(np.ones(3)).block_until_ready()
    assert entries() == before


def test_a_folder_of_the_users_own_takes_its_place(tmp_path):
    theirs = tmp_path / "theirs"
    jax.config.update("jax_compilation_cache_dir", str(theirs))
    try:
        with cached():
            assert jax.config.jax_compilation_cache_dir == str(theirs)
        assert not cache.folder().exists()
    finally:
        jax.config.update("jax_compilation_cache_dir", None)


@pytest.mark.parametrize("reason", ["off", "unwritable"])
def test_without_a_folder_programs_compile_all_the_same(monkeypatch, home, reason):
    if reason == "off":
        monkeypatch.setenv("FORMIX_CACHE", "0")
    else:
        (home / "formix").write_text("in the way", encoding="utf-8")
    program = compiled(lowered(6.5))
    with float64():
        np.testing.assert_array_equal(program(np.zeros(3)), np.ones(3))
    assert jax.config.jax_compilation_cache_dir is None


def test_a_damaged_entry_costs_a_compilation_and_nothing_else():
    compiled(lowered(7.5))
    (entry,) = cache.folder().iterdir()
    entry.write_bytes(b"not a program")
    program = compiled(lowered(7.5))
    with float64():
        np.testing.assert_array_equal(program(np.zeros(3)), np.ones(3))


def test_memory_is_given_back_where_the_c_library_can_and_else_nothing_is_asked(monkeypatch):
    asked: list[int] = []
    monkeypatch.setattr(compile_, "_trim", lambda: asked.append)
    compiled(lowered(7.5))
    assert asked == [0]
    monkeypatch.setattr(compile_, "_trim", lambda: None)
    compiled(lowered(8.5))
    assert asked == [0]


def test_a_c_library_without_such_a_function_is_no_fault(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    compile_._trim.cache_clear()
    try:
        compile_.released()
    finally:
        compile_._trim.cache_clear()


def test_what_ran_for_long_together_gives_memory_back(monkeypatch):
    asked: list[int] = []
    monkeypatch.setattr(compile_, "_trim", lambda: asked.append)
    compile_.released()
    seconds = iter([0.0, 0.06, 1.0, 1.05, 2.0, 2.06])
    monkeypatch.setattr(compile_.time, "perf_counter", lambda: next(seconds))
    seen = [(ran(lambda: 3), len(asked)) for _ in range(3)]
    # After 0.06, 0.11, and again 0.06 seconds.
    assert seen == [(3, 1), (3, 2), (3, 2)]
