"""Draws -> linear predictors -> the pointwise log likelihood and the log prior, in NumPy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

from formix.linear import family_parameters
from formix.observation import log_density as density_of_rows
from formix.prior import (
    Prior,
    entry_of,
    is_joint,
    joint,
    shrunk_scales,
    site_priors,
)
from formix.spec import THRESHOLD, THRESHOLD_AT_MEANS as AT_MEANS, prefix

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.prior import PriorEntry, Shrinkage
    from formix.spec import Parameter, Spec

    Values = Mapping[str, Float[np.ndarray, "..."]]
    Flat = Mapping[str, Float[np.ndarray, "..."]]

_CHUNK = 4_000_000
"""Values of a linear predictor made at once: bounds the memory, not the answer."""


def log_likelihood(spec: Spec, values: Values) -> Float[np.ndarray, "chain draw obs"]:
    """Return the log density of every observation at every draw, given the group-level effects.

    Parameters
    ----------
    values
        Draws of `beta`, `r_<group>` and the family's own parameters, by site.
    """
    chains, draws = next(iter(values.values())).shape[:2]
    rows = len(spec.response.values)
    return log_densities(spec, flat(values)).reshape(chains, draws, rows)


def log_densities(spec: Spec, values: Flat) -> Float[np.ndarray, "sample obs"]:
    """Return the log density of every observation at samples, chains and draws in one axis."""
    samples, rows = len(next(iter(values.values()))), len(spec.response.values)
    answer = np.empty((samples, rows))
    for part in parts(samples, rows):
        answer[part] = _log_density(spec, cut(values, part))
    return answer


def log_prior(spec: Spec, values: Values) -> dict[str, Float[np.ndarray, "chain draw"]]:
    """Return the log prior density of every site that has a prior of its own, at every draw.

    Improper priors count as zero. A site whose prior is outside the table is left out.
    """
    answer: dict[str, np.ndarray] = {}
    for parameter in spec.parameters:
        if not parameter.keys or parameter.site not in values:
            continue
        entries = [entry_of(spec.priors, key) for key in parameter.keys]
        entries = [entry for entry in entries if not is_joint(entry.prior)]
        priors = [entry.prior for entry in entries if isinstance(entry.prior, Prior)]
        if len(priors) < len(entries):
            continue
        x = np.asarray(values[parameter.site], dtype=np.float64)
        if parameter.site == THRESHOLD:
            answer[parameter.site] = _log_thresholds(spec, parameter, entries[0], values)
        elif parameter.support == "correlation":
            answer[parameter.site] = _log_lkj(spec, parameter, priors[0], x)
        else:
            answer[parameter.site] = _log_elements(spec, parameter, entries, priors, x)
    for shrinkage in spec.shrinkage:
        _add_shrinkage(shrinkage, values, answer)
    return answer


def _add_shrinkage(of: Shrinkage, values: Values, answer: dict[str, np.ndarray]) -> None:
    """Add what coefficients under one prior have: given its sites, and that of the sites."""
    sites = {site.name: values[of.prefix + site.name] for site in joint(of.prior).sites}
    for site, prior in site_priors(of.prior, of.rows):
        density = prior.log_density(sites[site.name])
        own = density if density.ndim == 2 else np.sum(density, axis=-1)
        answer[of.prefix + site.name] = own
    scale = shrunk_scales(of.prior, sites) * of.units
    if of.dispersion:
        scale = scale * values[of.dispersion][..., None]
    beta = np.asarray(values[of.site])[..., -len(of.units) :]
    each = -0.5 * np.square(beta / scale) - np.log(scale) - 0.5 * np.log(2.0 * np.pi)
    if of.site in answer:
        answer[of.site] += np.sum(each, axis=-1)


def flat(values: Values) -> dict[str, np.ndarray]:
    """Return draws with chains and draws in one axis."""
    return {
        site: np.asarray(x, dtype=np.float64).reshape(x.shape[0] * x.shape[1], *x.shape[2:])
        for site, x in values.items()
    }


def parts(samples: int, rows: int) -> Iterator[slice]:
    """Yield some samples after another, so many that memory holds their rows."""
    step = max(1, _CHUNK // max(1, rows))
    for start in range(0, samples, step):
        yield slice(start, min(start + step, samples))


def cut(values: Flat, part: slice) -> dict[str, np.ndarray]:
    """Return some samples."""
    return {site: x[part] for site, x in values.items()}


def _log_density(spec: Spec, values: Flat) -> np.ndarray:
    parameters = family_parameters(spec, values)
    return density_of_rows(spec.family, spec.response, parameters)


def _log_elements(
    spec: Spec, parameter: Parameter, entries: list[PriorEntry], priors: list[Prior], x: np.ndarray
) -> np.ndarray:
    """Sum the log densities of the elements of a vector or a single number."""
    elements = x.reshape(*x.shape[:2], -1)
    total = np.zeros(x.shape[:2])
    # One prior may be of every element; those without one of their own are the last.
    each = elements.shape[2] if len(parameter.keys) < elements.shape[2] else 1
    keyed = zip(entries * each, priors * each, strict=True)
    counted: set[str] = set()
    for j, (entry, prior) in enumerate(keyed):
        if each == 1 and entry.key in counted:
            continue
        counted.add(entry.key)
        value = elements[..., j]
        if entry.key.endswith("@means]"):
            value = value + _slopes_at_means(spec, parameter, elements)
        total += _log_one(prior, entry.squared, value)
    return total


def _log_thresholds(
    spec: Spec, parameter: Parameter, entry: PriorEntry, values: Values
) -> np.ndarray:
    """Sum the log densities of the thresholds; ordered ones are draws that were put in order."""
    x, count = np.asarray(values[parameter.site], dtype=np.float64), parameter.shape[0]
    if entry.key == AT_MEANS and "beta" in values:
        shift = np.asarray(values["beta"]) @ spec.predictors[0].centre
        x = x - shift[..., None]
    orders = gammaln(count + 1.0) if parameter.support == "ordered" else 0.0
    return np.sum(entry.of_table.log_density(x), axis=-1) + orders


def _log_one(prior: Prior, squared: bool, value: np.ndarray) -> np.ndarray:
    if not squared:
        return prior.log_density(value)
    # The prior is on the variance; the density of the sd has the Jacobian d(sd^2) = 2 sd d(sd).
    return prior.log_density(np.square(value)) + np.log(2.0 * value)


def _slopes_at_means(spec: Spec, parameter: Parameter, beta: np.ndarray) -> np.ndarray:
    """Return what the other columns add to the intercept at their means."""
    predictor = next(p for p in spec.predictors if prefix(p.name) + "beta" == parameter.site)
    return beta[..., 1:] @ predictor.centre[1:]


def _log_lkj(spec: Spec, parameter: Parameter, prior: Prior, x: np.ndarray) -> np.ndarray:
    """Sum the log density of each correlated block on the diagonal."""
    total = np.zeros(x.shape[:2])
    for blocks in spec.groups:
        if f"{blocks[0].prefix}cor_{blocks[0].group}" != parameter.site:
            continue
        start = 0
        for block in blocks:
            stop = start + len(block.effects)
            if block.structure.matrix:
                density = prior.log_density(x[..., start:stop, start:stop])
                total += density.reshape(*total.shape, -1).sum(axis=-1)
            start = stop
    return total
