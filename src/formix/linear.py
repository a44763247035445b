"""Draws -> linear predictors -> the parameters of the family at every row, in NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from formix.dispersion import PARAMETER
from formix.observation import with_rate
from formix.spec import THRESHOLD, prefix

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.spec import Block, Predictor, Spec

    Flat = Mapping[str, Float[np.ndarray, "..."]]


def family_parameters(spec: Spec, values: Flat) -> dict[str, Float[np.ndarray, "sample obs"]]:
    """Return the parameters of the family at every row: predicted, sampled, fixed or known.

    The logits of the main one and the arrays are among them, where the family has such.
    """
    predicted: dict[str, np.ndarray] = {}
    levels: list[np.ndarray] = []
    for predictor in spec.predictors:
        linear = eta(spec, predictor, values)
        if predictor.parameter == spec.family.main and spec.family.by_level:
            levels.append(linear)
        elif predictor.thresholds:
            predicted["eta"] = linear
        else:
            predicted[predictor.name] = predictor.link.inverse(linear)
            if predictor.name == spec.family.main and spec.family.logits and predictor.link.logits:
                predicted["logits"] = predictor.link.logits(linear)
    if levels:
        predicted["logits"] = np.stack([np.zeros_like(levels[0]), *levels], axis=-1)
    others: dict[str, np.ndarray] = {}
    for parameter in spec.family.parameters:
        name = parameter.name
        if name not in predicted and name in spec.fixed:
            others[name] = np.asarray(spec.fixed[name], dtype=np.float64)
        elif name not in predicted and name in values:
            others[name] = values[name][:, None]
    arrays = {name: spec.response.known[name] for name in spec.family.arrays}
    found = with_rate(spec.family, spec.response, predicted | others) | arrays
    if spec.family.thresholds:
        found["logits"] = _of_thresholds(spec, found, values[THRESHOLD])
    return _with_known(spec, found)


def _of_thresholds(
    spec: Spec, found: dict[str, np.ndarray], threshold: Float[np.ndarray, "sample boundary"]
) -> Float[np.ndarray, "sample obs boundary"]:
    """Return the log odds of a response at or below each threshold."""
    z = threshold[:, None, :] - found.pop("eta")[..., None]
    z = -z if spec.family.onward else z
    if "disc" in found:
        z = found["disc"][..., None] * z
    logits = spec.predictors[0].link.logits
    return z if logits is None else logits(z)


def _with_known(spec: Spec, found: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the parameters with the dispersion that rows have of which more is known."""
    known, name = spec.response.known, spec.family.dispersion
    given = spec.family.given(known)
    if given is None:
        return found
    of = {array: known[array] for array in given.arrays}
    if given.estimated:
        of[PARAMETER] = found[name]
    return {**found, name: given.value(of)}


def eta(spec: Spec, predictor: Predictor, values: Flat) -> Float[np.ndarray, "sample obs"]:
    """Return the linear predictor of one parameter: X beta + sum Z r[index] + offset."""
    samples = len(next(iter(values.values())))
    total = np.zeros((samples, len(predictor.X)))
    if predictor.X.shape[1]:
        total += values[prefix(predictor.name) + "beta"] @ predictor.X.T
    for blocks in spec.groups:
        start = 0
        for block in blocks:
            stop = start + len(block.effects)
            # `r` holds the effects of all blocks of a group, side by side.
            _add_block(total, predictor, block, values[_r(block)][..., start:stop])
            start = stop
    if predictor.offset is not None:
        total += predictor.offset
    return total


def _r(block: Block) -> str:
    return f"{block.prefix}r_{block.group}"


def _add_block(total: np.ndarray, predictor: Predictor, block: Block, r: np.ndarray) -> None:
    for column, effect in enumerate(block.effects):
        if effect.predictor == predictor.name and block.Z[:, column].any():
            # From a column that lies together rows are gathered several times as fast.
            mine = np.take(np.ascontiguousarray(r[:, :, column]), block.index, axis=1)
            if block.varying.members > 1:
                mine = _of_members(block, mine)
            mine *= block.Z[:, column]
            total += mine


def _of_members(block: Block, effects: np.ndarray) -> np.ndarray:
    """Return what the levels that a row belongs to add together."""
    if block.varying.weights is None:
        return np.mean(effects, axis=-1)
    return np.einsum("som,om->so", effects, block.varying.weights)
