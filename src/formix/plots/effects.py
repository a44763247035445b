"""Conditional effects: what is predicted over a column, with intervals, and the data behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from formix.errors import ArgumentError
from formix.plots.canvas import WIDE, array, panels
from formix.plots.effect_panel import Panel, draw_panel
from formix.plots.intervals import PROBS, interval_tails, said
from formix.plots.labels import plain
from formix.plots.observed import Observed, observed
from formix.plots.scatter import written
from formix.plots.style import SMALL
from formix.syntax.tree import Name, walk
from formix.verbs.arguments import truth
from formix.verbs.asked import Asked, Options, asked
from formix.verbs.effects import POINTS, conditional
from formix.verbs.grids import checked, group_columns, known_columns, names_of, regressors
from formix.verbs.predicted import LINPRED, MEAN, RESPONSE

if TYPE_CHECKING:
    from formix.models import Model
    from formix.verbs.grids import Regressor

MOST_PANELS = 12
"""Panels that are drawn unasked."""

_ROOM = 44
"""Letters that stand above a panel."""


def plot_effects(
    fit: object,
    variables: str | Iterable[str] | None = None,
    *,
    at: Mapping[str, object] | None = None,
    points: int = POINTS,
    kind: str = MEAN,
    groups: object = "none",
    probs: Sequence[float] = PROBS,
    data: bool = True,
    ax: Any = None,
    **options: Unpack[Options],
) -> Any:
    """Draw conditional effects: predictions over a column or two, the others held, and the data.

    Lines have bands, levels of a factor dots with intervals. Colours tell apart the values of a
    second column, or the levels of a response that has such. Responses of yes or no are drawn as
    observed shares, whose rings are larger the more rows they are of.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    variables
        A column, or two as `"Days:recipe"` or a list; by default a panel for each term of the
        formula that is part of no other.
    at, points, kind, groups
        As `fx.effects` takes them.
    probs
        The probabilities that the equal-tailed intervals hold.
    data
        Whether what was observed is drawn, where the mean is.
    ax
        Axes to draw in, as many as there are panels; by default a new figure's.
    **options
        As `fx.effects` takes them.

    Returns
    -------
    Axes or array of Axes
        Those of the columns that are named; an array where none is, or the response has levels
        and two are.

    Raises
    ------
    ResultError, ArgumentError, UnknownLevelError
        As `fx.effects`; or if there are no columns to draw, or more than two are named.
    MissingLibraryError
        If Matplotlib is not installed.

    Examples
    --------
    >>> ax = fx.plot_effects(fit, "Days")
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('Days (d)', 'Reaction (ms)')
    """
    interval_tails(probs)
    question = asked(fit, kind, groups, options)
    known = known_columns(question.model)
    chosen, more = _chosen(question, variables, known)
    held = checked(at, known)
    truth("data", data)
    seen = observed(question.model, question.drawn.found)
    made = [one for names in chosen for one in _panels(question, names, held, points, seen, data)]
    size = WIDE if len(made) == 1 else (3.9 if seen.levels else 3.4, 2.9)
    axes = panels(ax, len(made), columns=3, size=size)
    for one, (title, panel) in zip(axes, made, strict=True):
        draw_panel(one, panel, question.drawn.found, probs, _label(question, seen))
        one.set_title(title, loc="left", fontsize=SMALL)
    note = f"mean, {said(probs)}" + (f"; {MOST_PANELS} of {more} effects" if more else "")
    axes[0].set_title("\n".join(filter(None, (note, made[0][0]))), loc="left", fontsize=SMALL)
    return axes[0] if variables is not None and len(axes) == 1 else array(axes)


def _label(question: Asked, seen: Observed) -> str:
    """Return what is predicted, in words."""
    model, kind = question.model, question.kind
    if kind == LINPRED:
        return f"linear predictor ({model.spec.predictors[0].link.name} scale)"
    if kind in (MEAN, RESPONSE):
        return seen.label
    return plain(kind)


def _chosen(
    question: Asked, variables: str | Iterable[str] | None, known: Mapping[str, Regressor]
) -> tuple[list[tuple[str, ...]], int]:
    """Return the columns of each picture, and how many there are where some are left out."""
    model = question.model
    if variables is not None:
        allowed = (*regressors(model), *group_columns(model))
        names = names_of(variables, {name: known[name] for name in allowed})
        if len(names) > 2:
            raise ArgumentError(
                f"a picture shows one column or two, not {len(names)}",
                hint="hold the others by at={...}",
            )
        return [names], 0
    found = _term_columns(model, question.kind)
    if not found:
        raise ArgumentError(
            "the predictor has no columns to draw effects over",
            hint="fx.plot_ranef(fit) draws the effects of groups",
        )
    return found[:MOST_PANELS], len(found) if len(found) > MOST_PANELS else 0


def _term_columns(model: Model, kind: str) -> list[tuple[str, ...]]:
    """Return the columns of terms that are part of no other, at most two at once."""
    known = regressors(model)
    parts = [part for part in model.terms.predictors if kind == part.parameter]
    parts = parts or list(model.terms.predictors[:1])
    every = [
        tuple(
            dict.fromkeys(
                n.name
                for v in term.variables
                for n in walk(v.node)
                if isinstance(n, Name) and n.name in known
            )
        )
        for part in parts
        for term in part.common.terms
    ]
    pairs = [pair for names in every for pair in _pairs(names)]
    found = list({frozenset(pair): _longest_first(pair, known) for pair in pairs if pair}.values())
    return [one for one in found if not any(set(one) < set(other) for other in found)]


def _longest_first(names: tuple[str, ...], known: Mapping[str, Regressor]) -> tuple[str, ...]:
    """Return two factors so that the axis has the one of more levels, and colours the other."""
    return tuple(sorted(names, key=lambda name: -len(known[name].levels)))


def _pairs(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    if len(names) < 3:
        return [names]
    return [(a, b) for j, a in enumerate(names) for b in names[j + 1 :]]


def _panels(
    question: Asked,
    names: tuple[str, ...],
    held: Mapping[str, list[object]],
    points: int,
    seen: Observed,
    data: bool,
) -> list[tuple[str, Panel]]:
    """Return the panels of one picture: one, or one a value where levels take the colours."""
    known = known_columns(question.model)
    several = [name for name, some in held.items() if name not in names and len(some) > 1]
    if several:
        raise ArgumentError(
            f"`at` has several values of `{several[0]}`, which is not drawn",
            hint=f"name it too, or give one of them: at={{{several[0]!r}: ...}}",
        )
    # A number has the axis, since it has more values than there are colours.
    if len(names) == 2 and known[names[0]].levels and not known[names[1]].levels:
        names = names[::-1]
    found: Any = conditional(question, names, held, points, None)
    rows = [c for c in found.coords if found.coords[c].dims == ("row",) and c != "row"]
    values = [list(dict.fromkeys(found.coords[c].to_numpy().tolist())) for c in rows[: len(names)]]
    sizes = [len(some) for some in values] + [1] * (2 - len(names))
    draws = found.to_numpy()
    draws = draws.reshape(-1, *sizes, *draws.shape[3:])
    x, colour = known[names[0]], known[names[1]] if len(names) > 1 else None
    at = _held(regressors(question.model), names, held)
    shown = seen if data and question.kind in (MEAN, RESPONSE) else None
    every = np.ones(len(x.column.values), dtype=bool)
    if draws.ndim == 3:
        second = values[1] if colour else []
        return [(at, Panel(x, values[0], colour, second, draws, shown, every))]
    levels = seen.levels if len(seen.levels) == draws.shape[3] else ()
    of = plain(question.model.spec.response.name.strip("`"))
    if colour is None:
        panel = Panel(x, values[0], None, [], draws[:, :, 0], shown, every, levels, of)
        return [(at, panel)]
    return [
        (
            "\n".join(filter(None, (plain(f"{colour.name} {written(value)}"), at))),
            Panel(
                x, values[0], None, [], draws[:, :, j], shown, _rows_of(colour, value), levels, of
            ),
        )
        for j, value in enumerate(values[1])
    ]


def _held(
    known: Mapping[str, Regressor], names: tuple[str, ...], held: Mapping[str, list[object]]
) -> str:
    """Return where the columns that are not drawn are held, as far as there is room."""
    others = {name: known[name].reference()[0] for name in known if name not in names}
    others |= {name: some[0] for name, some in held.items() if name not in names}
    texts = [f"{name} {written(value)}" for name, value in others.items()]
    shown = ", ".join(texts)
    return plain(
        f"at {shown if len(shown) <= _ROOM else shown[: _ROOM - 1] + chr(8230)}" if texts else ""
    )


def _rows_of(colour: Regressor, value: object) -> np.ndarray:
    """Return the rows of a level; all of them where the column is a number."""
    column = colour.column
    if not colour.levels or column.kind in ("number", "date"):
        return np.full(len(column.values), not colour.levels) | (column.values == value)
    code = next((j for j, level in enumerate(column.levels) if str(level) == str(value)), -1)
    return column.values == code
