"""The program of the model, as NumPyro runs it, and as the engine that drew did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from formix.engines import ENGINES
from formix.reporting.code import code
from formix.reporting.html import Content, tag
from formix.verbs.source import source

if TYPE_CHECKING:
    from formix.reporting.reported import Reported


def program(reported: Reported) -> Iterator[Content]:
    """Yield the NumPyro program, which runs on its own."""
    yield tag(
        "p", "The model as a NumPyro program. It runs on its own, with the arrays of the data."
    )
    yield code(source(reported.fit, **reported.given), "python", "NumPyro program")


def engine_program(reported: Reported) -> Iterator[Content]:
    """Yield what the engine ran in its place, where that is another program."""
    engine = reported.engine
    if engine not in [one.name for one in ENGINES]:
        return
    text = reported.model.source_for(engine)
    if text != reported.model.source:
        said = f"The engine {engine} ran this program, which has the same posterior"
        yield tag("details", tag("summary", said), code(text, "python", f"Program of {engine}"))
