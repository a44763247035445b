"""How pictures look: few colours, which the colour-blind tell apart, and few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.plots.library import colormaps

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, VERMILLION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY = "#E69F00", "#56B4E9"

PALETTE = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
"""Colours of things without an order: those of Okabe and Ito (2008) that are seen on white."""

INK, GREY, FAINT = "#262626", "#737373", "#D9D9D9"
"""What is written, what stands behind, and lines that only guide the eye."""

SMALL = "small"
"""The size of texts other than the labels of axes, relative to the user's own."""

BAND = 0.18
"""How opaque the outer band of an interval is; an inner one lies upon it."""

_DARKEST, _LIGHTEST = 0.0, 0.85


def colours(count: int, *, ordered: bool = False) -> list[str]:
    """Return so many colours: from dark to light where what they stand for has an order.

    Examples
    --------
    >>> colours(2)
    ['#0072B2', '#D55E00']
    """
    if count <= len(PALETTE) and not ordered:
        return list(PALETTE[:count])
    at = np.linspace(_DARKEST, _LIGHTEST, max(count, 2))[:count]
    return [_hexadecimal(colormaps["viridis"](x)) for x in at.tolist()]


def _hexadecimal(colour: tuple[float, float, float, float]) -> str:
    return "#" + "".join(f"{round(255 * part):02X}" for part in colour[:3])


def dress(ax: Axes, *, x: str = "", y: str = "", title: str = "", grid: str = "y") -> None:
    """Give axes their labels, and take away what tells nothing.

    Parameters
    ----------
    x, y, title
        Labels as they are to be read; a title stands at the left.
    grid
        The axis at whose ticks faint lines stand: `x`, `y`, `both`, or neither.
    """
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(GREY)
    ax.tick_params(colors=GREY, labelcolor=INK, labelsize=SMALL)
    ax.set_axisbelow(True)
    for name, axis in (("x", ax.xaxis), ("y", ax.yaxis)):
        if grid in (name, "both"):
            axis.grid(visible=True, color=FAINT, linewidth=0.6)
    if x:
        ax.set_xlabel(x, color=INK)
    if y:
        ax.set_ylabel(y, color=INK)
    if title:
        ax.set_title(title, loc="left", fontsize="medium", color=INK)


MOST_KEYS = 20
"""Entries of a legend; of more, some are named."""


def key(ax: Axes, title: str = "") -> None:
    """Write a legend beside the axes, where it hides nothing."""
    handles, labels = ax.get_legend_handles_labels()
    step = -(-len(handles) // MOST_KEYS)
    if handles:
        legend = ax.legend(
            handles[::step],
            labels[::step],
            title=title or None,
            loc="upper left",
            bbox_to_anchor=(1.0, 1.0),
            frameon=False,
            fontsize=SMALL,
            title_fontsize=SMALL,
            labelcolor=INK,
        )
        legend.set_alignment("left")
