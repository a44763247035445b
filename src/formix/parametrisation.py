"""Which group-level effects the program draws as they are (centred), and which standardised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, cast

import numpy as np

from formix.errors import ArgumentError
from formix.spec import MAIN

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.families import Family
    from formix.spec import Block, PredictorMatrix, Response

    Groups = tuple[tuple[Block, ...], ...]

CENTRED, NON_CENTRED, AUTO = "centred", "non-centred", "auto"

ENOUGH = 4.0
"""Variance between levels, in units of the variance with which a level's rows tell its effect,
above which drawing effects as they are is taken to be better."""

_SPELLINGS = {"centered": CENTRED, "noncentered": NON_CENTRED, "non-centered": NON_CENTRED}


@dataclass(frozen=True)
class Parametrisation:
    """The groups that are drawn centred, by the name of their sites, and why.

    Parameters
    ----------
    centred
        `Subject`, or `sigma.Subject` of another parameter's predictor.
    notes
        What was decided from the data.
    """

    centred: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def name_of(blocks: tuple[Block, ...]) -> str:
    """Return what a group is called in `parametrisation`: its sites' name without the kind."""
    return blocks[0].prefix + blocks[0].group


def choose(
    asked: str | Mapping[str, str],
    groups: Groups,
    main: PredictorMatrix,
    response: Response,
    family: Family,
) -> Parametrisation:
    """Return how each group is drawn: as asked, or as the data say where that is `auto`.

    Raises
    ------
    ArgumentError
        If it is no parametrisation, of no group, or one that the group cannot have.
    """
    each = _each(asked, [name_of(blocks) for blocks in groups])
    centred: list[str] = []
    notes: list[str] = []
    for blocks in groups:
        name, how = name_of(blocks), each[name_of(blocks)]
        fault = _fault(blocks[0])
        if how == CENTRED and fault:
            raise ArgumentError(
                f"`{name}` cannot be centred: {fault}",
                hint=f'leave it out, or say parametrisation={{"{name}": "non-centred"}}',
            )
        if how == AUTO:
            how, reason = _decided(blocks, fault, groups, main, response, family)
            notes.append(f"{name}: {how}, since {reason}")
        if how == CENTRED:
            centred.append(name)
    return Parametrisation(tuple(centred), tuple(notes))


def _each(asked: object, names: list[str]) -> dict[str, str]:
    """Return the parametrisation of every group."""
    if isinstance(asked, str):
        return dict.fromkeys(names, _known(asked))
    if not isinstance(asked, Mapping):
        raise _unknown(asked)
    given = cast("Mapping[object, object]", asked)
    for name in given:
        if name not in names:
            close = get_close_matches(str(name), names, n=1)
            raise ArgumentError(
                f"parametrisation is given for `{name}`, which is no group of this model",
                hint=(f"did you mean `{close[0]}`? " if close else "")
                + f"groups: {', '.join(names) or 'none'}",
            )
    return {name: _known(given.get(name, NON_CENTRED)) for name in names}


def _known(how: object) -> str:
    known = _SPELLINGS.get(how, how) if isinstance(how, str) else ""
    if known not in (CENTRED, NON_CENTRED, AUTO):
        raise _unknown(how)
    return known


def _unknown(how: object) -> ArgumentError:
    return ArgumentError(
        f"{how!r} is no parametrisation",
        hint='"non-centred", "centred", "auto", or by group, as in {"Subject": "centred"}',
    )


def _fault(block: Block) -> str:
    """Return why a group's effects cannot be drawn as they are, or nothing."""
    said = block.varying
    if said.sum_to_zero:
        return "its effects sum to zero"
    if said.root is not None and (said.by or said.student):
        return "its levels are related, and its effects are not all of one normal distribution"
    return ""


