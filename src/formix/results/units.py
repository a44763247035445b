"""The log likelihood of units of rows, such as all rows of a level, effects within integrated.

The effects of groups whose every level lies within one unit are integrated, so that each unit is
one as leaving it out takes it; those of other groups are conditioned on, as is all else.

References
----------
Merkle, Furr and Rabe-Hesketh (2019), doi:10.1007/s11336-019-09679-0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from formix.engines.marginal.integrated import integrated_over
from formix.engines.marginal.support import likelihood_fault
from formix.errors import UnsupportedError
from formix.fresh import fresh_levels
from formix.linear import family_parameters
from formix.observation import log_density as density_of_rows
from formix.results.likelihood import cut, log_densities
from formix.results.peaked import MOST_EFFECTS, log_integral

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.spec import Block, Spec

    Flat = Mapping[str, Float[np.ndarray, "sample ..."]]
    ByUnit = Float[np.ndarray, "sample unit"]

_AT_ONCE = 1_000_000
"""Numbers of a row and a draw worked on at once: bounds the memory, not the answer."""


@dataclass(frozen=True, eq=False)
class Units:
    """Which unit each row belongs to.

    Parameters
    ----------
    index, count
        Of each row, the number of its unit; and how many units there are.
    inside
        The sites of the effects that are integrated.
    """

    index: Int[np.ndarray, " obs"]
    count: int
    inside: tuple[str, ...] = ()

    def at(self, rows: Int[np.ndarray, " row"]) -> Units:
        """Return the units of some of the rows, those without any left out."""
        units, index = np.unique(self.index[rows], return_inverse=True)
        return replace(self, index=index, count=len(units))


def units_of(spec: Spec, index: Int[np.ndarray, " obs"], count: int) -> Units:
    """Return the units of all rows of a model, and what lies within them.

    Raises
    ------
    UnsupportedError
        If effects within them cannot be integrated.
    """
    found = [same for same in spec.groups if _within(same[0], index)]
    inside = tuple(_site(same) for same in found)
    if inside and likelihood_fault(spec) is not None:
        _check(found, spec)
    return Units(index, count, inside)


def unit_log_likelihood(spec: Spec, values: Flat, units: Units) -> tuple[ByUnit, float]:
    """Return the log likelihood of each unit at samples, and by how much it may err.

    Parameters
    ----------
    values
        Draws by site, chains and draws in one axis; those of effects that are integrated are not
        needed.
    """
    samples, rows = len(next(iter(values.values()))), len(spec.response.values)
    answer, error = np.empty((samples, units.count)), 0.0
    gaussian = bool(units.inside) and likelihood_fault(spec) is None
    for part in _parts(samples, rows):
        some = cut(values, part)
        if not units.inside:
            answer[part] = _summed(log_densities(spec, some), units.index, units.count)
        elif gaussian:
            answer[part] = integrated_over(spec, some, units.inside, units.index, units.count)
        else:
            answer[part], change = _by_quadrature(spec, some, units)
            error = max(error, change)
    return answer, error


def _parts(samples: int, rows: int) -> Iterator[slice]:
    step = max(1, _AT_ONCE // max(1, rows))
    return (slice(start, min(start + step, samples)) for start in range(0, samples, step))


def _site(same: tuple[Block, ...]) -> str:
    return f"{same[0].prefix}r_{same[0].group}"


def _within(block: Block, index: Int[np.ndarray, " obs"]) -> bool:
    """Whether every level of a block's group lies within one unit."""
    if block.varying.members > 1:
        return False
    parents = np.zeros(len(block.levels), dtype=np.int64)
    parents[block.index] = index
    return bool(np.array_equal(parents[block.index], index))


def _check(found: list[tuple[Block, ...]], spec: Spec) -> None:
    """Refuse effects that quadrature cannot integrate.

    Raises
    ------
    UnsupportedError
        Which says why.
    """
    first, size = found[0][0], sum(len(block.effects) for same in found for block in same)
    block, why = first, ""
    for block in (block for same in found for block in same):
        said = block.varying
        why = said.beyond or (f"its levels are related by {said.matrix}" if said.matrix else "")
        if not why and not np.array_equal(block.index, first.index):
            why = f"with them those of `{first.group}` would have to be, one within the other"
        if why:
            break
    if not why and size > MOST_EFFECTS:
        why = f"a level has {size} effects, and at most {MOST_EFFECTS} are integrated"
    if why:
        raise UnsupportedError(
            f"the effects of `{block.group}` cannot be integrated: {why}",
            text=spec.text,
            span=block.span,
            hint="fx.log_likelihood(fit) has the likelihood that is conditional on the effects",
        )


def _summed(by_row: Float[np.ndarray, "sample obs"], index: np.ndarray, count: int) -> ByUnit:
    return np.asarray((_sums(index, count) @ by_row.T).T)


def _sums(index: np.ndarray, count: int) -> sparse.csr_array:
    """Return what sums numbers of rows to those of units."""
    rows = np.arange(len(index))
    return sparse.csr_array((np.ones(len(index)), (index, rows)), shape=(count, len(index)))


@dataclass(frozen=True, eq=False)
class _Within:
    """The log density of the rows of each level and of its standardised effects."""

    spec: Spec
    values: Flat
    roots: Mapping[str, Float[np.ndarray, "sample effect effect"]]
    sums: sparse.csr_array

    @property
    def size(self) -> int:
        """How many effects a level has."""
        return sum(root.shape[1] for root in self.roots.values())

    def __call__(
        self, effects: Float[np.ndarray, "sample level effect"], some: Int[np.ndarray, " sample"]
    ) -> Float[np.ndarray, "sample level"]:
        values = {site: x[some] for site, x in self.values.items()}
        start = 0
        for site, root in self.roots.items():
            stop = start + root.shape[1]
            values[site] = effects[..., start:stop] @ np.swapaxes(root[some], 1, 2)
            start = stop
        parameters = family_parameters(self.spec, values)
        density = density_of_rows(self.spec.family, self.spec.response, parameters)
        shape = (len(some), self.sums.shape[1])
        by_level = np.asarray((self.sums @ np.broadcast_to(density, shape).T).T)
        normal = np.sum(np.square(effects) + np.log(2.0 * np.pi), axis=2)
        return by_level - 0.5 * normal


def _by_quadrature(spec: Spec, values: Flat, units: Units) -> tuple[ByUnit, float]:
    """Return the log likelihood of each unit: the sum of those of the levels that it holds."""
    mine = [same for same in spec.groups if _site(same) in units.inside]
    levels, first, index = np.unique(mine[0][0].index, return_index=True, return_inverse=True)
    integrated = {id(block) for same in mine for block in same}
    blocks = tuple(replace(b, index=index) if id(b) in integrated else b for b in spec.blocks)
    roots = {_site(same): fresh_levels(same, values, (0,)).scaled for same in mine}
    kept = {site: x for site, x in values.items() if site not in units.inside}
    within = _Within(replace(spec, blocks=blocks), kept, roots, _sums(index, len(levels)))
    samples = len(next(iter(values.values())))
    found, change = log_integral(within, samples, len(levels), within.size, len(index))
    return _summed(found, units.index[first], units.count), change
