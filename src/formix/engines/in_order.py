"""How XLA is asked to schedule what it compiles: one operation after another."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import jax

Options = dict[str, str | bool]

_SPELLINGS: tuple[Options, ...] = (
    {"xla_cpu_scheduler_type": "CPU_SCHEDULER_TYPE_MEMORY_OPTIMIZED"},
    {"xla_cpu_enable_concurrency_optimized_scheduler": False},
)
"""The option, newest first."""


@cache
def in_order() -> Options:
    """Return compiler options under which independent operations hardly run at once.

    A batched factorisation takes turns in the threads that it runs in. Of jaxlib 0.10, as many at
    once as there are threads wait for one another for ever. One after another they take no more
    CPU time. A compiler that knows no such option is given none.
    """
    # The types of JAX leave out the argument.
    lowered = cast("Any", jax.jit(lambda: 0.0)).lower()
    for options in _SPELLINGS:
        try:
            lowered.compile(compiler_options=options)
        except jax.errors.JaxRuntimeError:
            continue
        return options
    return {}
