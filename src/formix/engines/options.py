"""What XLA is asked for when it compiles a program; what a version does not know, it is not asked.

Options are named by what they are for, each with its spellings, the newest first.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import Any, cast

import jax

Options = dict[str, str | bool]

IN_ORDER: tuple[Options, ...] = (
    {"xla_cpu_scheduler_type": "CPU_SCHEDULER_TYPE_MEMORY_OPTIMIZED"},
    {"xla_cpu_enable_concurrency_optimized_scheduler": False},
)
"""Independent operations hardly run at once. A batched factorisation takes turns in the threads
that it runs in: of jaxlib 0.10, as many at once as there are threads wait for one another for ever.
One after another they take no more CPU time."""

SOONER: tuple[Options, ...] = ({"xla_cpu_use_fusion_emitters": False},)
"""Compiled in half of the time, and 60 MB less, by jaxlib 0.10; slower by a fifth where rows are
many, and by a tenth where they are few."""

APART: tuple[Options, ...] = (
    {"xla_cpu_experimental_ynn_fusion_type": "LIBRARY_FUSION_TYPE_INDIVIDUAL_DOT"},
)
"""Only matrix products are handed to a library, and each by itself: sums over few numbers, and what
comes before and after a product, are faster without."""

FEWER: tuple[Options, ...] = ({"xla_disable_hlo_passes": "while-loop-invariant-code-motion"},)
"""What a loop does not change is worked out where it is asked for, at every turn: taken out of the
loop, each mask and constant would be a function of its own, which takes the compiler more than a
megabyte and 20 ms, and is read again from memory."""

_UNKNOWN = ("No such compile option", "not a valid enum value")


def options(*wishes: tuple[Options, ...]) -> Options:
    """Return compiler options for some wishes; operations are in order in any case."""
    found: Options = dict(_first_known(IN_ORDER))
    asked = os.environ.get("XLA_FLAGS", "")
    for wish in wishes:
        # What the user asks of XLA goes before.
        if not any(name in asked for spelling in wish for name in spelling):
            found |= _first_known(wish)
    return found


def _first_known(wish: tuple[Options, ...]) -> Options:
    known = [spelling for spelling in wish if _is_known(*spelling.items())]
    return known[0] if known else {}


def jitted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function compiled where it is called, its operations in order."""
    # The types of JAX leave out the argument.
    return cast("Any", jax.jit)(function, compiler_options=options())


@cache
def _is_known(*items: tuple[str, str | bool]) -> bool:
    lowered = cast("Any", jax.jit(lambda: 0.0)).lower()
    try:
        lowered.compile(compiler_options=dict(items))
    except jax.errors.JaxRuntimeError as error:
        if not any(words in str(error) for words in _UNKNOWN):
            raise
        return False
    return True
