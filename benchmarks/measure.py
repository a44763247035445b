"""What processes take, and what draws are worth: shared by the scripts beside it."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from formix.results.ess import ess_bulk

Numbers = dict[str, float]


def process(command: Sequence[str], **environment: str) -> Numbers:
    """Return the last line that a process prints, as JSON, and what all of it took.

    `process_cpu` is user and system, of all threads and of children that it waited for; `peak` is
    the megabytes of the largest of them. Linux counts the parent's into a child's, so this one
    stays small: it imports neither xarray nor pandas.
    """
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("JAX", "XLA"))}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as printed:
        began = time.perf_counter()
        child = subprocess.Popen(command, env=inherited | environment, stdout=printed)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        # Popen has not seen the end, and would ask for it again.
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"failed: {' '.join(command[:3])}")
        printed.seek(0)
        lines = printed.read().splitlines()
    said = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    cpu = used.ru_utime + used.ru_stime
    return {**said, "process_cpu": cpu, "wall": wall, "peak": used.ru_maxrss * 1.024e-3}


def medians(ways: Mapping[str, Callable[[int], Numbers]], runs: int) -> dict[str, Numbers]:
    """Return the median of each number of each way, over runs numbered from 1.

    The ways take turns, so that what else the machine does falls on all alike.
    """
    found: dict[str, list[Numbers]] = {name: [] for name in ways}
    for number in range(1, runs + 1):
        for name, way in ways.items():
            began = time.perf_counter()
            found[name].append(way(number))
            tell(f"run {number} of {runs}: {name}, {time.perf_counter() - began:.0f} s")
    return {
        name: {key: statistics.median(one[key] for one in each) for key in each[0]}
        for name, each in found.items()
    }


def least_ess(file: Path) -> float:
    """Return the smallest bulk effective sample size in a file, no more than there are draws.

    The file holds arrays of chain, draw and more; elements that never move, such as the diagonal
    of a matrix of correlations, are left out. NetCDF is a result of `formix fit`.
    """
    least = np.inf
    for values in (_netcdf if file.suffix == ".nc" else _npz)(file):
        moving = np.ptp(values, axis=(0, 1)) > 1e-12
        found = np.asarray(ess_bulk(values))[moving]
        least = min(least, float(values.shape[0] * values.shape[1]), float(np.min(found)))
    return least


def _npz(file: Path) -> list[np.ndarray]:
    with np.load(file) as draws:
        return [draws[name] for name in draws.files]


def _netcdf(file: Path) -> list[np.ndarray]:
    import h5py

    with h5py.File(file) as opened:
        sites = opened["posterior"]
        names = [name for name in sites if name.split("_")[0] in ("beta", "sd", "cor", "sigma")]
        return [sites[name][:] for name in names if sites[name].ndim > 1]


def tell(text: str) -> None:
    """Say how far it has come, where a table is not disturbed."""
    print(text, file=sys.stderr, flush=True)


def at_least(found: float, asked: float) -> str:
    """Return a number, and whether it is as large as is asked."""
    return f"{found:.0f}, {'met' if found >= asked else 'NOT met'} (>= {asked:g})"


def at_most(found: float, asked: float) -> str:
    """Return a number, and whether it is as small as is asked."""
    return f"{found:.3g}, {'met' if found <= asked else 'NOT met'} (<= {asked:g})"