def _decided(
    blocks: tuple[Block, ...],
    fault: str,
    groups: Groups,
    main: PredictorMatrix,
    response: Response,
    family: Family,
) -> tuple[str, str]:
    """Return the parametrisation that suits the data better, and why.

    References
    ----------
    Betancourt and Girolami (2015), "Hamiltonian Monte Carlo for Hierarchical Models",
    arXiv:1312.0906: centred where the data say much of each level, non-centred where little.
    """
    if fault:
        return NON_CENTRED, fault
    if any(effect.predictor != MAIN for block in blocks for effect in block.effects):
        return NON_CENTRED, "it is not of the main predictor alone"
    if family.by_level or family.columns:
        return NON_CENTRED, f"a {family.name} response has several predictors"
    if blocks[0].varying.members > 1:
        return NON_CENTRED, "its rows belong to several levels"
    others = [other[0] for other in groups if other[0].index is not blocks[0].index]
    told = _told(blocks, _without(blocks[0], others, _residuals(main, response, family)))
    if told is None:
        return NON_CENTRED, "few of its levels have rows enough to tell their effects"
    how = CENTRED if told > ENOUGH else NON_CENTRED
    shown = f"{told:.0f}" if told >= 10.0 else f"{told:.2g}"
    return how, (
        f"effects vary {shown} times as much between levels as the rows of one leave open "
        f"({ENOUGH:g} divides)"
    )


def _residuals(
    main: PredictorMatrix, response: Response, family: Family
) -> Float[np.ndarray, " obs"]:
    """Return what X leaves of the response: of a share, where it is one of trials."""
    y = np.asarray(response.values, dtype=np.float64)
    if "trials" in family.arrays:
        y = y / response.known["trials"]
    y = np.log(y) if family.logarithm else y
    if main.offset is not None:
        link = family.link(family.main).name
        y = y - main.offset if link == "identity" else y
        y = y / np.exp(main.offset) if link == "log" else y
    X = main.X if main.X.shape[1] else np.ones((len(y), 1))
    return y - X @ np.linalg.lstsq(X, y, rcond=None)[0]


def _without(
    block: Block, others: list[Block], residual: Float[np.ndarray, " obs"]
) -> Float[np.ndarray, " obs"]:
    """Return residuals less their means by the groups that a group is crossed with or nested in."""
    for other in others:
        if other.varying.members > 1 or any(effect.predictor != MAIN for effect in other.effects):
            continue
        first = np.full(len(other.levels), -1)
        first[other.index] = block.index
        counts = np.bincount(other.index, minlength=len(other.levels))
        if len(other.levels) == len(block.levels) or np.all(first[other.index] == block.index):
            # Its levels lie within those of the group, whose effects their means would hold.
            continue
        means = np.bincount(other.index, residual, len(other.levels)) / np.maximum(counts, 1)
        residual = residual - means[other.index]
    return residual


def _told(blocks: tuple[Block, ...], residual: Float[np.ndarray, " obs"]) -> float | None:
    """Return the least ratio, over a group's effects, of variance between levels to that within.

    Both are moments of least squares level by level; on the scale of the response, which near its
    mean is as good as that of the predictor: the link's slope is in both.
    """
    Z = np.hstack([block.Z for block in blocks])
    index, size = blocks[0].index, Z.shape[1]
    order = np.argsort(index, kind="stable")
    ends = np.cumsum(np.bincount(index, minlength=len(blocks[0].levels)))
    effects: list[np.ndarray] = []
    inverses: list[np.ndarray] = []
    square, freedom = 0.0, 0
    for rows in np.split(order, ends[:-1]):
        own = Z[rows]
        if len(rows) <= size or np.linalg.matrix_rank(own) < size:
            continue
        inverse = np.linalg.inv(own.T @ own)
        effect = inverse @ (own.T @ residual[rows])
        effects.append(effect)
        inverses.append(np.diag(inverse))
        square += float(np.sum(np.square(residual[rows] - own @ effect)))
        freedom += len(rows) - size
    if 2 * len(effects) < len(blocks[0].levels) or not square:
        return None
    within = np.array(inverses) * square / freedom
    between = np.mean(np.square(effects), axis=0) - np.mean(within, axis=0)
    return float(np.min(np.maximum(between, 0.0) / np.median(within, axis=0)))
