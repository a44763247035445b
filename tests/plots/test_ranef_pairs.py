"""Pairs of effects: their means, and ellipses against the covariance of the draws."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import check_legible, curves, dots, legend_texts
from fit_at import fit_at, random_fit
from scipy import stats

import formix as fx


def test_ellipses_are_of_the_mean_covariance(sleep):
    (ax,) = fx.plot_ranef_pairs(sleep, probs=(0.5, 0.9))
    posterior = sleep["posterior"]
    r = posterior["r_Subject"].to_numpy().reshape(-1, 18, 2)
    np.testing.assert_allclose(dots(ax)[0], r.mean(0))
    sd = posterior["sd_Subject"].to_numpy().reshape(-1, 2)
    cor = posterior["cor_Subject"].to_numpy().reshape(-1, 2, 2)
    covariance = (sd[:, :, None] * cor * sd[:, None, :]).mean(0)
    ellipses = [curve for curve in curves(ax) if len(curve) > 100]
    for ellipse, prob in zip(ellipses, (0.9, 0.5), strict=True):
        squares = np.sum(ellipse @ np.linalg.inv(covariance) * ellipse, axis=1)
        np.testing.assert_allclose(squares, stats.chi2.ppf(prob, 2))
    assert "ellipses of 50 and 90 %" in ax.get_title(loc="left")
    check_legible(ax.figure)


def test_uncorrelated_effects_have_upright_ellipses():
    model = fx.Model("Reaction ~ Days + (Days || Subject)", fx.load("sleepstudy"))
    fit = random_fit(model)
    (ax,) = fx.plot_ranef_pairs(fit, probs=[0.95])
    sd = np.sqrt((fit["posterior"]["sd_Subject"].to_numpy() ** 2).mean((0, 1)))
    ellipse = next(curve for curve in curves(ax) if len(curve) > 100)
    np.testing.assert_allclose(ellipse.max(0), sd * np.sqrt(stats.chi2.ppf(0.95, 2)), rtol=1e-4)


def test_effects_of_a_t_distribution_reach_farther():
    model = fx.Model(
        "Reaction ~ Days + (Days | gr(Subject, dist = 'student'))", fx.load("sleepstudy")
    )
    prior = model.prior(draws=4, seed=1)["prior"]
    sites = {p.site: prior[p.site].to_numpy()[0] for p in model.spec.parameters}
    sites["df_Subject"] = np.full(4, 5.0)
    (ax,) = fx.plot_ranef_pairs(fit_at(model, sites), probs=[0.9])
    sd, cor = sites["sd_Subject"], sites["cor_Subject"]
    covariance = (sd[:, :, None] * cor * sd[:, None, :]).mean(0)
    ellipse = next(curve for curve in curves(ax) if len(curve) > 100)
    squares = np.sum(ellipse @ np.linalg.inv(covariance) * ellipse, axis=1)
    np.testing.assert_allclose(squares, 2.0 * stats.f.ppf(0.9, 2, 5.0))


def test_a_covariance_that_differs_by_a_factor_has_an_ellipse_for_each():
    frame = fx.load("sleepstudy").assign(
        half=lambda d: np.where(d["Subject"].cat.codes < 9, "a", "b")
    )
    fit = random_fit(fx.Model("Reaction ~ Days + (Days | gr(Subject, by = half))", frame))
    (ax,) = fx.plot_ranef_pairs(fit, probs=[0.9])
    assert legend_texts(ax) == ["a", "b"]
    assert len([curve for curve in curves(ax) if len(curve) > 100]) == 2


def test_three_effects_have_three_pairs():
    frame = fx.load("sleepstudy").assign(late=lambda d: (d["Days"] > 4) * 1.0)
    fit = random_fit(fx.Model("Reaction ~ Days + (Days + late | Subject)", frame))
    axes = fx.plot_ranef_pairs(fit)
    names = ["Intercept: deviation (ms)", "Days: deviation (ms per d)"]
    names += ["late: deviation (ms per unit of late)"]
    pairs = [(ax.get_xlabel(), ax.get_ylabel()) for ax in axes]
    assert pairs == [(names[0], names[1]), (names[0], names[2]), (names[1], names[2])]
    check_legible(axes[0].figure)
    (ax,) = fx.plot_ranef_pairs(fit, effects=["late", "Days"])
    r = fit["posterior"]["r_Subject"].to_numpy().reshape(-1, 18, 3).mean(0)
    np.testing.assert_allclose(dots(ax)[0], r[:, [2, 1]])


def test_one_effect_has_no_pair(sleep):
    with pytest.raises(fx.ArgumentError, match="no pair of effects among `Days`"):
        fx.plot_ranef_pairs(sleep, effects=["Days"])
    fit = random_fit(fx.Model("diameter ~ 1 + (1 | plate)", fx.load("Penicillin")))
    with pytest.raises(fx.ArgumentError, match="no pair of effects"):
        fx.plot_ranef_pairs(fit)
