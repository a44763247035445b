"""What was fitted: formula, family, terms, and what was done that the formula does not say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from formix.overview import facts
from formix.reporting.html import Content, tag
from formix.reporting.tables import listed

if TYPE_CHECKING:
    from formix.reporting.reported import Reported


def described(reported: Reported) -> Iterator[Content]:
    """Yield what the model is, line by line."""
    model = reported.model
    fixed = {one.parameter: one.value for one in model.terms.fixed}
    rows = facts(model.formula.text, model.family, model.design, fixed)
    yield listed("What was fitted", [(name, said) for name, said in rows])


def notes(reported: Reported) -> Iterator[Content]:
    """Yield the notes of the model and of the run."""
    if reported.recipe.notes:
        yield tag("h3", "Notes")
        yield tag("ul", *(tag("li", note) for note in reported.recipe.notes))
