"""Estimates -> text: as many digits of each row as its spread leaves any meaning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

_COUNTED = ("ess_bulk", "ess_tail")

_WIDEST = 6
"""Orders of magnitude of a spread beyond which numbers are shown with an exponent."""

_ESTIMATES = re.compile(r"mean|sd|estimate|se|rhat|ess_bulk|ess_tail|[\d.e+-]+%")


def is_estimate(name: object) -> bool:
    """Whether a column of this name is in the units of what its row estimates, or tells of it.

    Examples
    --------
    >>> [is_estimate(name) for name in ("mean", "97.5%", "Days")]
    [True, True, False]
    """
    return isinstance(name, str) and _ESTIMATES.fullmatch(name) is not None


def cells(frame: pd.DataFrame) -> list[list[str]]:
    """Return the numbers of estimates as text: as many decimals as show three digits of a row's sd.

    Parameters
    ----------
    frame
        Columns of numbers, `sd` among them.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [[251.4051, 6.632, 264.9], [0.0712, 0.561, 0.91]]
    >>> cells(pd.DataFrame(rows, columns=["mean", "sd", "97.5%"]))
    [['251.41', '6.63', '264.90'], ['0.071', '0.561', '0.910']]
    """
    rows: list[list[str]] = []
    spreads: list[float] = frame["sd"].to_list() if len(frame) else []
    for spread, values in zip(spreads, frame.to_numpy(dtype=np.float64).tolist(), strict=True):
        named = zip(frame.columns, values, strict=True)
        rows.append([_cell(str(name), float(value), float(spread)) for name, value in named])
    return rows


def _cell(name: str, value: float, spread: float) -> str:
    if np.isnan(value):
        return ""
    if name in _COUNTED:
        return f"{value:.0f}"
    if name == "rhat" or not np.isfinite(spread) or spread <= 0.0:
        return f"{value:.3f}"
    order = int(np.floor(np.log10(spread)))
    if -_WIDEST <= order <= _WIDEST:
        return f"{value:.{max(0, 2 - order)}f}"
    digits = int(np.floor(np.log10(abs(value)))) - order if value else 0
    return f"{value:.{max(2, 2 + digits)}e}"
