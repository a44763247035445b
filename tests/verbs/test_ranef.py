"""Group-level effects."""

import numpy as np
import pytest

import formix as fx
from formix.errors import ArgumentError, ResultError


def test_one_row_a_level_and_effect(made):
    table = fx.ranef(made.groups)
    r = made.draws.values["r_Subject"]
    assert table.index.names == ["group", "level", "effect"]
    assert len(table) == 12
    found = table.loc[("Subject", 310, "Days")]
    np.testing.assert_allclose(found["mean"], r[:, :, 2, 1].mean(), rtol=1e-12)
    np.testing.assert_allclose(found["97.5%"], np.quantile(r[:, :, 2, 1], 0.975), rtol=1e-12)


def test_every_group_in_formula_order(crossed):
    table = fx.ranef(crossed.groups)
    assert list(dict.fromkeys(table.index.get_level_values("group"))) == ["g", "h:k"]
    effects = table.loc["g"].loc["b"].index.tolist()
    assert effects == ["Intercept", "Days", "x"]
    only = fx.ranef(crossed.groups, group="h:k")
    assert only.equals(table.loc[["h:k"]])


def test_the_tidy_shape_is_lme4s(crossed):
    """as.data.frame(ranef(fit)) goes by group, then by term, then by level."""
    table = fx.ranef(crossed.groups, tidy=True)
    assert table.columns.tolist() == ["grpvar", "term", "grp", "condval", "condsd"]
    rows = [tuple(row) for row in table[["grpvar", "term", "grp"]].itertuples(index=False)]
    assert rows == [
        *[("g", term, level) for term in ("Intercept", "Days", "x") for level in ("a", "b", "c")],
        *[("h:k", "Intercept", level) for level in ("u:1", "v:1", "v:2", "w:2")],
    ]
    r = crossed.draws.values["r_g"]
    assert np.isclose(table.loc[4, "condval"], r[:, :, 1, 1].mean())
    assert np.isclose(table.loc[4, "condsd"], r[:, :, 1, 1].std(ddof=1))


def test_draws_are_one_variable_a_group(crossed):
    draws = fx.ranef(crossed.groups, summary=False)
    assert list(draws.data_vars) == ["r_g", "r_h:k"]
    np.testing.assert_array_equal(draws["r_g"], crossed.draws.values["r_g"])
    assert list(fx.ranef(crossed.groups, group="g", summary=False).data_vars) == ["r_g"]


def test_effects_of_further_predictors_carry_their_name(distributional):
    effects = fx.ranef(distributional.groups).loc[("g", "a")].index.tolist()
    assert effects == ["Intercept", "sigma.Intercept", "sigma.Days"]


def test_a_group_that_is_not_there(crossed):
    with pytest.raises(ArgumentError, match="`Subject` is not a group") as caught:
        fx.ranef(crossed.groups, group="Subject")
    assert caught.value.hint == "its groups: g, h:k"


def test_a_model_without_groups_says_so(plain):
    for verb in (fx.ranef, fx.coef):
        with pytest.raises(ResultError, match="no group-level effects"):
            verb(plain)
