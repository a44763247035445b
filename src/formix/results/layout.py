"""Where everything of a model lies in a result: the stored name of every site, axis and column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from formix.groups import rho_sites
from formix.prior import joint
from formix.results.names import claim, coordinate
from formix.spec import MAIN, prefix

if TYPE_CHECKING:
    import numpy as np

    from formix.design.column import Frame, Kind
    from formix.design.relations import Relation
    from formix.spec import Block, Label, Spec

SiteKind = Literal["common", "sd", "cor", "ranef", "covariance", "shrinkage", "auxiliary"]

RESERVED: tuple[str, ...] = ("chain", "draw", "obs", "coef")
"""Dimensions that no name of a user's may have."""

OBS = "obs"


@dataclass(frozen=True)
class Site:
    """A site of the results.

    Parameters
    ----------
    name, variable
        `sd_a/b`, and the name it is stored under, `sd_a_b`.
    dims
        The stored names of its axes, after chain and draw.
    kind
        What it is: `beta` is common, `rho_<group>` a covariance, `hs_global` of a shrinkage prior;
        sigma and its like, auxiliary.
    predictor
        The parameter of the family that it predicts; of an auxiliary one, itself.
    group
        The true name of the group; empty where there is none.
    effects
        For each effect of a group, the parameter it is in and its column's label.
    """

    name: str
    variable: str
    dims: tuple[str, ...]
    kind: SiteKind
    predictor: str
    group: str = ""
    effects: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class Axis:
    """A dimension: its stored and its true name, and its coordinate."""

    name: str
    true: str
    labels: np.ndarray


@dataclass(frozen=True)
class StoredColumn:
    """A column of the data: the variable it is stored in, its kind, and its typed levels."""

    name: str
    variable: str
    kind: Kind
    levels: tuple[Label, ...] = ()
    text: bool = False


@dataclass(frozen=True)
class StoredRelation:
    """A matrix of relations among levels: its variable and axes, and whether it is labelled."""

    variable: str
    dims: tuple[str, str]
    labelled: bool


@dataclass(frozen=True, eq=False)
class Layout:
    """The stored names of a result, the response's true one and axes, relations by true name."""

    sites: tuple[Site, ...]
    axes: tuple[Axis, ...]
    response: str
    response_name: str
    columns: tuple[StoredColumn, ...]
    response_dims: tuple[str, ...] = ("obs",)
    relations: Mapping[str, StoredRelation] = field(
        default_factory=lambda: dict[str, "StoredRelation"]()
    )

    def axis(self, name: str) -> Axis:
        """Return the axis of a stored name."""
        return next(axis for axis in self.axes if axis.name == name)


def in_storage(sites: Sequence[Site]) -> list[Site]:
    """Return sites as they are stored: `beta`, the group-level effects, then the others.

    The group-level effects stand before the sites that share an axis with them, because the table
    of ArviZ 1.x (1.3) puts labels to the wrong numbers where a Dataset meets an array's axes in
    another order than the array has.
    """
    order = {"common": 0, "ranef": 1}
    return sorted(sites, key=lambda site: order.get(site.kind, 2))


def lay_out(spec: Spec, frame: Frame, relations: Mapping[str, Relation] | None = None) -> Layout:
    """Give every site, axis and column a name of its own.

    No variable has the name of a dimension, in any group: sites keep theirs, then dimensions, then
    the response and the columns.
    """
    taken: set[str] = set(RESERVED)
    variables = {parameter.site: claim(parameter.site, taken) for parameter in spec.parameters}
    axes = _Axes(spec, taken, frame.rows)
    sites: list[Site] = []
    for parameter in spec.parameters:
        site = _known_site(spec, parameter.site, variables[parameter.site], axes)
        if site is None:
            dims = tuple(axes.of(dim) for dim in parameter.dims)
            variable = variables[parameter.site]
            site = Site(parameter.site, variable, dims, "auxiliary", parameter.site)
        sites.append(site)
    dims: tuple[str, ...] = (OBS,)
    if spec.response.values.ndim > 1:
        dims = (OBS, axes.make(("response",), "level", spec.response.levels))
    own = _response_name(spec, frame)
    response = claim(own, taken)
    columns = tuple(
        StoredColumn(
            column.name,
            response if column.name == own else claim(column.name, taken),
            column.kind,
            column.levels,
            column.text,
        )
        for column in frame.columns
    )
    matrices = {
        name: StoredRelation(
            claim(name, taken),
            (claim(f"{name}_level", taken), claim(f"{name}_level_bis", taken)),
            bool(relation.labels),
        )
        for name, relation in (relations or {}).items()
    }
    return Layout(tuple(sites), tuple(axes.made), response, own, columns, dims, matrices)


