"""Coefficients of every level."""

import numpy as np
import pytest
from made_fits import drawn

import formix as fx


def test_draws_are_summed_before_they_are_summarised(made):
    table = fx.coef(made.groups)
    total = made.draws.values["beta"][:, :, None] + made.draws.values["r_Subject"]
    found = table.loc[("Subject", 311, "Intercept")]
    draws = total[:, :, 3, 0]
    np.testing.assert_allclose(found["mean"], draws.mean(), rtol=1e-12)
    np.testing.assert_allclose(found["sd"], draws.std(ddof=1), rtol=1e-12)
    np.testing.assert_allclose(found["2.5%"], np.quantile(draws, 0.025), rtol=1e-12)


def test_every_coefficient_of_the_predictor_is_there(crossed):
    """As in lme4: one without a group-level effect is the same for every level."""
    table = fx.coef(crossed.groups)
    assert table.loc["h:k"].loc["v:2"].index.tolist() == ["Intercept", "Days", "x"]
    fixed = fx.fixef(crossed.groups)
    for level in ("u:1", "w:2"):
        assert np.allclose(table.loc[("h:k", level, "x")], fixed.loc["x"], rtol=1e-13)
    total = crossed.draws.values["beta"][..., 2] + crossed.draws.values["r_g"][:, :, 1, 2]
    assert np.isclose(table.loc[("g", "b", "x"), "mean"], total.mean())


def test_only_predictors_that_the_group_touches(distributional, crossed):
    table = fx.coef(distributional.groups)
    labels = table.loc[("g", "a")].index.tolist()
    assert labels == ["Intercept", "Days", "sigma.Intercept", "sigma.Days"]
    values = distributional.draws.values
    total = values["sigma.beta"][..., 1] + values["sigma.r_g"][:, :, 1, 1]
    assert np.isclose(table.loc[("g", "b", "sigma.Days"), "mean"], total.mean())
    assert len(fx.coef(crossed.groups, group="g")) == 9


def test_the_tidy_shape_is_that_of_ranef(crossed):
    table = fx.coef(crossed.groups, tidy=True)
    assert table.columns.tolist() == ["grpvar", "term", "grp", "condval", "condsd"]
    keys = table[["grpvar", "term", "grp"]].iloc[[0, 3, 8, 9, 13]].itertuples(index=False)
    assert [tuple(key) for key in keys] == [
        ("g", "Intercept", "a"), ("g", "Days", "a"), ("g", "x", "c"),
        ("h:k", "Intercept", "u:1"), ("h:k", "Days", "u:1"),
    ]  # fmt: skip
    expected = fx.coef(crossed.groups).loc[("g", "a", "Days")]
    assert np.isclose(table.loc[3, "condval"], expected["mean"])
    assert np.isclose(table.loc[3, "condsd"], expected["sd"])


def test_draws_are_one_variable_a_group(crossed):
    draws = fx.coef(crossed.groups, summary=False)
    assert list(draws.data_vars) == ["coef_g", "coef_h:k"]
    assert draws["coef_g"].dims == ("chain", "draw", "g", "g_coef")
    assert draws["g_coef"].to_numpy().tolist() == ["Intercept", "Days", "x"]
    total = crossed.draws.values["beta"][:, :, None] + crossed.draws.values["r_g"]
    np.testing.assert_allclose(draws["coef_g"], total, rtol=1e-14)


def test_the_result_itself_is_not_changed(made):
    before = made.groups["posterior"]["r_Subject"].copy()
    fx.coef(made.groups)
    assert made.groups["posterior"]["r_Subject"].equals(before)


INTERACTION = {
    "y": [1.0, 2.0, 4.0, 3.0, 5.0, 2.0, 1.0, 7.0] * 3,
    "x": [0.0, 1.0, 2.0, 3.0, 5.0, 4.0, 6.0, 8.0] * 3,
    "f": ["a:1", "a:1", "b:x", "b:x"] * 6,
    "g": ["u"] * 8 + ["v"] * 8 + ["w"] * 8,
}


@pytest.mark.parametrize(
    "formula", ["y ~ x*f + (f*x || g)", "y ~ x*f + (f*x | g)", "y ~ f*x + (x*f || g)"]
)
def test_an_interaction_in_another_order_is_the_same_coefficient(formula):
    fit = drawn(formula, INTERACTION, draws=10)
    beta, r = fit["posterior"]["beta"], fit["posterior"]["r_g"]
    common, effects = beta["coef"].to_numpy().tolist(), r["g_effect"].to_numpy().tolist()
    swapped = {"x:f[b:x]": "f[b:x]:x", "f[b:x]:x": "x:f[b:x]"}
    assert swapped.keys() & set(common)
    total = fx.coef(fit, summary=False)["coef_g"]
    assert total["g_coef"].to_numpy().tolist()[: len(common)] == common
    assert not set(swapped) <= set(total["g_coef"].to_numpy().tolist())
    for place, label in enumerate(common):
        own = label if label in effects else swapped[label]
        expected = beta.to_numpy()[..., None, place] + r.to_numpy()[..., effects.index(own)]
        np.testing.assert_allclose(total[..., place], expected, rtol=1e-14)
