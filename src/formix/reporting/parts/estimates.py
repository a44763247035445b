"""The parameters: their posterior at a glance, and their priors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from formix.reporting.html import Content, tag
from formix.reporting.tables import Body, table
from formix.spelling import label_text
from formix.verbs.cells import cells
from formix.verbs.priors import priors as prior_table
from formix.verbs.summary import HEADINGS

if TYPE_CHECKING:
    from formix.reporting.reported import Reported


def summarised(reported: Reported) -> Iterator[Content]:
    """Yield the summary of every parameter."""
    found = reported.summary
    numbers = cells(found.frame)
    head = ("parameter", *(HEADINGS.get(str(name), str(name)) for name in found.frame.columns))
    bodies = [
        Body(
            [
                (label_text(label), *numbers[section.start + place])
                for place, label in enumerate(section.labels)
            ],
            section.title,
        )
        for section in found.sections
    ]
    yield tag(
        "p",
        "Posterior means and standard deviations, and the ends of the interval that holds 95 % of "
        "the draws. R-hat near 1 and large effective sample sizes (ESS) say that the draws can be "
        "relied on.",
    )
    yield table("Parameters", head, bodies)


def priors(reported: Reported) -> Iterator[Content]:
    """Yield every prior, who set it, and why it is what it is."""
    found = prior_table(reported.fit)
    lines = [
        (label_text(key), str(prior), label_text(origin), label_text(rule))
        for key, prior, origin, rule in zip(
            found.index, found["prior"], found["origin"], found["rule"], strict=True
        )
    ]
    yield tag(
        "p",
        "Each prior in the units of its parameter. Under ",
        tag("em", "set by"),
        " stands the set of priors that gave it, or the address under which it was given.",
    )
    head = ("parameter", "prior", "set by", "why")
    yield table("Priors", head, [Body(lines)], texts=range(4))
