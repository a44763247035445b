"""Spec -> which of the program's sites are coefficients, group-level effects, and all the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.engines.marginal.elimination import order
from formix.engines.marginal.structure import coefficient_priors, gaussian, group_columns
from formix.prior import MEANS
from formix.spec import THRESHOLD, THRESHOLD_AT_MEANS, prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jaxtyping import Float

    from formix.engines.latent import LatentSite
    from formix.engines.marginal.structure import Structure
    from formix.spec import Block, Spec

    Matrix = Float[np.ndarray, "coef coef"]


@dataclass(frozen=True)
class Correlated:
    """Effects of a group that are correlated: their places, and the site of the factor.

    The site is empty where a number makes the correlations: then they are those of `cor_<group>`.
    """

    start: int
    stop: int
    factor: str


@dataclass(frozen=True)
class Group:
    """A group: the name of its sites, its levels, effects, and whether the program centres them."""

    name: str
    levels: int
    size: int
    correlated: tuple[Correlated, ...]
    centred: bool

    @property
    def count(self) -> int:
        """How many effects it has, over all levels."""
        return self.levels * self.size


@dataclass(frozen=True)
class Layout:
    """Where everything is in the vector that is sampled.

    First the coordinates of the sites that are neither coefficients nor group-level effects; then
    standard normals: those of the groups that are eliminated, the innermost first, those of the
    groups that are left, those of the coefficients.

    Parameters
    ----------
    scales
        Latent sites of the first kind, with the shapes of their free coordinates.
    coefficients
        Latent sites of the common effects, with their shapes: in their order.
    groups
        In the order of the spec.
    eliminated, left
        Places in `groups`.
    response
        The site of the response.
    moving
        The coordinates of the first kind by which rows' densities differ: of the family's other
        parameters, their predictors' coefficients, and thresholds.
    """

    scales: tuple[tuple[str, tuple[int, ...]], ...]
    coefficients: tuple[tuple[str, tuple[int, ...]], ...]
    groups: tuple[Group, ...]
    eliminated: tuple[int, ...]
    left: tuple[int, ...]
    response: str
    moving: tuple[int, ...] = ()

    @property
    def sampled(self) -> int:
        """How many coordinates are of the first kind."""
        return _count(self.scales)

    @property
    def common(self) -> int:
        """How many coefficients there are."""
        return _count(self.coefficients)

    @property
    def dense(self) -> int:
        """How many numbers are left to one dense factor."""
        return sum(self.groups[f].count for f in self.left) + self.common

    @property
    def size(self) -> int:
        """How many numbers are sampled."""
        return self.sampled + sum(group.count for group in self.groups) + self.common


def layout(spec: Spec, latent: Sequence[LatentSite], of: Structure) -> Layout:
    """Return the layout of a program with these latent sites."""
    shapes = {site.name: site for site in latent}
    groups = tuple(_group(spec, blocks) for blocks in spec.groups)
    effects = {f"{'r' if g.centred else 'z'}_{g.name}" for g in groups}
    common = [name for name in shapes if is_coefficient(name)]
    scales = [name for name in shapes if name not in effects and name not in common]
    chosen = order(of)
    return Layout(
        tuple((name, shapes[name].free) for name in scales),
        tuple((name, shapes[name].free) for name in common),
        groups,
        chosen.eliminated,
        chosen.left,
        spec.response.name,
        _moving(spec, [(name, int(np.prod(shapes[name].free))) for name in scales]),
    )


def _moving(spec: Spec, scales: Sequence[tuple[str, int]]) -> tuple[int, ...]:
    """Return the places of the coordinates that are of no group, given sites and their sizes."""
    own = {parameter.name for parameter in spec.family.parameters}
    own |= {THRESHOLD, THRESHOLD_AT_MEANS}
    others = tuple(prefix(predictor.name) for predictor in spec.predictors[1:])
    found: list[int] = []
    start = 0
    for name, count in scales:
        if name.removesuffix("^2") in own or name.startswith(others):
            found += range(start, start + count)
        start += count
    return tuple(found)


def is_coefficient(site: str) -> bool:
    """Whether a latent site holds coefficients of the main predictor."""
    return site in ("beta", "slopes", f"Intercept{MEANS}") or site.startswith("beta[")


def structure(spec: Spec) -> Structure:
    """Return the groups and columns of a spec as the marginal engine's algebra takes them.

    The response is to be put in the place of its zeros, and rows' weights added.
    """
    rows = len(spec.response.values)
    return gaussian(
        np.zeros(rows),
        spec.predictors[0].X,
        coefficient_priors(spec),
        tuple(group_columns(spec, blocks) for blocks in spec.groups),
        1.0,
    )


def mapping(spec: Spec, of: Layout) -> Matrix:
    """Return the matrix that makes `beta` of the coefficients' sites, in their order."""
    count = of.common
    found = np.eye(count)[:, places(spec, of)]
    if count > 1 and any(_at_means(name) for name, _ in of.coefficients):
        # The intercept is what it is at the means, less what the others add there.
        found[0] -= spec.predictors[0].centre[1:] @ found[1:]
    return found


def places(spec: Spec, of: Layout) -> list[int]:
    """Return the place in `beta` of each number of the coefficients' sites, in their order."""
    keys = [f"beta[{label}]" for label in spec.predictors[0].labels]
    found: list[int] = []
    for name, shape in of.coefficients:
        if name in ("beta", "slopes"):
            found += range(len(keys) - int(np.prod(shape)), len(keys))
        else:
            found.append(0 if _at_means(name) else keys.index(name))
    return found


def _at_means(site: str) -> bool:
    return site.endswith((MEANS, f"{MEANS}]"))


def _group(spec: Spec, blocks: tuple[Block, ...]) -> Group:
    first = blocks[0]
    name = first.prefix + first.group
    found: list[Correlated] = []
    start = 0
    for number, block in enumerate(blocks, start=1):
        stop = start + len(block.effects)
        if block.structure.correlated:
            site = f"L_{name}" + (f"_{number}" if len(blocks) > 1 else "")
            found.append(Correlated(start, stop, "" if block.structure.rho is not None else site))
        start = stop
    return Group(name, len(first.levels), start, tuple(found), name in spec.centred)


def _count(sites: Sequence[tuple[str, tuple[int, ...]]]) -> int:
    return sum(int(np.prod(shape)) for _, shape in sites)
