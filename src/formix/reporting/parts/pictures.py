"""The pictures of a fit, those that suit its model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from formix.plots.images import can_draw
from formix.plots.ranef import plot_ranef
from formix.reporting.figures import picture
from formix.reporting.html import Content, Html
from formix.reporting.part import attempt, remark
from formix.spelling import label_text

if TYPE_CHECKING:
    from formix.reporting.reported import Reported

_GROUPS = 3
"""Groups that have pictures of their own."""


def lacking(_reported: Reported) -> Iterator[Content]:
    """Yield why there are no pictures, where there can be none."""
    if not can_draw():
        yield remark(
            "This page has no pictures: they need Matplotlib, which is not installed where it was "
            "made.",
            'pip install "formix[plots]"',
        )


def group_effects(reported: Reported) -> Iterator[Content]:
    """Yield a caterpillar of each group."""
    for group in _groups(reported):
        name = label_text(group)
        yield _drawn(
            reported,
            lambda group=group: plot_ranef(reported.fit, group=group),
            f"Effects of the levels of {name}, in order of their means, with intervals",
            f"The levels of {name} in order of their effects: posterior means, with the intervals "
            "that hold 50 % and 95 % of the draws.",
        )


def _groups(reported: Reported) -> list[str]:
    """Return the groups that have pictures, in formula order."""
    return list(dict.fromkeys(site.group for site in reported.drawn.effects))[:_GROUPS]


def _drawn(reported: Reported, draw: Callable[[], Any], alt: str, caption: str) -> Html:
    """Return a picture; why it is not there; or nothing where there can be none."""
    if not can_draw():
        return Html("")
    return attempt(lambda _: [picture(draw, alt, caption)], reported, f"A picture ({alt})")
