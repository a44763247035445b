"""The log likelihood of each level of a group, the group's effects integrated out.

Groups nested in it are integrated with it; those that are crossed with it are conditioned on, as
are coefficients and scales. So each level is a unit of its own, as leaving one group out takes it.

References
----------
Merkle, Furr and Rabe-Hesketh (2019), doi:10.1007/s11336-019-09679-0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from formix.engines.marginal.elimination import within
from formix.engines.marginal.levels import mixed, packed, whitened
from formix.engines.marginal.stored import factor, sigmas
from formix.engines.marginal.structure import structure
from formix.engines.marginal.support import likelihood_fault
from formix.errors import ArgumentError, UnsupportedError

if TYPE_CHECKING:
    from jaxtyping import Float, Int

    from formix.engines.marginal.structure import GroupColumns, Structure
    from formix.spec import Spec

    Flat = Mapping[str, Float[np.ndarray, "sample ..."]]
    ByRow = Float[np.ndarray, "sample obs"]
    ByLevel = Float[np.ndarray, "sample level"]

_LOG_2PI = float(np.log(2.0 * np.pi))

_AT_ONCE = 2_000_000
"""Numbers of a row and a draw worked on at once: bounds the memory, not the answer."""


@dataclass(frozen=True, eq=False)
class _Rows:
    """Some samples: what the conditioned part leaves of the response, and the rows' precision."""

    residual: ByRow
    precision: ByRow
    factors: Sequence[Float[np.ndarray, "sample effect effect"]]


def integrated_log_likelihood(spec: Spec, values: Flat, group: str) -> ByLevel:
    """Return the log likelihood by sample and level of a group, that group's effects integrated.

    Parameters
    ----------
    spec
        A Gaussian multilevel model.
    values
        Draws by site, chains and draws in one axis.
    group
        The group.

    Raises
    ------
    ArgumentError
        If there is no such group.
    UnsupportedError
        If the model's effects cannot be integrated.
    """
    fault = likelihood_fault(spec)
    if fault:
        raise UnsupportedError(
            f"the likelihood of this model cannot be integrated: {fault}",
            hint="fx.log_likelihood(fit) has the one that is conditional on the effects",
        )
    of = structure(spec)
    named = [one.name for one in of.groups if one.name]
    if group not in named:
        hint = f"its groups: {', '.join(named)}" if named else "its formula has no bar"
        raise ArgumentError(f"`{group}` is not a group of this model", hint=hint)
    target = of.groups[named.index(group)]
    inside = tuple(f"r_{one.name}" for one in of.named if one is target or within(one, target))
    return integrated_over(spec, values, inside, target.index, target.levels)


