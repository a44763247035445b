"""What is predicted of responses within bounds, against SciPy's truncated distributions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fit_at import random_fit
from scipy import stats

import formix as fx

RNG = np.random.default_rng(6)
ROWS = 12
LOW = RNG.uniform(-2.0, -0.5, ROWS)
DATA = {
    "y": np.maximum(RNG.normal(size=ROWS), LOW + 0.1),
    "x": RNG.normal(size=ROWS),
    "g": np.repeat(list("abc"), 4),
    "lb": LOW,
    "w": RNG.uniform(0.5, 3.0, ROWS),
    "count": RNG.poisson(2.0, ROWS) + 1,
}


@pytest.fixture(scope="module")
def bounded():
    return random_fit(fx.Model("y | trunc(lb = lb) + weights(w) ~ x + (1 | g)", DATA))


def law(found, x, low, weight, r=0.0):
    """SciPy's distributions at some rows, by draw and row."""
    post = found["posterior"]
    beta, sigma = post["beta"].to_numpy().reshape(-1, 2), post["sigma"].to_numpy().reshape(-1, 1)
    mu = beta[:, :1] + beta[:, 1:] * np.asarray(x) + r
    sd = sigma / np.sqrt(weight)
    return stats.truncnorm((low - mu) / sd, np.inf, mu, sd)


def own(found):
    effects = found["posterior"]["r_g"].to_numpy().reshape(-1, 3)
    return law(found, DATA["x"], LOW, DATA["w"], np.repeat(effects, 4, axis=1))


def test_fitted_values_and_residuals_are_of_the_rows_within_their_bounds(bounded):
    mean, sd = own(bounded).mean(), own(bounded).std()
    drawn = fx.fitted(bounded, summary=False).to_numpy().reshape(-1, ROWS)
    np.testing.assert_allclose(drawn, mean, rtol=1e-8)
    drawn = fx.residuals(bounded, summary=False).to_numpy().reshape(-1, ROWS)
    np.testing.assert_allclose(drawn, DATA["y"] - mean, rtol=1e-7, atol=1e-9)
    drawn = fx.residuals(bounded, "pearson", summary=False).to_numpy().reshape(-1, ROWS)
    np.testing.assert_allclose(drawn, (DATA["y"] - mean) / sd, rtol=1e-7, atol=1e-9)


def test_r2_is_of_the_means_and_variances_within_bounds(bounded):
    mean, variance = own(bounded).mean(), own(bounded).var()
    explained = mean.var(axis=1, ddof=1)
    expected = explained / (explained + variance.mean(axis=1))
    np.testing.assert_allclose(
        fx.r2(bounded, summary=False).to_numpy().ravel(), expected, rtol=1e-7
    )


def test_bounds_of_new_rows_come_from_their_columns(bounded):
    new = {"x": [0.0, 1.0, 0.0], "lb": [-1.0, 0.5, 40.0], "w": [1.0, 2.0, 4.0]}
    drawn = fx.predict(bounded, new, groups="none", summary=False)["y"].to_numpy().reshape(-1, 3)
    np.testing.assert_allclose(drawn[:, :2], law(bounded, **names(new)).mean()[:, :2], rtol=1e-8)
    assert np.all(drawn[:, 2] >= 40.0)
    for column, what in (("lb", "the lower bound of its rows"), ("w", "the weights of its rows")):
        some = {name: values for name, values in new.items() if name != column}
        with pytest.raises(fx.ArgumentError, match=what):
            fx.predict(bounded, some, groups="none")


def names(rows) -> dict:
    return {"x": rows["x"], "low": np.array(rows["lb"]), "weight": np.array(rows["w"])}


def test_the_mean_at_a_new_level_is_that_of_its_responses(bounded):
    """Draws of responses about their mean, by 5 standard errors: a false alarm in a million."""
    new = {"x": np.zeros(4000), "lb": np.full(4000, -0.5), "w": np.ones(4000), "g": ["new"] * 4000}
    drawn = [fx.predict(bounded, new, kind=k, summary=False)["y"] for k in ("mean", "response")]
    mean, response = (each.to_numpy().reshape(-1, 4000) for each in drawn)
    assert np.ptp(mean, axis=1).max() < 1e-12
    away = (response.mean(axis=1) - mean[:, 0]) / (response.std(axis=1) / np.sqrt(4000))
    assert np.abs(away).max() < 5.0


def test_a_grid_has_the_mean_of_bounds_that_differ_or_those_that_are_said(bounded):
    at = {"x": [0.0, 1.0]}
    drawn = fx.effects(bounded, "x", at=at, summary=False).to_numpy().reshape(-1, 2)
    expected = law(bounded, [0.0, 1.0], LOW.mean(), 1.0).mean()
    np.testing.assert_allclose(drawn, expected, rtol=1e-8)
    drawn = fx.effects(bounded, "x", at={**at, "lb": -0.7}, summary=False).to_numpy()
    expected = law(bounded, [0.0, 1.0], -0.7, 1.0).mean()
    np.testing.assert_allclose(drawn.reshape(-1, 2), expected, rtol=1e-8)


