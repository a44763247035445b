"""A fit and the draws that continue it -> one fit."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import xarray as xr

from formix.errors import ResultError
from formix.results.json_text import decode, encode
from formix.results.kept import pooled
from formix.results.state import GROUP

if TYPE_CHECKING:
    from formix.results.groups import Attribute, Groups

_ADDED = ("draws", "seconds")
"""Attributes of a run that grow with it."""

_OF_ALL = ("k_hat", "importance_ess", "proposals")
"""Attributes that a run which goes on says of all draws; the others stay those of the first."""


def merge(first: Groups, more: Groups) -> Groups:
    """Return a fit with the draws that continue it appended, and the sampler's last state.

    Groups and variables that only one part has, and that have draws, are left out: they would be of
    part of the draws only.

    Raises
    ------
    ResultError
        If the parts are not of one model, or have different chains.
    """
    before, after = first["posterior"], more["posterior"]
    sizes = {name: n for name, n in before.sizes.items() if name != "draw"}
    if sizes != {name: n for name, n in after.sizes.items() if name != "draw"}:
        raise ResultError("the draws to append are not of this model, or of other chains")
    datasets: dict[str, xr.Dataset] = {}
    for name, dataset in first.datasets.items():
        if name == GROUP or "draw" not in dataset.sizes or name.startswith("prior"):
            datasets[name] = more.datasets.get(name, dataset) if name == GROUP else dataset
        elif name in more:
            datasets[name] = _appended(dataset, more[name])
    datasets |= pooled(first, more)
    return replace(first, datasets=datasets, attributes=_attributes(first, more))


def _appended(first: xr.Dataset, more: xr.Dataset) -> xr.Dataset:
    start = int(first["draw"].to_numpy()[-1]) + 1
    count = more.sizes["draw"]
    later: xr.Dataset = cast("Any", more).assign_coords(draw=np.arange(start, start + count))
    joined: xr.Dataset = cast("Any", xr).concat(
        [_without(first, [name for name in first.data_vars if name not in later]), later],
        "draw",
        data_vars="minimal",
        coords="minimal",
        compat="override",
        join="override",
        combine_attrs="override",
    )
    latest = {name: more.attrs[name] for name in ("created_at", *_OF_ALL) if name in more.attrs}
    return joined.assign_attrs(latest)


def _without(dataset: xr.Dataset, names: list[Hashable]) -> xr.Dataset:
    """Return the Dataset without variables, nor coordinates that only they have."""
    kept = dataset.drop_vars(names)
    dims = {dim for variable in kept.data_vars.values() for dim in variable.dims}
    return kept.drop_dims([dim for dim in dataset.dims if names and dim not in dims])


def _attributes(first: Groups, more: Groups) -> Mapping[str, Attribute]:
    kept = dict(first.attributes)
    kept |= {name: more.attributes[name] for name in _OF_ALL if name in more.attributes}
    for name in _ADDED:
        if name in kept and name in more.attributes:
            kept[name] = encode(_sum(decode(kept[name], name), decode(more.attributes[name], name)))
    return kept


def _sum(first: Any, more: Any) -> Any:
    """Add two numbers, or two records of numbers, name by name."""
    if not isinstance(first, Mapping):
        return first + more
    before, after = cast("Mapping[str, Any]", first), cast("Mapping[str, Any]", more)
    return {name: value + after.get(name, 0) for name, value in before.items()}
