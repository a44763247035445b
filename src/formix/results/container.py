"""Groups -> what this environment's ArviZ works on (the ArviZ door)."""

from __future__ import annotations

import warnings
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import xarray as xr

from formix.results.groups import Groups, groups, tree

# ArviZ 1.x keeps `InferenceData` as a lazy alias, so only the version tells the two apart.
ARVIZ_1 = int(version("arviz").split(".", 1)[0]) >= 1

if TYPE_CHECKING:
    InferenceData: Any
elif not ARVIZ_1:
    with warnings.catch_warnings():
        # Its daily notice of its own next version is not about the user's model.
        warnings.simplefilter("ignore", FutureWarning)
        from arviz import InferenceData


def inference_data(found: Groups) -> Any:
    """Return an `arviz.InferenceData` with ArviZ 0.x, an `xarray.DataTree` with 1.x."""
    if ARVIZ_1:
        return tree(found, "formix")
    with warnings.catch_warnings():
        # Older 0.x do not know `log_prior`, and none knows `sampler_state`.
        warnings.filterwarnings("ignore", message=".*not defined in the InferenceData scheme")
        return InferenceData(attrs=dict(found.attributes), **dict(found.datasets))


def like(result: object, found: Groups) -> Any:
    """Return groups as the kind of thing that `result` is: Groups, a DataTree, ArviZ's own."""
    if isinstance(result, Groups):
        return found
    if isinstance(result, xr.DataTree):
        return tree(found, result.name)
    return inference_data(found)


def with_group(result: object, name: str, dataset: xr.Dataset) -> Any:
    """Return the result with one group added or replaced; the one given stays as it is."""
    return like(result, groups(result).with_group(name, dataset))
