"""The noun of the generated program: its text, its callable, and the arrays it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, eq=False)
class Program:
    """A NumPyro program.

    Parameters
    ----------
    text
        The source, which runs on its own with `data` as keyword arguments of its `model`.
    function
        Its `model`.
    data
        Keyword arguments of `function`: the design's arrays, the response among them.
    response
        The argument, and `site` the sample site, of the response. Left out, the response is drawn.
    """

    text: str
    function: Callable[..., None]
    data: Mapping[str, np.ndarray]
    response: str
    site: str
