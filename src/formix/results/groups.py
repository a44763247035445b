"""The noun of a result without ArviZ: one Dataset a group, and the attributes of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from os import PathLike, fspath
from typing import Any, cast

import xarray as xr

from formix.errors import ResultError

Attribute = str | int | float


@dataclass(frozen=True, eq=False)
class Groups:
    """What an InferenceData holds: Datasets by group (`posterior`, ...), and attributes.

    Every verb reads a fit through it, so that none needs to know which ArviZ made the container,
    and the command line needs no ArviZ at all.
    """

    datasets: Mapping[str, xr.Dataset]
    attributes: Mapping[str, Attribute] = field(default_factory=dict[str, Attribute])

    def __getitem__(self, name: str) -> xr.Dataset:
        """Return the Dataset of a group.

        Raises
        ------
        ResultError
            If there is no such group.
        """
        if name not in self.datasets:
            raise ResultError(
                f"this result has no group `{name}`",
                hint=f"it has: {', '.join(self.datasets) or 'none'}",
            )
        return self.datasets[name]

    def __contains__(self, name: str) -> bool:
        return name in self.datasets

    def with_group(self, name: str, dataset: xr.Dataset) -> Groups:
        """Return the same with one group added or replaced."""
        return replace(self, datasets={**self.datasets, name: dataset})


def opened(result: object) -> Groups:
    """Return the groups of an InferenceData, a DataTree, or the Groups themselves.

    Raises
    ------
    ResultError
        If the object is none of them.

    Examples
    --------
    >>> tree = xr.DataTree.from_dict({"posterior": xr.Dataset({"sigma": 1.0})})
    >>> list(opened(tree).datasets)
    ['posterior']
    """
    if isinstance(result, Groups):
        return result
    if isinstance(result, xr.DataTree):
        children = {name: child.to_dataset() for name, child in result.children.items()}
        return Groups(children, _attributes(result))
    # ArviZ 0.x: a Mapping of Datasets with attributes, told by its shape so as not to import it.
    held = cast("Mapping[str, object]", result)
    if isinstance(result, Mapping) and hasattr(held, "attrs"):
        datasets = {n: dataset for n, dataset in held.items() if isinstance(dataset, xr.Dataset)}
        if len(datasets) == len(held):
            return Groups(datasets, _attributes(held))
    if isinstance(result, str | PathLike):
        path = fspath(cast("PathLike[str]", result))
        raise ResultError(
            f"{path!r} is not a fit, but may be a file of one", hint=f"open it: fx.read({path!r})"
        )
    kind = type(held).__name__
    raise ResultError(
        f"{'None' if result is None else _with_article(kind)} is not a fit",
        hint="pass what `Model.fit` returned, or what `fx.read` or `az.from_netcdf` opened",
    )


def _with_article(kind: str) -> str:
    return f"a{'n' * kind.lower().startswith(tuple('aeio'))} {kind}"


def tree(found: Groups, name: str | None = None) -> xr.DataTree:
    """Return groups as the children of one DataTree, the attributes at its root."""
    # The overloads of `from_dict` are partially unknown to type checkers.
    whole: xr.DataTree = cast("Any", xr.DataTree).from_dict(dict(found.datasets), name=name)
    whole.attrs.update(found.attributes)
    return whole


def _attributes(result: object) -> dict[str, Attribute]:
    attributes: Mapping[Any, Any] = cast("Any", result).attrs
    return {str(name): value for name, value in attributes.items()}
