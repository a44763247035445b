"""Shrinkage: how far each level's own estimate is drawn towards that of all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from formix.errors import ArgumentError
from formix.plots.canvas import panel
from formix.plots.deviations import deviations
from formix.plots.held import held
from formix.plots.labels import level_ticks, plain, room, short
from formix.plots.library import collections
from formix.plots.pooling import Pooling, pooling
from formix.plots.scales import effect_scale
from formix.plots.style import BLUE, GREY, INK, VERMILLION, dress, key
from formix.results.sample import sample
from formix.spec import MAIN
from formix.verbs.model import model as model_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from formix.plots.rebuilt import Rebuilt


NAMED = 30
"""Levels up to which each is named in a plane, where there is room."""

_LISTED = 5
_EACH, _LEAST, _MOST = 0.19, 2.6, 9.0


def plot_shrinkage(
    fit: object,
    effects: str | Sequence[str] | None = None,
    *,
    group: str = "",
    ax: Any = None,
    **rebuilt: Unpack[Rebuilt],
) -> Axes:
    """Draw how the estimates of each level are drawn together: arrows from no to partial pooling.

    No pooling is what a level's own rows say, everything else being as the fit has it: their
    maximum likelihood, which of a gaussian response is least squares. Complete pooling is what all
    rows say if there were no groups. Partial pooling is the posterior mean of the common (fixed)
    plus the level's effect. Of two effects the arrows lie in their plane; of one, each level has a
    line of its own.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    effects
        One label or two; by default the first two of the group, or its only one.
    group
        The group; by default the first.
    ax
        Axes to draw in; by default a new figure's.
    **rebuilt
        `functions`, `priors` and `family` that the result does not hold, as `fx.model` takes them.

    Returns
    -------
    Axes
        Its legend says how many levels have no estimate of their own: too few rows, or none but
        failures.

    Raises
    ------
    ResultError
        If the result is not one of formix, has no group-level effects, or kept none of them.
    ArgumentError
        If there is no such group or effect, effects are more than two or of several predictors, or
        rows belong to several levels of the group.
    MissingLibraryError
        If Matplotlib is not installed.

    References
    ----------
    Bates (2010), lme4: Mixed-effects Modeling with R, chapter 4.

    Examples
    --------
    >>> ax = fx.plot_shrinkage(fit)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('Intercept (ms)', 'Days (ms per d)')
    """
    found, chosen = estimates_of(fit, effects, group, rebuilt)
    places = [found.effects.index(effect) for effect in chosen]
    drawn = sample(fit, "posterior")
    names = [plain(f"{effect}{effect_scale(drawn.found, effect)}") for effect in chosen]
    if len(places) == 1:
        height = float(np.clip(_EACH * len(found.levels) + 0.9, _LEAST, _MOST))
        one = panel(ax, (5.6, height))
        step = _draw_lines(one, found, places[0])
        rest = f"{len(found.levels)} levels, one of {step} named" if step > 1 else ""
        dress(one, x=names[0], y=rest, grid="x")
    else:
        one = panel(ax, (7.0, 4.8))
        _draw_plane(one, found, places)
        dress(one, x=names[0], y=names[1], grid="both")
    _tell_unknown(one, found)
    key(one, plain(found.group))
    if len(places) == 2 and len(found.levels) <= NAMED:
        _name_levels(one, found, places)
    return one


def estimates_of(
    fit: object, effects: str | Sequence[str] | None, group: str, rebuilt: Rebuilt
) -> tuple[Pooling, tuple[str, ...]]:
    """Return the estimates of a group, and the one or two effects that are asked for.

    Raises
    ------
    ResultError, ArgumentError
        As `plot_shrinkage`.
    """
    drawn = sample(fit, "posterior")
    parts = deviations(drawn)
    of = deviations(drawn, group, effects)[0]
    whole = next(part for part in parts if part.group == of.group)
    model = model_of(fit, **rebuilt)
    where = {
        block.prefix + label: effect.predictor
        for block in model.spec.blocks
        for label, effect in zip(block.labels, block.effects, strict=True)
        if block.group == of.group
    }
    wanted = list(of.effects)
    if effects is None:
        first = MAIN if MAIN in where.values() else where[wanted[0]]
        wanted = [effect for effect in wanted if where[effect] == first][:2]
    if len(wanted) > 2 or len({where[effect] for effect in wanted}) > 1:
        raise ArgumentError(
            f"{', '.join(f'`{effect}`' for effect in wanted)} have no plane of their own",
            hint="name one effect, or two of one predictor",
        )
    return pooling(held(model, drawn, parts), whole, where[wanted[0]]), tuple(wanted)


def _draw_plane(ax: Axes, of: Pooling, places: Sequence[int]) -> None:
    own, partial = of.own[:, places], of.partial[:, places]
    known = ~np.isnan(own).any(axis=1)
    many = len(own) > NAMED
    if many:
        pairs = np.stack([own[known], partial[known]], axis=1)
        lines = collections.LineCollection(pairs, colors=GREY, linewidths=0.5, alpha=0.4)
        ax.add_collection(lines)
    else:
        for a, b in zip(own[known], partial[known], strict=True):
            style = {
                "arrowstyle": "-|>",
                "color": GREY,
                "linewidth": 0.9,
                "shrinkA": 3,
                "shrinkB": 3,
            }
            ax.annotate("", xy=b, xytext=a, arrowprops=style | {"mutation_scale": 7})
    size = 3.0 if many else 5.0
    _dots(ax, list(own[known].T), list(partial.T), size)
    ax.plot(*of.complete[places][:, None], "D", color=INK, markersize=6, label="complete pooling")


def _dots(ax: Axes, own: Sequence[np.ndarray], partial: Sequence[np.ndarray], size: float) -> None:
    ring = {"markerfacecolor": "white", "markeredgecolor": VERMILLION, "markersize": size}
    ring["markeredgewidth"] = 0.2 * size
    ax.plot(*own, "o", label="no pooling", **ring)
    ax.plot(*partial, "o", color=BLUE, markersize=size, label="partial pooling")


def _draw_lines(ax: Axes, of: Pooling, place: int) -> int:
    """Draw a line a level, in order of their partial estimates; return the step of the labels."""
    order = np.argsort(of.partial[:, place], kind="stable")
    own, partial = of.own[order, place], of.partial[order, place]
    at = np.arange(float(len(order)))
    known = ~np.isnan(own)
    ax.set_ylim(-0.7, len(order) - 0.3)
    ax.axvline(of.complete[place], color=INK, linewidth=1.0, linestyle=(0, (4, 3)))
    size = float(np.clip(0.62 * room(ax, "y"), 1.2, 5.0))
    ax.hlines(at[known], own[known], partial[known], color=GREY, linewidth=0.18 * size)
    _dots(ax, (own[known], at[known]), (partial, at), size)
    ax.lines[0].set_label("complete pooling")
    return level_ticks(ax, [of.levels[j] for j in order], "y")


def _tell_unknown(ax: Axes, of: Pooling) -> None:
    """Say in the legend which levels have no estimate of their own."""
    unknown = of.unknown
    if not unknown:
        return
    shown = ", ".join(short(level, 10) for level in unknown[:_LISTED])
    more = f" and {len(unknown) - _LISTED} more" if len(unknown) > _LISTED else ""
    ax.plot([], [], linestyle="none", label=f"no own estimate:\n{shown}{more}")


def _name_levels(ax: Axes, of: Pooling, places: Sequence[int]) -> None:
    """Write a level's name at its own estimate, unless it would lie on another name or a dot."""
    at = np.where(np.isnan(of.own), of.partial, of.own)[:, places]
    figure = ax.figure
    figure.draw_without_rendering()
    pixels = ax.transData.transform(np.concatenate([at, of.partial[:, places]]))
    em = float(ax.xaxis.label.get_fontsize()) * 0.75 * figure.dpi / 72.0
    boxes: list[tuple[float, float, float, float]] = []
    for j, level in enumerate(of.levels):
        text = short(level, 12)
        x, y = pixels[j] + [0.55 * em, 0.0]
        box = (x, y - 0.6 * em, x + 0.65 * em * len(text), y + 0.6 * em)
        dots = (pixels > box[:2]).all(axis=1) & (pixels < box[2:]).all(axis=1)
        if dots.any() or any(_overlap(box, other) for other in boxes):
            continue
        boxes.append(box)
        ax.annotate(
            text, at[j], xytext=(4, 0), textcoords="offset points", color=GREY,
            fontsize="x-small", va="center",
        )  # fmt: skip


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
