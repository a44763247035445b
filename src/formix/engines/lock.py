"""One thread at a time."""

from __future__ import annotations

import threading

TRACING = threading.RLock()
"""Held while a program runs through NumPyro, whose stack of effects is one list for all threads,
and while JAX's settings are changed. Compiled programs run without it."""
