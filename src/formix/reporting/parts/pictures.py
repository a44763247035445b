"""The pictures of a fit, those that suit its model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from formix.plots.check import plot_check
from formix.plots.effects import plot_effects
from formix.plots.groups import plot_groups
from formix.plots.images import can_draw
from formix.plots.prior import plot_prior
from formix.plots.ranef import plot_ranef
from formix.plots.ranef_pairs import plot_ranef_pairs
from formix.plots.shrinkage import plot_shrinkage
from formix.plots.vpc import plot_vpc
from formix.reporting.figures import picture
from formix.reporting.html import Content, Html, tag
from formix.reporting.part import attempt, remark
from formix.spec import MAIN
from formix.spelling import label_text

if TYPE_CHECKING:
    from formix.reporting.reported import Reported

_GROUPS = 3
"""Groups that have pictures of their own."""

_PLANE = 2
"""Effects that the arrows of shrinkage lie in the plane of."""

_MANY = 200
"""Levels beyond which arrows of each would hide one another."""


def lacking(_reported: Reported) -> Iterator[Content]:
    """Yield why there are no pictures, where there can be none."""
    if not can_draw():
        yield remark(
            "This page has no pictures: they need Matplotlib, which is not installed where it was "
            "made.",
            'pip install "formix[plots]"',
        )


def effects(reported: Reported) -> Iterator[Content]:
    """Yield conditional effects, where there are common effects beside an intercept."""
    matrices = [
        matrix
        for matrix in reported.model.design.predictors
        if any(column.term != "1" for column in matrix.columns)
    ]
    others = [matrix.name for matrix in matrices if matrix.name.partition("[")[0] != MAIN]
    held = (
        "over a column, the others held at their means or first levels, without "
        "group-level effects; the intervals hold 50 % and 95 % of the draws."
    )
    if len(matrices) > len(others):
        yield from _drawn(
            reported,
            "Conditional effects",
            partial(plot_effects, reported.fit, **reported.given),
            "Predicted response over each column of the formula, with bands or intervals",
            f"What is predicted {held} Behind stand the data.",
        )
    for name in others:
        yield from _drawn(
            reported,
            f"Conditional effects on {name}",
            partial(plot_effects, reported.fit, kind=name, **reported.given),
            f"Predicted {name} over each column of its formula, with bands or intervals",
            f"What {name} is predicted to be {held}",
        )


def groups(reported: Reported) -> Iterator[Content]:
    """Yield the data of the first group's levels, and a caterpillar and the shrinkage of each."""
    levels = reported.drawn.levels
    for group in _groups(reported):
        name = label_text(group)
        if group == reported.drawn.effects[0].group:
            yield from _drawn(
                reported,
                f"Levels of {name}",
                partial(plot_groups, reported.fit, group=group, **reported.given),
                f"The data of levels of {name}, with what is fitted to each",
                "The data of each level. Lines with bands are the model's (partial pooling); thin "
                "ones are what the level's own rows say alone (no pooling), and what all rows say "
                "as if there were no groups (complete pooling).",
            )
        yield from _drawn(
            reported,
            f"Effects of {name} in order",
            partial(plot_ranef, reported.fit, group=group),
            f"Effects of the levels of {name} in order of their means, with intervals",
            f"The levels of {name} in order of their effects: posterior means, with the intervals "
            "that hold 50 % and 95 % of the draws.",
        )
        if levels.get(group, 0) <= _MANY:
            yield from _drawn(
                reported,
                f"Shrinkage of {name}",
                partial(plot_shrinkage, reported.fit, group=group, **reported.given),
                f"Estimates of each level of {name} alone, and drawn together by the model",
                f"From what the rows of each level of {name} say alone (no pooling), to what the "
                "model makes of them together (partial pooling).",
            )


def pairs(reported: Reported) -> Iterator[Content]:
    """Yield the effects two by two of each group that has three or more."""
    for group in _groups(reported):
        sites = [site for site in reported.drawn.effects if site.group == group]
        if max(len(site.effects) for site in sites) > _PLANE:
            name = label_text(group)
            yield from _drawn(
                reported,
                f"Pairs of effects of {name}",
                partial(plot_ranef_pairs, reported.fit, group=group),
                f"Effects of the levels of {name}, two by two, within ellipses",
                "Posterior means of each pair of effects, within ellipses of their fitted "
                "distribution.",
            )


def checked(reported: Reported) -> Iterator[Content]:
    """Yield the data beside what the model would have made instead."""
    yield from _drawn(
        reported,
        "Predictive check",
        partial(plot_check, reported.fit, **reported.given),
        "The observed response beside responses drawn from the model",
        "The observed response beside replicates: responses that the model would have made "
        "instead. Where the model is right, the data look like one of them.",
    )


def parted(reported: Reported) -> Iterator[Content]:
    """Yield which part of the variance lies where."""
    if reported.drawn.effects:
        yield from _drawn(
            reported,
            "Variance partition",
            partial(plot_vpc, reported.fit, **reported.given),
            "The parts of the variance about the common effects, with intervals",
            "Which share of the variance about the common effects is that of each group, and of "
            "the residual.",
        )


def priors(reported: Reported) -> Iterator[Content]:
    """Yield each prior beside its posterior."""
    yield from _drawn(
        reported,
        "Priors and posteriors",
        partial(plot_prior, reported.fit, **reported.given),
        "The prior of each parameter beside its posterior",
        "Where the two lie on one another, the data say nothing of a parameter; where the "
        "posterior lies in a tail of the prior, they disagree.",
    )


def _groups(reported: Reported) -> list[str]:
    """Return the groups that have pictures, in formula order."""
    return list(dict.fromkeys(site.group for site in reported.drawn.effects))[:_GROUPS]


def _drawn(
    reported: Reported, title: str, draw: Callable[[], Any], alt: str, caption: str
) -> Iterator[Html]:
    """Yield a picture under its title, or why it is not there; nothing where none can be drawn."""
    if can_draw():
        yield tag("h3", title)
        yield attempt(lambda _: [picture(draw, alt, caption)], reported, "Picture")
