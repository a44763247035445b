"""Draws from the prior and the prior predictive distribution: parents first, in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from formix.engines import load
from formix.engines.draws import Draws
from formix.errors import PriorError
from formix.groups import rho_sites
from formix.linear import family_parameters
from formix.observation import draw as draw_rows
from formix.prior import ForeignPrior, at_means_key, shrunk_scales, site_priors
from formix.spec import THRESHOLD as SITE, THRESHOLD_AT_MEANS as AT_MEANS, prefix

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.prior import Shrinkage
    from formix.spec import Block, Predictor, Spec

    Array = Float[np.ndarray, "..."]

_CHUNK = 2_000_000
"""Numbers made at once: bounds the memory, not the answer."""

_MOST_EFFECTS = 10_000_000
"""More group-level effects than this, over all draws, are drawn and used but not returned."""


def run(spec: Spec, *, draws: int, seed: int) -> Draws:
    """Return draws of every site and of the response, in one chain.

    Parameters
    ----------
    draws
        How many.
    seed
        Of the random numbers; equal seeds give equal draws.

    Raises
    ------
    PriorError
        If a prior is improper.
    """
    _refuse_improper(spec)
    generator = np.random.default_rng(seed)
    rows = len(spec.response.values)
    effects = sum(len(block.levels) * len(block.effects) for block in spec.blocks)
    step = max(1, _CHUNK // max(1, rows, effects))
    keep = effects * draws <= _MOST_EFFECTS
    parts: list[dict[str, np.ndarray]] = []
    for start in range(0, draws, step):
        count = min(step, draws - start)
        values = _parameters(spec, generator, count)
        y = draw_rows(spec.family, spec.response, generator, family_parameters(spec, values))
        values[spec.response.name] = np.broadcast_to(y, (count, *spec.response.values.shape))
        dropped = () if keep else tuple(_r(blocks) for blocks in spec.groups)
        parts.append({site: value for site, value in values.items() if site not in dropped})
    joined = {site: np.concatenate([part[site] for part in parts])[None] for site in parts[0]}
    return Draws(joined, {}, {"engine": "ancestral", "seed": seed, "draws": draws, "chains": 1})


def _refuse_improper(spec: Spec) -> None:
    for entry in spec.priors:
        if not isinstance(entry.prior, ForeignPrior) and not entry.prior.is_proper:
            raise PriorError(
                f"the prior of `{entry.key}` is improper: nothing can be drawn from it",
                hint=f'give it a proper one, such as priors={{"{entry.key}": "Normal(0, 10)"}}, '
                'or use priors="default"',
            )


def _parameters(spec: Spec, generator: np.random.Generator, count: int) -> dict[str, Array]:
    values: dict[str, np.ndarray] = {}

    def draw(key: str) -> Array:
        entry = spec.priors[key]
        drawn = (
            _draw_foreign(entry.prior, generator, count)
            if isinstance(entry.prior, ForeignPrior)
            else entry.prior.draw(generator, (count,))
        )
        return np.sqrt(drawn) if entry.squared else drawn

    for shrinkage in spec.shrinkage:
        if shrinkage.dispersion and shrinkage.dispersion not in values:
            values[shrinkage.dispersion] = draw(shrinkage.dispersion)
        values |= _shrunk(shrinkage, values, generator, count)
    for predictor in spec.predictors:
        if predictor.columns:
            site = prefix(predictor.name) + "beta"
            values[site] = _beta(spec, predictor, draw, values.get(site))
        if predictor.thresholds:
            values[SITE] = _threshold(spec, predictor, draw, values.get("beta"))
    for blocks in spec.groups:
        values |= _group(spec, blocks, generator, draw)
    for statement in spec.likelihood:
        if statement.site not in values:
            values[statement.site] = draw(statement.keys[0])
    return values


def _shrunk(
    of: Shrinkage, values: Mapping[str, Array], generator: np.random.Generator, count: int
) -> dict[str, Array]:
    """Draw coefficients under one prior together, and its sites."""
    size = len(of.units)
    sites: dict[str, np.ndarray] = {}
    for site, prior in site_priors(of.prior, of.rows):
        shape = (count, size) if site.each and not prior.kind.sized else (count,)
        sites[site.name] = prior.draw(generator, shape, size)
    scale = shrunk_scales(of.prior, sites) * of.units
    if of.dispersion:
        scale = scale * values[of.dispersion][:, None]
    beta = scale * generator.standard_normal((count, size))
    return {of.site: beta, **{of.prefix + name: x for name, x in sites.items()}}


def _draw_foreign(prior: ForeignPrior, generator: np.random.Generator, count: int) -> Array:
    """Draw from a NumPyro distribution, whose own library is at hand since the user made it."""
    foreign = load("formix.engines.foreign")
    return foreign.draw(prior.distribution, int(generator.integers(2**31)), count)


def _beta(
    spec: Spec, predictor: Predictor, draw: Callable[[str], Array], shrunk: Array | None
) -> Float[np.ndarray, "sample coef"]:
    """Draw coefficients; `shrunk` are those that were drawn together, all but the intercept."""
    site = prefix(predictor.name) + "beta"
    if shrunk is not None and not predictor.has_intercept:
        return shrunk
    keys = [f"{site}[{label}]" for label in predictor.labels]
    centred = at_means_key(keys[0]) in spec.priors
    first = at_means_key(keys[0]) if centred else keys[0]
    if shrunk is not None:
        beta = np.column_stack([draw(first), shrunk])
    else:
        beta = np.stack([draw(first), *(draw(key) for key in keys[1:])], axis=-1)
    if centred:
        beta[:, 0] -= beta[:, 1:] @ predictor.centre[1:]
    return beta


def _threshold(
    spec: Spec, predictor: Predictor, draw: Callable[[str], Array], beta: Array | None
) -> Float[np.ndarray, "sample boundary"]:
    key = AT_MEANS if AT_MEANS in spec.priors else SITE
    drawn = np.stack([draw(key) for _ in range(predictor.thresholds)], axis=-1)
    if spec.family.thresholds == "ordered":
        drawn = np.sort(drawn, axis=-1)
    if key == AT_MEANS and beta is not None:
        drawn += (beta @ predictor.centre)[:, None]
    return drawn


def _group(
    spec: Spec,
    blocks: tuple[Block, ...],
    generator: np.random.Generator,
    draw: Callable[[str], Array],
) -> dict[str, Array]:
    before, group = blocks[0].prefix, blocks[0].group
    sd = _array(spec, f"{before}sd_{group}", draw)
    values = {f"{before}sd_{group}": sd}
    *each, size = sd.shape
    factor = np.zeros((*each, size, size))
    start = 0
    for block, rho in zip(blocks, rho_sites(blocks), strict=True):
        part = slice(start, start + len(block.effects))
        if rho:
            values[rho] = _array(spec, rho, draw)
        own = _correlation(spec, block, values.get(rho), generator, tuple(each))
        factor[..., part, part] = own
        start = part.stop
    values[f"{before}r_{group}"] = _effects(
        blocks[0], sd[..., None] * factor, generator, values, draw
    )
    if any(block.structure.correlated for block in blocks):
        values[f"{before}cor_{group}"] = factor @ np.swapaxes(factor, -1, -2)
    return values


def _array(spec: Spec, site: str, draw: Callable[[str], Array]) -> Float[np.ndarray, "sample ..."]:
    """Return draws of a site of several numbers, those of one address drawn once."""
    parameter = next(parameter for parameter in spec.parameters if parameter.site == site)
    drawn = {key: draw(key) for key in dict.fromkeys(parameter.keys)}
    stacked = np.stack([drawn[key] for key in parameter.keys], axis=-1)
    return stacked.reshape(len(stacked), *parameter.shape)


def _correlation(
    spec: Spec,
    block: Block,
    rho: Array | None,
    generator: np.random.Generator,
    each: tuple[int, ...],
) -> Float[np.ndarray, "sample ... effect effect"]:
    """Return factors of the correlation matrix of a block."""
    size = len(block.effects)
    if block.structure.rho is not None and rho is not None:
        return block.structure.rho.factor(rho, size)
    if block.structure.matrix:
        prior = spec.priors[f"{block.prefix}cor_{block.group}"].of_table
        return prior.draw(generator, each, size)
    return np.broadcast_to(np.eye(size), (*each, size, size))


def _effects(
    block: Block,
    factor: Float[np.ndarray, "sample ... effect effect"],
    generator: np.random.Generator,
    values: dict[str, Array],
    draw: Callable[[str], Array],
) -> Float[np.ndarray, "sample level effect"]:
    """Return the effects of every level, from standard normals and factors of covariances."""
    said = block.varying
    count, levels = len(factor), len(block.levels)
    z = generator.standard_normal((count, levels, factor.shape[-1]))
    if said.sum_to_zero:
        z = z - z.mean(axis=1, keepdims=True)
    if said.root is not None:
        z = said.root @ z
    if said.by_of is not None:
        r = np.einsum("slij,slj->sli", factor[:, said.by_of], z)
    else:
        r = z @ np.swapaxes(factor, -1, -2)
    if said.student:
        site = f"{block.prefix}df_{block.group}"
        df = values[site] = draw(site)
        half = 0.5 * df[:, None]
        precision = generator.gamma(half, 1.0 / half, (count, levels))
        r = r / np.sqrt(np.maximum(precision, 1e-300))[..., None]
    return r


def _r(blocks: tuple[Block, ...]) -> str:
    return f"{blocks[0].prefix}r_{blocks[0].group}"
