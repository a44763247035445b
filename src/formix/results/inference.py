"""Groups -> what this environment's ArviZ works on."""

from __future__ import annotations

from typing import Any

import xarray as xr

from formix import results
from formix.results.groups import Groups, opened, tree
from formix.versions import version_of

ARVIZ_1 = int(version_of("arviz").split(".", 1)[0]) >= 1
"""ArviZ 1.x keeps `InferenceData` as a lazy alias, so only the version tells the two apart."""


def inference_data(found: Groups) -> Any:
    """Return an `arviz.InferenceData` with ArviZ 0.x, an `xarray.DataTree` with 1.x."""
    # `results.container` is loaded late: it imports ArviZ 0.x, which takes seconds.
    return tree(found, "formix") if ARVIZ_1 else results.container.container(found)


def like(result: object, found: Groups) -> Any:
    """Return groups as the kind of thing that `result` is: Groups, a DataTree, ArviZ's own."""
    if isinstance(result, Groups):
        return found
    if isinstance(result, xr.DataTree):
        return tree(found, result.name)
    return inference_data(found)


def with_group(result: object, name: str, dataset: xr.Dataset) -> Any:
    """Return the result with one group added or replaced; the one given stays as it is."""
    return like(result, opened(result).with_group(name, dataset))
