"""Variance partitions against closed forms at draws that are given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from fit_at import fit_at, random_fit
from scipy import special

import formix as fx


def one_draw(model, **values):
    """A fit of one draw: what is not given is 0, or 1 where it must be above 0."""
    for site in model.spec.parameters:
        empty = np.zeros if site.support == "real" else np.ones
        value = values.get(site.site.replace(":", "_"), empty(site.shape))
        values[site.site] = np.asarray(value, dtype=float)
    return fit_at(model, {s.site: values[s.site][None] for s in model.spec.parameters})


def test_intercepts_of_gaussian_responses_are_exact():
    model = fx.Model("Reaction ~ Days + (1 | Subject)", fx.load("sleepstudy"))
    found = one_draw(model, sd_Subject=[37.0], sigma=31.0)
    share = 37.0**2 / (37.0**2 + 31.0**2)
    table = fx.vpc(found)
    assert table.index.tolist() == ["Subject", "Residual"]
    assert set(table["scale"]) == {"response"}
    np.testing.assert_allclose(table["mean"], [share, 1.0 - share])
    np.testing.assert_allclose(fx.icc(found)["mean"], [share])


def test_a_slope_that_varies_has_the_mean_variance_of_the_rows():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    covariance = np.array([[600.0, 30.0], [30.0, 36.0]])
    sd = np.sqrt(np.diag(covariance))
    found = one_draw(
        model, sd_Subject=sd, cor_Subject=covariance / np.outer(sd, sd), sigma=np.sqrt(650.0)
    )
    days = np.tile(np.arange(10.0), 18)
    each = 600.0 + 2.0 * 30.0 * days + 36.0 * days**2
    expected = each.mean() / (each.mean() + 650.0)
    np.testing.assert_allclose(fx.vpc(found).loc["Subject", "mean"], expected)


def test_uncorrelated_effects_have_no_covariance():
    model = fx.Model("Reaction ~ Days + (Days || Subject)", fx.load("sleepstudy"))
    found = one_draw(model, sd_Subject=[25.0, 6.0], sigma=26.0)
    variance = 625.0 + 36.0 * np.mean(np.arange(10.0) ** 2)
    expected = variance / (variance + 26.0**2)
    np.testing.assert_allclose(fx.vpc(found).loc["Subject", "mean"], expected)


def test_what_is_nested_has_the_outer_group_in_common_and_what_is_crossed_has_not():
    model = fx.Model("strength ~ 1 + (1 | batch / cask)", fx.load("Pastes"))
    found = one_draw(model, sd_batch=[1.3], sd_batch_cask=[2.9], sigma=0.8)
    variances = np.array([1.3, 2.9, 0.8]) ** 2
    np.testing.assert_allclose(fx.vpc(found)["mean"], variances / variances.sum())
    shared = fx.icc(found)["mean"]
    np.testing.assert_allclose(shared["batch"], variances[0] / variances.sum())
    np.testing.assert_allclose(shared["batch:cask"], variances[:2].sum() / variances.sum())
    assert fx.icc(found, "cask:batch").index.tolist() == ["batch:cask"]

    model = fx.Model("diameter ~ 1 + (1 | plate) + (1 | sample)", fx.load("Penicillin"))
    found = one_draw(model, sd_plate=[0.8], sd_sample=[1.9], sigma=0.5)
    variances = np.array([0.8, 1.9, 0.5]) ** 2
    np.testing.assert_allclose(fx.icc(found)["mean"], variances[:2] / variances.sum())


def test_precision_weights_are_the_mean_variance_of_the_rows():
    data = {"y": [1.0, 2.0, 4.0, 5.0], "w": [1.0, 4.0, 0.25, 2.0], "g": ["a", "a", "b", "b"]}
    found = one_draw(fx.Model("y | weights(w) ~ 1 + (1 | g)", data), sd_g=[2.0], sigma=3.0)
    residual = np.mean(9.0 / np.array(data["w"]))
    np.testing.assert_allclose(fx.vpc(found)["mean"]["g"], 4.0 / (4.0 + residual))


@pytest.mark.parametrize(
    ("link", "variance"), [("logit", np.pi**2 / 3.0), ("probit", 1.0), ("cloglog", np.pi**2 / 6.0)]
)
def test_yes_or_no_has_the_variance_of_the_links_distribution(link, variance):
    formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    model = fx.Model(formula, fx.load("cbpp"), fx.binomial(link=link))
    table = fx.vpc(one_draw(model, sd_herd=[0.6]))
    np.testing.assert_allclose(table["mean"]["herd"], 0.36 / (0.36 + variance))
    assert set(table["scale"]) == {f"latent ({link})"}


def test_the_links_variances_are_those_of_their_distributions():
    """Drawn by the inverse of the link from a million even quantiles, the error is of their end."""
    even = (np.arange(1_000_000) + 0.5) / 1_000_000
    for name, variance in (("logit", np.pi**2 / 3.0), ("probit", 1.0), ("cloglog", np.pi**2 / 6.0)):
        found = np.var(fx.binomial(link=name).link("mu").forward(even))
        np.testing.assert_allclose(found, variance, rtol=1e-4)


def test_a_link_without_a_variance_is_refused():
    formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    model = fx.Model(formula, fx.load("cbpp"), fx.binomial(link="cauchit"))
    with pytest.raises(fx.UnsupportedError, match="behind the link cauchit has no variance"):
        fx.vpc(one_draw(model))


def test_ordered_levels_have_that_of_the_link_over_the_square_of_disc():
    frame = fx.load("sleepstudy").assign(
        kind=lambda d: pd.cut(d["Reaction"], [0, 260, 310, 900], labels=["low", "mid", "high"])
    )
    model = fx.Model("kind ~ Days + (1 | Subject); disc = 2", frame, "cumulative")
    found = one_draw(model, sd_Subject=[1.5], threshold=[-1.0, 1.0])
    expected = 2.25 / (2.25 + np.pi**2 / 12.0)
    np.testing.assert_allclose(fx.vpc(found)["mean"]["Subject"], expected)
    model = fx.Model("kind ~ Days + (1 | Subject)", frame, "acat")
    with pytest.raises(fx.UnsupportedError, match="the variance of acat responses"):
        fx.vpc(random_fit(model))


COUNTS = {"y": [1.0, 3.0, 0.0, 4.0], "x": [0.0, 1.0, 2.0, 3.0], "g": ["a", "a", "b", "b"]}


def test_counts_have_the_trigamma_function_at_their_mean():
    """Of Nakagawa, Johnson and Schielzeth (2017), table 1; their mean is exp(b0 + tau^2 / 2)."""
    model = fx.Model("y ~ 1 + (1 | g)", COUNTS, "poisson")
    mean = np.exp(0.7 + 0.5 * 0.49)
    table = fx.vpc(one_draw(model, beta=[0.7], sd_g=[0.7]))
    expected = 0.49 / (0.49 + special.polygamma(1, mean))
    np.testing.assert_allclose(table["mean"]["g"], expected)
    assert set(table["scale"]) == {"latent (log)"}

    model = fx.Model("y ~ 1 + (1 | g)", COUNTS, "negative_binomial")
    found = one_draw(model, beta=[0.7], sd_g=[0.7], shape=3.0)
    residual = special.polygamma(1, 1.0 / (1.0 / mean + 1.0 / 3.0))
    np.testing.assert_allclose(fx.vpc(found)["mean"]["g"], 0.49 / (0.49 + residual))


def test_the_mean_is_that_of_the_rows():
    model = fx.Model("y ~ x + (x || g)", COUNTS, "poisson")
    found = one_draw(model, beta=[0.2, 0.3], sd_g=[0.7, 0.2])
    x = np.arange(4.0)
    spread = 0.49 + 0.04 * x**2
    mean = np.mean(np.exp(0.2 + 0.3 * x + 0.5 * spread))
    expected = spread.mean() / (spread.mean() + special.polygamma(1, mean))
    np.testing.assert_allclose(fx.vpc(found)["mean"]["g"], expected)


def test_gamma_has_the_trigamma_function_of_its_shape():
    data = {**COUNTS, "y": [1.0, 3.0, 0.5, 4.0]}
    found = one_draw(fx.Model("y ~ 1 + (1 | g)", data, "gamma"), beta=[1.0], sd_g=[0.7], shape=2.5)
    expected = 0.49 / (0.49 + special.polygamma(1, 2.5))
    np.testing.assert_allclose(fx.vpc(found)["mean"]["g"], expected)


def test_the_square_root_of_counts_has_a_quarter():
    model = fx.Model("y ~ 1 + (1 | g)", COUNTS, fx.poisson(link="sqrt"))
    found = one_draw(model, beta=[1.0], sd_g=[0.7])
    np.testing.assert_allclose(fx.vpc(found)["mean"]["g"], 0.49 / (0.49 + 0.25))


def test_lognormal_responses_are_parted_on_their_logarithm():
    data = {**COUNTS, "y": [1.0, 3.0, 0.5, 4.0]}
    found = one_draw(fx.Model("y ~ 1 + (1 | g)", data, "lognormal"), sd_g=[0.7], sigma=0.4)
    table = fx.vpc(found)
    np.testing.assert_allclose(table["mean"]["g"], 0.49 / (0.49 + 0.16))
    assert set(table["scale"]) == {"logarithm of the response"}


def test_a_mean_that_the_formula_does_not_predict_is_not_parted():
    apart = replace(fx.poisson, name="apart", mean=lambda p: 0.5 * p["mu"])
    found = one_draw(fx.Model("y ~ 1 + (1 | g)", COUNTS, apart), sd_g=[0.7])
    with pytest.raises(fx.UnsupportedError, match="the mean of apart responses is not their mu"):
        fx.vpc(found, family=apart)


MEMBERS = {
    "y": [1.0, 3.0, 2.0, 4.0, 5.0],
    "a": ["p", "p", "q", "r", "q"],
    "b": ["q", "p", "r", "s", "r"],
    "w": [1.0, 1.0, 3.0, 1.0, 3.0],
    "v": [1.0, 1.0, 1.0, 3.0, 1.0],
}


def test_rows_of_several_levels_have_what_those_levels_count():
    """The mean of two levels has half the variance of one, that of one level twice all of it."""
    found = one_draw(fx.Model("y ~ 1 + (1 | mm(a, b))", MEMBERS), **{"sd_mm(a, b)": [2.0]})
    variance = 4.0 * np.mean([0.5, 1.0, 0.5, 0.5, 0.5])
    np.testing.assert_allclose(fx.vpc(found)["mean"].iloc[0], variance / (variance + 1.0))
    formula = "y ~ 1 + (1 | mm(a, b, weights = cbind(w, v)))"
    model = fx.Model(formula, MEMBERS)
    name = next(p.site for p in model.spec.parameters if p.site.startswith("sd_"))
    found = one_draw(model, **{name: [2.0]})
    # Their weights are shares of a row's: 1/2 and 1/2, or 3/4 and 1/4.
    variance = 4.0 * np.mean([0.5, 1.0, 0.625, 0.625, 0.625])
    np.testing.assert_allclose(fx.icc(found)["mean"].iloc[0], variance / (variance + 1.0))


def test_a_covariance_that_differs_by_a_factor_is_that_of_the_rows():
    frame = fx.load("sleepstudy").assign(half=lambda d: np.where(np.arange(180) < 90, "a", "b"))
    model = fx.Model("Reaction ~ Days + (1 | gr(Subject, by = half))", frame)
    found = one_draw(model, sd_Subject=[[3.0], [1.0]], sigma=2.0)
    np.testing.assert_allclose(fx.vpc(found)["mean"]["Subject"], 5.0 / (5.0 + 4.0))


def test_effects_of_a_t_distribution_have_its_variance_and_may_have_none():
    frame = fx.load("sleepstudy")
    model = fx.Model('Reaction ~ Days + (1 | gr(Subject, dist = "student"))', frame)
    found = one_draw(model, sd_Subject=[3.0], df_Subject=5.0, sigma=2.0)
    np.testing.assert_allclose(fx.vpc(found)["mean"]["Subject"], 15.0 / (15.0 + 4.0))
    found = one_draw(model, sd_Subject=[3.0], df_Subject=1.5, sigma=2.0)
    np.testing.assert_allclose(fx.vpc(found)["mean"], [1.0, 0.0])


def test_levels_that_are_related_have_the_variance_that_the_relations_say():
    data = {"y": [1.0, 3.0, 2.0, 4.0], "g": ["a", "a", "b", "b"]}
    relations = pd.DataFrame([[1.0, 0.2], [0.2, 1.5]], index=["a", "b"], columns=["a", "b"])
    model = fx.Model("y ~ 1 + (1 | gr(g, cov = A))", data, matrices={"A": relations})
    found = one_draw(model, sd_g=[2.0])
    np.testing.assert_allclose(fx.vpc(found)["mean"]["g"], 5.0 / (5.0 + 1.0))


def test_shares_of_a_draw_sum_to_one_and_carry_their_scale():
    found = random_fit(fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy")))
    drawn = fx.vpc(found, summary=False)
    assert drawn.dims == ("chain", "draw", "group")
    assert drawn.attrs == {"scale": "response"}
    np.testing.assert_allclose(drawn.sum("group"), 1.0)
    assert fx.icc(found, draws=4, summary=False).shape == (2, 2, 1)


def test_a_model_without_groups_has_a_residual_and_no_intraclass_correlation():
    found = random_fit(fx.Model("Reaction ~ Days", fx.load("sleepstudy")))
    np.testing.assert_allclose(fx.vpc(found)["mean"], [1.0])
    with pytest.raises(fx.ResultError, match="this model has no group-level effects"):
        fx.icc(found)


def test_a_group_that_there_is_not_is_refused():
    found = random_fit(fx.Model("Reaction ~ Days + (1 | Subject)", fx.load("sleepstudy")))
    with pytest.raises(fx.ArgumentError, match="`Subjekt` is not a group"):
        fx.icc(found, "Subjekt")
