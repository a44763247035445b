"""Predictions against the draws themselves, R's fits, and what new levels should be."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fit_at import fit_at, random_fit
from r_results import dataset, results
from scipy import special, stats

import formix as fx

NEW = {"Days": [0.0, 3.5, 10.0, 1.0], "Subject": ["308", "372", "308", "350"]}


@pytest.fixture(scope="module")
def sleep():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    return model, random_fit(model)


def eta_of(found, days, subjects) -> np.ndarray:
    """The linear predictor from the draws, written out."""
    post = found["posterior"]
    beta = post["beta"].to_numpy().reshape(-1, 2)
    r = post["r_Subject"].sel(Subject=subjects).to_numpy().reshape(len(beta), -1, 2)
    days = np.asarray(days)
    return beta[:, :1] + r[..., 0] + (beta[:, 1:] + r[..., 1]) * days


def test_at_the_training_data_the_mean_is_what_the_draws_say(sleep):
    _, found = sleep
    frame = fx.load("sleepstudy")
    drawn = fx.predict(found, summary=False)["Reaction"]
    expected = eta_of(found, frame["Days"], [str(s) for s in frame["Subject"]])
    np.testing.assert_allclose(drawn.to_numpy().reshape(8, -1), expected, rtol=1e-12)
    assert drawn.dims == ("chain", "draw", "obs")
    assert drawn.sizes["chain"] == 2


def test_at_new_rows_too_and_the_table_is_of_the_draws(sleep):
    _, found = sleep
    drawn = fx.predict(found, NEW, summary=False)["Reaction"].to_numpy().reshape(8, -1)
    np.testing.assert_allclose(drawn, eta_of(found, NEW["Days"], NEW["Subject"]), rtol=1e-12)
    table = fx.predict(found, NEW, prob=0.5)
    np.testing.assert_allclose(table["mean"], drawn.mean(0))
    np.testing.assert_allclose(table["sd"], drawn.std(0, ddof=1))
    np.testing.assert_allclose(table["25%"], np.quantile(drawn, 0.25, axis=0))


def test_a_shift_of_beta_shifts_every_prediction(sleep):
    model, found = sleep
    post = found["posterior"]
    values = {p.site: post[p.site].to_numpy().reshape(8, *p.shape) for p in model.spec.parameters}
    moved = fit_at(model, {**values, "beta": values["beta"] + [7.0, 0.0]}, chains=2)
    before, after = (fx.predict(f, NEW, summary=False)["Reaction"] for f in (found, moved))
    np.testing.assert_allclose(after - before, 7.0, rtol=1e-9)


@pytest.mark.parametrize(
    ("groups", "intercepts", "slopes"),
    [
        ("all", 1.0, 1.0),
        ("none", 0.0, 0.0),
        ("Subject", 1.0, 1.0),
        ("(1 | Subject)", 1.0, 0.0),
        (["(0 + Days | Subject)"], 0.0, 1.0),
    ],
)
def test_only_the_effects_asked_for_take_part(sleep, groups, intercepts, slopes):
    _, found = sleep
    drawn = fx.predict(found, NEW, groups=groups, summary=False)["Reaction"].to_numpy()
    post = found["posterior"]
    beta = post["beta"].to_numpy().reshape(8, 2)
    r = post["r_Subject"].sel(Subject=NEW["Subject"]).to_numpy().reshape(8, 4, 2)
    expected = beta[:, :1] + intercepts * r[..., 0]
    expected = expected + (beta[:, 1:] + slopes * r[..., 1]) * np.array(NEW["Days"])
    np.testing.assert_allclose(drawn.reshape(8, 4), expected, rtol=1e-12)


def test_a_group_that_takes_no_part_need_not_be_in_the_data(sleep):
    _, found = sleep
    without = fx.predict(found, {"Days": NEW["Days"]}, groups="none")
    pd.testing.assert_frame_equal(without, fx.predict(found, NEW, groups="none"))
    with pytest.raises(fx.ArgumentError, match="the data has no column `Subject`"):
        fx.predict(found, {"Days": NEW["Days"]})


SAMPLES = 4000
FARTHEST = 5.0
"""In standard errors, of a mean or a product of two normals: a false alarm in a million seeds."""


def test_new_levels_have_the_covariance_of_their_group_and_differ():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    cor = np.array([[1.0, 0.4], [0.4, 1.0]])
    one = {
        "beta": [250.0, 10.0],
        "sd_Subject": [25.0, 6.0],
        "cor_Subject": cor,
        "r_Subject": np.zeros((18, 2)),
        "sigma": 20.0,
    }
    found = fit_at(model, {k: np.broadcast_to(v, (SAMPLES, *np.shape(v))) for k, v in one.items()})
    # Two rows of one new level tell its intercept and its slope; another level has its own.
    new = {"Days": [0.0, 1.0, 0.0], "Subject": ["a", "a", "b"]}
    drawn = fx.predict(found, new, summary=False)["Reaction"].to_numpy()[0]
    intercept, slope = drawn[:, 0] - 250.0, drawn[:, 1] - drawn[:, 0] - 10.0
    other = drawn[:, 2] - 250.0
    covariance = np.diag([25.0, 6.0]) @ cor @ np.diag([25.0, 6.0])
    pairs = [(intercept, intercept, 625.0, 625.0, 625.0), (slope, slope, 36.0, 36.0, 36.0)]
    pairs += [(intercept, slope, covariance[0, 1], 625.0, 36.0)]
    pairs += [(intercept, other, 0.0, 625.0, 625.0)]
    for x, y, expected, var_x, var_y in pairs:
        error = np.sqrt((var_x * var_y + expected**2) / SAMPLES)
        assert abs(np.mean(x * y) - expected) <= FARTHEST * error
    population = fx.predict(found, new, new_levels="population", summary=False)["Reaction"]
    expected = np.tile([250.0, 260.0, 250.0], (SAMPLES, 1))
    np.testing.assert_allclose(population.to_numpy()[0], expected)


def test_a_new_level_has_its_effects_whatever_rows_stand_beside_it(sleep):
    _, found = sleep
    names = [f"new {j:03d}" for j in range(150)]
    many = fx.predict(found, {"Days": np.zeros(150), "Subject": names}, summary=False)["Reaction"]
    few = {"Days": [0.0, 2.0, 0.0], "Subject": [names[0], "308", names[1]]}
    some = fx.predict(found, few, summary=False)["Reaction"]
    np.testing.assert_array_equal(many[..., :2].to_numpy(), some[..., [0, 2]].to_numpy())
    assert len(np.unique(many.to_numpy())) == many.size


def test_a_missing_group_is_a_level_of_its_own(sleep):
    _, found = sleep
    new = {"Days": [0.0, 0.0], "Subject": pd.array([None, None], dtype="string")}
    new["Subject"] = pd.Categorical([None, None], ["308"])
    drawn = fx.predict(found, new, summary=False)["Reaction"].to_numpy()
    assert np.all(drawn[..., 0] != drawn[..., 1])


def test_unknown_levels_can_be_refused_by_name(sleep):
    _, found = sleep
    with pytest.raises(fx.UnknownLevelError, match='"somebody" is not a level of `Subject`'):
        fx.predict(found, {"Days": [1.0], "Subject": ["somebody"]}, new_levels="error")


def test_a_row_without_its_values_is_not_a_number_and_keeps_its_label(sleep):
    _, found = sleep
    new = pd.DataFrame({"Days": [1.0, np.nan], "Subject": ["308", "308"]}, index=["a", "b"])
    table = fx.predict(found, new)
    assert table.index.tolist() == ["a", "b"]
    assert table["mean"].isna().tolist() == [False, True]


def test_factors_of_new_data_may_have_some_of_the_levels_and_no_others():
    frame = fx.load("cake")
    model = fx.Model("angle ~ recipe * temp + (1 | replicate)", frame)
    found = random_fit(model)
    some = frame[frame["recipe"] == "B"]
    whole = fx.predict(found)
    part = fx.predict(found, some)
    np.testing.assert_allclose(part["mean"], whole["mean"].to_numpy()[(frame["recipe"] == "B")])
    other = some.assign(recipe="Z")
    with pytest.raises(fx.UnknownLevelError, match='"Z" is not a level of `recipe`'):
        fx.predict(found, other)


def test_transforms_remember_what_they_learnt():
    frame = fx.load("sleepstudy")
    formula = "Reaction ~ scale(Days) + poly(Days^2, 2) + (1 | Subject)"
    found = random_fit(fx.Model(formula, frame))
    whole = fx.predict(found)["mean"].to_numpy()
    np.testing.assert_allclose(fx.predict(found, frame[40:47])["mean"], whole[40:47], rtol=1e-9)


def test_saved_and_read_again_a_fit_predicts_the_same_bit_by_bit(sleep, tmp_path: Path):
    _, found = sleep
    new = {"Days": [1.0, 2.0], "Subject": ["308", "new"]}
    fx.write(found, tmp_path / "fit.nc")
    read = fx.read(tmp_path / "fit.nc")
    for kind in ("mean", "response"):
        one, two = (fx.predict(f, new, kind=kind, seed=9, summary=False) for f in (found, read))
        np.testing.assert_array_equal(one["Reaction"].to_numpy(), two["Reaction"].to_numpy())


def test_responses_have_the_mean_and_the_noise_of_the_model():
    model = fx.Model("Reaction ~ Days", fx.load("sleepstudy"))
    one = {"beta": [250.0, 10.0], "sigma": 30.0}
    found = fit_at(model, {k: np.broadcast_to(v, (SAMPLES, *np.shape(v))) for k, v in one.items()})
    drawn = fx.predict(found, {"Days": [2.0]}, kind="response", summary=False)["Reaction"]
    z = (drawn.to_numpy().ravel() - 270.0) / 30.0
    assert abs(z.mean()) <= FARTHEST / np.sqrt(SAMPLES)
    assert abs(z.var() - 1.0) <= FARTHEST * np.sqrt(2.0 / SAMPLES)


def test_kinds_of_a_binomial_model():
    frame = dataset("cbpp")
    model = fx.Model("cbind(incidence, size - incidence) ~ period + (1 | herd)", frame, "binomial")
    found = random_fit(model)
    eta = fx.predict(found, kind="linpred", summary=False)["eta"].to_numpy()
    mean = fx.predict(found, summary=False)[model.spec.response.name].to_numpy()
    np.testing.assert_allclose(mean, frame["size"].to_numpy() * special.expit(eta), rtol=1e-12)
    with pytest.raises(fx.ArgumentError, match="the data does not say the trials of its rows"):
        fx.predict(found, frame[["period", "herd"]])
    again = fx.predict(found, frame[["period", "herd"]], kind="linpred", summary=False)["eta"]
    np.testing.assert_allclose(again.to_numpy(), eta)


def test_a_parameter_with_a_predictor_is_predicted():
    frame = fx.load("sleepstudy")
    model = fx.Model("Reaction ~ Days; sigma ~ Days + (1 | Subject)", frame)
    found = random_fit(model)
    post = found["posterior"]
    sigma = fx.predict(found, {"Days": [2.0], "Subject": ["310"]}, kind="sigma", summary=False)
    beta = post["sigma.beta"].to_numpy()
    r = post["sigma.r_Subject"].sel(Subject="310").to_numpy()[..., 0]
    expected = np.exp(beta[..., 0] + 2.0 * beta[..., 1] + r)
    np.testing.assert_allclose(sigma["sigma"].to_numpy()[..., 0], expected, rtol=1e-12)


def test_levels_of_a_response_are_predicted_by_level():
    frame = fx.load("sleepstudy").assign(
        kind=lambda d: pd.cut(d["Reaction"], [0, 260, 310, 900], labels=["low", "mid", "high"])
    )
    found = random_fit(fx.Model("kind ~ Days + (1 | Subject)", frame, "cumulative"))
    table = fx.predict(found, {"Days": [0.0, 5.0], "Subject": ["308", "309"]})
    assert table.index.names == ["obs", "level"]
    assert table.loc[0].index.tolist() == ["low", "mid", "high"]
    np.testing.assert_allclose(table["mean"].groupby("obs").sum(), 1.0)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"kind": "median"}, "`kind` is 'median', which is nothing that gaussian predicts"),
        ({"groups": "Subjekt"}, "`Subjekt` is not a group of this model"),
        ({"groups": "(x | Subject)"}, "`x` does not vary by `Subject`"),
        ({"groups": [3]}, "`groups` holds 3"),
        ({"new_levels": "guess"}, "`new_levels` is 'guess'"),
        ({"draws": 0}, "draws is 0"),
        ({"seed": -1}, "seed is -1"),
        ({"prob": 2.0}, "`prob` is 2.0"),
    ],
)
def test_what_is_asked_wrongly_is_refused(sleep, options, says):
    _, found = sleep
    with pytest.raises(fx.ArgumentError) as caught:
        fx.predict(found, NEW, **options)
    assert says in str(caught.value)


def schools() -> pd.DataFrame:
    generator = np.random.default_rng(4)
    frame = pd.DataFrame(
        {"x": generator.normal(size=60), "a": np.arange(60) % 6, "b": np.arange(60) % 5}
    )
    return frame.assign(y=frame["x"] + generator.normal(size=60), f=frame["a"] % 2)


def test_members_of_several_levels_are_predicted_by_their_mean():
    model = fx.Model("y ~ x + (1 | mm(a, b))", schools())
    found = random_fit(model)
    post = found["posterior"]
    site = next(name for name in post if str(name).startswith("r_"))
    r = post[site].to_numpy()[..., 0]
    beta = post["beta"].to_numpy()
    drawn = fx.predict(found, {"x": [0.5, 1.0], "a": [0, 5], "b": [3, 3]}, summary=False)["y"]
    levels = [str(level) for level in model.spec.blocks[0].levels]
    rows = [(levels.index("0"), levels.index("3")), (levels.index("5"), levels.index("3"))]
    for j, (one, other) in enumerate(rows):
        expected = beta[..., 0] + beta[..., 1] * [0.5, 1.0][j] + 0.5 * (r[..., one] + r[..., other])
        np.testing.assert_allclose(drawn[..., j].to_numpy(), expected, rtol=1e-12)
    new = {"x": [0.5], "a": [0], "b": [77]}
    half = fx.predict(found, new, new_levels="population", summary=False)["y"].to_numpy()[..., 0]
    expected = beta[..., 0] + 0.5 * beta[..., 1] + 0.5 * r[..., levels.index("0")]
    np.testing.assert_allclose(half, expected, rtol=1e-12)


def test_responses_at_new_levels_have_noise_of_their_own():
    generator = np.random.default_rng(0)
    data = pd.DataFrame(
        {
            "y": generator.normal(size=40),
            "g": np.repeat(list("abcd"), 10),
            "h": np.tile(list("uvwxy"), 8),
        }
    )
    samples, one = 4_000, np.ones((4_000, 1))
    known = {"beta": 0.0 * one, "sd_g": one, "sd_h": one, "sigma": one[:, 0]}
    effects = {"r_g": np.zeros((samples, 4, 1)), "r_h": np.zeros((samples, 5, 1))}
    found = fit_at(fx.Model("y ~ 1 + (1 | g) + (1 | h)", data), known | effects)
    for new in ({"g": ["a"] * 6, "h": list("NOPQRS")}, {"g": list("NOPQRS"), "h": ["u"] * 6}):
        drawn = fx.predict(found, new, kind="response", summary=False)["y"].to_numpy()[0]
        # 1 of the effect and 1 of the noise; of 4,000 draws a variance has an error of 0.045, of
        # which 5 are exceeded in any of 12 once in 10^5 times.
        np.testing.assert_allclose(drawn.var(axis=0), 2.0, atol=0.225)


def test_levels_of_groups_are_known_by_their_labels_as_text_or_number():
    data = schools()
    found = random_fit(fx.Model("y ~ x + (1 | a) + (1 | a:f)", data))
    rows = data.iloc[:12]
    text = rows.assign(a=rows["a"].astype(str))
    expected = fx.predict(found, rows, new_levels="error")["mean"].to_numpy()
    np.testing.assert_array_equal(fx.predict(found, text, new_levels="error")["mean"], expected)


def test_a_response_that_is_called_as_a_dimension_is_told_apart():
    data = schools().rename(columns={"y": "draw"})
    found = random_fit(fx.Model("draw ~ x + (1 | a)", data))
    drawn = fx.predict(found, summary=False)
    assert drawn["draw_"].attrs["name"] == "draw"
    assert drawn["draw_"].dims == ("chain", "draw", "obs")


@pytest.mark.parametrize("group", ["gr(a, by = f)", "gr(a, cov = A)"])
def test_new_levels_that_nothing_is_known_of_are_refused(group: str):
    given = {"matrices": {"A": pd.DataFrame(np.eye(6) + 0.1)}} if "cov" in group else {}
    model = fx.Model(f"y ~ x + (1 | {group})", schools(), **given)
    found = random_fit(model)
    whole = fx.predict(found)["mean"].to_numpy()
    some = fx.predict(found, schools()[7:11])["mean"]
    np.testing.assert_allclose(some, whole[7:11], rtol=1e-12)
    new = {"x": [0.5], "a": [77], "f": [1]}
    with pytest.raises(fx.UnsupportedError, match="effects of new levels of `a` cannot be drawn"):
        fx.predict(found, new)
    assert np.isfinite(fx.predict(found, new, new_levels="population")["mean"]).all()
    with pytest.raises(fx.UnsupportedError, match="effects of new levels of `a` cannot be drawn"):
        fx.predictions(found, groups="integrate")


def test_new_levels_of_a_t_distribution_have_its_tails():
    model = fx.Model('y ~ 1 + (1 | gr(a, dist = "student"))', schools())
    sites = {p.site: np.ones((SAMPLES, *p.shape)) for p in model.spec.parameters}
    sites["df_a"] = np.full(SAMPLES, 3.0)
    found = fit_at(model, sites)
    drawn = fx.predict(found, {"a": [99]}, summary=False)["y"].to_numpy().ravel() - 1.0
    assert stats.kstest(drawn, stats.t(3.0).cdf).pvalue > 1e-6
    assert stats.kstest(drawn, stats.norm.cdf).pvalue < 1e-6


HEADS = {entry["id"]: entry for entry in results("heads")}
UNEQUAL = {"sleepstudy_phase_dbar": "the variances of `||` with a factor are not those of lme4"}
FORMULAS = {"cbpp_prop": "prop(incidence, size) ~ period + (1 | herd)"}


def at_lme4s_estimates(entry) -> tuple[fx.Model, object]:
    """A fit of one draw: lme4's coefficients and conditional modes."""
    contrasts = {f: c.removeprefix("contr.") for f, c in (entry["contrasts"] or {}).items()}
    family = getattr(fx, entry["family"])(link=entry["link"])
    formula = FORMULAS.get(entry["id"], entry["formula"])
    if family.name == "binomial" and "(" not in formula.split("~")[0]:
        family = fx.bernoulli(link=entry["link"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", fx.FormixWarning)
        model = fx.Model(formula, dataset(entry["dataset"]), family, contrasts=contrasts or None)
    predictor = model.spec.predictors[0]
    beta = [entry["fixed"][column.r] for column in predictor.columns]
    values = {"beta": [beta]}
    for site in model.spec.parameters:
        unit = np.eye(site.shape[0]) if site.support == "correlation" else np.ones(site.shape)
        values.setdefault(site.site, [unit])
    for blocks in model.spec.groups:
        values[f"r_{blocks[0].group}"] = [_modes(entry, blocks)]
    return model, fit_at(model, values)


def _modes(entry, blocks) -> np.ndarray:
    """lme4's conditional modes by our order of levels and effects."""
    factors = {frozenset(f.strip("`") for f in b.factors) for b in blocks}.pop()
    theirs = next(r for r in entry["ranef"] if frozenset(r["group"].split(":")) == factors)
    order = theirs["group"].split(":")
    ours = [f.strip("`") for f in blocks[0].factors]
    places = [order.index(f) for f in ours]
    names = {}
    for j, level in enumerate(theirs["levels"]):
        parts = level.split(":") if len(ours) > 1 else [level]
        names[":".join(parts[p] for p in places)] = j
    rows = [names[str(level)] for level in blocks[0].levels]
    columns = [e.column.r for b in blocks for e in b.effects]
    modes = dict(zip(theirs["columns"], np.array(theirs["values"]), strict=True))
    return np.array([modes[column][rows] for column in columns]).T


@pytest.mark.parametrize("name", sorted(HEADS.keys() - UNEQUAL.keys()))
def test_predictions_at_lme4s_estimates_are_lme4s(name: str):
    entry = HEADS[name]
    model, found = at_lme4s_estimates(entry)
    mean = fx.predict(found, summary=False)[model.spec.response.name].to_numpy().ravel()[:5]
    if model.family.name == "binomial":
        mean = mean / model.design.response.known["trials"][:5]
    np.testing.assert_allclose(mean, entry["fitted"], rtol=2e-6)
    linear = fx.predict(found, kind="linpred", groups="none", summary=False)["eta"]
    np.testing.assert_allclose(linear.to_numpy().ravel()[:5], entry["population"], rtol=2e-6)


ROWS = {
    "y": [0.0, 3.0, 1.0, 2.0],
    "x": [0.0, 1.0, 2.0, 4.0],
    "w": [1.0, 4.0, 0.5, 2.0],
    "e": [0.1, 0.4, 0.2, 0.3],
}


@pytest.mark.parametrize(
    ("formula", "family", "parameter", "link"),
    [
        ("y | weights(w) ~ x; sigma ~ x", "gaussian", "sigma", np.exp),
        ("y | se(e, sigma = TRUE) ~ x; sigma ~ x", "student", "sigma", np.exp),
        ("y + 1 | weights(w) ~ x; shape ~ x", "gamma", "shape", np.exp),
        ("y | rate(w) ~ x; shape ~ x", "negative_binomial", "shape", np.exp),
    ],
)
def test_a_parameter_is_what_its_predictor_says_whatever_is_known_of_the_row(
    formula, family, parameter, link
):
    found = random_fit(fx.Model(formula, ROWS, family))
    beta = found["posterior"][f"{parameter}.beta"].to_numpy().reshape(-1, 2)
    drawn = fx.predict(found, kind=parameter, summary=False)[parameter].to_numpy()
    expected = link(beta @ np.array([np.ones(4), ROWS["x"]]))
    np.testing.assert_allclose(drawn.reshape(-1, 4), expected, rtol=1e-12)
    # Nor is it asked what the row's weight, error or units are.
    new = fx.predict(found, {"x": ROWS["x"]}, kind=parameter, summary=False)[parameter]
    np.testing.assert_allclose(new, drawn, rtol=1e-12)


def test_a_rate_is_of_one_unit_and_the_mean_of_all_of_them():
    found = random_fit(fx.Model("y | rate(w) ~ x", ROWS, "poisson"))
    of_one = fx.predict(found, kind="mu", summary=False)["mu"].to_numpy()
    mean = fx.predict(found, summary=False)["y"].to_numpy()
    np.testing.assert_allclose(mean, of_one * np.array(ROWS["w"]), rtol=1e-12)


@pytest.mark.parametrize(
    ("formula", "family"),
    [
        ("y | rate(w) ~ x", "poisson"),
        ("y | trials(w) ~ x", "binomial"),
        ("y | se(w) ~ x", "gaussian"),
        ("y | weights(w) ~ x", "gaussian"),
        ("y | trunc(ub=w) ~ x", "gaussian"),
    ],
)
@pytest.mark.parametrize("kind", ["mean", "response"])
def test_rows_that_all_lack_what_is_known_of_them_have_no_prediction(formula, family, kind):
    data = {"y": [0, 1, 2, 1], "x": ROWS["x"], "w": [3.0, 4.0, 5.0, 6.0]}
    found = random_fit(fx.Model(formula, data, family))
    new = {"x": [0.0, 1.0], "w": [np.nan, np.nan]}
    table = fx.predict(found, new, kind=kind, seed=1)
    # Without bounds a mean is the same whatever the error and the weight.
    told = kind == "mean" and ("se(" in formula or "weights(" in formula)
    assert table["mean"].notna().tolist() == [told, told]


def test_known_errors_leave_no_sigma_to_predict():
    found = random_fit(fx.Model("y | se(e) ~ x", ROWS))
    with pytest.raises(fx.ArgumentError, match="`kind` is 'sigma'"):
        fx.predict(found, kind="sigma")


def test_linear_predictors_of_counts_of_levels_need_no_trials():
    data = {"a": [1, 2, 0, 4], "b": [2, 0, 3, 1], "c": [0, 1, 1, 2], "x": ROWS["x"]}
    found = random_fit(fx.Model("cbind(a, b, c) ~ x", data, "multinomial"))
    drawn, new = (
        fx.predict(found, rows, kind="linpred", summary=False)["eta"]
        for rows in (None, {"x": ROWS["x"]})
    )
    assert drawn.sizes["level"] == 3
    np.testing.assert_allclose(new, drawn, rtol=1e-12)