def _response_name(spec: Spec, frame: Frame) -> str:
    """Return the response's name: a column's own, without backticks, or the expression."""
    name = spec.response.name
    return next((c for c in frame.names if name in (c, f"`{c}`")), name)


class _Axes:
    """Makes each axis once, by what it is rather than by its name, which two may share."""

    def __init__(self, spec: Spec, taken: set[str], rows: np.ndarray) -> None:
        self._spec = spec
        self._taken = taken
        self._names: dict[tuple[str, ...], str] = {}
        self.made: list[Axis] = [Axis(OBS, OBS, coordinate(rows))]

    def make(self, what: tuple[str, ...], true: str, labels: Sequence[Label]) -> str:
        """Return the stored name of an axis; `what` tells it from others of the same true name."""
        if what not in self._names:
            # `coef` is kept free for the axis that has the right to it.
            right = what == ("coef", MAIN)
            self._names[what] = "coef" if right else claim(true, self._taken)
            self.made.append(Axis(self._names[what], true, coordinate(labels)))
        return self._names[what]

    def of(self, name: str) -> str:
        """Return the axis that the Spec names, for a parameter of the family itself."""
        dimension = next(found for found in self._spec.dimensions if found.name == name)
        return self.make(("spec", name), name, dimension.labels)

    def coef(self, predictor: str, labels: Sequence[Label]) -> str:
        return self.make(("coef", predictor), prefix(predictor) + "coef", labels)

    def levels(self, blocks: tuple[Block, ...]) -> str:
        first = blocks[0]
        # The groups of two predictors have the same levels, and share their axis.
        return self.make(("levels", first.group), first.group, first.levels)

    def by(self, blocks: tuple[Block, ...]) -> tuple[str, ...]:
        said = blocks[0].varying
        what = ("by", blocks[0].group, said.by)
        return (self.make(what, said.by, said.by_levels),) if said.by else ()

    def effects(self, blocks: tuple[Block, ...], bis: str = "") -> str:
        true = f"{blocks[0].prefix}{blocks[0].group}_effect{bis}"
        labels = [label for block in blocks for label in block.labels]
        return self.make(("effects", blocks[0].prefix, blocks[0].group, bis), true, labels)


def _known_site(spec: Spec, name: str, variable: str, axes: _Axes) -> Site | None:
    """Return the site of a predictor's coefficients or of a group; None for any other."""
    for predictor in spec.predictors:
        if name == prefix(predictor.name) + "beta":
            dims = (axes.coef(predictor.name, predictor.labels),)
            return Site(name, variable, dims, "common", predictor.name)
    for one in spec.shrinkage:
        for site in joint(one.prior).sites:
            if name == one.prefix + site.name:
                dims = (axes.of(f"{one.prefix}shrunk_coef"),) if site.each else ()
                return Site(name, variable, dims, "shrinkage", one.predictor)
    for blocks in spec.groups:
        site = _group_site(blocks, name, variable, axes)
        if site is not None:
            return site
    return None


def _group_site(blocks: tuple[Block, ...], name: str, variable: str, axes: _Axes) -> Site | None:
    start, group, rhos = blocks[0].prefix, blocks[0].group, rho_sites(blocks)
    effects = tuple((e.predictor, e.column.label) for block in blocks for e in block.effects)
    predictor = start.removesuffix(".") or MAIN
    if name not in {f"{start}{kind}_{group}" for kind in ("sd", "df", "cor", "r")} | {*rhos}:
        return None
    # The levels have the right to the group's name, also where a covariance differs by them.
    levels, by = axes.levels(blocks), axes.by(blocks)
    if name == f"{start}sd_{group}":
        dims = (*by, axes.effects(blocks))
        return Site(name, variable, dims, "sd", predictor, group, effects)
    if name == f"{start}cor_{group}":
        dims = (*by, axes.effects(blocks), axes.effects(blocks, "_bis"))
        return Site(name, variable, dims, "cor", predictor, group, effects)
    if name == f"{start}r_{group}":
        dims = (levels, axes.effects(blocks))
        return Site(name, variable, dims, "ranef", predictor, group, effects)
    for block, site in zip(blocks, rhos, strict=True):
        if name == site:
            own = tuple((e.predictor, e.column.label) for e in block.effects)
            return Site(name, variable, by, "covariance", predictor, group, own)
    if name == f"{start}df_{group}":
        return Site(name, variable, (), "covariance", predictor, group)
    return None
