"""Simulated responses: of the distribution that the draws say, at the rows that are asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fit_at import fit_at, random_fit

import formix as fx
from formix.results import inference_data
from formix.results.groups import opened

SAMPLES = 4000
FARTHEST = 5.0
"""In standard errors, of a mean or a product of two normals: a false alarm in a million seeds."""

COR = np.array([[1.0, 0.4], [0.4, 1.0]])
ONE = {
    "beta": [250.0, 10.0],
    "sd_Subject": [25.0, 6.0],
    "cor_Subject": COR,
    "r_Subject": np.full((18, 2), 3.0),
    "sigma": 20.0,
}


@pytest.fixture(scope="module")
def sleep():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    return model, random_fit(model)


@pytest.fixture(scope="module")
def at_one():
    """A fit that holds one and the same draw many times."""
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    return fit_at(model, {k: np.broadcast_to(v, (SAMPLES, *np.shape(v))) for k, v in ONE.items()})


def covariance(x, y) -> float:
    return float(np.mean((x - x.mean()) * (y - y.mean())))


def test_without_data_the_fit_has_a_posterior_predictive_and_stays_as_it_is(sleep):
    _, found = sleep
    given = inference_data(found)
    made = fx.simulate(given, seed=3)
    assert type(made) is type(given)
    assert "posterior_predictive" not in opened(given)
    drawn = made.posterior_predictive["Reaction"]
    assert drawn.dims == ("chain", "draw", "obs")
    assert drawn.shape == (2, 4, 180)
    np.testing.assert_array_equal(drawn["obs"], made.observed_data["obs"])


@pytest.mark.parametrize(("groups", "shift"), [("all", 1.0), ("none", 0.0)])
def test_responses_have_the_mean_and_noise_of_the_draws(at_one, groups, shift):
    drawn = fx.simulate(at_one, groups=groups)["posterior_predictive"]["Reaction"].to_numpy()[0]
    mean = 250.0 + 3.0 * shift + (10.0 + 3.0 * shift) * np.arange(10.0)
    z = (drawn[:, :10] - mean) / 20.0
    assert np.all(np.abs(z.mean(0)) <= FARTHEST / np.sqrt(SAMPLES))
    assert np.all(np.abs(np.mean(z**2, 0) - 1.0) <= FARTHEST * np.sqrt(2.0 / SAMPLES))
    assert abs(covariance(z[:, 0], z[:, 1])) <= FARTHEST / np.sqrt(SAMPLES)


def test_new_groups_have_the_covariance_of_their_distribution(at_one):
    drawn = fx.simulate(at_one, groups="new")["posterior_predictive"]["Reaction"].to_numpy()[0]
    sigma = np.diag([25.0, 6.0]) @ COR @ np.diag([25.0, 6.0])
    rows = np.array([[1.0, 0.0], [1.0, 9.0]])
    expected = rows @ sigma @ rows.T + 400.0 * np.eye(2)
    # Rows of one subject have its effects in common, those of two subjects have nothing.
    expected = np.block([[expected, np.zeros((2, 2))], [np.zeros((2, 2)), expected]])
    some = drawn[:, [0, 9, 10, 19]]
    np.testing.assert_array_less(
        np.abs(some.mean(0) - [250.0, 340.0] * 2),
        FARTHEST * np.sqrt(np.diag(expected) / SAMPLES),
    )
    for i in range(4):
        for j in range(4):
            error = np.sqrt((expected[i, i] * expected[j, j] + expected[i, j] ** 2) / SAMPLES)
            assert abs(covariance(some[:, i], some[:, j]) - expected[i, j]) <= FARTHEST * error


def test_at_other_data_the_rows_have_the_labels_of_the_data(sleep, tmp_path: Path):
    _, found = sleep
    new = pd.DataFrame({"Days": [1.0, np.nan], "Subject": ["308", "new"]}, index=["a", "b"])
    made = fx.simulate(found, new)
    drawn = made["predictions"]["Reaction"]
    assert drawn["obs"].to_numpy().tolist() == ["a", "b"]
    assert np.isnan(drawn.to_numpy()).all(axis=(0, 1)).tolist() == [False, True]
    fx.write(made, tmp_path / "fit.nc")
    read = fx.read(tmp_path / "fit.nc")
    used = read["predictions_constant_data"]
    np.testing.assert_array_equal(used["Days"], [1.0, np.nan])
    subject = next(v for v in used.data_vars.values() if v.attrs.get("name") == "Subject")
    assert subject.to_numpy().tolist() == ["308", "new"]
    np.testing.assert_array_equal(read["predictions"]["Reaction"], drawn)
    assert "posterior_predictive" not in made


def test_fewer_draws_are_labelled_as_those_of_the_fit(sleep):
    _, found = sleep
    drawn = fx.simulate(found, draws=4)["posterior_predictive"]
    assert drawn["Reaction"].shape == (2, 2, 180)
    assert drawn["draw"].to_numpy().tolist() == [0, 3]


def test_a_response_of_several_columns_has_its_levels():
    rng = np.random.default_rng(4)
    counts = rng.multinomial(20, [0.2, 0.3, 0.5], size=12)
    data = {"a": counts[:, 0], "b": counts[:, 1], "c": counts[:, 2], "x": np.arange(12.0)}
    model = fx.Model("cbind(a, b, c) ~ x", data, "multinomial")
    made = fx.simulate(random_fit(model))
    (drawn,) = made["posterior_predictive"].data_vars.values()
    (seen,) = made["observed_data"].data_vars.values()
    assert drawn.dims[2:] == seen.dims
    np.testing.assert_array_equal(drawn.sum(drawn.dims[-1]), 20.0)


def test_new_levels_of_what_is_not_alike_are_refused():
    frame = fx.load("sleepstudy").assign(half=np.where(np.arange(180) < 90, "a", "b"))
    found = random_fit(fx.Model("Reaction ~ Days + (1 | gr(Subject, by = half))", frame))
    with pytest.raises(fx.UnsupportedError, match="its covariance differs by half"):
        fx.simulate(found, groups="new")
    assert "posterior_predictive" in fx.simulate(found)


def test_new_groups_of_a_t_distribution_have_its_variance():
    formula = 'Reaction ~ 1 + (1 | gr(Subject, dist = "student"))'
    model = fx.Model(formula, fx.load("sleepstudy"))
    one = {"beta": [0.0], "sd_Subject": [3.0], "df_Subject": 10.0, "r_Subject": np.zeros((18, 1))}
    one["sigma"] = 1e-6
    found = fit_at(model, {k: np.broadcast_to(v, (SAMPLES, *np.shape(v))) for k, v in one.items()})
    drawn = fx.simulate(found, groups="new")["posterior_predictive"]["Reaction"].to_numpy()[0]
    squares = np.square(drawn[:, ::10]).ravel()
    expected = 9.0 * 10.0 / 8.0
    # The kurtosis of that distribution is 3 + 6 / (10 - 4).
    error = expected * np.sqrt((4.0 - 1.0) / len(squares))
    assert abs(squares.mean() - expected) <= FARTHEST * error


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"new_levels": "guess"}, "`new_levels` is 'guess'"),
        ({"groups": "Subjekt"}, "`Subjekt` is not a group of this model"),
        ({"draws": 0}, "draws is 0"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_what_is_asked_wrongly_is_refused(sleep, options, says):
    _, found = sleep
    with pytest.raises(fx.ArgumentError) as caught:
        fx.simulate(found, **options)
    assert says in str(caught.value)
