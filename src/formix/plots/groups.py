"""Small multiples: the rows of each level of a group, and what is fitted to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from formix.engines.plan import whole
from formix.errors import ArgumentError
from formix.plots.canvas import array, panels
from formix.plots.deviations import Deviations, deviations
from formix.plots.group_panel import Fitted, draw_level, draw_levels, fitted
from formix.plots.group_rows import axis_of, chosen, group_rows
from formix.plots.held import held
from formix.plots.intervals import PROBS, interval_tails, said
from formix.plots.labels import level_ticks, plain, short, with_unit
from formix.plots.observed import observed
from formix.plots.style import INK, SMALL, dress, key
from formix.results.sample import sample
from formix.verbs.asked import asked
from formix.verbs.grids import check_points, listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from formix.models import Model
    from formix.plots.rebuilt import Rebuilt
    from formix.results.groups import Groups

MOST, POINTS = 18, 40
"""Levels that are drawn, and values of a number at the axis."""


def plot_groups(
    fit: object,
    x: str | None = None,
    *,
    group: str = "",
    levels: Iterable[object] | None = None,
    most: int = MOST,
    points: int = POINTS,
    probs: Sequence[float] = PROBS,
    ax: Any = None,
    **rebuilt: Unpack[Rebuilt],
) -> np.ndarray:
    """Draw the data of each level of a group with the lines that are fitted to them.

    Partial pooling, the model's, has bands; no pooling, which is what the level's own rows say, and
    complete pooling, as if there were no groups, are thin lines. Over a factor they are dots. Where
    no column varies within levels, the levels themselves stand at the axis of one panel.

    The other columns are at the level's own means, factors as in most of its rows. The effects of
    other groups take part where a level lies in one of theirs. A response with levels has partial
    pooling alone, a colour a level.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    x
        The column at the axis; by default a number that varies within levels, else a factor, else
        another group.
    group
        The group; by default the first.
    levels
        The levels that are drawn. By default all; of very many, some that lie evenly in the order
        of the group's first effect, which the title then says.
    most
        How many those are at most.
    points
        How many values a number at the axis has.
    probs
        The probabilities that the equal-tailed intervals hold.
    ax
        Axes to draw in, as many as there are panels; by default a new figure's.
    **rebuilt
        `functions`, `priors` and `family` that the result does not hold, as `fx.model` takes them.

    Returns
    -------
    array of Axes
        One a level.

    Raises
    ------
    ResultError
        If the result is not one of formix, or has no group-level effects.
    ArgumentError
        If there is no such column, group or level, rows belong to several levels of the group, or
        `ax` does not hold as many axes as there are panels.
    MissingLibraryError
        If Matplotlib is not installed.

    Examples
    --------
    >>> axes = fx.plot_groups(fit, levels=["308", "309"])
    >>> [ax.get_title(loc="left") for ax in axes]
    ['308', '309']
    """
    drawn = sample(fit, "posterior")
    parts, of = deviations(drawn), deviations(drawn, group)[0]
    whole("most", most, 1)
    check_points(points)
    interval_tails(probs)
    rebuild: Any = dict(rebuilt)
    question = asked(fit, "mean", "none", rebuild)
    model = question.model
    _refuse_shared(model, of)
    name = axis_of(model, of, x)
    places = chosen(of, most) if levels is None else _places(of, levels)
    note = f"partial pooling: mean, {said(probs)}"
    if len(places) < len(of.levels) and levels is None:
        by = f", evenly chosen by their {of.effects[0]}" if len(places) > 1 else ""
        note = f"{len(places)} of {len(of.levels)} levels of {of.group}{by}; {note}"
    seen = observed(model, drawn.found)
    found = held(model, drawn, parts)
    rows = group_rows(model, of, "" if name == of.group else name, places, points)
    made = fitted(question, found, of, rows)
    if rows.x is None:
        (one,) = panels(ax, 1, size=(max(4.8, min(10.0, 1.6 + 0.42 * len(places))), 4.0))
        draw_levels(one, made, seen, probs)
        level_ticks(one, [of.levels[j] for j in places])
        dress(one, x=plain(of.group), y=seen.label)
        one.set_title(plain(note), loc="left", fontsize=SMALL)
        key(one)
        return array([one])
    across = 6 if len(places) > 12 else 4
    axes = panels(ax, len(places), columns=across, size=(1.9, 1.9), sharex=True, sharey=True)
    for one, j in zip(axes, range(len(places)), strict=True):
        draw_level(one, made, j, seen, probs)
        dress(one, title=short(of.levels[places[j]], 18))
    _label(axes, made, drawn.found, seen.label, plain(note), own=ax is None)
    return array(axes)


def _refuse_shared(model: Model, of: Deviations) -> None:
    """Refuse a group of which a row belongs to several levels.

    Raises
    ------
    ArgumentError
        With what to draw instead.
    """
    if any(b.varying.members > 1 for b in model.spec.blocks if b.group == of.group):
        raise ArgumentError(
            f"a row belongs to several levels of `{of.group}`, none of which has rows of its own",
            hint="fx.plot_ranef(fit) draws their effects",
        )


def _places(of: Deviations, levels: object) -> np.ndarray:
    """Return the places of levels that are named.

    Raises
    ------
    ArgumentError
        If there is no such level.
    """
    known = {str(level): j for j, level in enumerate(of.levels)}
    given = [str(level) for level in listed(levels)]
    strange = next((level for level in given if level not in known), None)
    if strange is not None or not given:
        raise ArgumentError(
            f"`{strange}` is not a level of `{of.group}`" if given else "`levels` is empty",
            hint=f"its levels: {', '.join(list(known)[:8])}{', ...' if len(known) > 8 else ''}",
        )
    return np.array([known[level] for level in given])


def _label(
    axes: Sequence[Axes], made: Fitted, found: Groups, y: str, note: str, *, own: bool
) -> None:
    """Write what is at the axes once for all panels of a figure of ours, else at each."""
    column = made.rows.x
    x = with_unit(column.name, found) if column is not None else ""
    for ax in axes if column is not None and column.levels else ():
        level_ticks(ax, made.rows.values)
    if not own:
        for ax in axes:
            dress(ax, x=x, y=y)
        key(axes[-1])
        return
    figure = axes[0].figure
    figure.supxlabel(x, fontsize="medium", color=INK)
    figure.supylabel(y, fontsize="medium", color=INK)
    figure.suptitle(note, fontsize=SMALL, x=0.01, ha="left", color=INK)
    handles, labels = axes[0].get_legend_handles_labels()
    for ax in axes[1:]:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            if label not in labels:
                handles.append(handle)
                labels.append(label)
    where = "outside right upper"
    figure.legend(handles, labels, loc=where, frameon=False, fontsize=SMALL, labelcolor=INK)
