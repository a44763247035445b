"""Each prior beside its posterior: what the data have added."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.errors import ArgumentError
from formix.plots.both import Both, both
from formix.plots.canvas import array, panels
from formix.plots.labels import short
from formix.plots.legend import draw_legend
from formix.plots.smoothing import smoothed
from formix.plots.style import BLUE, GREY, dress
from formix.results.sample import sample
from formix.verbs.grids import listed
from formix.verbs.model import model

if TYPE_CHECKING:
    from jaxtyping import Float
    from matplotlib.axes import Axes

    from formix.families import Family

_MOST = 24
"""Panels that are drawn unless more are asked for."""

_POINTS = 400

_REACH = 3.0
"""How much of a wide prior is shown on each side, in widths of the posterior."""


def plot_prior(
    fit: object,
    parameters: str | Sequence[str] | None = None,
    *,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
    ax: Any = None,
) -> np.ndarray:
    """Draw every prior beside the posterior of what it is of.

    Where both lie on one another the data say nothing of it; where the posterior lies in a tail of
    the prior, the two disagree. A prior at the means of the columns is drawn with the intercept
    there, one of a variance with the standard deviation, one of a correlation matrix with each
    correlation, and one of thresholds with each, by its place in their order. Densities of priors
    are exact; draws stand for those of several coefficients together (`Horseshoe`, `R2D2`) and for
    NumPyro's own distributions. An improper prior has no density, and none is drawn.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    parameters
        Only these: sites such as `beta` or `sd_Subject`, or numbers such as `sd_Subject[Days]`. By
        default all; of more than 24, the first 24, which the last panel says.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where the
        model has any: a result does not hold them.
    ax
        Axes to draw in, as many as there are panels; by default a new figure's.

    Returns
    -------
    array of Axes
        One a number that has a prior.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, or needs what is not given.
    ArgumentError
        If there is no such parameter, or `ax` does not hold as many axes.
    MissingLibraryError
        If Matplotlib is not installed.

    Examples
    --------
    >>> axes = fx.plot_prior(fit, ["sd_Subject", "sigma"])
    >>> [one.get_title(loc="left") for one in axes]
    ['sd_Subject[Intercept]', 'sd_Subject[Days]', 'sigma']
    """
    drawn = sample(fit, "posterior")
    built = model(fit, functions=functions, priors=priors, family=family)
    found = list(both(drawn, built))
    chosen = found if parameters is None else _chosen(found, parameters)
    shown = chosen if parameters is not None else chosen[:_MOST]
    axes = panels(ax, len(shown), columns=4 if len(shown) > 6 else 3, size=(2.9, 2.2))
    for one, of in zip(axes, shown, strict=True):
        _draw(one, of)
    if len(shown) < len(chosen):
        axes[-1].set_xlabel(f"{axes[-1].get_xlabel()}\n({len(shown)} of {len(chosen):,} priors)")
    draw_legend(axes, outside=True)
    return array(axes)


def _chosen(found: Sequence[Both], parameters: str | Sequence[str]) -> list[Both]:
    """Return those of some sites or numbers, in the order that they are asked for."""
    wanted = listed(parameters)
    if not wanted:
        raise ArgumentError("`parameters` is empty", hint="leave it out to have all of the table")
    names = [_names(one) for one in found]
    chosen: list[Both] = []
    for name in wanted:
        some = [one for one, known in zip(found, names, strict=True) if name in known]
        if not some:
            known = list(dict.fromkeys(name for one in names for name in one))
            near = get_close_matches(str(name), known, n=1)
            raise ArgumentError(
                f"`{name}` is nothing that has a prior in this model",
                hint=(f"did you mean `{near[0]}`? " if near else "")
                + f"there are: {', '.join(one.key for one in found)}",
            )
        chosen += [one for one in some if one not in chosen]
    return chosen


def _names(of: Both) -> tuple[str, ...]:
    """Return what a number may be called: by its key, without its mark, otherwise, by its site."""
    return of.key, of.key.replace("@means]", "]"), of.other or of.key, of.site


def _draw(ax: Axes, of: Both) -> None:
    at = _span(of)
    if of.density is not None:
        before = of.density(at)
    elif len(of.before):
        before = smoothed(of.before, at, of.bounds)
    else:
        before = np.full(len(at), np.nan)
    after = smoothed(of.posterior, at, of.bounds)
    finite = np.where(np.isfinite(before), before, np.nan)
    ax.fill_between(at, 0.0, np.nan_to_num(finite), color=GREY, alpha=0.25, linewidth=0.0)
    ax.plot(at, finite, color=GREY, linewidth=1.2, label="prior")
    ax.fill_between(at, 0.0, after, color=BLUE, alpha=0.25, linewidth=0.0)
    ax.plot(at, after, color=BLUE, linewidth=1.6, label="posterior")
    ax.set_xlim(at[0], at[-1])
    ax.set_ylim(0.0, 1.08 * _top(finite, after))
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    dress(ax, x=short(f"~ {of.prior}", 36), title=short(of.key, 30), grid="x")
    ax.xaxis.label.set_fontsize("small")


def _top(before: Float[np.ndarray, " point"], after: Float[np.ndarray, " point"]) -> float:
    """Return the height that is shown: all of the posterior, of a prior without bound less."""
    most = float(after.max())
    known = before[np.isfinite(before)]
    return max(most, min(float(known.max()), 3.0 * most)) if known.size else most


def _span(of: Both) -> Float[np.ndarray, " point"]:
    """Return the points at which densities are drawn: of the posterior, and prior around it."""
    low, high = map(float, np.quantile(of.posterior, [0.001, 0.999]))
    width = (high - low) or max(1e-6, 0.1 * abs(high))
    start, stop = low - 0.15 * width, high + 0.15 * width
    if len(of.before):
        tails = np.quantile(of.before, [0.03, 0.97])
        start = min(start, max(float(tails[0]), low - _REACH * width))
        stop = max(stop, min(float(tails[1]), high + _REACH * width))
    # At a bound a density may be infinite.
    edge = 1e-6 * width
    start, stop = max(start, of.bounds[0] + edge), min(stop, of.bounds[1] - edge)
    return np.linspace(start, stop, _POINTS)
