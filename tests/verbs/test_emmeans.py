"""Marginal means against averages written out, on data that are not balanced."""

from __future__ import annotations

import numpy as np
import pytest
from fit_at import random_fit

import formix as fx


@pytest.fixture(scope="module")
def uneven():
    frame = fx.load("cake").assign(warm=lambda d: d["temp"] > 190)
    frame = frame.iloc[[j for j in range(len(frame)) if j % 7 or j % 2]]
    return random_fit(fx.Model("angle ~ recipe * warm + temp + (1 | replicate)", frame)), frame


def cells(found, frame) -> np.ndarray:
    """Means by recipe and warmth, at the mean temperature, by the columns' names."""
    post = found["posterior"]["beta"]
    beta = {str(c): post.sel(coef=c).to_numpy().ravel() for c in post["coef"].to_numpy()}
    rows = []
    for recipe in "ABC":
        for warm in (False, True):
            total = beta["Intercept"] + frame["temp"].mean() * beta["temp"]
            total = total + beta.get(f"recipe[{recipe}]", 0.0)
            total = total + warm * beta["warm[True]"]
            rows.append(total + warm * beta.get(f"recipe[{recipe}]:warm[True]", 0.0))
    return np.array(rows).reshape(3, 2, -1)


def test_all_cells_have_the_same_weight(uneven):
    found, frame = uneven
    exact = cells(found, frame)
    for name, axis in (("recipe", 1), ("warm", 0)):
        drawn = fx.emmeans(found, name, summary=False)
        np.testing.assert_allclose(drawn.to_numpy().reshape(8, -1).T, exact.mean(axis), rtol=1e-10)
    both = fx.emmeans(found, "recipe:warm")
    assert both[["recipe", "warm"]].to_numpy().tolist()[:2] == [["A", False], ["A", True]]
    np.testing.assert_allclose(both["mean"], exact.reshape(6, -1).mean(1), rtol=1e-10)


def test_contrasts_are_differences_of_draws(uneven):
    found, frame = uneven
    means = cells(found, frame).mean(1)
    drawn = fx.emmeans(found, "recipe", contrasts="pairwise", summary=False)
    assert drawn["contrast"].to_numpy().tolist() == ["B - A", "C - A", "C - B"]
    expected = np.array([means[1] - means[0], means[2] - means[0], means[2] - means[1]])
    np.testing.assert_allclose(drawn.to_numpy().reshape(8, 3).T, expected, rtol=1e-9, atol=1e-9)
    table = fx.emmeans(found, "recipe", contrasts="sequential", prob=0.8)
    np.testing.assert_allclose(table["sd"], (means[1:] - means[:-1]).std(1, ddof=1))
    assert table.columns.tolist() == ["contrast", "mean", "sd", "10%", "90%"]
    two = fx.emmeans(found, ["recipe", "warm"], contrasts="reference")["contrast"].tolist()
    assert two[0] == "A, True - A, False"


def test_numbers_and_levels_are_where_at_says(uneven):
    found, frame = uneven
    mean = frame["temp"].mean()
    slope = found["posterior"]["beta"].sel(coef="temp").to_numpy().ravel()
    drawn = fx.emmeans(found, "temp", at={"temp": [mean, mean + 10]}, contrasts="pairwise",
                       summary=False)  # fmt: skip
    np.testing.assert_allclose(drawn.to_numpy().ravel(), 10.0 * slope, rtol=1e-9, atol=1e-9)
    cold = fx.emmeans(found, "recipe", at={"warm": False}, summary=False)
    expected = cells(found, frame)[:, 0]
    np.testing.assert_allclose(cold.to_numpy().reshape(8, 3).T, expected, rtol=1e-10)


def test_what_is_asked_wrongly_is_refused(uneven):
    found, _ = uneven
    with pytest.raises(fx.ArgumentError, match="levels cannot be compared by 'all'"):
        fx.emmeans(found, "recipe", contrasts="all")
    with pytest.raises(fx.ArgumentError, match="`replicate` is not a column that the predictors"):
        fx.emmeans(found, "replicate")
