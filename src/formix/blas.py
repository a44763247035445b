"""The threads of the libraries of linear algebra."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache

# SciPy brings a library of its own, which can be found once it is loaded.
import scipy.linalg  # noqa: F401 # pyright: ignore[reportUnusedImport]
from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[object]:
    """Return a context in which they have one thread.

    On matrices below some 500 x 500 threads wait for one another longer than they work.
    """
    return _pools().limit(limits=1, user_api="blas")


@cache
def _pools() -> ThreadpoolController:
    """Return the process's libraries that have threads: to find them takes milliseconds."""
    return ThreadpoolController()
