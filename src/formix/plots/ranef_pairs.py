"""Pairs of group-level effects, within the ellipses that the fitted covariance gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.errors import ArgumentError
from formix.plots.canvas import array, panels
from formix.plots.deviations import Deviations, deviations
from formix.plots.intervals import PROBS, interval_tails, said
from formix.plots.labels import plain, short
from formix.plots.scales import effect_scale
from formix.plots.style import BLUE, FAINT, GREY, INK, SMALL, colours, dress, key
from formix.results.sample import sample

if TYPE_CHECKING:
    from jaxtyping import Float
    from matplotlib.axes import Axes

    from formix.results.layout import Site
    from formix.results.sample import Sample

MOST = 5
"""Effects whose pairs are drawn unasked."""


@dataclass(frozen=True, eq=False)
class Covariances:
    """The fitted covariance of the effects of one site.

    Parameters
    ----------
    effects
        Their labels.
    matrices, names
        The posterior mean of the matrix, one a level of the factor that it differs by, and those
        levels.
    df
        The degrees of freedom, infinite of normal effects.
    """

    effects: tuple[str, ...]
    matrices: Float[np.ndarray, "by effect effect"]
    names: tuple[str, ...]
    df: float


def plot_ranef_pairs(
    fit: object,
    *,
    group: str = "",
    effects: Sequence[str] | None = None,
    probs: Sequence[float] = PROBS,
    ax: Any = None,
) -> np.ndarray:
    """Draw each pair of a group's effects: posterior means, and ellipses of their distribution.

    The ellipses hold the probabilities of the fitted distribution of the group, of the posterior
    mean of its covariance matrix. The means lie closer together than levels do, since each is drawn
    to 0 by what its rows do not say.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    group
        The group; by default the first that has two effects in one predictor.
    effects
        Two labels or more; by default the first five.
    probs
        The probabilities that the ellipses hold.
    ax
        Axes to draw in, as many as there are pairs; by default a new figure's.

    Returns
    -------
    array of Axes
        One a pair.

    Raises
    ------
    ResultError
        If the result is not one of formix, has no group-level effects, or kept none of them.
    ArgumentError
        If there is no such group or effect, or no two effects share a predictor.
    MissingLibraryError
        If Matplotlib is not installed.

    Examples
    --------
    >>> (ax,) = fx.plot_ranef_pairs(fit)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('Intercept: deviation (ms)', 'Days: deviation (ms per d)')
    """
    drawn = sample(fit)
    of, found = _paired(drawn, group, effects)
    radii = [_radius(high - low, found.df) for low, high in interval_tails(probs)]
    some = [e for e in of.effects if e in found.effects]
    few = some if effects is not None else some[:MOST]
    pairs = list(combinations(few, 2))
    axes = panels(ax, len(pairs), columns=3, size=(3.6, 3.3) if len(pairs) > 1 else (4.8, 4.2))
    for one, (x, y) in zip(axes, pairs, strict=True):
        places = [found.effects.index(x), found.effects.index(y)]
        _draw(one, of.of([of.effects.index(x), of.effects.index(y)]), found, places, radii)
        names = [plain(f"{e}: deviation{effect_scale(drawn.found, e)}") for e in (x, y)]
        dress(one, x=names[0], y=names[1], grid="both")
    note = (
        f"{of.group}: posterior means, ellipses of {said(probs).replace('intervals', '')}".strip()
    )
    rest = f" ({len(few)} of {len(some)} effects)" if len(few) < len(some) else ""
    axes[0].set_title(plain(note + rest), loc="left", fontsize=SMALL, color=INK)
    if len(found.names) > 1:
        key(axes[-1])
    return array(axes)


def _paired(
    drawn: Sample, group: str, effects: Sequence[str] | None
) -> tuple[Deviations, Covariances]:
    """Return a group's effects and the covariance of those of one predictor.

    Raises
    ------
    ArgumentError
        If no two of them share a predictor.
    """
    for of in deviations(drawn, group, effects):
        for site in drawn.of("sd"):
            labels = drawn.effect_labels(site)
            if site.group == of.group and len(set(labels) & set(of.effects)) > 1:
                return of, _covariances(drawn, site)
    asked = f" among {', '.join(f'`{e}`' for e in effects)}" if effects is not None else ""
    raise ArgumentError(
        f"there is no pair of effects{asked}{f' of `{group}`' if group else ''} in one predictor",
        hint="fx.plot_ranef(fit) draws effects one by one",
    )


def _covariances(drawn: Sample, site: Site) -> Covariances:
    sd = drawn.draws(site).to_numpy()
    size = sd.shape[-1]
    same = (site.group, site.predictor)
    cor = next((s for s in drawn.of("cor") if (s.group, s.predictor) == same), None)
    matrix = np.eye(size) if cor is None else drawn.draws(cor).to_numpy()
    whole = sd[..., :, None] * matrix * sd[..., None, :]
    names = tuple(map(str, drawn.labels(site.dims[0]))) if len(site.dims) > 1 else ("",)
    freedom = [
        float(drawn.draws(s).mean())
        for s in drawn.of("covariance")
        if (s.group, s.predictor) == same
        and s.name.removeprefix(f"{s.predictor}.").startswith("df_")
    ]
    mean = np.mean(whole, axis=(0, 1)).reshape(-1, size, size)
    labels = tuple(drawn.effect_labels(site))
    return Covariances(labels, mean, names, freedom[0] if freedom else np.inf)


def _radius(prob: float, df: float) -> float:
    """Return how far, in standard deviations, an ellipse reaches that holds a probability.

    Examples
    --------
    >>> round(_radius(0.95, np.inf), 4), round(_radius(0.95, 5.0), 4)
    (2.4477, 3.4018)
    """
    if np.isinf(df):
        return float(np.sqrt(-2.0 * np.log1p(-prob)))
    return float(np.sqrt(df * np.expm1(-2.0 / df * np.log1p(-prob))))


def _draw(
    ax: Axes, of: Deviations, found: Covariances, places: Sequence[int], radii: Sequence[float]
) -> None:
    some = [BLUE] if len(found.names) == 1 else colours(len(found.names))
    ax.axhline(0.0, color=FAINT, linewidth=1.0)
    ax.axvline(0.0, color=FAINT, linewidth=1.0)
    turn = np.linspace(0.0, 2.0 * np.pi, 181)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    for matrix, colour, name in zip(found.matrices, some, found.names, strict=True):
        values, vectors = np.linalg.eigh(matrix[np.ix_(places, places)])
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        for j, radius in enumerate(radii):
            label = short(name) if not j and name else None
            ax.plot(*(radius * root @ circle), color=colour, linewidth=1.2, alpha=0.8, label=label)
    size = 4.5 if len(of.levels) <= 60 else 2.5
    paint = GREY if len(found.names) > 1 else BLUE
    ax.plot(of.mean[:, 0], of.mean[:, 1], "o", color=paint, markersize=size, alpha=0.7)
