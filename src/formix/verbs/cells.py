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

_ROUNDING = 1e-14
"""A spread below this share of the numbers is what rounding leaves of a constant."""

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
    size = frame["mean"].abs().to_list() if "mean" in frame else [0.0] * len(frame)
    numbers = frame.to_numpy(dtype=np.float64).tolist()
    for spread, values, most in zip(spreads, numbers, size, strict=True):
        if spread <= _ROUNDING * most:
            rows.append([_constant(str(n), v) for n, v in zip(frame.columns, values, strict=True)])
            continue
        named = zip(frame.columns, values, strict=True)
        rows.append([_cell(str(name), float(value), float(spread)) for name, value in named])
    return rows


def _constant(name: str, value: float) -> str:
    return _cell(name, 0.0 if name == "sd" else value, 0.0)


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
