"""Draws -> linear predictors -> the parameters of the family at every row, in NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from formix.blas import one_thread
from formix.dispersion import PARAMETER
from formix.observation import with_rate
from formix.spec import THRESHOLD, prefix

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.spec import Block, Predictor, Spec

    Flat = Mapping[str, Float[np.ndarray, "..."]]


def family_parameters(spec: Spec, values: Flat) -> dict[str, Float[np.ndarray, "sample obs"]]:
    """Return the parameters of the family at every row, as its density takes them.

    They are those of the row's units, and its weight and its known error are part of them. The
    logits of the main one and the arrays are among them, where the family has such.
    """
    arrays = {name: spec.response.known[name] for name in spec.family.arrays}
    found = with_rate(spec.family, spec.response, own_parameters(spec, values)) | arrays
    if spec.family.thresholds:
        found["logits"] = _of_thresholds(spec, found, values[THRESHOLD])
    return with_dispersion(spec, found)


def own_parameters(spec: Spec, values: Flat) -> dict[str, Float[np.ndarray, "sample obs"]]:
    """Return the parameters as the model has them: predicted, sampled or fixed.

    The logits of the main one are among them, where it is one probability or one of each level; of
    thresholds, the linear predictor `eta` is.
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
    return predicted | others


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


def with_dispersion(spec: Spec, found: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
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
    """Return the linear predictor of one parameter: X beta + sum Z r[index] + offset.

    In memory the samples of a row lie together, as those of effects do in a table by level: so what
    is made of a row is made of numbers side by side, and so is what is said of it later.
    """
    samples = len(next(iter(values.values())))
    if predictor.X.shape[1]:
        with one_thread():
            total = predictor.X @ values[prefix(predictor.name) + "beta"].T
    else:
        total = np.zeros((len(predictor.X), samples))
    for blocks in spec.groups:
        start = 0
        for block in blocks:
            # `r` holds the effects of all blocks of a group, side by side.
            _add_block(total, predictor, block, values, start)
            start += len(block.effects)
    if predictor.offset is not None:
        total += predictor.offset[:, None]
    return total.T


def by_level(
    r: Float[np.ndarray, "sample level effect"],
) -> Float[np.ndarray, "sample level effect"]:
    """Return effects with the samples of each level and effect together in memory."""
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(r, 0, -1)), -1, 0)


def _add_block(
    total: Float[np.ndarray, "obs sample"],
    predictor: Predictor,
    block: Block,
    values: Flat,
    start: int,
) -> None:
    """Add what a block's effects do; they stand in `r` from `start` on."""
    mine = [
        column
        for column, effect in enumerate(block.effects)
        if effect.predictor == predictor.name and block.Z[:, column].any()
    ]
    if not mine:
        return
    r = np.moveaxis(by_level(values[f"{block.prefix}r_{block.group}"]), 0, -1)
    levels, effects, samples = r.shape
    # A row has an entry for each level that it belongs to and each effect; its levels' weights are
    # those of the mean where nothing else is said.
    index = block.index.reshape(len(total), -1, 1)
    weights = block.varying.weights
    shares = np.array(1.0 / index.shape[1]) if weights is None else weights[:, :, None]
    places = index * effects + (start + np.array(mine))
    entries = np.broadcast_to(shares * block.Z[:, None, mine], places.shape)
    each = index.shape[1] * len(mine)
    ends = np.arange(len(total) + 1) * each
    table = sparse.csr_array(
        (entries.ravel(), places.ravel(), ends), shape=(len(total), levels * effects)
    )
    total += table @ r.reshape(-1, samples)
