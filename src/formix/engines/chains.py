"""Where chains run: each on a host device of its own, or all of them in one vectorised program."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import jax

from formix.engines.lock import TRACING
from formix.errors import ArgumentError

if TYPE_CHECKING:
    from jax import Device

METHODS = ("auto", "parallel", "vectorized")

_USUAL = 4
"""Host devices asked for at least: the first fit of a process decides for the later ones."""


@dataclass(frozen=True)
class Placement:
    """How the chains run, on which devices, and why."""

    method: Literal["parallel", "vectorized"]
    devices: tuple[Device, ...]
    why: str


def place(chains: int, method: str) -> Placement:
    """Return how so many chains run.

    Parameters
    ----------
    chains
        How many.
    method
        `parallel`, one device a chain; `vectorized`, all in lock step on one device; `auto`, the
        first where there are devices enough.

    Raises
    ------
    ArgumentError
        If there is no such method, or `parallel` is asked for with too few devices.
    """
    if method not in METHODS:
        raise ArgumentError(
            f"chain_method is {method!r}, and there is no such method",
            hint="it is one of " + ", ".join(repr(known) for known in METHODS),
        )
    asked = method != "vectorized" and _ask(max(chains, _USUAL))
    devices = tuple(jax.local_devices())
    if method == "vectorized":
        return Placement("vectorized", devices[:1], "as asked")
    if len(devices) >= chains:
        why = "as asked" if method == "parallel" else "a device for every chain"
        return Placement("parallel", devices[:chains], why)
    why = _too_few(len(devices), chains, asked)
    if method == "parallel":
        raise ArgumentError(
            f"{chains} chains cannot run in parallel: {why}",
            hint='take chain_method="vectorized", or fit before anything else uses JAX',
        )
    return Placement("vectorized", devices[:1], why)


def _ask(devices: int) -> bool:
    """Ask for host devices, and return whether that was in time; a user's own choice stands."""
    flags = os.environ.get("XLA_FLAGS", "")
    if os.environ.get("FORMIX_HOST_DEVICES") == "0" or "device_count" in flags:
        return False
    with TRACING:
        if jax.config.jax_num_cpu_devices >= 0:
            return False
        try:
            jax.config.update("jax_num_cpu_devices", devices)
        except RuntimeError:  # a backend already runs
            return False
    return True


def _too_few(there: int, chains: int, asked: bool) -> str:
    have = "1 device" if there == 1 else f"{there} devices"
    if os.environ.get("FORMIX_HOST_DEVICES") == "0":
        return f"there is {have} for {chains} chains, and FORMIX_HOST_DEVICES=0 forbids more"
    if asked or jax.default_backend() != "cpu":
        return f"{jax.default_backend()} has {have} for {chains} chains"
    return f"JAX already runs with {have} for {chains} chains"
