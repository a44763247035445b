"""Averages of predictions against averages written out, and groups against their integrals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fit_at import fit_at, random_fit
from r_results import dataset
from scipy import special

import formix as fx


@pytest.fixture(scope="module")
def herds():
    frame = dataset("cbpp")
    model = fx.Model("incidence | trials(size) ~ period + (1 | herd)", frame, "binomial")
    return frame, random_fit(model)


def flat(drawn) -> np.ndarray:
    values = drawn.to_numpy()
    return values.reshape(-1, *values.shape[2:])


def test_each_row_has_what_predict_says(herds):
    _, found = herds
    table, same = fx.predictions(found), fx.predict(found)
    assert table["obs"].tolist() == same.index.tolist()
    for name in same.columns:
        np.testing.assert_allclose(table[name], same[name])
    drawn = fx.predictions(found, draws=4, summary=False)
    whole = fx.predict(found, draws=4, summary=False)["incidence"]
    np.testing.assert_array_equal(drawn.to_numpy(), whole.to_numpy())
    np.testing.assert_array_equal(drawn["draw"], whole["draw"])


def test_averages_are_those_of_the_rows(herds):
    frame, found = herds
    rows = flat(fx.predict(found, summary=False)["incidence"])
    whole = flat(fx.predictions(found, by=True, summary=False))
    np.testing.assert_allclose(whole[:, 0], rows.mean(1))
    by = fx.predictions(found, by="period", summary=False)
    for j, period in enumerate(by["period"].to_numpy()):
        mine = (frame["period"] == period).to_numpy()
        np.testing.assert_allclose(flat(by)[:, j], rows[:, mine].mean(1))
    assert by["period"].to_numpy().tolist() == sorted(frame["period"].unique())


def test_every_row_stands_at_every_value(herds):
    frame, found = herds
    by = flat(fx.predictions(found, variables="period", by="period", kind="mu", summary=False))
    post = found["posterior"]
    beta = post["beta"].to_numpy().reshape(8, 4)
    r = post["r_herd"].sel(herd=frame["herd"].tolist()).to_numpy().reshape(8, -1)
    for j in range(4):
        eta = beta[:, :1] + (beta[:, j : j + 1] if j else 0.0) + r
        np.testing.assert_allclose(by[:, j], special.expit(eta).mean(1), rtol=1e-12)
    each = fx.predictions(found, variables={"period": ["1", "2"]}, kind="mu")
    assert len(each) == 2 * len(frame)


def test_rows_without_their_values_take_no_part():
    found = random_fit(fx.Model("Reaction ~ Days", fx.load("sleepstudy")))
    new = {"Days": [0.0, np.nan, 4.0], "sex": ["f", "f", "m"]}
    whole = flat(fx.predictions(found, newdata=new, by=True, summary=False))
    beta = found["posterior"]["beta"].to_numpy().reshape(8, 2)
    np.testing.assert_allclose(whole[:, 0], beta[:, 0] + 2.0 * beta[:, 1])
    by = fx.predictions(found, newdata=new, by="sex")
    assert by["sex"].tolist() == ["f", "m"]
    np.testing.assert_allclose(by["mean"][0], beta[:, 0].mean())
    assert fx.predictions(found, newdata=new)["mean"].isna().tolist() == [False, True, False]


def test_grids_by_name():
    found = random_fit(fx.Model("angle ~ recipe * temp + (1 | replicate)", fx.load("cake")))
    one = fx.predictions(found, newdata="mean", groups="none")
    assert one[["recipe", "temp"]].to_numpy().tolist() == [["A", 200.0]]
    table = fx.predictions(found, newdata="balanced", groups="none")
    assert table["recipe"].tolist() == ["A", "B", "C"]
    assert table["temp"].tolist() == [200.0] * 3


def test_a_probability_needs_no_trials(herds):
    frame, found = herds
    rows = frame[["period", "herd"]]
    drawn = fx.predict(found, rows, kind="mu", summary=False)["mu"]
    eta = fx.predict(found, kind="linpred", summary=False)["eta"]
    np.testing.assert_allclose(drawn.to_numpy(), special.expit(eta.to_numpy()), rtol=1e-12)


SD, LEVELS, SAMPLES = 1.3, 2000, 40
FARTHEST = 6.0
"""In standard errors of a mean of 80,000 draws: a false alarm in 500 million seeds."""


def integrated_fit(family, formula, frame, beta):
    model = fx.Model(formula, frame, family)
    given = {"beta": beta, "sd_herd": [SD], "r_herd": np.zeros((15, 1))}
    return fit_at(model, {k: np.broadcast_to(v, (SAMPLES, *np.shape(v))) for k, v in given.items()})


def test_integrated_probabilities_are_those_of_quadrature():
    beta = [-1.4, -1.0, -1.1, -1.6]
    found = integrated_fit(
        "binomial", "incidence | trials(size) ~ period + (1 | herd)", dataset("cbpp"), beta
    )
    drawn = fx.predictions(
        found,
        newdata="balanced",
        kind="mu",
        groups="integrate",
        levels=LEVELS,
        summary=False,
    )
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    weights = weights / weights.sum()
    eta = np.array([beta[0], *(beta[0] + b for b in beta[1:])])
    values = special.expit(eta[:, None] + SD * nodes)
    exact = values @ weights
    spread = np.sqrt(values**2 @ weights - exact**2)
    # Of independent effects; the average of pairs of opposite ones spreads less.
    error = spread / np.sqrt(LEVELS * SAMPLES)
    assert np.all(np.abs(flat(drawn).mean(0) - exact) < FARTHEST * error)
    assert np.all(np.abs(exact - special.expit(eta)) > 30.0 * error)


def test_of_an_identity_link_integrated_predictions_are_the_populations():
    found = random_fit(fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy")))
    one, two = (
        flat(fx.predictions(found, groups=groups, summary=False))
        for groups in ("integrate", "none")
    )
    np.testing.assert_allclose(one, two, rtol=1e-10)


def test_each_random_effect_enters_a_log_link_by_its_variance():
    """E exp(b) is exp(sd^2 / 2)."""
    frame = dataset("cbpp")
    model = fx.Model("incidence ~ period + (1 | herd)", frame, "poisson")
    sd = 0.4
    given = {"beta": [0.5, -0.2, 0.1, 0.3], "sd_herd": [sd], "r_herd": np.ones((15, 1))}
    found = fit_at(
        model, {k: np.broadcast_to(v, (SAMPLES, *np.shape(v))) for k, v in given.items()}
    )
    ratio = flat(
        fx.predictions(found, by=True, groups="integrate", levels=LEVELS, summary=False)
    ) / flat(fx.predictions(found, by=True, groups="none", summary=False))
    exact = np.exp(0.5 * sd**2)
    error = exact * np.sqrt(np.expm1(sd**2) / (LEVELS * SAMPLES))
    assert abs(ratio.mean() - exact) < FARTHEST * error


def test_rows_that_are_alike_are_integrated_once_and_others_each(herds, monkeypatch):
    _, found = herds
    ask = {"kind": "mu", "groups": "integrate", "levels": 20, "summary": False}
    once = fx.predictions(found, **ask)
    assert len(np.unique(once.to_numpy()[0, 0])) == 4
    monkeypatch.setattr("formix.verbs.answers._HELD", 0)
    np.testing.assert_allclose(once, fx.predictions(found, **ask), rtol=1e-12)


def test_saved_and_read_again_a_fit_gives_the_same_bit_by_bit(herds, tmp_path: Path):
    _, found = herds
    fx.write(found, tmp_path / "fit.nc")
    read = fx.read(tmp_path / "fit.nc")
    ask = {"groups": "integrate", "levels": 10, "by": "period", "summary": False}
    one, two = (fx.comparisons(f, kind="mu", **ask) for f in (found, read))
    np.testing.assert_array_equal(one, two)
    other = fx.comparisons(found, kind="mu", seed=8, **ask)
    assert not np.any(one.to_numpy() == other.to_numpy())
    said = "sd_herd[Intercept] > 0.5"
    one, two = (fx.hypothesis(f, said, summary=False) for f in (found, read))
    np.testing.assert_array_equal(one, two)


def test_levels_of_crossed_and_nested_groups_are_independent():
    """On a log link the variances of all groups add up, those of a slope by its square."""
    frame = fx.load("sleepstudy").assign(
        half=lambda d: np.where(d["Days"] < 5, "early", "late"), n=lambda d: d["Days"] % 4
    )
    model = fx.Model("n ~ Days + (Days || Subject) + (1 | Subject:half)", frame, "poisson")
    sd, inner = np.array([0.3, 0.1]), 0.2
    given = {
        "beta": [0.1, 0.05],
        "sd_Subject": sd,
        "r_Subject": np.zeros((18, 2)),
        "sd_Subject:half": [inner],
        "r_Subject:half": np.zeros((36, 1)),
    }
    found = fit_at(
        model, {k: np.broadcast_to(v, (SAMPLES, *np.shape(v))) for k, v in given.items()}
    )
    ask = {"variables": {"Days": [0, 3]}, "by": "Days", "summary": False}
    one, two = (
        flat(fx.predictions(found, groups=groups, levels=LEVELS, **ask))
        for groups in ("integrate", "none")
    )
    variance = np.array([sd[0] ** 2 + inner**2, sd[0] ** 2 + 9.0 * sd[1] ** 2 + inner**2])
    exact = np.exp(0.5 * variance)
    error = exact * np.sqrt(np.expm1(variance) / (LEVELS * SAMPLES))
    assert np.all(np.abs((one / two).mean(0) - exact) < FARTHEST * error)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"by": "herb"}, "the rows have no column `herb`"),
        ({"by": 3}, "`by` is 3"),
        ({"newdata": "typical"}, "`newdata` is 'typical'"),
        ({"newdata": "mean"}, 'average over them with groups="integrate"'),
        ({"variables": "herd"}, "`herd` is not a column that the predictors are made of"),
    ],
)
def test_what_is_asked_wrongly_is_refused(herds, options, says):
    _, found = herds
    with pytest.raises(fx.ArgumentError) as caught:
        fx.predictions(found, **options)
    assert says in str(caught.value)
