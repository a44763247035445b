"""Traced programs -> compiled ones, by way of the cache on disk."""

from __future__ import annotations

import ctypes
import threading
import time
import warnings
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import jax
from jax.experimental.compilation_cache import compilation_cache

from formix.engines.cache import prepare
from formix.engines.options import Options, options
from formix.engines.precision import float64
from formix.engines.waiting import in_background
from formix.errors import EngineError

if TYPE_CHECKING:
    from jax.stages import Compiled, Lowered

T = TypeVar("T")

_LONG = 0.1
"""Seconds of work, one call after another, beside which it is nothing to give memory back."""

_SETTINGS = threading.Lock()
"""Held while JAX's settings are ours: an interrupted compilation ends after the next has begun."""


def compiled(lowered: Lowered, *wishes: tuple[Options, ...]) -> Compiled:
    """Return the program ready to run; Ctrl-C is heard meanwhile.

    Parameters
    ----------
    wishes
        What the compiler is asked for beside order: of `SOONER`, `APART` and `FEWER`.
    """

    def work() -> Compiled:
        asked = options(*wishes)
        with _SETTINGS, float64(), cached():
            program = cast("Any", lowered).compile(compiler_options=asked)
        released()
        return program

    return in_background(work)


def ran(work: Callable[[], T], hint: str = "if memory ran out, ask for fewer draws") -> T:
    """Return what compiled programs return, on the host and in float64; Ctrl-C is heard meanwhile.

    Raises
    ------
    EngineError
        If they fail, as they do without memory.
    """

    def on_host() -> T:
        began = time.perf_counter()
        with float64():
            found = jax.device_get(work())
        if _SPENT.more(time.perf_counter() - began) > _LONG:
            released()
        return found

    try:
        return in_background(on_host)
    except jax.errors.JaxRuntimeError as error:
        raise EngineError(
            f"the compiled program failed: {str(error).partition(chr(10))[0]}",
            hint=hint,
        ) from error


class _Spent:
    """Seconds that programs ran for since memory was last given back."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def more(self, seconds: float) -> float:
        self.seconds += seconds
        return self.seconds


_SPENT = _Spent()


def released() -> None:
    """Give memory that is no longer used back to the system, where that can be asked for.

    The compiler leaves 100 MB or more, and programs on several threads leave some of each, that the
    C library would keep for what comes after it, which hardly fits into the holes.
    """
    _SPENT.seconds = 0.0
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    """Return what glibc has for it, and others have not."""
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None


@contextmanager
def cached() -> Generator[None]:
    """Keep what is compiled within in our folder, unless the user has one or wants none.

    Afterwards JAX is as it was: what the user compiles is not written there.
    """
    place = None
    if jax.config.jax_enable_compilation_cache and not jax.config.jax_compilation_cache_dir:
        place = prepare()
    if place is None:
        yield
        return
    settings = {
        "jax_compilation_cache_dir": str(place),
        "jax_persistent_cache_min_compile_time_secs": 0.0,
        "jax_persistent_cache_min_entry_size_bytes": 0,
    }
    before = {name: getattr(jax.config, name) for name in settings}
    _set(settings)
    try:
        # A damaged entry, or a full disk, costs a compilation and nothing else.
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*persistent compilation cache.*")
            yield
    finally:
        _set(before)


def _set(settings: Mapping[str, object]) -> None:
    for name, value in settings.items():
        jax.config.update(name, value)
    # JAX decides at its first compilation whether and where there is a cache.
    compilation_cache.reset_cache()
