"""Variance components."""

import numpy as np
import pandas as pd
from made_fits import drawn

import formix as fx


def test_sds_then_correlations_then_the_residual(made):
    table = fx.varcorr(made.groups)
    assert table.index.tolist() == [
        ("Subject", "sd(Intercept)"),
        ("Subject", "sd(Days)"),
        ("Subject", "cor(Intercept, Days)"),
        ("Residual", "sd"),
    ]
    values = made.draws.values
    expected = [
        values["sd_Subject"][..., 0].mean(),
        values["sd_Subject"][..., 1].mean(),
        values["cor_Subject"][..., 1, 0].mean(),
        values["sigma"].mean(),
    ]
    np.testing.assert_allclose(table["mean"], expected, rtol=1e-12)


def test_the_tidy_shape_is_lme4s(crossed):
    """as.data.frame(VarCorr(fit)): grp, var1, var2, vcov, sdcor; zeros between blocks are none."""
    table = fx.varcorr(crossed.groups, tidy=True)
    assert table.columns.tolist() == ["grp", "var1", "var2", "vcov", "sdcor"]
    keys = table[["grp", "var1", "var2"]].astype(object).where(lambda x: x.notna(), None)
    assert [tuple(row) for row in keys.itertuples(index=False)] == [
        ("g", "Intercept", None),
        ("g", "Days", None),
        ("g", "x", None),
        ("g", "Intercept", "Days"),
        ("h:k", "Intercept", None),
        ("Residual", None, None),
    ]
    sd, cor = crossed.draws.values["sd_g"], crossed.draws.values["cor_g"]
    np.testing.assert_allclose(table.loc[0, "vcov"], (sd[..., 0] ** 2).mean(), rtol=1e-12)
    covariance = cor[..., 1, 0] * sd[..., 0] * sd[..., 1]
    np.testing.assert_allclose(table.loc[3, "vcov"], covariance.mean(), rtol=1e-12)
    np.testing.assert_allclose(table.loc[3, "sdcor"], cor[..., 1, 0].mean(), rtol=1e-12)
    sigma = crossed.draws.values["sigma"]
    np.testing.assert_allclose(table.loc[5, "vcov"], (sigma**2).mean(), rtol=1e-12)


def test_correlations_go_down_the_columns_as_in_r():
    """Of three effects R lists (1, 2), (1, 3), (2, 3)."""
    rng = np.random.default_rng(2)
    data = {name: rng.normal(size=12) for name in ("y", "a", "b")}
    data["g"] = ["u", "v", "w"] * 4
    made = drawn("y ~ a + b + (a + b | g)", data, draws=6)
    names = fx.varcorr(made).loc["g"].index.tolist()
    assert names[3:] == ["cor(Intercept, a)", "cor(Intercept, b)", "cor(a, b)"]


def test_a_sigma_that_varies_is_no_residual(distributional):
    table = fx.varcorr(distributional.groups)
    assert "Residual" not in table.index.get_level_values("group")
    assert ("g", "sd(sigma.Days)") in table.index
    assert ("g", "cor(sigma.Intercept, sigma.Days)") in table.index


def test_draws_are_the_sites(made, plain):
    draws = fx.varcorr(made.groups, summary=False)
    assert list(draws.data_vars) == ["sd_Subject", "cor_Subject", "sigma"]
    assert list(fx.varcorr(plain, summary=False).data_vars) == ["sigma"]


def test_a_model_without_groups_has_the_residual_alone(plain):
    assert fx.varcorr(plain).index.tolist() == [("Residual", "sd")]
    assert isinstance(fx.varcorr(plain, tidy=True), pd.DataFrame)
