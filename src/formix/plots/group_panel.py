"""The levels of a group: their rows, and what partial, no and complete pooling fit to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from formix.bounded import mean
from formix.linear import eta, family_parameters
from formix.plots.group_rows import GroupRows, index_of
from formix.plots.held import Held, at_linear
from formix.plots.intervals import draw_bands, draw_whiskers, intervals
from formix.plots.labels import short
from formix.plots.pooling import pooling
from formix.plots.scatter import SPREAD, codes_of, draw_rows, draw_shares
from formix.plots.style import BLUE, GREY, INK, VERMILLION, colours
from formix.verbs.varying import picked

if TYPE_CHECKING:
    from jaxtyping import Float, Int
    from matplotlib.axes import Axes

    from formix.plots.deviations import Deviations
    from formix.plots.observed import Observed
    from formix.spec import Spec
    from formix.verbs.asked import Asked

PARTIAL, NONE, COMPLETE = "partial pooling", "no pooling", "complete pooling"

_DASHES = {NONE: (0, (4, 2)), COMPLETE: (0, (1, 1.5))}
_PAINT = {NONE: VERMILLION, COMPLETE: INK}


@dataclass(frozen=True, eq=False)
class Fitted:
    """What is fitted to the levels that are drawn.

    Parameters
    ----------
    rows
        Where.
    index
        The level of each row of the data.
    draws
        Of the mean, by level, value at the axis, and level of the response.
    lines
        The means of no and of complete pooling, by level and value; NaN where there is none.
    """

    rows: GroupRows
    index: Int[np.ndarray, " obs"]
    draws: Float[np.ndarray, "sample drawn value level"]
    lines: dict[str, Float[np.ndarray, "drawn value"]]


def fitted(question: Asked, fit: Held, of: Deviations, rows: GroupRows) -> Fitted:
    """Return what is fitted at some rows."""
    model, count = question.model, len(rows.levels)
    chosen = picked(list(rows.groups), model.spec.blocks)
    answers = replace(question, chosen=chosen).at(rows.frame, unit=True)
    draws = np.concatenate([some for _, some in answers.made()], axis=1)
    level = np.repeat(rows.levels, len(rows.values))
    lines = {} if draws.ndim > 2 else _lines(fit, of, answers.of.rows.spec, level)
    shaped = draws.reshape(len(draws), count, len(rows.values), -1)
    each = {name: line.reshape(count, -1) for name, line in lines.items()}
    return Fitted(rows, index_of(model, of.group), shaped, each)


def _lines(
    fit: Held, of: Deviations, spec: Spec, level: Int[np.ndarray, " row"]
) -> dict[str, Float[np.ndarray, " row"]]:
    """Return the means of no and of complete pooling at the rows of a spec."""
    main = spec.predictors[0]
    linear = {p.name: eta(spec, p, fit.values)[0] for p in spec.predictors}
    if main.name not in {
        e.predictor for b in spec.blocks if b.group == of.group for e in b.effects
    }:
        return {}
    found = pooling(fit, of, main.name)
    own = linear[main.name].copy()
    for block in spec.blocks:
        for j, effect in enumerate(block.effects):
            label = block.prefix + block.labels[j]
            if block.group == of.group and effect.predictor == main.name:
                own += block.Z[:, j] * found.shift[level, found.effects.index(label)]
    offset = 0.0 if main.offset is None else main.offset
    complete = main.X @ found.beta + offset
    return {
        name: _mean(spec, fit, {**linear, main.name: line})
        for name, line in ((NONE, own), (COMPLETE, complete))
    }


def _mean(spec: Spec, fit: Held, linear: dict[str, np.ndarray]) -> Float[np.ndarray, " row"]:
    """Return the mean of the response at linear predictors."""
    parameters = family_parameters(at_linear(spec, linear), fit.values)
    found = np.asarray(mean(spec.family, spec.response, parameters))
    return np.broadcast_to(found, (1, len(spec.response.values)))[0]


def draw_level(ax: Axes, of: Fitted, place: int, seen: Observed, probs: Sequence[float]) -> None:
    """Draw the panel of one level."""
    x = of.rows.x
    mine = np.flatnonzero(of.index == of.rows.levels[place])
    if x is None:
        return
    factor = bool(x.levels)
    at = np.arange(float(len(of.rows.values))) if factor else np.asarray(of.rows.values, float)
    if factor:
        ax.set_xlim(-0.6, len(at) - 0.4)
    codes = codes_of(x, of.rows.values) if factor else x.column.values
    _draw_data(ax, codes[mine], seen, mine, factor=factor)
    for name, line in of.lines.items():
        if factor:
            _mark(ax, at, line[place], name)
        else:
            style = {"linewidth": 1.1, "color": _PAINT[name], "linestyle": _DASHES[name]}
            ax.plot(at, line[place], label=name, **style)
    _draw_partial(ax, at, of.draws[:, place], seen, probs, factor=factor)
    if seen.bounded:
        ax.set_ylim(-0.04, 1.04)


def draw_levels(ax: Axes, of: Fitted, seen: Observed, probs: Sequence[float]) -> None:
    """Draw all levels in one panel, where they stand at the axis."""
    count = len(of.rows.levels)
    to = np.full(int(of.index.max()) + 1, -1)
    to[of.rows.levels[of.rows.levels < len(to)]] = np.arange(count)
    place = to[of.index]
    mine = np.flatnonzero(place >= 0)
    at = np.arange(float(count))
    ax.set_xlim(-0.6, count - 0.4)
    _draw_data(ax, place[mine].astype(np.float64), seen, mine, factor=True)
    for name, line in of.lines.items():
        if name == COMPLETE and np.ptp(line[:, 0]) == 0.0:
            ax.axhline(line[0, 0], color=INK, linewidth=1.0, linestyle=_DASHES[name], label=name)
        else:
            _mark(ax, at, line[:, 0], name)
    _draw_partial(ax, at, of.draws[:, :, 0], seen, probs, factor=True)
    if seen.bounded:
        ax.set_ylim(-0.03, 1.03)


def _mark(ax: Axes, at: np.ndarray, line: np.ndarray, name: str) -> None:
    """Draw the means of no or complete pooling beside those of partial pooling."""
    shift, marker = (-0.18, "o") if name == NONE else (0.18, "D")
    style = {"markerfacecolor": "white", "markeredgecolor": _PAINT[name], "markersize": 4.0}
    ax.plot(at + shift, line, marker, label=name, **style)


def _draw_data(
    ax: Axes, x: np.ndarray, seen: Observed, mine: Int[np.ndarray, " row"], *, factor: bool
) -> None:
    values = seen.values[mine]
    each = values if values.ndim > 1 else values[:, None]
    paint = _paint(seen, each.shape[1], GREY)
    for j, colour in enumerate(paint):
        good = np.isfinite(each[:, j]) & np.isfinite(x) & (x >= 0 if factor else True)
        shift = (j - (len(paint) - 1) / 2.0) * SPREAD / len(paint) if factor else 0.0
        if seen.shares:
            draw_shares(ax, x[good], each[good, j], colour, shift)
        else:
            draw_rows(ax, x[good], each[good, j], colour, shift, len(paint), jitter=factor)


def _paint(seen: Observed, count: int, single: str) -> list[str]:
    return [single] if count == 1 else colours(count, ordered=seen.ordered)


def _draw_partial(
    ax: Axes,
    at: np.ndarray,
    draws: Float[np.ndarray, "sample value level"],
    seen: Observed,
    probs: Sequence[float],
    *,
    factor: bool,
) -> None:
    count = draws.shape[2]
    labels = [short(level) for level in seen.levels] if count > 1 else [PARTIAL]
    for j, (colour, label) in enumerate(zip(_paint(seen, count, BLUE), labels, strict=True)):
        of = intervals(draws[:, :, j], probs)
        if factor:
            shift = (j - (count - 1) / 2.0) * SPREAD / count
            draw_whiskers(ax, at + shift, of, colour, label, size=4.0)
        else:
            draw_bands(ax, at, of, colour, label)
