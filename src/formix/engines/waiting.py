"""Waiting so that Ctrl-C is heard."""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

_NAP = 0.1
"""Seconds; on Windows a lock without a timeout is deaf to signals."""

_PRESSED = threading.Event()


@contextmanager
def listening(*, late: bool = False) -> Generator[None]:
    """Hear a Ctrl-C within even where the KeyboardInterrupt would be lost.

    Python drops one, with a message, that is raised in a callback of its garbage collector, and JAX
    has such a callback. It is then raised by the next wait. A handler that the user has set is left
    to do as it likes.

    Parameters
    ----------
    late
        Raise it at the end only: compiled modules that are interrupted while they are imported end
        the process.
    """
    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return

    def heard(number: int, frame: FrameType | None) -> None:
        _PRESSED.set()
        if not late and not _collecting(frame):
            signal.default_int_handler(number, frame)

    _PRESSED.clear()
    signal.signal(signal.SIGINT, heard)
    try:
        yield
        _raise_if_pressed()
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _PRESSED.clear()


def in_background(work: Callable[[], T]) -> T:
    """Return what `work` returns or raise what it raises, having computed it in another thread.

    Python delivers Ctrl-C to the main thread between two of its own instructions, and compiled
    code runs for seconds without any. Interrupted, this returns at once; `work` cannot be stopped
    and runs to its end unheard, so it must be short or harmless.
    """
    results: list[T] = []
    errors: list[BaseException] = []
    # Not `Thread.join`: interrupted, it takes the thread for ended, and Python then exits under it.
    done = threading.Event()

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again where it belongs
            errors.append(error)
        finally:
            done.set()

    _raise_if_pressed()
    threading.Thread(target=run, name="formix").start()
    while not done.wait(_NAP):
        _raise_if_pressed()
    if errors:
        raise errors[0]
    return results[0]


def _collecting(frame: FrameType | None) -> bool:
    """Whether a callback of the garbage collector is running."""
    codes = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    while frame is not None:
        if frame.f_code in codes:
            return True
        frame = frame.f_back
    return False


def _raise_if_pressed() -> None:
    if _PRESSED.is_set() and threading.current_thread() is threading.main_thread():
        raise KeyboardInterrupt
