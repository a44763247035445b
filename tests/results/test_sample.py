"""Draws are found by site, from the posterior or the prior."""

import numpy as np
import pytest
from made_fits import block, make, make_draws, make_spec, predictor

from formix.errors import ArgumentError, ResultError
from formix.results import collect_prior
from formix.results.groups import Groups
from formix.results.sample import sample


@pytest.fixture(scope="module")
def prior(made):
    values = make_draws(made.spec, chains=1, draws=9, seed=5).values
    return collect_prior(made.spec, values, np.zeros((1, 9, 30)), made.recipe, {})


def both(made, prior):
    return made.groups.with_group("prior", prior["prior"])


def test_the_posterior_comes_first(made, prior):
    assert sample(both(made, prior)).group == "posterior"
    assert sample(both(made, prior), "prior").group == "prior"
    assert sample(prior).group == "prior"


def test_values_are_by_true_name():
    mu = predictor("mu", 12)
    made = make(make_spec([mu], [block("a/b", ("u", "v"), mu)]), draws=5)
    found = sample(made.groups)
    assert list(found.values()) == list(made.draws.values)
    for site, values in made.draws.values.items():
        np.testing.assert_array_equal(found.values()[site], values)


def test_axes_in_another_order_are_put_right(made):
    posterior = made.groups["posterior"].transpose("Subject_effect", "Subject", ...)
    found = sample(made.groups.with_group("posterior", posterior))
    for site in found.sites:
        assert found.draws(site).dims == ("chain", "draw", *site.dims)


def test_what_it_was_fitted_to(made):
    found = sample(made.groups)
    assert found.observations == 30
    assert found.levels == {"Subject": 6}
    assert found.labels("Subject") == [308, 309, 310, 311, 312, 313]
    assert all(type(label) is int for label in found.labels("Subject"))


def test_a_result_without_draws_is_refused(made):
    datasets = {"observed_data": made.groups["observed_data"]}
    bare = Groups(datasets, made.groups.attributes)
    with pytest.raises(ResultError, match="has no posterior or prior draws"):
        sample(bare)
    with pytest.raises(ResultError, match="has no prior draws"):
        sample(made.groups, "prior")
    with pytest.raises(ArgumentError, match="`group` is 'warmup'"):
        sample(made.groups, "warmup")


def test_a_site_taken_out_is_passed_over(made):
    posterior = made.groups["posterior"].drop_vars("r_Subject")
    found = sample(made.groups.with_group("posterior", posterior))
    assert not found.of("ranef")
    assert [site.name for site in found.effects] == ["r_Subject"]
    assert found.levels == {"Subject": 6}


def test_a_site_of_other_dimensions_is_damage(made):
    posterior = made.groups["posterior"]
    posterior = posterior.assign(beta=posterior["beta"].isel(coef=0, drop=True))
    found = sample(made.groups.with_group("posterior", posterior))
    with pytest.raises(ResultError, match="damaged: `beta` has the dimensions chain, draw"):
        found.draws(found.sites[0])
