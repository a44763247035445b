"""What the marginal engine declines, and why."""

from __future__ import annotations

from dataclasses import replace

import marginal_shapes as grid
import numpy as np
import numpyro.distributions as dist
import pytest
import shapes

import formix as fx
from formix.engines.marginal.support import likelihood_fault, supports
from formix.families import family
from formix.spec import Parameter, Spec


@pytest.mark.parametrize("name", [shape.name for shape in grid.SHAPES])
def test_every_shape_of_the_grid_is_taken(name: str):
    assert supports(grid.model_of(name).spec) is None


def base() -> Spec:
    return grid.model_of("random_slope").spec


def test_another_link():
    frame = shapes.data().assign(y=lambda d: d["y"].abs() + 1.0)
    spec = fx.Model("y ~ x", frame, family("gaussian")(link="log")).spec
    assert supports(spec) == "the link of mu is log, not identity"


def test_a_predictor_of_sigma():
    spec = base()
    other = replace(spec.predictors[0], name="sigma")
    spec = replace(spec, predictors=(*spec.predictors, other))
    assert supports(spec) == "sigma has a predictor of its own"


def test_effects_without_a_gaussian_form():
    assert "its effects are not Gaussian" in (supports(replace(base(), gaussian=(None,))) or "")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"covariance": "toep"}, "the covariance toep is not known to it"),
        ({"relation": np.eye(6)}, "its levels are related"),
        ({"weights": np.ones(60)}, "its effects are weighted"),
    ],
)
def test_a_form_that_is_not_built(change: dict, reason: str):
    spec = base()
    form = replace(spec.gaussian[0], **change)
    assert reason in (supports(replace(spec, gaussian=(form,))) or "")


def test_a_site_it_does_not_know():
    spec = base()
    spec = replace(spec, parameters=(*spec.parameters, Parameter("nu", (), (), "positive", ())))
    assert supports(spec) == "`nu` cannot be integrated"


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"trials": np.ones(60)}, "the response has trials()"),
        ({"se": np.ones(60), "weights": np.ones(60)}, "both se() and weights()"),
        ({"weights": np.zeros(60)}, "weights() is not positive everywhere"),
        ({"se": np.full(60, np.nan)}, "se() is not positive everywhere"),
        ({"se": np.full(60, 1e-7)}, "so small beside the response"),
        ({"se": np.full(60, 1e-200)}, "se() is farther from 1 than 1e+50 times"),
        ({"se": np.full(60, 1e200)}, "se() is farther from 1 than 1e+50 times"),
        ({"weights": np.geomspace(1e-60, 1.0, 60)}, "weights() is farther from 1 than 1e+50 times"),
        ({"cens": np.zeros(60), "se": np.ones(60)}, "the response has cens()"),
    ],
)
def test_what_is_known_of_the_response(known: dict, reason: str):
    spec = base()
    spec = replace(spec, response=replace(spec.response, known=known))
    assert reason in (supports(spec) or "")


@pytest.mark.parametrize("known", [{"se": np.full(60, 1e-4)}, {"weights": np.full(60, 1e30)}])
def test_what_is_known_may_be_far_from_one(known: dict):
    spec = base()
    assert supports(replace(spec, response=replace(spec.response, known=known))) is None


def test_a_prior_outside_the_table():
    gumbel = dist.Gumbel(2.0, 1.0)
    model = fx.Model("y ~ x + (1 | g)", shapes.data(), priors={"beta[x]": gumbel})
    assert "is outside formix's table" in (supports(model.spec) or "")
    assert likelihood_fault(model.spec) is None


def test_too_many_numbers():
    spec = fx.Model("y ~ x + (x + z + lambda + n + `odd name` | g)", shapes.data()).spec
    assert supports(spec) == "22 numbers are left to be sampled, more than 16"
    assert likelihood_fault(spec) is None


def test_too_many_effects_left(monkeypatch):
    monkeypatch.setattr("formix.engines.marginal.support.MOST_LEFT", 3)
    reason = supports(grid.model_of("crossed").spec)
    assert reason == "4 effects of crossed groups are left to one factor, more than 3"
    assert supports(grid.model_of("nested").spec) is None
