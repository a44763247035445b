"""Pictures as images: drawn sharp at any size, or in points of colour where they hold very much."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.plots.canvas import offscreen
from formix.plots.library import check_installed, plt, rc_context

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_BYTES = 150_000
"""Of a drawing that is kept as lines; a larger one becomes points of colour."""

_DPI = 160

# Letters become shapes, so that a picture looks the same where its font is not installed; the salt
# makes the names within a drawing the same for the same picture.
_STYLE: dict[str, Any] = {"svg.fonttype": "path", "svg.hashsalt": "formix", "savefig.dpi": _DPI}


@dataclass(frozen=True)
class Image:
    """An image: its type as web pages name it, its bytes, width and height in their pixels."""

    kind: str
    data: bytes
    width: int
    height: int


def can_draw() -> bool:
    """Whether pictures can be drawn here: Matplotlib is optional."""
    return plt is not None


def image(draw: Callable[[], Any], *, most: int = MOST_BYTES) -> Image:
    """Return the picture that `draw` makes as an image, without pyplot or a screen.

    Parameters
    ----------
    draw
        Returns axes, or an array of axes of one figure.
    most
        Bytes of a drawing in lines.

    Raises
    ------
    MissingLibraryError
        If Matplotlib is not installed.
    FormixError
        What `draw` refuses.
    """
    check_installed()
    with offscreen(), rc_context(_STYLE):
        made: Figure = np.asarray(draw(), dtype=object).ravel()[0].figure
        width, height = (round(96 * inches) for inches in made.get_size_inches())
        lines = _saved(made, "svg")
        if len(lines) <= most:
            return Image("image/svg+xml", lines, width, height)
        return Image("image/png", _saved(made, "png"), width, height)


def _saved(figure: Figure, kind: str) -> bytes:
    held = io.BytesIO()
    # Neither the date nor the maker: the same picture is the same bytes.
    unsaid = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    figure.savefig(held, format=kind, metadata=unsaid)
    return held.getvalue()
