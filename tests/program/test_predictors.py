"""The density of programs with several predictors, thresholds and fixed values, from SciPy."""

from __future__ import annotations

import family_shapes
import jax
import level_shapes
import numpy as np
import pytest
from level_shapes import LevelShape
from program.test_density import (
    RELATIVE,
    check_gradient,
    joint,
    log_lkj_factor,
    log_prior,
    marked,
    program,
    random_sites,
)
from scipy import special, stats

from formix import Model
from formix.results.likelihood import log_densities, log_prior as stored_log_prior

ALL = (*level_shapes.SHAPES, *level_shapes.DISTRIBUTIONAL, *level_shapes.OBSERVED)

GRADIENTS = ("_intercepts", "_distributional", "it", "log", "groups", "_cens")
"""How the names of shapes end whose gradients are tried."""


def independent(model: Model, values: dict[str, np.ndarray]) -> float:
    """The joint log density in the program's own sites."""
    return prior_density(model, values) + level_shapes.log_likelihood(model, values).sum()


def prior_density(model: Model, values: dict[str, np.ndarray]) -> float:
    priors, total = model.spec.priors, 0.0
    for predictor in model.spec.predictors:
        before = "" if predictor.name == "mu" else f"{predictor.name}."
        X = model.design[predictor.parameter].X
        beta = values.get(f"{before}beta", np.empty(0))
        if predictor.thresholds:
            shift = X[:, 1:].mean(axis=0) @ beta if len(beta) else 0.0
            at_means = values["threshold"] - shift
            total += sum(log_prior(priors["threshold@means"], c) for c in at_means)
            if model.family.thresholds == "ordered":
                total += special.gammaln(len(at_means) + 1.0)
        for j, label in enumerate(predictor.labels):
            key, value = f"{before}beta[{label}]", beta[j]
            if key not in priors:
                key = f"{before}beta[{label}@means]"
                value = beta[0] + X[:, 1:].mean(axis=0) @ beta[1:]
            total += log_prior(priors[key], value)
    for blocks in model.spec.groups:
        total += group_density(model, blocks, values)
    for statement in model.spec.likelihood:
        total += log_prior(priors[statement.site], values[statement.site])
    return total


def group_density(model: Model, blocks, values: dict[str, np.ndarray]) -> float:
    before, group = blocks[0].prefix, blocks[0].group
    sd, priors, total, start = values[f"{before}sd_{group}"], model.spec.priors, 0.0, 0
    for number, block in enumerate(blocks, start=1):
        size = len(block.effects)
        for j, label in enumerate(block.labels):
            total += log_prior(priors[f"{before}sd_{group}[{label}]"], sd[start + j])
        if block.covariance == "us" and size > 1:
            L = values[f"{before}L_{group}" + (f"_{number}" if len(blocks) > 1 else "")]
            total += log_lkj_factor(L, priors[f"{before}cor_{group}"].prior.arguments[0])
        start += size
    return total + stats.norm.logpdf(values[f"{before}z_{group}"]).sum()


@pytest.mark.parametrize("shape", [marked(shape) for shape in ALL])
def test_density_is_scipys(shape: LevelShape):
    model = shape.model()
    with jax.enable_x64(True):
        function = program(model)
        for seed in range(2):
            ours, values = joint(
                function, model.data, random_sites(function, model.data, seed, 0.4)
            )
            assert np.isfinite(ours)
            assert ours == pytest.approx(independent(model, values), rel=RELATIVE)
    rows = level_shapes.log_likelihood(model, values)
    stored = log_densities(model.spec, {site: x[None] for site, x in values.items()})
    np.testing.assert_allclose(stored[0], rows, rtol=RELATIVE, atol=1e-11)


@pytest.mark.parametrize("shape", family_shapes.DISTRIBUTIONAL, ids=lambda shape: shape.name)
def test_density_of_every_familys_other_parameters_is_scipys(shape: family_shapes.FamilyShape):
    model = shape.model()
    with jax.enable_x64(True):
        function = program(model)
        ours, values = joint(function, model.data, random_sites(function, model.data, 0, 0.4))
    assert np.isfinite(ours)
    eta = level_shapes.etas(model, values)
    rows = family_shapes.log_likelihood(model, eta.pop("mu"), values, eta)
    assert ours == pytest.approx(prior_density(model, values) + rows.sum(), rel=RELATIVE)
    stored = log_densities(model.spec, {site: x[None] for site, x in values.items()})
    np.testing.assert_allclose(stored[0], rows, rtol=RELATIVE, atol=1e-11)


@pytest.mark.parametrize("shape", family_shapes.DISTRIBUTIONAL, ids=lambda shape: shape.name)
def test_predicted_parameters_draw_responses_from_the_prior(shape: family_shapes.FamilyShape):
    model = shape.model()
    name = model.design.response.name
    drawn = model.prior(draws=20, seed=2)["prior_predictive"][name].to_numpy()
    assert drawn.shape == (1, 20, 60)
    assert Model.from_recipe(model.recipe).source == model.source


@pytest.mark.parametrize(
    "shape",
    [
        s
        for s in ALL
        if s.name.endswith(("_intercepts", "_distributional", "it", "log", "groups", "_cens"))
    ],
    ids=lambda shape: shape.name,
)
def test_gradient_is_the_central_difference(shape: LevelShape):
    check_gradient(shape.model())


@pytest.mark.parametrize("name", ["cumulative_intercepts", "acat_common", "sratio_slopes"])
def test_the_stored_log_prior_of_thresholds_is_the_programs(name: str):
    model = next(s for s in level_shapes.SHAPES if s.name == name).model()
    with jax.enable_x64(True):
        function = program(model)
        _, values = joint(function, model.data, random_sites(function, model.data, 3, 0.4))
    given = {k: v[None, None] for k, v in values.items() if k in ("beta", "threshold")}
    stored = stored_log_prior(model.spec, given)
    shift = model.design.X[:, 1:].mean(axis=0) @ values["beta"]
    expected = sum(stats.norm(0.0, 2.5).logpdf(values["threshold"] - shift))
    if name.startswith("cumulative"):
        expected += np.log(6.0)
    assert float(stored["threshold"][0, 0]) == pytest.approx(expected, rel=1e-12)
