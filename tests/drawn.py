"""What a picture shows, read back from its artists: so that it is compared with numbers."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from matplotlib import collections


def curves(ax) -> list[np.ndarray]:
    """The points of every line that is drawn with a stroke: x and y by point."""
    lines = [line for line in ax.lines if line.get_linestyle() != "None"]
    return [np.column_stack(line.get_data()).astype(float) for line in lines]


def dots(ax) -> list[np.ndarray]:
    """The points of every set of markers: x and y by point."""
    marks = [line for line in ax.lines if line.get_linestyle() == "None"]
    clouds = [one for one in ax.collections if isinstance(one, collections.PathCollection)]
    found = [np.column_stack(mark.get_data()).astype(float) for mark in marks]
    return found + [np.asarray(cloud.get_offsets(), dtype=float) for cloud in clouds]


def segments(ax) -> list[np.ndarray]:
    """The ends of every set of whiskers: by whisker, end, and x or y."""
    return [
        np.array(one.get_segments(), dtype=float)
        for one in ax.collections
        if isinstance(one, collections.LineCollection)
    ]


def bands(ax) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The x of every band, and its lower and upper ends."""
    found = []
    for one in ax.collections:
        if type(one).__name__ in ("FillBetweenPolyCollection", "PolyCollection"):
            points = one.get_paths()[0].vertices
            x = np.unique(points[:, 0])
            ends = [points[points[:, 0] == at, 1] for at in x]
            found.append((x, np.array([e.min() for e in ends]), np.array([e.max() for e in ends])))
    return found


def tick_texts(ax, axis: str = "x") -> list[str]:
    """The labels that stand at an axis."""
    labels = ax.get_xticklabels() if axis == "x" else ax.get_yticklabels()
    return [label.get_text() for label in labels if label.get_visible() and label.get_text()]


def legend_texts(ax) -> list[str]:
    """What the legend of axes, or of their figure, says."""
    legends = [ax.get_legend(), *ax.figure.legends]
    return [text.get_text() for one in legends if one is not None for text in one.get_texts()]


def check_legible(figure) -> None:
    """Compare the places of all texts, and the edges of the figure: none is on another or cut."""
    figure.draw_without_rendering()
    frame = figure.bbox
    texts = []
    for ax in figure.axes:
        ticks = [*ax.get_xticklabels(), *ax.get_yticklabels()] if ax.axison else []
        low, high = np.sort(ax.get_xlim()), np.sort(ax.get_ylim())
        ticks = [t for t in ticks if _within(t, low, high, ax)]
        texts += [*ticks, ax.xaxis.label, ax.yaxis.label, ax.title, ax._left_title]
    shown = [text for text in texts if text.get_visible() and text.get_text().strip()]
    assert shown
    boxes = {text: text.get_window_extent() for text in shown}
    for text, box in boxes.items():
        ends = [-box.x0, -box.y0, box.x1 - frame.width, box.y1 - frame.height]
        assert max(ends) < 1, f"{text.get_text()!r} is cut"
    for one, other in combinations(shown, 2):
        if _turned(one) and _turned(other):
            continue
        apart = not boxes[one].padded(-1).overlaps(boxes[other].padded(-1))
        assert apart, f"{one.get_text()!r} lies on {other.get_text()!r}"


def _within(text, x: np.ndarray, y: np.ndarray, ax) -> bool:
    """Whether a label belongs to a tick that is shown."""
    at = text.get_position()
    along, ends = (at[0], x) if text in ax.get_xticklabels() else (at[1], y)
    slack = 1e-9 * (ends[1] - ends[0])
    return bool(ends[0] - slack <= along <= ends[1] + slack)


def _turned(text) -> bool:
    """Whether a text is oblique: its box is then much larger than what is written."""
    return text.get_rotation() % 90 != 0
