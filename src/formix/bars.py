"""How far a fit has come, as a bar on the terminal, and silence elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from formix.engines import load

if TYPE_CHECKING:
    from formix.engines.progress import Progress, Report

_PHASES = {"compile": "compiling", "warmup": "warm-up", "draws": "drawing"}


@contextmanager
def bar(*, show: bool | None = None) -> Generator[Report | None]:
    """Give what an engine reports to, or nothing where nobody looks.

    Parameters
    ----------
    show
        Whether to draw a bar; by default only where standard error is a terminal.
    """
    if not (sys.stderr.isatty() if show is None else show):
        yield None
        return
    # Most fits show no bar, and rich takes its time to load.
    rich = load("rich.progress")
    shown = rich.Progress(
        rich.TextColumn("{task.description:<9}"),
        rich.BarColumn(),
        rich.MofNCompleteColumn(),
        rich.TimeElapsedColumn(),
        rich.TextColumn("{task.fields[divergences]}"),
        console=load("rich.console").Console(stderr=True),
        transient=True,
    )
    with shown:
        task = shown.add_task("starting", total=None, divergences="")

        def report(progress: Progress) -> None:
            divergences = f"{progress.divergences} divergences" if progress.divergences else ""
            shown.update(
                task,
                description=_PHASES[progress.phase],
                completed=progress.done,
                total=progress.total,
                divergences=divergences,
            )

        yield report