def test_slopes_and_comparisons_are_of_the_means_within_bounds(bounded):
    new = {"x": [0.3], "lb": [-0.6], "w": [1.5]}
    up, at = (law(bounded, **names({**new, "x": [x]})) for x in (1.3, 0.3))
    ask = {"newdata": new, "groups": "none", "summary": False}
    drawn = fx.comparisons(bounded, "x", **ask).to_numpy().ravel()
    np.testing.assert_allclose(drawn, (up.mean() - at.mean())[:, 0], rtol=1e-6, atol=1e-9)
    drawn = fx.slopes(bounded, "x", **ask).to_numpy().ravel()
    # The mean within bounds moves with that without as the variances are to one another.
    post = bounded["posterior"]
    beta, sigma = post["beta"].to_numpy().reshape(-1, 2), post["sigma"].to_numpy().ravel()
    expected = beta[:, 1] * at.var()[:, 0] / (sigma**2 / 1.5)
    np.testing.assert_allclose(drawn, expected, rtol=1e-6, atol=1e-9)


def test_censoring_does_not_change_a_mean():
    data = {**DATA, "c": [0, 1, -1] * 4}
    free, censored = (random_fit(fx.Model(f"{left} ~ x", data)) for left in ("y", "y | cens(c)"))
    given = [fx.fitted(found, summary=False).to_numpy() for found in (free, censored)]
    np.testing.assert_array_equal(*given)


def test_counts_within_bounds_and_at_rows_that_say_nothing_of_constant_ones():
    found = random_fit(fx.Model("count | trunc(lb = 1) ~ x", DATA, "poisson"))
    beta = found["posterior"]["beta"].to_numpy().reshape(-1, 2)
    mu = np.exp(beta @ np.array([np.ones(ROWS), DATA["x"]]))
    mean = mu / -np.expm1(-mu)
    for rows in (None, {"x": DATA["x"]}):
        drawn = fx.predict(found, rows, summary=False)["count"].to_numpy().reshape(-1, ROWS)
        np.testing.assert_allclose(drawn, mean, rtol=1e-12)
    pearson = fx.residuals(found, "pearson", summary=False).to_numpy().reshape(-1, ROWS)
    expected = (DATA["count"] - mean) / np.sqrt(mean * (1.0 + mu - mean))
    np.testing.assert_allclose(pearson, expected, rtol=1e-8)


def test_a_row_that_lacks_a_bound_has_no_mean_and_no_response_within_bounds(bounded):
    new = {"x": [0.0, 0.5], "g": ["a", "b"], "lb": [np.nan, -1.0], "w": [1.0, 1.0]}
    for kind in ("mean", "response"):
        table = fx.predict(bounded, new, kind=kind, seed=1)
        alone = fx.predict(bounded, {name: x[1:] for name, x in new.items()}, kind="mean")
        assert np.isnan(table["mean"][0])
        assert table["mean"][1] > -1.0
        if kind == "mean":
            np.testing.assert_allclose(table["mean"][1], alone["mean"][0], rtol=1e-12)
    assert fx.predict(bounded, new, kind="linpred")["mean"].notna().all()


def test_bounds_out_of_order_are_refused_in_new_rows_too():
    within = {**DATA, "ub": LOW + 9.0}
    model = fx.Model("y | trunc(lb = lb, ub = ub) ~ x", within)
    new = {"x": [0.0, 0.0], "lb": [0.0, 5.0], "ub": [1.0, 1.0]}
    with pytest.raises(fx.FormulaError, match="the lower bound must lie below the upper one"):
        fx.predict(random_fit(model), new)


def test_a_row_that_lacks_its_trials_has_no_response():
    data = {"k": [1, 2, 3], "n": [4, 4, 4], "x": [0.0, 1.0, 2.0]}
    found = random_fit(fx.Model("k | trials(n) ~ x", data, "binomial"))
    table = fx.predict(found, {"x": [0.0, 1.0], "n": [np.nan, 4]}, kind="response", seed=1)
    assert list(np.isnan(table["mean"])) == [True, False]


def test_levels_that_lack_a_bound_have_no_probabilities():
    graded = pd.Categorical(list("lmhmhlmmhh"), categories=["l", "m", "h"], ordered=True)
    data = pd.DataFrame({"y": graded, "x": np.arange(10.0), "lo": list("lmlllllmml"), "hi": "h"})
    found = random_fit(fx.Model("y | trunc(lb = lo, ub = hi) ~ x", data, "cumulative"))
    new = {"x": [0.0, 0.0], "lo": [None, "m"], "hi": ["h", "h"]}
    for kind in ("mean", "response"):
        table = fx.predict(found, new, kind=kind, seed=1)
        shares = table.iloc[:, 0].to_numpy().reshape(2, 3)
        assert np.isnan(shares[0]).all()
        assert shares[1, 0] == 0.0
        np.testing.assert_allclose(shares[1].sum(), 1.0)
