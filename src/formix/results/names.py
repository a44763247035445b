"""Names and labels that every file format and ArviZ take as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from formix.spec import Label

LONGEST = 200
"""Bytes of a name: zarr makes it a folder's, and file systems end at 255."""

_TAKEN_BY_ZARR = ("zarr.json",)


def storable(name: str) -> str:
    r"""Return the name with what some format refuses replaced by `_`, and cut to `LONGEST` bytes.

    NetCDF and zarr read `/` as a path, zarr reads `\` as one too and `.` at the start as hidden
    or as a step up, HDF5 ends a name at NUL, and lone surrogates have no UTF-8.

    Examples
    --------
    >>> storable("a/b"), storable(".x"), storable("größe"), len(storable("x" * 300))
    ('a_b', '_x', 'größe', 200)
    """
    text = "".join("_" if c in "/\\\x00" or "\ud800" <= c <= "\udfff" else c for c in name)
    if text.startswith("."):
        text = "_" + text[1:]
    text = text.encode()[:LONGEST].decode(errors="ignore")
    return "_" if not text or text in _TAKEN_BY_ZARR else text


def claim(name: str, taken: set[str]) -> str:
    """Return a storable name that nothing has yet, `name` itself where it can be, and take it.

    Examples
    --------
    >>> taken = {"obs"}
    >>> claim("obs", taken), claim("obs", taken), claim("Days", taken)
    ('obs_', 'obs__', 'Days')
    """
    slug = storable(name)
    while slug in taken:
        room = LONGEST - 1
        slug = slug if len(slug.encode()) <= room else _shorter(slug, taken)
        slug += "_"
    taken.add(slug)
    return slug


def _shorter(slug: str, taken: set[str]) -> str:
    """Cut a name that has no room for another `_`, and number it."""
    for number in range(2, len(taken) + 3):
        tail = f"_{number}"
        cut = slug.encode()[: LONGEST - 1 - len(tail)].decode(errors="ignore") + tail
        if cut + "_" not in taken:
            return cut
    raise AssertionError("more numbers were tried than names are taken")


def coordinate(labels: Sequence[Label] | np.ndarray) -> np.ndarray:
    """Return labels as the values of a coordinate.

    Integers stay integers, and whole numbers become integers; bools become 'False' and 'True';
    anything mixed becomes text. Text is kept as objects: the fixed-width strings of NumPy have no
    place in zarr's specification, and one long label would widen all.

    Examples
    --------
    >>> coordinate([308, 309]), coordinate([1.0, 2.0]), coordinate([False, True])
    (array([308, 309]), array([1, 2]), array(['False', 'True'], dtype=object))
    """
    values = labels if isinstance(labels, np.ndarray) else _array(labels)
    if values.dtype.kind in "iu" and values.dtype != np.uint64:
        return values.astype(np.int64)
    if values.dtype.kind == "f":
        whole = bool(np.all(np.isfinite(values) & (values == np.round(values)) & _small(values)))
        return values.astype(np.int64 if whole else np.float64)
    if values.dtype.kind == "M" and not np.isnat(values).any():
        return values.astype("datetime64[ns]")
    return text(str(value) for value in values.tolist())


def text(labels: Iterable[str]) -> np.ndarray:
    """Return strings as an array of objects, without what NetCDF cannot hold in a string."""
    kept = [label.replace("\x00", "\\x00") for label in labels]
    kept = [label.encode(errors="backslashreplace").decode() for label in kept]
    answer = np.empty(len(kept), dtype=object)
    answer[:] = kept
    return answer


def _array(labels: Sequence[Label]) -> np.ndarray:
    kinds = {type(label) for label in labels}
    if kinds == {int} and all(-(2**63) <= label < 2**63 for label in labels):  # type: ignore[operator]
        return np.array(labels, dtype=np.int64)
    if kinds and kinds <= {int, float} and float in kinds:
        return np.array(labels, dtype=np.float64)
    answer = np.empty(len(labels), dtype=object)
    answer[:] = list(labels)
    return answer


def _small(values: np.ndarray) -> np.ndarray:
    """Tell which floats are integers exactly, rather than too large to have a fraction."""
    return np.abs(values) <= 2.0**53