def integrated_over(
    spec: Spec,
    values: Flat,
    inside: Sequence[str],
    index: Int[np.ndarray, " obs"],
    units: int,
) -> Float[np.ndarray, "sample unit"]:
    """Return the log likelihood by sample and unit of rows, the effects of some groups integrated.

    Parameters
    ----------
    spec
        A Gaussian multilevel model, whose effects can be integrated.
    values
        Draws by site, chains and draws in one axis.
    inside
        The sites of the effects that are integrated; each level of their groups is in one unit.
    index, units
        The unit of each row, and how many there are.
    """
    of = structure(spec)
    chosen = [one for one in of.named if f"r_{one.name}" in inside]
    samples = len(next(iter(values.values())))
    answer = np.empty((samples, units))
    step = max(1, _AT_ONCE // max(of.rows, 1))
    for start in range(0, samples, step):
        some = slice(start, start + step)
        rows = _rows(of, {site: value[some] for site, value in values.items()}, chosen)
        # Without known standard errors the rows' precisions are in one proportion in all samples.
        if len(chosen) == 1 and of.scaled:
            answer[some] = _in_units(_alone(of, chosen[0], rows), chosen[0], index, units)
        else:
            answer[some] = _level_by_level(index, units, chosen, rows)
    return answer


def _rows(of: Structure, values: Flat, inside: Sequence[GroupColumns]) -> _Rows:
    samples = len(next(iter(values.values())))
    mean = values["beta"] @ of.X.T if of.X.shape[1] else np.zeros((samples, of.rows))
    for group in of.groups:
        if group.name and group not in inside:
            r = values[f"r_{group.name}"]
            for j in range(group.size):
                mean += r[:, group.index, j] * group.Z[:, j]
    weights = np.ones(of.rows) if of.weights is None else of.weights
    sigma = sigmas(of, values, samples)
    if of.scaled:
        precision = weights / np.square(sigma)[:, None]
    elif of.groups and not of.groups[-1].name:
        precision = 1.0 / (1.0 / weights + np.square(sigma)[:, None])
    else:
        precision = np.broadcast_to(weights, (samples, of.rows))
    return _Rows(of.y - mean, precision, [factor(group, values) for group in inside])


def _alone(of: Structure, target: GroupColumns, rows: _Rows) -> ByLevel:
    """Return the log likelihood where one group is integrated: all levels at once."""
    sums = sparse.csr_array(
        (np.ones(of.rows), (target.index, np.arange(of.rows))), shape=(target.levels, of.rows)
    )
    weights = np.ones(of.rows) if of.weights is None else of.weights
    scale = rows.precision[:, 0] / weights[0]
    grams = np.empty((target.levels, target.size, target.size))
    for i in range(target.size):
        for j in range(target.size):
            product = weights * target.Z[:, i] * target.Z[:, j]
            grams[:, i, j] = np.bincount(target.index, product, target.levels)
    log_determinant, half = whitened(packed(grams), rows.factors[0], scale)
    weighted = rows.residual * rows.precision
    pulls = np.stack([(sums @ (weighted * z).T).T for z in target.Z.T], axis=1)
    logs = np.log(rows.precision) - _LOG_2PI - weighted * rows.residual
    explained = np.square(mixed(half, pulls)).sum(axis=1)
    return 0.5 * ((sums @ logs.T).T - log_determinant + explained)


def _in_units(
    by_level: ByLevel, group: GroupColumns, index: Int[np.ndarray, " obs"], units: int
) -> Float[np.ndarray, "sample unit"]:
    """Return the sums of the levels that each unit holds."""
    if np.array_equal(index, group.index):
        return by_level[:, :units]
    levels, first = np.unique(group.index, return_index=True)
    sums = sparse.csr_array(
        (np.ones(len(levels)), (index[first], levels)), shape=(units, group.levels)
    )
    return np.asarray((sums @ by_level.T).T)


def _level_by_level(
    index: Int[np.ndarray, " obs"], units: int, inside: Sequence[GroupColumns], rows: _Rows
) -> Float[np.ndarray, "sample unit"]:
    """Return the log likelihood where several groups are integrated, one within another."""
    answer = np.empty((len(rows.residual), units))
    order = np.argsort(index, kind="stable")
    bounds = np.searchsorted(index[order], np.arange(units + 1))
    for level in range(units):
        mine = order[bounds[level] : bounds[level + 1]]
        wide = np.concatenate(
            [_wide(group, mine, L) for group, L in zip(inside, rows.factors, strict=True)], axis=2
        )
        precision, residual = rows.precision[:, mine], rows.residual[:, mine]
        weighted = wide * precision[:, :, None]
        M = np.swapaxes(weighted, 1, 2) @ wide + np.eye(len(weighted[0, 0]))
        pull = np.einsum("snq,sn->sq", weighted, residual)
        solved = np.asarray(np.linalg.solve(M, pull[:, :, None]), dtype=np.float64)[:, :, 0]
        explained = np.sum(pull * solved, axis=1)
        logs = np.log(precision) - _LOG_2PI - precision * np.square(residual)
        answer[:, level] = 0.5 * (logs.sum(axis=1) - np.linalg.slogdet(M)[1] + explained)
    return answer


def _wide(
    group: GroupColumns, mine: np.ndarray, factor: Float[np.ndarray, "sample effect effect"]
) -> Float[np.ndarray, "sample row column"]:
    """Return the columns of standardised effects of the levels that some rows have."""
    index: np.ndarray = group.index[mine]
    levels, place = np.unique(index, return_inverse=True)
    scaled = group.Z[mine] @ factor
    answer = np.zeros((len(factor), len(mine), len(levels), group.size))
    answer[:, np.arange(int(mine.size)), place] = scaled
    return answer.reshape(len(factor), len(mine), -1)
