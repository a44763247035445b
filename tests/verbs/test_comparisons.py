"""Contrasts of predictions against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from fit_at import fit_at, random_fit
from r_results import dataset
from scipy import special, stats

import formix as fx


@pytest.fixture(scope="module")
def cake():
    return random_fit(fx.Model("angle ~ recipe * temp + (1 | replicate)", fx.load("cake")))


@pytest.fixture(scope="module")
def herds():
    frame = dataset("cbpp").assign(dose=np.linspace(0.0, 1.0, 56))
    formula = "incidence | trials(size) ~ period + dose + (1 | herd)"
    return frame, random_fit(fx.Model(formula, frame, "binomial"))


def flat(drawn) -> np.ndarray:
    values = drawn.to_numpy()
    return values.reshape(-1, *values.shape[2:])


def beta_of(found) -> np.ndarray:
    beta = found["posterior"]["beta"].to_numpy()
    return beta.reshape(-1, beta.shape[-1])


def test_of_a_number_one_is_added_and_of_a_factor_levels_are_compared_with_the_first(cake):
    drawn = fx.comparisons(cake, by=True, summary=False)
    beta = beta_of(cake)
    assert drawn["variable"].to_numpy().tolist() == ["recipe", "recipe", "temp"]
    assert drawn["contrast"].to_numpy().tolist() == ["B - A", "C - A", "+1"]
    b, c = (beta[:, j] + 200.0 * beta[:, 3 + j] for j in (1, 2))
    per_degree = beta[:, 3] + (beta[:, 4] + beta[:, 5]) / 3.0
    expected = np.column_stack([b, c, per_degree])
    np.testing.assert_allclose(flat(drawn), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("how", "label", "low", "high"),
    [
        (5, "+5", None, 5.0),
        (-2.5, "-2.5", None, -2.5),
        ("minmax", "Max - Min", 175.0, 225.0),
        ("iqr", "Q3 - Q1", 185.0, 215.0),
        ("sd", "(mean + sd/2) - (mean - sd/2)", 0.0, "sd"),
        ((180, 220), "220 - 180", 180.0, 220.0),
    ],
)
def test_numbers_are_compared_as_asked(cake, how, label, low, high):
    drawn = fx.comparisons(cake, variables={"temp": how}, by="recipe", summary=False)
    assert set(drawn["contrast"].to_numpy().tolist()) == {label}
    apart = fx.load("cake")["temp"].std() if high == "sd" else high - (low or 0.0)
    beta = beta_of(cake)
    each = beta[:, 3:4] + np.column_stack([np.zeros(8), beta[:, 4:]])
    np.testing.assert_allclose(flat(drawn), apart * each, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("how", "labels"),
    [
        ("reference", ["B - A", "C - A"]),
        ("sequential", ["B - A", "C - B"]),
        ("pairwise", ["B - A", "C - A", "C - B"]),
        (("C", "A"), ["A - C"]),
    ],
)
def test_levels_are_compared_as_asked(cake, how, labels):
    drawn = fx.comparisons(
        cake, variables={"recipe": how}, newdata="mean", groups="none", summary=False
    )
    assert drawn["contrast"].to_numpy().tolist() == labels
    beta = beta_of(cake)
    mean = {"A": np.zeros(8)} | {
        level: beta[:, j] + 200.0 * beta[:, 3 + j] for j, level in ((1, "B"), (2, "C"))
    }
    expected = np.column_stack([mean[one[0]] - mean[one[-1]] for one in labels])
    np.testing.assert_allclose(flat(drawn), expected, rtol=1e-9, atol=1e-9)


def test_ratios_and_odds(herds):
    frame, found = herds
    beta = beta_of(found)
    r = found["posterior"]["r_herd"].sel(herd=frame["herd"].tolist()).to_numpy().reshape(8, -1)
    periods = np.column_stack([np.zeros(8), beta[:, 1:4]])
    codes = frame["period"].cat.codes.to_numpy()
    rest = beta[:, :1] + beta[:, 4:] * frame["dose"].to_numpy() + r
    up, down = rest + beta[:, 1:2], rest
    ask = {"variables": {"period": ("1", "2")}, "kind": "mu", "summary": False}
    ratio = fx.comparisons(found, comparison="ratio", **ask)
    np.testing.assert_allclose(flat(ratio), special.expit(up) / special.expit(down), rtol=1e-10)
    assert set(ratio["contrast"].to_numpy().tolist()) == {"2 / 1"}
    log = fx.comparisons(found, comparison="lnratio", by=True, **ask)
    logs = special.log_expit(up) - special.log_expit(down)
    np.testing.assert_allclose(flat(log)[:, 0], logs.mean(1), rtol=1e-9)
    odds = fx.comparisons(found, comparison="lnoratio", **ask)
    np.testing.assert_allclose(flat(odds), np.broadcast_to(beta[:, 1:2], (8, 56)), rtol=1e-7)
    plus = fx.comparisons(found, variables="dose", summary=False)
    at = rest + np.take_along_axis(periods, np.broadcast_to(codes, (8, 56)), 1)
    expected = frame["size"].to_numpy() * (special.expit(at + beta[:, 4:]) - special.expit(at))
    np.testing.assert_allclose(flat(plus), expected, rtol=1e-8, atol=1e-12)
    with pytest.raises(fx.ArgumentError, match="needs probabilities"):
        fx.comparisons(found, variables="dose", comparison="lnoratio")


def test_a_comparison_is_the_difference_of_predictions_at_new_levels_too():
    found = random_fit(fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy")))
    new = {"Days": [1.0, 1.0, 1.0], "Subject": ["308", "new", "other"]}
    drawn = fx.comparisons(found, newdata=new, summary=False)
    low, high = (
        fx.predict(found, new | {"Days": [x] * 3}, summary=False)["Reaction"] for x in (1.0, 2.0)
    )
    np.testing.assert_allclose(drawn.to_numpy(), (high - low).to_numpy(), rtol=1e-9, atol=1e-9)
    table = fx.comparisons(found, newdata=new, prob=0.5)
    assert table.columns.tolist() == [
        "variable", "contrast", "obs", "Days", "mean", "sd", "25%", "75%",
    ]  # fmt: skip
    np.testing.assert_allclose(table["mean"], flat(drawn).mean(0))


RARELY = 1e-6
"""How often a right distribution is taken for a wrong one."""


def test_of_two_responses_of_one_new_level_each_has_noise_of_its_own():
    model = fx.Model("Reaction ~ Days + (1 | Subject)", fx.load("sleepstudy"))
    one = {"beta": [250.0, 3.0], "sd_Subject": [500.0], "r_Subject": np.zeros((18, 1))}
    given = {
        k: np.broadcast_to(v, (4000, *np.shape(v))) for k, v in (one | {"sigma": 10.0}).items()
    }
    found = fit_at(model, given)
    new = {"Days": [1.0, 1.0], "Subject": ["new", "new"]}
    ask = {"variables": {"Days": (0, 2)}, "newdata": new, "kind": "response", "summary": False}
    drawn = flat(fx.comparisons(found, **ask))
    noise = (drawn - 6.0) / np.hypot(10.0, 10.0)
    for row in noise.T:
        assert stats.kstest(row, stats.norm.cdf).pvalue > RARELY
    # The two rows are of one level, whose effect is in both responses and leaves them.
    assert stats.pearsonr(*noise.T).pvalue > RARELY
    np.testing.assert_array_equal(flat(fx.comparisons(found, **ask)), drawn)
    mean = flat(fx.comparisons(found, by=True, **ask))[:, 0]
    np.testing.assert_allclose(mean, drawn.mean(1), rtol=1e-9)


def test_levels_are_no_responses_to_compare():
    frame = fx.load("sleepstudy").assign(slow=lambda d: d["Reaction"] // 150)
    found = random_fit(fx.Model("ordered(slow) ~ Days", frame, "cumulative"))
    with pytest.raises(fx.ArgumentError, match="levels have no mean or difference"):
        fx.comparisons(found, kind="response")
    assert len(fx.comparisons(found, by=True)) == frame["slow"].nunique()


def test_without_predictors_there_is_nothing_to_compare():
    found = random_fit(fx.Model("Reaction ~ 1 + (1 | Subject)", fx.load("sleepstudy")))
    with pytest.raises(fx.ArgumentError, match="no column to compare predictions by"):
        fx.comparisons(found)


def test_a_ratio_by_zero_is_infinite():
    model = fx.Model("Reaction ~ Days", fx.load("sleepstudy"))
    found = fit_at(model, {"beta": [[0.0, 1.0], [0.0, 2.0]], "sigma": [1.0, 1.0]})
    ask = {"variables": {"Days": (0, 1)}, "newdata": "mean", "comparison": "ratio"}
    assert np.isposinf(fx.comparisons(found, **ask)["mean"][0])
    assert np.isposinf(fx.comparisons(found, summary=False, **ask)).all()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"comparison": "odds"}, "`comparison` is 'odds'"),
        ({"variables": {"temp": "pairwise"}}, "`temp` is a number, and cannot be compared"),
        ({"variables": {"temp": (1, 2, 3)}}, "has 3 values, and two are compared"),
        ({"variables": {"temp": True}}, "`temp` is a number, and cannot be compared by True"),
        ({"variables": {"recipe": "sd"}}, "levels cannot be compared by 'sd'"),
        ({"variables": {"recipe": ("A", "Z")}}, "'Z' is not a level of `recipe`"),
        ({"variables": "recip"}, "did you mean `recipe`?"),
    ],
)
def test_what_is_asked_wrongly_is_refused(cake, options, says):
    with pytest.raises(fx.ArgumentError) as caught:
        fx.comparisons(cake, **options)
    assert says in str(caught.value)
