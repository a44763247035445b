from collections.abc import Mapping
from contextlib import AbstractContextManager
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

def rc_context(rc: dict[str, Any] | None = None) -> AbstractContextManager[None]: ...
