"""The mode that the compiled program finds is Laplace's, which is found without it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from whitened_shapes import data

import formix as fx
from formix.engines.decline import Decline
from formix.engines.laplace.mode import joint_mode
from formix.engines.latent import arrays, latent_sites
from formix.engines.precision import float64
from formix.engines.whitened import mode as module
from formix.engines.whitened.frozen import Freezing
from formix.engines.whitened.layout import layout, structure
from formix.engines.whitened.mode import Mode, Search, blank
from formix.engines.whitened.rows import distinct, linear_predictor
from formix.engines.whitened.target import Target
from formix.engines.whitened.walk import walk


@pytest.fixture(scope="module")
def model() -> fx.Model:
    """With rows that are alike, and an intercept whose prior is at the mean of all of them."""
    return fx.Model("count ~ v + (1 | g)", data(), "negative_binomial")


@pytest.fixture(scope="module")
def found(model: fx.Model) -> tuple[Search, Mode]:
    search = searching(model)
    assert len(search.rows.counts) < 54
    return search, search.mode()


def searching(model: fx.Model) -> Search:
    rows = distinct(model.spec, model.program)
    with float64():
        latent = latent_sites(model.program.function, arrays(model.program))
    of = layout(rows.spec, latent, structure(rows.spec))
    freezing = Freezing(rows.spec, of)
    given = blank(of, rows, freezing)
    machine = walk(Target(model.program.function, of), ("beta", "r_g", "sd_g", "shape"), 8, given)
    return Search(of, rows, freezing, machine, given)


@pytest.mark.parametrize("column", ["v", "x"])
def test_rows_are_given_in_single_precision_too_and_counted_where_they_are_alike(column):
    model = fx.Model(f"hit ~ {column} + (1 | g)", data(), "bernoulli")
    rows = distinct(model.spec, model.program)
    with float64():
        latent = latent_sites(model.program.function, arrays(model.program))
    of = layout(rows.spec, latent, structure(rows.spec))
    given = blank(of, rows, Freezing(rows.spec, of), single=True)
    for of_rows, kind in ((given, np.float64), (given["single"], np.float32)):
        assert of_rows["data"]["X"].dtype == kind
        np.testing.assert_allclose(of_rows["data"]["X"], rows.data["X"], rtol=1e-6)
        assert of_rows["data"]["g"].dtype == rows.data["g"].dtype
        assert ("counts" in of_rows) == (column == "v")
    if column == "v":
        assert given["single"]["counts"].dtype == np.float32
        assert given["counts"].sum() == 60


def test_effects_are_where_newtons_method_stays(found):
    search, mode = found
    _, sites = search.looked(mode.point[None])
    at = {name: x[0] for name, x in sites.items()}
    eta = linear_predictor(search.rows, at)
    search.freeze(eta, mode.point, at)
    _, again = search.looked(mode.point[None])
    moved = linear_predictor(search.rows, {name: x[0] for name, x in again.items()})
    np.testing.assert_allclose(moved, eta, atol=5e-3)


def test_the_mode_is_that_of_laplaces_approximation(model: fx.Model, found):
    """With the weights held, the curvature of the scales is not quite that of the approximation."""
    search, mode = found
    _, sites = search.looked(mode.point[None])
    expected = joint_mode(model.spec)
    np.testing.assert_allclose(sites["beta"][0], expected.beta, atol=0.02)
    np.testing.assert_allclose(sites["r_g"][0], expected.effects[0], atol=0.03)
    np.testing.assert_allclose(np.log(sites["shape"][0]), expected.theta[-1], atol=0.3)
    np.testing.assert_allclose(np.log(sites["sd_g"][0, 0]), expected.theta[0], atol=0.3)


def test_the_normal_model_follows_the_shape(found):
    """The slope of a row is `k (y - mu) / (k + mu)`, of which the derivative by log k is known."""
    search, mode = found
    rows, frozen = search.rows, mode.given["frozen"]
    _, sites = search.looked(mode.point[None])
    at = {name: x[0] for name, x in sites.items()}
    (place,) = search.of.moving
    shape, mu = np.exp(mode.point[place]), np.exp(linear_predictor(rows, at))
    np.testing.assert_allclose(shape, at["shape"])
    moved = rows.counts * shape * mu * (rows.spec.response.values - mu) / (shape + mu) ** 2
    by_level = np.bincount(rows.spec.blocks[0].index, moved, 6)
    np.testing.assert_allclose(frozen["at"], [mode.point[place]])
    np.testing.assert_allclose(frozen["tilts"][0][:, 0, 0], by_level, rtol=1e-2, atol=1e-3)
    X = rows.spec.predictors[0].X
    at_mean, slope = moved.sum(), moved @ (X[:, 1] - rows.spec.predictors[0].centre[1])
    np.testing.assert_allclose(frozen["tilt"][:, 0], [at_mean, slope], rtol=1e-2, atol=1e-3)


@pytest.mark.parametrize("seed", [1, 2, 6, 39])
def test_steps_that_go_to_and_fro_past_the_mode_come_to_it(seed: int):
    """Counts of 30 groups of two rows, far more dispersed than Poisson's: weights move much."""
    generator = np.random.default_rng(seed)
    group = np.repeat(np.arange(30), 2)
    rate = np.exp(3.0 + 0.8 * generator.standard_normal(30)[group])
    y = generator.poisson(rate * generator.gamma(0.3, 1 / 0.3, 60))
    model = fx.Model("y ~ 1 + (1 | g)", pd.DataFrame({"y": y, "g": group}), "negative_binomial")
    search = searching(model)
    mode = search.mode()
    around = 0.3 * np.concatenate([np.eye(2), -np.eye(2)])
    values, _ = search.looked(np.concatenate([mode.point[None], mode.point + around]))
    assert np.all(values[0] > values[1:])


def test_a_search_that_ends_far_from_the_mode_is_given_up(model: fx.Model, monkeypatch):
    monkeypatch.setattr(module, "_ROUNDS", 1)
    with pytest.raises(Decline, match="the mode of the standard deviations was not found"):
        searching(model).mode()
