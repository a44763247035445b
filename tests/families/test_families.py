"""What holds for every family."""

from __future__ import annotations

import family_shapes
import numpy as np
import pytest

import formix as fx
from formix.engines.choice import choose
from formix.families import FAMILIES, Family

OTHERS = [one for one in FAMILIES if one.name in family_shapes.RESPONSES]


def shape_of(family: Family) -> family_shapes.FamilyShape:
    return next(s for s in family_shapes.SHAPES if s.name == f"{family.name}_intercepts")


@pytest.mark.parametrize("one", FAMILIES, ids=repr)
def test_it_is_public_under_its_name(one: Family):
    assert getattr(fx, one.name) is one


@pytest.mark.parametrize("one", OTHERS, ids=repr)
def test_it_has_shapes_of_every_link(one: Family):
    tried = {s.family.link("mu").name for s in family_shapes.SHAPES if s.family.name == one.name}
    assert tried == set(one["mu"].links)


@pytest.mark.parametrize("one", OTHERS, ids=repr)
def test_nuts_runs_it_and_the_reason_is_said(one: Family):
    engine, declined = choose(shape_of(one).model().spec, "auto")
    assert engine.name == "nuts"
    assert declined["marginal"].startswith(f"the family is {one.name}, and only a gaussian")


@pytest.mark.parametrize("one", OTHERS, ids=repr)
@pytest.mark.parametrize("priors", ["default", "brms", "flat"])
def test_every_set_of_priors_prints_a_program(one: Family, priors):
    if one.name == "student" and priors == "brms":
        priors = {"": "brms", "nu": "Gamma(2, 0.1)"}
    model = shape_of(one).model(priors=priors)
    assert "numpyro.sample" in model.source
    assert all(np.all(np.isfinite(entry.prior.arguments)) for entry in model.priors)


@pytest.mark.parametrize("one", OTHERS, ids=repr)
def test_a_prior_predictive_draw_is_a_response_that_the_family_takes(one: Family):
    model = shape_of(one).model()
    name = model.design.response.name
    drawn = model.prior(draws=50, seed=2)["prior_predictive"][name].to_numpy()
    assert drawn.shape == (1, 50, 60)
    assert not np.isnan(drawn).any()


@pytest.mark.parametrize("shape", family_shapes.LINKED, ids=lambda shape: shape.name)
def test_a_result_knows_its_family_and_link(shape: family_shapes.FamilyShape):
    model = shape.model()
    again = fx.Model.from_recipe(model.recipe)
    assert again.family.link("mu") == model.family.link("mu")
    assert again.source == model.source
