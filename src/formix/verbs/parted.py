"""The noun of variances: of each group and of the residuals, on one scale, at every draw."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from formix.errors import UnsupportedError
from formix.linear import eta
from formix.prediction import chunks

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.spec import Block, Spec
    from formix.verbs.own_rows import OwnRows

    Draws = Float[np.ndarray, " sample"]
    Parameters = dict[str, Float[np.ndarray, "sample obs"]]

OF_LINKS: Mapping[str, float] = {
    "logit": np.pi**2 / 3.0,
    "probit": 1.0,
    "cloglog": np.pi**2 / 6.0,
}
"""The variance of the distribution whose distribution function is the link's inverse."""

_CHUNK = 2_000_000

_LEAST = 1e-12


@dataclass(frozen=True, eq=False)
class Parted:
    """Variances about the common effects.

    Parameters
    ----------
    groups
        Of each group's effects: the mean over the rows.
    residual
        What is left of single rows.
    within
        The groups that each group is nested in, itself among them.
    scale
        What the variances are of: the `response`, or the linear predictor, `latent (logit)`.
    """

    groups: Mapping[str, Draws]
    residual: Draws
    within: Mapping[str, tuple[str, ...]]
    scale: str


def parted(rows: OwnRows) -> Parted:
    """Return the variances of the groups and of the residuals.

    Raises
    ------
    UnsupportedError
        If the main parameter has several predictors, thresholds without an order, or a link of
        which there is no variance.
    """
    spec = rows.spec
    main = spec.family.main
    if spec.family.by_level or spec.family.columns or spec.family.thresholds == "free":
        raise UnsupportedError(
            f"the variance of {spec.family.name} responses cannot be parted by one number a group",
            hint="fx.varcorr(fit) has the standard deviations by predictor",
        )
    groups: dict[str, Draws] = {}
    for same in spec.groups:
        found = _of_group(same, rows.made.values, main)
        if found is not None:
            group = same[0].group
            groups[group] = groups.get(group, 0.0) + found
    _check_mean(rows)
    residual, scale = _residual(rows)
    return Parted(groups, residual, _nesting(spec, list(groups)), scale)


def _of_group(
    blocks: tuple[Block, ...], values: Mapping[str, np.ndarray], main: str
) -> Draws | None:
    """Return the variance of z'r, the mean over the rows; nothing of effects on other things."""
    if all(effect.predictor != main for block in blocks for effect in block.effects):
        return None
    total = np.zeros(1)
    for rows, covariance in _covariances(blocks, values, main):
        Z = _scaled(blocks)[rows]
        total = total + np.einsum("sij,ij->s", covariance, Z.T @ Z) / len(rows)
    return total


def _scaled(blocks: tuple[Block, ...]) -> Float[np.ndarray, "obs effect"]:
    """Return the columns of a group's effects, so that a row's z'r has the variance of z'Sz.

    Rows of several levels have as much of it as the levels count; of levels that are related, what
    the relations say of each.
    """
    said, index = blocks[0].varying, blocks[0].index
    often = np.ones(len(index))
    if said.root is not None:
        often = np.sum(np.square(said.root), axis=1)[index]
    if said.members > 1:
        even = np.full(index.shape, 1.0 / said.members)
        weights = even if said.weights is None else said.weights
        same = index[:, :, None] == index[:, None, :]
        often = np.einsum("om,on,omn->o", weights, weights, same)
    return np.concatenate([block.Z for block in blocks], axis=1) * np.sqrt(often)[:, None]


def _covariances(
    blocks: tuple[Block, ...], values: Mapping[str, np.ndarray], main: str
) -> Iterator[tuple[np.ndarray, Float[np.ndarray, "sample effect effect"]]]:
    """Yield which rows have a covariance, and the covariance, 0 of what is not of the mean.

    Raises
    ------
    UnsupportedError
        If the effects are bound to sum to zero.
    """
    start, group, said = blocks[0].prefix, blocks[0].group, blocks[0].varying
    if said.sum_to_zero:
        raise UnsupportedError(
            f"the effects of `{group}` sum to zero, and have no variance of a population",
            hint="fx.varcorr(fit) has their standard deviations",
        )
    mine = [effect.predictor == main for block in blocks for effect in block.effects]
    sd = values[f"{start}sd_{group}"] * mine
    correlation = values.get(f"{start}cor_{group}", np.eye(len(mine)))
    if said.student:
        df = values[f"{start}df_{group}"][:, None]
        sd = sd * np.sqrt(np.where(df > 2.0, df / np.maximum(df - 2.0, _LEAST), np.inf))
    with np.errstate(invalid="ignore"):
        # Without bound in one direction, and none in another.
        covariance = sd[..., :, None] * sd[..., None, :] * correlation
    covariance = np.where(np.isnan(covariance), 0.0, covariance)
    if said.by_of is None:
        yield np.ones(len(blocks[0].Z), dtype=bool), covariance
        return
    of_rows = said.by_of[blocks[0].index]
    for level in range(len(said.by_levels)):
        yield of_rows == level, covariance[:, level]


def _nesting(spec: Spec, groups: list[str]) -> dict[str, tuple[str, ...]]:
    index = {block.group: block.index for block in spec.blocks}
    return {
        one: tuple(other for other in groups if _determines(index[one], index[other]))
        for one in groups
    }


