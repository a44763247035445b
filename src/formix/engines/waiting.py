"""Waiting so that Ctrl-C is heard."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_NAP = 0.1
"""Seconds; on Windows a lock without a timeout is deaf to signals."""


def in_background(work: Callable[[], T]) -> T:
    """Return what `work` returns or raise what it raises, having computed it in another thread.

    Python delivers Ctrl-C to the main thread between two of its own instructions, and compiled
    code runs for seconds without any. Interrupted, this returns at once; `work` cannot be stopped
    and runs to its end unheard, so it must be short or harmless.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - raised again where it belongs
            errors.append(error)

    thread = threading.Thread(target=run, name="formix")
    thread.start()
    while thread.is_alive():
        thread.join(_NAP)
    if errors:
        raise errors[0]
    return results[0]
