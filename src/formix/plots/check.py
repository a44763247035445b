"""A posterior predictive check: the response beside responses that the fit would have made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from formix.errors import ArgumentError
from formix.plots.canvas import WIDE, array, panel, panels
from formix.plots.intervals import PROBS, interval_tails
from formix.plots.labels import plain, short
from formix.plots.legend import draw_legend
from formix.plots.overlays import (
    draw_counts,
    draw_densities,
    draw_distributions,
    draw_levels,
    draw_survival,
    has_atoms,
)
from formix.plots.partition import some_of, split
from formix.plots.replicates import form_of, replicates
from formix.plots.statistics import check_numbers, draw_by_level, draw_statistic
from formix.plots.style import INK
from formix.verbs.arguments import named
from formix.verbs.model import model
from formix.verbs.statistics import statistics

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from formix.families import Family
    from formix.plots.partition import Part
    from formix.plots.replicates import Form, Replicates
    from formix.verbs.statistics import Statistic

Kind = Literal["auto", "density", "ecdf", "counts", "levels", "survival"]

_OF_FORM = {
    "continuous": ("density", "ecdf"),
    "counts": ("counts", "ecdf"),
    "levels": ("levels",),
    "columns": ("levels",),
    "censored": ("survival",),
}
"""The kinds that suit each form of response, the first by default."""

_LINES, _SUMMARIES = 48, 1000
"""Replicates that are drawn each, and that are summarised."""

_MOST = 16
"""Panels by level."""


def plot_check(
    fit: object,
    kind: Kind = "auto",
    *,
    by: object = None,
    stat: object = None,
    groups: object = "all",
    draws: int | None = None,
    seed: int | None = None,
    probs: Sequence[float] = PROBS,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
    ax: Any = None,
) -> Axes | np.ndarray:
    """Draw the response beside replicates: responses that the fit would have made instead.

    Where the model is right, the data look like one of the replicates.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    kind
        `density`: smoothed densities; `ecdf`: the shares of rows at or below each value; `counts`:
        how many rows have each count, on a root scale; `levels`: the share of each level;
        `survival`: the share of rows above each value, of the data by Kaplan and Meier, where rows
        are censored from the right. By default what suits the response; `ecdf` where single numbers
        of a continuous one, such as 0, have a share of the rows.
    by
        A group, a column of the data that the formula uses, or a value for every row, such as
        another column of the data: a panel a level, 16 of them where there are more, which the
        last panel says.
    stat
        A statistic in the place of all rows, as in `fx.ppp`: `mean`, `sd`, `median`, `min`, `max`,
        `skew`, `zeros` (the share of rows that are 0), a function of the values, or several of
        them. Its title is the posterior predictive p-value: the share of the replicates whose
        statistic exceeds that of the data, ties counted half. With `by`, the statistic of each
        level's rows.
    groups
        `all` group-level effects as they were found, `none`, or `new`: those of as many new
        levels, as in `fx.simulate`.
    draws
        How many replicates; by default 48 where each is a line, else up to 1000, fewer of very
        many rows.
    seed
        Of the random numbers; by default the fit's own.
    probs
        The probabilities that equal-tailed intervals of replicates hold.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where the
        model has any: a result does not hold them.
    ax
        Axes to draw in, as many as there are panels; by default a new figure's.

    Returns
    -------
    Axes or array of Axes
        An array of several statistics, or by level.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.
    ArgumentError
        If an argument is none of what it may be.
    UnsupportedError
        If rows are censored from the left or to an interval, or a statistic is asked for of levels
        or censored rows.
    MissingLibraryError
        If Matplotlib is not installed.

    References
    ----------
    Gabry, Simpson, Vehtari, Betancourt and Gelman (2019), doi:10.1111/rssa.12378.

    Examples
    --------
    >>> ax = fx.plot_check(fit)
    >>> len(ax.lines)
    49
    >>> ax = fx.plot_check(fit, stat="max")
    >>> ax.get_title(loc="left").partition(" = ")[0]
    'P(replicates > data)'
    """
    interval_tails(probs)
    wanted = None if stat is None else statistics(stat)
    given = (functions, priors, family)
    built = model(fit, functions=functions, priors=priors, family=family)
    form = form_of(built)
    shown = _kind(kind, form)
    lines = wanted is None and shown in ("density", "ecdf", "survival")
    many = (_LINES if lines else _SUMMARIES) if draws is None else draws
    parts, name = ([], "") if by is None else split(built, by)
    of = replicates(fit, built, given, groups=groups, draws=many, seed=seed)
    if wanted is not None:
        check_numbers(of, wanted)
        return _statistics(ax, of, wanted, parts, name, probs)
    if kind == "auto" and shown == "density" and has_atoms(of):
        shown = "ecdf"
    if parts:
        return _by_level(ax, of, shown, parts, name, probs)
    one = panel(ax, WIDE)
    _draw(one, of, of, shown, probs)
    draw_legend([one], outside=not lines)
    return one


def _kind(kind: str, form: Form) -> str:
    """Return the kind of picture.

    Raises
    ------
    ArgumentError
        If it is none, or does not suit the response.
    """
    suits = _OF_FORM[form]
    if named("kind", kind, 'kind="density"') == "auto":
        return suits[0]
    if kind not in suits:
        listed = ", ".join(map(repr, ("auto", *suits)))
        raise ArgumentError(f"`kind` is {kind!r}", hint=f"of this response it is one of {listed}")
    return kind


def _draw(ax: Axes, of: Replicates, whole: Replicates, kind: str, probs: Sequence[float]) -> None:
    """Draw some rows, along an axis that suits all."""
    if kind == "density":
        draw_densities(ax, of, whole)
    elif kind == "ecdf":
        draw_distributions(ax, of, whole)
    elif kind == "survival":
        draw_survival(ax, of, whole)
    elif kind == "counts":
        draw_counts(ax, of, whole, probs)
    else:
        draw_levels(ax, of, probs)


def _by_level(
    ax: object,
    of: Replicates,
    kind: str,
    parts: Sequence[Part],
    by: str,
    probs: Sequence[float],
) -> np.ndarray:
    """Draw a panel a level, and return them."""
    some = some_of(parts, _MOST)
    height = 2.1 if len(some) > 4 else 2.8
    axes = panels(ax, len(some), columns=4, size=(2.9, height), sharex=True)
    for place, (one, (label, rows)) in enumerate(zip(axes, some, strict=True)):
        _draw(one, of.at(rows), of, kind, probs)
        title = short(label) if place or not by else f"{plain(by)}: {short(label)}"
        one.set_title(title, loc="left", fontsize="medium", color=INK)
        one.set_xlabel(one.get_xlabel() if place >= len(axes) - min(4, len(axes)) else "")
        one.set_ylabel(one.get_ylabel() if place % 4 == 0 else "")
    if len(some) < len(parts):
        last = axes[-1]
        last.set_xlabel(f"{last.get_xlabel()}\n({len(some)} of {len(parts):,} levels)")
    draw_legend(axes, outside=True)
    return array(axes)


def _statistics(
    ax: object,
    of: Replicates,
    wanted: Sequence[Statistic],
    parts: Sequence[Part],
    by: str,
    probs: Sequence[float],
) -> Axes | np.ndarray:
    """Draw a panel a statistic, and return them."""
    width = float(np.clip(0.18 * len(parts), WIDE[0], 11.0)) if parts else 3.6
    size = (width, WIDE[1] if parts else 3.0)
    axes = panels(ax, len(wanted), columns=1 if parts else 3, size=size)
    for one, statistic in zip(axes, wanted, strict=True):
        if parts:
            draw_by_level(one, of, statistic, parts, by, probs)
        else:
            draw_statistic(one, of, statistic)
    draw_legend(axes, outside=bool(parts))
    return array(axes) if len(axes) > 1 else axes[0]