def _determines(inner: np.ndarray, outer: np.ndarray) -> bool:
    """Whether all rows of a level of one group are of one level of another.

    Rows of several levels of a group are of none.
    """
    if inner is outer or inner.ndim > 1 or outer.ndim > 1:
        return inner is outer
    pairs = np.unique(np.stack([inner, outer]), axis=1).shape[1]
    return pairs == len(np.unique(inner))


def _residual(rows: OwnRows) -> tuple[Draws, str]:
    """Return the variance of single rows, and the scale that it is on."""
    spec = rows.spec
    link, family = spec.predictors[0].link, spec.family
    if family.thresholds or (family.discrete and link.of_probability):
        if link.name not in OF_LINKS:
            raise UnsupportedError(
                f"the distribution behind the link {link.name} has no variance to be parted",
                hint="with the link logit, probit or cloglog it has",
            )
        variance = OF_LINKS[link.name]
        scale = f"latent ({link.name})"
        if not family.thresholds:
            return np.full(rows.samples, variance), scale
        return variance * _mean_over_rows(rows, _of_discrimination), scale
    if family.logarithm:
        return _mean_over_rows(rows, _of_logarithm), "logarithm of the response"
    if link.name == "identity":
        return _mean_over_rows(rows, _of_response), "response"
    found = _mean_over_rows(rows, _Approximated(_typical(rows)))
    return found, f"latent ({link.name})"


def _mean_over_rows(rows: OwnRows, of: Callable[[Spec, Parameters], np.ndarray]) -> Draws:
    total = np.zeros(rows.samples)
    for _, spec, parameters in rows.parts():
        count = len(spec.response.values)
        total += np.sum(np.broadcast_to(of(spec, parameters), (rows.samples, count)), axis=1)
    return total / len(rows.spec.response.values)


def _check_mean(rows: OwnRows) -> None:
    """Refuse a family whose mean is not what the main formula predicts, as with zeros apart.

    Raises
    ------
    UnsupportedError
        If it is such a family.
    """
    family = rows.spec.family
    if family.thresholds:
        return
    _, spec, parameters = next(rows.parts())
    predicted = parameters[family.main]
    if family.logarithm:
        predicted = np.exp(predicted + 0.5 * np.square(parameters["sigma"]))
    mean, predicted = np.broadcast_arrays(family.mean(parameters), predicted)
    mean = mean / spec.response.known.get("trials", 1.0)
    known = np.isfinite(mean) & np.isfinite(predicted)
    if not np.allclose(mean[known], predicted[known]):
        raise UnsupportedError(
            f"the mean of {family.name} responses is not their {family.main}, of whose predictor "
            "the variance would be parted",
            hint="fx.varcorr(fit) has the standard deviations by predictor",
        )


def _of_response(spec: Spec, parameters: Parameters) -> np.ndarray:
    return spec.family.variance(parameters)


def _of_logarithm(_: Spec, parameters: Parameters) -> np.ndarray:
    return np.square(parameters["sigma"])


def _of_discrimination(_: Spec, parameters: Parameters) -> np.ndarray:
    return 1.0 / np.square(parameters["disc"])


@dataclass(frozen=True, eq=False)
class _Approximated:
    """The variance of a row on the link's scale, at the mean of the response."""

    mean: Draws

    def __call__(self, spec: Spec, parameters: Parameters) -> np.ndarray:
        family, link = spec.family, spec.predictors[0].link
        mean = self.mean[:, None]
        at = {**parameters, family.main: mean}
        if link.logits is not None:
            at["logits"] = special.logit(mean)
        variance = family.variance(at)
        with np.errstate(divide="ignore"):
            if link.name == "log":
                return special.polygamma(1, np.square(mean) / variance)
            return variance * np.square(link.derivative(mean))


def _typical(rows: OwnRows) -> Draws:
    """Return the mean of the response over the rows and over the distributions of the groups."""
    total = np.zeros(rows.samples)
    for _, spec in chunks(rows.made.rows, rows.samples, _CHUNK):
        predictor, family = spec.predictors[0], spec.family
        linear = eta(replace(spec, blocks=()), predictor, rows.made.values)
        spread = _spread(spec, rows.made.values)
        match predictor.link.name:
            case "log":
                mean = np.exp(linear + 0.5 * spread)
            case "sqrt":
                mean = np.square(linear) + spread
            case _:
                mean = predictor.link.inverse(linear)
        if family.main in family.rates:
            mean = mean * spec.response.known.get("rate", 1.0)
        total += np.sum(mean, axis=1)
    return total / len(rows.spec.response.values)


def _spread(spec: Spec, values: Mapping[str, np.ndarray]) -> Float[np.ndarray, "sample obs"]:
    """Return the variance of what the group-level effects add to the main predictor, by row."""
    total = np.zeros((1, len(spec.response.values)))
    for blocks in spec.groups:
        columns = _scaled(blocks)
        for rows, found in _covariances(blocks, values, spec.family.main):
            Z = columns * rows[:, None]
            # A pair of columns at a time: memory then holds one number a row and draw.
            for i, j in np.ndindex(*found.shape[1:]):
                if found[:, i, j].any():
                    total = total + found[:, i, j, None] * (Z[:, i] * Z[:, j])
    return total
