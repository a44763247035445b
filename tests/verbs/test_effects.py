"""Conditional effects against the draws, on a grid written out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fit_at import random_fit
from r_results import dataset
from scipy import special

import formix as fx


@pytest.fixture(scope="module")
def sleep():
    return random_fit(fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy")))


@pytest.fixture(scope="module")
def cake():
    return random_fit(fx.Model("angle ~ recipe * temp + (1 | replicate)", fx.load("cake")))


def beta_of(found) -> np.ndarray:
    beta = found["posterior"]["beta"].to_numpy()
    return beta.reshape(-1, beta.shape[-1])


def test_a_number_goes_from_its_least_to_its_greatest_value(sleep):
    drawn = fx.effects(sleep, "Days", points=4, summary=False)
    assert drawn.dims == ("chain", "draw", "row")
    np.testing.assert_allclose(drawn["Days"], [0.0, 3.0, 6.0, 9.0])
    beta = beta_of(sleep)
    expected = beta[:, :1] + beta[:, 1:] * np.array([0.0, 3.0, 6.0, 9.0])
    np.testing.assert_allclose(drawn.to_numpy().reshape(8, 4), expected, rtol=1e-12)
    table = fx.effects(sleep, "Days", points=4, prob=0.5)
    assert table.columns.tolist() == ["Days", "mean", "sd", "25%", "75%"]
    np.testing.assert_allclose(table["mean"], expected.mean(0))
    np.testing.assert_allclose(table["sd"], expected.std(0, ddof=1))
    assert len(fx.effects(sleep, "Days")) == 100


def test_the_others_are_at_their_mean_and_first_level(cake):
    frame = fx.load("cake")
    beta = beta_of(cake)
    drawn = fx.effects(cake, "recipe", summary=False).to_numpy().reshape(8, 3)
    temp = frame["temp"].mean()
    level = beta[:, :1] + beta[:, 3:4] * temp
    expected = level + np.column_stack(
        [np.zeros(8), beta[:, 1] + temp * beta[:, 4], beta[:, 2] + temp * beta[:, 5]]
    )
    np.testing.assert_allclose(drawn, expected, rtol=1e-12)
    drawn = fx.effects(cake, "temp", points=2, summary=False)
    expected = beta[:, :1] + beta[:, 3:4] * [175.0, 225.0]
    np.testing.assert_allclose(drawn.to_numpy().reshape(8, 2), expected, rtol=1e-12)


def test_two_columns_are_crossed_and_a_second_number_is_at_three_values():
    frame = fx.load("sleepstudy").assign(age=np.tile([20.0, 30.0, 40.0], 60))
    found = random_fit(fx.Model("Reaction ~ Days * age", frame))
    table = fx.effects(found, "Days:age", points=2)
    spread = frame["age"].std()
    assert table["Days"].tolist() == [0.0] * 3 + [9.0] * 3
    np.testing.assert_allclose(table["age"][:3], [30.0 - spread, 30.0, 30.0 + spread])
    swapped = fx.effects(found, ["age", "Days"], at={"Days": [0, 9]}, points=2)
    assert swapped.columns[:2].tolist() == ["age", "Days"]
    assert swapped["age"].tolist() == [20.0, 20.0, 40.0, 40.0]


def test_a_group_that_takes_part_needs_its_level(sleep):
    with pytest.raises(fx.ArgumentError, match="no column `Subject`"):
        fx.effects(sleep, "Days", groups="all")
    at = {"Subject": 308, "Days": [0, 2]}
    drawn = fx.effects(sleep, "Days", at=at, groups="all", summary=False)
    same = fx.predict(sleep, {"Days": [0, 2], "Subject": ["308", "308"]}, summary=False)
    np.testing.assert_array_equal(drawn.to_numpy(), same["Reaction"].to_numpy())
    assert drawn["Subject"].to_numpy().tolist() == ["308", "308"]


def test_a_group_that_is_named_has_all_its_levels(sleep):
    at = {"Days": [0, 9]}
    drawn = fx.effects(sleep, "Days:Subject", at=at, groups="all", summary=False)
    subjects = drawn["Subject"].to_numpy().tolist()
    assert len(subjects) == 2 * 18
    new = {"Days": drawn["Days"].to_numpy(), "Subject": subjects}
    same = fx.predict(sleep, new, summary=False)
    np.testing.assert_array_equal(drawn.to_numpy(), same["Reaction"].to_numpy())


def test_a_group_of_numbers_has_those_that_occur():
    frame = fx.load("sleepstudy").assign(Subject=lambda d: d["Subject"].astype(int))
    found = random_fit(fx.Model("Reaction ~ Days + (1 | Subject)", frame))
    table = fx.effects(found, "Subject", groups="all")
    assert table["Subject"].tolist() == sorted(frame["Subject"].unique())
    r = found["posterior"]["r_Subject"].to_numpy().reshape(8, 18)
    expected = beta_of(found) @ [1.0, 4.5] + r.T
    np.testing.assert_allclose(table["mean"], expected.mean(1), rtol=1e-10)


def test_a_response_of_trials_is_that_of_one_trial():
    model = fx.Model(
        "cbind(incidence, size - incidence) ~ period + (1 | herd)", dataset("cbpp"), "binomial"
    )
    found = random_fit(model)
    drawn = fx.effects(found, "period", summary=False).to_numpy().reshape(8, 4)
    beta = beta_of(found)
    expected = special.expit(beta[:, :1] + np.column_stack([np.zeros(8), beta[:, 1:]]))
    np.testing.assert_allclose(drawn, expected, rtol=1e-12)
    per_ten = fx.effects(found, "period", at={"size": 10, "incidence": 0}, summary=False)
    np.testing.assert_allclose(per_ten.to_numpy().reshape(8, 4), 10.0 * expected, rtol=1e-12)


def test_a_response_of_several_counts_is_that_of_one_trial():
    data = {"a": [2, 0, 1, 3], "b": [1, 3, 1, 0], "c": [0, 2, 2, 1], "x": [0.1, 0.5, 0.7, 0.9]}
    found = random_fit(fx.Model("cbind(a, b, c) ~ x", data, "multinomial"))
    drawn = fx.effects(found, "x", at={"x": [0.0, 1.0]}, summary=False)
    betas = [found["posterior"][f"mu[{level}].beta"].to_numpy() for level in "bc"]
    logits = np.stack([np.zeros((2, 4)), *(beta.sum(-1) for beta in betas)], axis=-1)
    np.testing.assert_allclose(drawn.to_numpy()[:, :, 1], special.softmax(logits, axis=-1))


def test_a_number_of_which_the_formula_makes_levels_has_levels():
    found = random_fit(fx.Model("Reaction ~ factor(Days)", fx.load("sleepstudy")))
    table = fx.effects(found, "Days")
    assert table["Days"].tolist() == list(range(10))
    beta = beta_of(found)
    np.testing.assert_allclose(table["mean"][3], np.mean(beta[:, 0] + beta[:, 3]))


def test_truths_have_both():
    frame = fx.load("sleepstudy").assign(late=lambda d: d["Days"] > 4)
    found = random_fit(fx.Model("Reaction ~ late", frame))
    table = fx.effects(found, "late")
    assert table["late"].tolist() == [False, True]
    np.testing.assert_allclose(table["mean"].diff()[1], beta_of(found)[:, 1].mean())


def test_levels_of_a_response_have_a_row_each():
    frame = fx.load("sleepstudy").assign(
        kind=lambda d: pd.cut(d["Reaction"], [0, 260, 310, 900], labels=["low", "mid", "high"])
    )
    found = random_fit(fx.Model("kind ~ Days + (1 | Subject)", frame, "cumulative"))
    table = fx.effects(found, "Days", points=2)
    assert table["level"].tolist() == ["low", "mid", "high"] * 2
    np.testing.assert_allclose(table["mean"].to_numpy().reshape(2, 3).sum(1), 1.0)
    drawn = fx.effects(found, "Days", points=2, summary=False)
    assert drawn.dims == ("chain", "draw", "row", "level")
    np.testing.assert_allclose(drawn.sum("level"), 1.0)


def test_columns_with_the_names_of_the_table_keep_their_place():
    frame = {"y": [1.0, 2.0, 4.0, 3.0], "mean": [0.0, 1.0, 2.0, 3.0]}
    found = random_fit(fx.Model("y ~ mean", frame))
    table = fx.effects(found, "mean", points=2)
    assert table.columns.tolist() == ["mean_", "mean", "sd", "2.5%", "97.5%"]
    chain = {"y": frame["y"], "row": frame["mean"]}
    drawn = fx.effects(random_fit(fx.Model("y ~ row", chain)), "row", summary=False)
    np.testing.assert_allclose(drawn["row_"].to_numpy()[[0, -1]], [0.0, 3.0])


@pytest.mark.parametrize(
    ("variables", "options", "says"),
    [
        ("Dayz", {}, "`Dayz` is not a column that the predictors are made of"),
        ("Reaction", {}, "`Reaction` is not a column that the predictors are made of"),
        ("Days:Days", {}, "does not name columns, each once"),
        ("Days", {"at": {"x": 1}}, "`x` is not a column"),
        ("Days", {"at": {"Days": []}}, "`Days` is given no values"),
        ("Days", {"at": {"Days": "much"}}, "`Days` is a number, and is given 'much'"),
        ("Days", {"points": 1}, "points is 1"),
        ("Days", {"points": 2_000_000}, "at most 1,000,000"),
        ("Days", {"kind": "median"}, "`kind` is 'median'"),
        ("Days", {"levels": 3, "groups": "integrate"}, "levels is 3"),
        ("Days", {"steps": 3}, "there is no option `steps`"),
        ("Days", {"prob": 0}, "`prob` is 0"),
        ("Days", {"kind": "response", "groups": "integrate"}, "would average them"),
        ("Days", {"new_levels": "guess"}, "`new_levels` is 'guess'"),
    ],
)
def test_what_is_asked_wrongly_is_refused(sleep, variables, options, says):
    with pytest.raises(fx.ArgumentError) as caught:
        fx.effects(sleep, variables, **options)
    assert says in str(caught.value)


def test_an_unknown_level_is_refused_by_name(cake):
    with pytest.raises(fx.UnknownLevelError, match='"Z" is not a level of `recipe`'):
        fx.effects(cake, "recipe", at={"recipe": ["A", "Z"]})
