"""A recipe rebuilds what it was made of, and refuses what it cannot."""

from dataclasses import replace

import numpy as np
import pytest
from made_fits import make, predictor, sleep_spec

from formix.errors import ResultError
from formix.prior import ForeignPrior, Prior, PriorEntry, PriorTable
from formix.results.recipe import make_recipe


def with_entries(spec, *entries):
    own = {entry.key: entry for entry in entries}
    return replace(spec, priors=PriorTable(tuple(own.get(e.key, e) for e in spec.priors), "brms"))


def test_the_prior_table_comes_back_entry_by_entry():
    entry = PriorEntry("sigma", Prior("InverseGamma", 2, 0.1), "sigma^2", squared=True)
    spec = with_entries(sleep_spec(), entry)
    table = make(spec).recipe.prior_table()
    assert table.name == "brms"
    assert len(table) == len(spec.priors)
    for found, given in zip(table, spec.priors, strict=True):
        assert (found.key, str(found.prior), found.origin, found.squared) == (
            given.key, str(given.prior), given.origin, given.squared,
        )  # fmt: skip


def test_a_prior_outside_the_table_is_asked_for_by_name():
    foreign = ForeignPrior(object(), "Gumbel(0, 1)")
    spec = with_entries(sleep_spec(), PriorEntry("beta[Days]", foreign, "beta[Days]"))
    found = make(spec).recipe
    assert found.needs == {"priors": ["beta[Days]"]}
    with pytest.raises(ResultError, match=r"the prior of `beta\[Days\]` is a NumPyro") as caught:
        found.prior_table()
    assert "priors={'beta[Days]': ...}" in caught.value.hint
    assert found.prior_table({"beta[Days]": foreign})["beta[Days]"].prior is foreign


def test_a_function_of_the_users_is_asked_for_by_name(made):
    found = make_recipe(made.spec, made.frame, {}, functions=("f",))
    with pytest.raises(ResultError, match="your function `f`"):
        found.check_functions({"g": len})
    found.check_functions({"f": len})


def test_the_head_of_x_must_come_out_again(made):
    mu = made.spec["mu"]
    made.recipe.check([mu])
    made.recipe.check([replace(mu, X=mu.X * (1 + 1e-12))])
    for changed in (mu.X + 1e-8, mu.X[:, :1], mu.X[:3], mu.X[:, ::-1]):
        with pytest.raises(ResultError, match="does not come out as it was fitted"):
            made.recipe.check([replace(mu, X=changed)])


def test_the_tolerance_follows_the_size_of_the_numbers():
    spec = sleep_spec()
    mu = replace(spec["mu"], X=spec["mu"].X * 1e9)
    found = make_recipe(replace(spec, predictors=(mu,)), make().frame, {})
    found.check([replace(mu, X=mu.X * (1 + 1e-13))])
    with pytest.raises(ResultError):
        found.check([replace(mu, X=mu.X * (1 + 1e-9))])


def test_a_predictor_that_the_fit_lacks_is_refused(made):
    with pytest.raises(ResultError, match="`sigma`"):
        made.recipe.check([predictor("sigma", 30)])


def test_rows_of_the_head_are_few(made):
    assert np.array_equal(made.recipe.heads["mu"], made.spec["mu"].X[:5])
