"""Programs of responses observed in part against SciPy's tails, and their draws."""

from __future__ import annotations

import jax
import numpy as np
import observed_shapes
import pytest
from numpyro.infer import Predictive
from program.test_density import (
    RELATIVE,
    check_gradient,
    joint,
    log_prior,
    of_predictor,
    program,
    random_sites,
)

from formix import Model
from formix.results.likelihood import log_densities

POINTS = 3

GRADIENTS = ("cens", "cens_trunc_weights", "student_cens", "gamma_trunc", "beta_cens")
GRADIENTS += ("exgaussian_cens_trunc", "von_mises_cens", "hurdle_poisson_trunc")
GRADIENTS += ("beta_binomial_cens_trunc", "hurdle_gamma_cens_trunc")
GRADIENTS += ("binomial_cens_trunc", "negative_binomial_cens_trunc", "poisson_rate_cens")
DRAWN = ("cens_trunc_weights", "student_trunc", "poisson_trunc", "poisson_rate")
DRAWN += ("beta_binomial_cens_trunc", "hurdle_gamma_cens_trunc")


def shape_of(name: str) -> observed_shapes.ObservedShape:
    return next(shape for shape in observed_shapes.SHAPES if shape.name == name)


@pytest.mark.parametrize("shape", observed_shapes.SHAPES, ids=lambda shape: shape.name)
def test_density_is_scipys(shape: observed_shapes.ObservedShape):
    model = shape.model()
    with jax.enable_x64(True):
        function = program(model)
        for seed in range(POINTS):
            sites = random_sites(function, model.data, seed, 0.4)
            ours, values = joint(function, model.data, sites)
            expected, eta = of_predictor(model, values)
            for statement in model.spec.likelihood:
                expected += log_prior(model.spec.priors[statement.site], values[statement.site])
            rows = observed_shapes.log_likelihood(model, eta, values)
            assert np.isfinite(ours)
            assert ours == pytest.approx(expected + rows.sum(), rel=RELATIVE)
            # The same rows in NumPy, as the results store them.
            stored = log_densities(model.spec, {site: x[None] for site, x in values.items()})
            np.testing.assert_allclose(stored[0], rows, rtol=RELATIVE, atol=1e-12)


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradient_is_the_central_difference(name: str):
    check_gradient(shape_of(name).model())


@pytest.mark.parametrize("name", DRAWN)
def test_without_a_response_the_program_draws_one_within_its_bounds(name: str):
    model = shape_of(name).model()
    response = model.design.response
    data = dict(model.data)
    del data[model.spec.response_identifier]
    with jax.enable_x64(True):
        drawn = Predictive(program(model), num_samples=5)(jax.random.key(1), **data)
        found = np.asarray(drawn[response.name])
    assert found.shape == (5, 60)
    assert np.isfinite(found).all()
    assert (found >= response.known.get("trunc_lower", -np.inf)).all()
    assert (found <= response.known.get("trunc_upper", np.inf)).all()


@pytest.mark.parametrize("shape", observed_shapes.SHAPES, ids=lambda shape: shape.name)
def test_prior_predictive_draws_lie_within_the_bounds(shape: observed_shapes.ObservedShape):
    model = shape.model()
    response = model.design.response
    drawn = model.prior(draws=200, seed=3)["prior_predictive"][model.spec.response.name].to_numpy()
    assert not np.isnan(drawn).any()
    assert (drawn >= response.known.get("trunc_lower", -np.inf)).all()
    assert (drawn <= response.known.get("trunc_upper", np.inf)).all()


@pytest.mark.parametrize("shape", observed_shapes.SHAPES, ids=lambda shape: shape.name)
def test_a_result_knows_how_its_rows_were_observed(shape: observed_shapes.ObservedShape):
    model = shape.model()
    again = Model.from_recipe(model.recipe)
    assert again.source == model.source
    for name, values in model.design.response.known.items():
        np.testing.assert_array_equal(again.design.response.known[name], values)
