"""Effects drawn again, against their joint normal distribution given all else, written out."""

from __future__ import annotations

from dataclasses import replace

import marginal_shapes as grid
import numpy as np
import pytest

from formix.engines.marginal.redrawing import redrawing
from formix.engines.marginal.sampling import run
from formix.spec import Spec

DRAWS = 1500


def conditional(spec: Spec, at: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The mean and covariance of all groups' effects, group by group, level by level."""
    known, rows = spec.response.known, len(spec.response.values)
    variance = at["sigma"] ** 2 / known.get("weights", np.ones(rows))
    if "se" in known:
        variance = known["se"] ** 2 + at["sigma"] ** 2
    columns: list[np.ndarray] = []
    prior: list[np.ndarray] = []
    for blocks in spec.groups:
        name, levels = blocks[0].group, len(blocks[0].levels)
        Z = np.concatenate([block.Z for block in blocks], axis=1)
        member = np.eye(levels)[blocks[0].index]
        columns.append((member[:, :, None] * Z[:, None, :]).reshape(rows, -1))
        sd = at[f"sd_{name}"]
        one = np.outer(sd, sd) * at.get(f"cor_{name}", np.eye(len(sd)))
        prior += [np.linalg.inv(one)] * levels
    wide = np.concatenate(columns, axis=1)
    precision = wide.T @ (wide / variance[:, None])
    start = 0
    for one in prior:
        place = slice(start, start + len(one))
        precision[place, place] += one
        start += len(one)
    covariance = np.linalg.inv(precision)
    residual = spec.response.values - spec.predictors[0].X @ at["beta"]
    return covariance @ (wide.T @ (residual / variance)), covariance


@pytest.mark.parametrize("known", ["", "weights", "se"])
@pytest.mark.parametrize(
    "name",
    ["random_slope", "crossed_slopes", "nested_slopes", "mixed_blocks", "nested_and_crossed"],
)
def test_effects_are_normal_given_all_else(name: str, known: str):
    """Means and products of 1500 standard normals, each within six standard errors."""
    spec = grid.model_of(name).spec
    if known:
        numbers = np.random.default_rng(2).uniform(0.5, 1.5, len(spec.response.values))
        spec = replace(spec, response=replace(spec.response, known={known: numbers}))
    values = run(spec, draws=1, chains=1, seed=4).values
    at = {site: value[0, 0] for site, value in values.items()}
    mean, covariance = conditional(spec, at)
    repeated = {site: np.repeat(value[None], DRAWS, axis=0) for site, value in at.items()}
    places = np.column_stack([np.zeros(DRAWS, dtype=np.int64), np.arange(DRAWS)])
    found = redrawing(spec, seed=3).drawn(repeated, places)
    assert tuple(found) == spec.effect_sites
    draws = np.concatenate([found[site].reshape(DRAWS, -1) for site in found], axis=1)
    white = np.linalg.solve(np.linalg.cholesky(covariance), (draws - mean).T)
    assert np.all(abs(white.mean(axis=1)) < 6.0 / np.sqrt(DRAWS))
    products = white @ white.T / DRAWS - np.eye(len(white))
    assert np.all(abs(products) < 6.0 * np.sqrt(2.0 / DRAWS))


def test_a_level_that_no_row_has_is_drawn_from_its_prior():
    spec = grid.model_of("random_slope").spec
    blocks = tuple(replace(b, levels=(*b.levels, "new")) for b in spec.blocks)
    gaussian = tuple(replace(form, levels=form.levels + 1) for form in spec.gaussian if form)
    spec = replace(spec, blocks=blocks, gaussian=gaussian)
    one = run(grid.model_of("random_slope").spec, draws=1, chains=1, seed=4).values
    repeated = {site: np.repeat(value[0], DRAWS, axis=0) for site, value in one.items()}
    places = np.column_stack([np.zeros(DRAWS, dtype=np.int64), np.arange(DRAWS)])
    last = len(blocks[0].levels) - 1
    again = redrawing(spec, 3, "g", np.array([0, last]))
    found = again.drawn(repeated, places)["r_g"][:, again.levels[0].tolist().index(last)]
    sd = one["sd_g"][0, 0]
    np.testing.assert_allclose(found.std(axis=0), sd, rtol=6.0 / np.sqrt(2.0 * DRAWS))
    assert np.all(abs(found.mean(axis=0)) < 6.0 * sd / np.sqrt(DRAWS))
    whole = redrawing(spec, 3).drawn(repeated, places)["r_g"][:, last]
    np.testing.assert_allclose(found, whole, rtol=1e-9, atol=1e-12)
