"""Where a sampler stopped <-> a group of the result, so that a fit can go on from a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from formix.errors import ResultError
from formix.results.names import claim

if TYPE_CHECKING:
    from formix.results.groups import Groups

GROUP = "sampler_state"


def state_dataset(state: Mapping[str, np.ndarray]) -> xr.Dataset:
    """Return a sampler's state as a Dataset: one variable an array, bit by bit.

    The arrays keep their types, which decide how the sampler goes on; an empty one, which NetCDF
    would read as of unlimited length, is kept as its type and shape alone.
    """
    taken: set[str] = set()
    stored = {name: claim(name, taken) for name in state}
    variables: dict[str, xr.Variable] = {}
    coordinates: dict[str, np.ndarray] = {}
    for name, values in state.items():
        array = np.asarray(values)
        attributes = {"name": name, "type": array.dtype.str}
        if not array.size:
            attributes["shape"] = " ".join(str(length) for length in array.shape)
            array = np.zeros((), dtype=array.dtype)
        if array.dtype.kind == "U":
            array = array.astype(object)
        dims = tuple(claim(f"{stored[name]}_dim_{axis}", taken) for axis in range(array.ndim))
        variables[stored[name]] = xr.Variable(dims, array, attributes)
        coordinates |= {d: np.arange(n) for d, n in zip(dims, array.shape, strict=True)}
    return xr.Dataset(variables, coordinates)


def read_state(found: Groups) -> dict[str, np.ndarray]:
    """Return the sampler's state of a result.

    Raises
    ------
    ResultError
        If the result has none: its engine cannot go on, or the group was taken out.
    """
    if GROUP not in found:
        engine = found.attributes.get("engine", "its engine")
        raise ResultError(
            f"this fit cannot be extended: it holds no state of its sampler ({engine})",
            hint="fit again with more draws: model.fit(draws=...)",
        )
    dataset = found[GROUP]
    try:
        return dict(_array(dataset[name]) for name in dataset.data_vars)
    except (KeyError, TypeError, ValueError) as error:
        raise ResultError(
            "the sampler's state in this result is damaged, so it cannot be extended",
            hint="fit again with more draws: model.fit(draws=...)",
        ) from error


def _array(variable: xr.DataArray) -> tuple[str, np.ndarray]:
    dtype = np.dtype(variable.attrs["type"])
    values = variable.to_numpy().astype(dtype)
    if "shape" in variable.attrs:
        shape = tuple(int(length) for length in str(variable.attrs["shape"]).split())
        values = np.zeros(shape, dtype=dtype)
    return str(variable.attrs["name"]), values
