"""The legend of a picture: on its axes, or above them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from formix.plots.style import INK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes


def draw_legend(axes: Sequence[Axes], *, outside: bool = False) -> None:
    """Draw one legend for all panels, faint lines as lines that can be seen.

    Parameters
    ----------
    outside
        Whether it stands above the axes, where it cannot lie on what is drawn: above all of them in
        a figure that makes room for it.
    """
    first, figure = axes[0], axes[0].figure
    look = {"frameon": False, "fontsize": "small", "labelcolor": INK}
    roomy = figure.get_layout_engine() is not None and len(axes) == len(figure.axes)
    if outside and roomy and len(axes) > 1:
        handles, labels = first.get_legend_handles_labels()
        legend = figure.legend(handles, labels, loc="outside upper right", ncols=4, **look)
    elif outside:
        place = {"loc": "lower right", "bbox_to_anchor": (1.0, 1.0), "borderaxespad": 0.2}
        legend = first.legend(ncols=4, **place, **look)
    else:
        legend = first.legend(**look)
    for handle in legend.legend_handles:
        if handle is not None and hasattr(handle, "get_linestyle"):
            handle.set_alpha(1.0)
