from collections.abc import Mapping
from typing import Any

from . import (
    axes as axes,
    collections as collections,
    figure as figure,
    lines as lines,
    patches as patches,
    pyplot as pyplot,
    ticker as ticker,
)

colormaps: Mapping[str, Any]
rcParams: dict[str, Any]
