"""Values <-> attributes that NetCDF and zarr both keep: text, integers, floats."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.errors import ResultError

if TYPE_CHECKING:
    from formix.results.groups import Attribute

_LARGEST = 2**63 - 1
_MARKS = ("[", "{", '"')
_WORDS = ("null", "true", "false", "NaN", "Infinity", "-Infinity")


def encode(value: object) -> Attribute:
    """Return a value as an attribute: text and numbers as they are where they can be, else JSON.

    Examples
    --------
    >>> encode("nuts"), encode(4), encode(True), encode({"mu": "identity"}), encode("[x")
    ('nuts', 4, 'true', '{"mu": "identity"}', '"[x"')
    """
    value = _scalar(value)
    if isinstance(value, str) and not _looks_like_json(value) and _plain(value):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return json.dumps(value, default=_default)


def decode(value: object, name: str) -> Any:
    """Return what `encode` was given.

    Raises
    ------
    ResultError
        If the attribute is damaged.
    """
    value = _scalar(value)
    if not isinstance(value, str) or not _looks_like_json(value):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError as error:
        raise ResultError(
            f"the attribute `{name}` of this result is damaged: {error}",
            hint="fit again, or open an undamaged copy of the file",
        ) from error


def _looks_like_json(text: str) -> bool:
    return text.startswith(_MARKS) or text in _WORDS or text.lstrip("-").isdigit()


def _plain(text: str) -> bool:
    """Tell whether every format holds the text: HDF5 ends one at NUL, and drops an empty one."""
    return bool(text) and "\x00" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def _scalar(value: Any) -> Any:
    """Return a scalar of NumPy's, as either format reads one, as Python's."""
    return value.item() if _of_numpy(value) and np.ndim(value) == 0 else value


def _default(value: Any) -> Any:
    return value.tolist() if _of_numpy(value) else str(value)


def _of_numpy(value: object) -> bool:
    return isinstance(value, (np.generic, np.ndarray))
