"""Fitted values and residuals against the draws themselves and SciPy's distributions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fit_at import fit_at, random_fit
from scipy import special, stats

import formix as fx


def one_draw(model, values):
    return fit_at(model, {site: np.asarray(x, dtype=float)[None] for site, x in values.items()})


@pytest.fixture(scope="module")
def sleep():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    return random_fit(model)


@pytest.fixture(scope="module")
def counts():
    rng = np.random.default_rng(12)
    x = rng.normal(size=400)
    return {"x": x, "y": rng.poisson(np.exp(0.4 + 0.7 * x)).astype(float)}


def test_fitted_values_are_the_mean_that_predict_gives(sleep):
    pd.testing.assert_frame_equal(fx.fitted(sleep), fx.predict(sleep))
    pd.testing.assert_frame_equal(fx.fitted(sleep, groups="none"), fx.predict(sleep, groups="none"))
    drawn = fx.fitted(sleep, draws=4, summary=False)
    np.testing.assert_array_equal(drawn, fx.predict(sleep, draws=4, summary=False)["Reaction"])
    assert drawn["draw"].to_numpy().tolist() == [0, 3]


def test_residuals_of_gaussian_responses(sleep):
    frame, sigma = fx.load("sleepstudy"), sleep["posterior"]["sigma"].to_numpy()[..., None]
    left = frame["Reaction"].to_numpy() - fx.fitted(sleep, summary=False).to_numpy()
    drawn = fx.residuals(sleep, summary=False)
    np.testing.assert_allclose(drawn, left, rtol=1e-12)
    np.testing.assert_allclose(
        fx.residuals(sleep, "pearson", summary=False), left / sigma, rtol=1e-12
    )
    # Where the response is normal, its quantile as a normal number is that residual.
    np.testing.assert_allclose(
        fx.residuals(sleep, "quantile", summary=False), left / sigma, rtol=1e-9, atol=1e-9
    )
    table = fx.residuals(sleep, prob=0.5)
    np.testing.assert_allclose(table["mean"], left.reshape(8, -1).mean(0))
    np.testing.assert_allclose(table["75%"], np.quantile(left.reshape(8, -1), 0.75, axis=0))


def test_precision_weights_enter_pearson_residuals():
    data = {"y": [1.0, 2.0, 4.0], "w": [1.0, 4.0, 0.25]}
    found = one_draw(fx.Model("y | weights(w) ~ 1", data), {"beta": [2.0], "sigma": 3.0})
    left = fx.residuals(found, "pearson")["mean"]
    np.testing.assert_allclose(left, (np.array(data["y"]) - 2.0) * np.sqrt(data["w"]) / 3.0)


def test_residuals_of_counts(counts):
    found = one_draw(fx.Model("y ~ x", counts, "poisson"), {"beta": [0.3, 0.6]})
    mu = np.exp(0.3 + 0.6 * counts["x"])
    left = fx.residuals(found, "pearson")["mean"]
    np.testing.assert_allclose(left, (counts["y"] - mu) / np.sqrt(mu))
    scores = fx.residuals(found, "quantile")["mean"].to_numpy()
    up = stats.poisson.cdf(counts["y"], mu)
    down = stats.poisson.cdf(counts["y"] - 1.0, mu)
    shares = (special.ndtr(scores) - down) / (up - down)
    assert np.all((shares > -1e-9) & (shares < 1.0 + 1e-9))
    # Where a count lies in its step is uniform: a false alarm in a million seeds.
    assert stats.kstest(shares, "uniform").pvalue > 1e-6


def test_quantile_residuals_of_a_right_model_are_standard_normal_and_of_a_wrong_one_are_not(counts):
    model = fx.Model("y ~ x", counts, "poisson")
    right, wrong = (one_draw(model, {"beta": beta}) for beta in ([0.4, 0.7], [0.4, -0.7]))
    scores = fx.residuals(right, "quantile")["mean"]
    # A false alarm in a million seeds.
    assert stats.kstest(scores, "norm").pvalue > 1e-6
    assert stats.kstest(fx.residuals(wrong, "quantile")["mean"], "norm").pvalue < 1e-6


def test_a_row_has_one_random_number_for_all_draws_and_another_with_another_seed(counts):
    model = fx.Model("y ~ x", counts, "poisson")
    found = fit_at(model, {"beta": np.tile([0.4, 0.7], (6, 1))})
    drawn = fx.residuals(found, "quantile", summary=False).to_numpy()[0]
    np.testing.assert_array_equal(drawn, np.tile(drawn[0], (6, 1)))
    other = fx.residuals(found, "quantile", seed=8, summary=False).to_numpy()[0, 0]
    assert np.all(other != drawn[0])


def test_quantile_residuals_keep_their_digits_far_out():
    data = {"y": [-37.0, 36.0, 0.0]}
    found = one_draw(fx.Model("y ~ 1", data), {"beta": [0.0], "sigma": 1.0})
    np.testing.assert_allclose(fx.residuals(found, "quantile")["mean"], data["y"], atol=1e-9)


def test_censored_rows_lie_within_what_holds_their_response():
    data = {"y": [0.5, 1.0, 1.0, 1.0], "to": [0.5, 1.0, 1.0, 1.5], "c": [0, 1, -1, 2]}
    found = one_draw(fx.Model("y | cens(c, to) ~ 1", data), {"beta": [0.0], "sigma": 1.0})
    seen = np.array([fx.residuals(found, "quantile", seed=s)["mean"] for s in range(200)])
    np.testing.assert_allclose(seen[:, 0], 0.5, rtol=1e-9)
    assert seen[:, 1].min() > 1.0
    assert seen[:, 2].max() < 1.0
    assert np.all((seen[:, 3] > 1.0) & (seen[:, 3] < 1.5))
    # Uniform in probability; each a false alarm in a million seeds.
    for j, (low, high) in enumerate([(1.0, np.inf), (-np.inf, 1.0), (1.0, 1.5)], start=1):
        share = (special.ndtr(seen[:, j]) - special.ndtr(low)) / np.diff(special.ndtr([low, high]))
        assert stats.kstest(share, "uniform").pvalue > 1e-6


def test_quantiles_are_of_the_distribution_within_its_bounds():
    y = np.array([0.1, 0.5, 2.0])
    model = fx.Model("y | trunc(0, 3) ~ 1", {"y": y})
    found = one_draw(model, {"beta": [-1.0], "sigma": 2.0})
    expected = stats.truncnorm.cdf(y, 0.5, 2.0, loc=-1.0, scale=2.0)
    scores = fx.residuals(found, "quantile")["mean"]
    np.testing.assert_allclose(special.ndtr(scores), expected, rtol=1e-9)


def test_of_levels_they_are_whether_it_is_the_level_less_its_probability():
    data = {"y": pd.Categorical(["a", "b", "c", "b"]), "x": [0.0, 1.0, 2.0, 3.0]}
    found = random_fit(fx.Model("y ~ x", data, "categorical"))
    p = fx.fitted(found, summary=False).to_numpy()
    seen = np.eye(3)[[0, 1, 2, 1]]
    drawn = fx.residuals(found, summary=False)
    assert drawn.dims == ("chain", "draw", "obs", "level")
    np.testing.assert_allclose(drawn, seen - p, rtol=1e-12)
    np.testing.assert_allclose(
        fx.residuals(found, "pearson", summary=False), (seen - p) / np.sqrt(p * (1.0 - p))
    )
    with pytest.raises(fx.UnsupportedError, match="categorical has no distribution function"):
        fx.residuals(found, "quantile")


def test_a_kind_that_there_is_not_is_refused(sleep):
    with pytest.raises(fx.ArgumentError, match="`kind` is 'deviance'"):
        fx.residuals(sleep, "deviance")
