"""What is written in pictures: names with their units, and as many labels as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from formix.plots.style import INK, SMALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from formix.results.groups import Groups

LONGEST = 24
"""Characters of a level's label; what is longer is cut."""

_WIDTH, _HEIGHT = 0.6, 1.35
"""The width of a letter and the height of a line, in sizes of the font."""


def plain(text: object) -> str:
    r"""Return a text as Matplotlib shows it: a dollar is one, and no label is left out of a legend.

    Examples
    --------
    >>> plain("$5 to $10"), plain("_rest")
    ('\\$5 to \\$10', ' _rest')
    """
    found = str(text).replace("$", r"\$")
    return f" {found}" if found.startswith("_") else found


def short(label: object, most: int = LONGEST) -> str:
    """Return the label of a level, its end cut where it is long.

    Examples
    --------
    >>> short("a level with a name of many words", 12)
    'a level wit\u2026'
    """
    text = " ".join(str(label).split())
    return plain(text if len(text) <= most else f"{text[: most - 1].rstrip()}\u2026")


def with_unit(name: str, found: Groups) -> str:
    """Return the name of a column with its unit where the data say it: `Reaction (ms)`.

    Parameters
    ----------
    name
        A column, or an expression of several, which has no unit.
    found
        The fit, whose columns may have an attribute `unit`.
    """
    unit = unit_of(name, found)
    return plain(f"{name} ({unit})" if unit else name)


def unit_of(name: str, found: Groups) -> str:
    """Return the unit of a column, or nothing where it is not known."""
    columns = found["constant_data"].variables.items() if "constant_data" in found else ()
    for variable, values in columns:
        if name == values.attrs.get("name", variable) and "unit" in values.attrs:
            return str(values.attrs["unit"])
    return ""


def level_ticks(
    ax: Axes, labels: Sequence[object], axis: Literal["x", "y"] = "x", *, start: float = 0.0
) -> int:
    """Write labels at `start`, `start + 1`, ...: turned where they are long, some where many.

    The limits of the axis must be set before. No two labels overlap.

    Returns
    -------
    int
        From one label that is written to the next: 1 where all are.
    """
    one = ax.xaxis if axis == "x" else ax.yaxis
    texts = [short(label) for label in labels]
    each, size = room(ax, axis), _points(ax)
    turned = axis == "x" and max(map(len, texts), default=0) * _WIDTH * size > 0.95 * each
    # A turned label takes the height of its line.
    needs = _HEIGHT * size if turned or axis == "y" else 0.0
    step = max(1, int(np.ceil(needs / each))) if each else 1
    one.set_ticks([start + j for j in range(0, len(texts), step)])
    one.set_ticklabels(texts[::step], fontsize=SMALL, color=INK)
    if turned:
        for tick in ax.get_xticklabels():
            tick.set_rotation(90 if step > 1 or each < 2 * _HEIGHT * size else 40)
            tick.set_rotation_mode("anchor")
            tick.set_horizontalalignment("right")
            if tick.get_rotation() == 90:
                tick.set_verticalalignment("center")
    return step


def room(ax: Axes, axis: str) -> float:
    """Return the points that one unit of an axis has on the paper; its limits must be set."""
    box = ax.get_window_extent()
    low, high = sorted(ax.get_xlim() if axis == "x" else ax.get_ylim())
    length = box.width if axis == "x" else box.height
    return 72.0 / ax.figure.dpi * length / (high - low)


def _points(ax: Axes) -> float:
    """Return the size of a small text in points."""
    return 0.833 * float(ax.xaxis.label.get_fontsize())
