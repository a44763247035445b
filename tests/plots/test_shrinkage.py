"""No and complete pooling against least squares and closed forms, and the arrows between."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import check_legible, dots, legend_texts, segments, tick_texts
from fit_at import random_fit
from scipy import special

import formix as fx


def least_squares(frame) -> np.ndarray:
    """Intercept and slope of the rows of a frame."""
    X = np.column_stack([np.ones(len(frame)), frame["Days"]])
    return np.linalg.lstsq(X, frame["Reaction"], rcond=None)[0]


def test_arrows_go_from_least_squares_to_posterior_means(sleep):
    ax = fx.plot_shrinkage(sleep)
    frame = fx.load("sleepstudy")
    own = [least_squares(rows) for _, rows in frame.groupby("Subject", observed=True)]
    partial = fx.coef(sleep)["mean"].loc["Subject"].unstack("effect")
    drawn = dots(ax)
    np.testing.assert_allclose(drawn[0], own, rtol=1e-7)
    np.testing.assert_allclose(drawn[1], partial[["Intercept", "Days"]])
    np.testing.assert_allclose(drawn[2], [least_squares(frame)], rtol=1e-7)
    arrows = [text for text in ax.texts if text.arrow_patch is not None]
    np.testing.assert_allclose([arrow.xyann for arrow in arrows], own, rtol=1e-7)
    np.testing.assert_allclose([arrow.xy for arrow in arrows], partial[["Intercept", "Days"]])
    assert legend_texts(ax) == ["no pooling", "partial pooling", "complete pooling"]
    names = {text.get_text() for text in ax.texts} - {""}
    assert names <= set(frame["Subject"])
    check_legible(ax.figure)


def test_one_effect_has_a_line_a_level(sleep):
    ax = fx.plot_shrinkage(sleep, "Days")
    frame = fx.load("sleepstudy")
    partial = fx.coef(sleep)["mean"].loc["Subject"].unstack("effect")["Days"]
    order = np.argsort(partial.to_numpy())
    own = np.array([least_squares(r)[1] for _, r in frame.groupby("Subject", observed=True)])
    lines = np.column_stack([own, partial])[order]
    np.testing.assert_allclose(segments(ax)[0][..., 0], lines, rtol=1e-7)
    np.testing.assert_allclose(ax.lines[0].get_xdata(), least_squares(frame)[1], rtol=1e-7)
    assert tick_texts(ax, "y") == partial.index[order].tolist()
    check_legible(ax.figure)


def test_of_trials_it_is_the_log_odds_of_the_share_and_none_has_no_odds():
    frame = fx.load("cbpp")
    model = fx.Model("cbind(incidence, size - incidence) ~ 1 + (1 | herd)", frame, "binomial")
    frame.loc[frame["herd"].isin(["1", "2"]), "incidence"] = 0
    model = fx.Model("cbind(incidence, size - incidence) ~ 1 + (1 | herd)", frame, "binomial")
    fit = random_fit(model)
    ax = fx.plot_shrinkage(fit)
    sums = frame.groupby("herd", observed=True)[["incidence", "size"]].sum()
    share = sums["incidence"] / sums["size"]
    own = np.sort(special.logit(share[share > 0]))
    np.testing.assert_allclose(np.sort(segments(ax)[0][:, 0, 0]), own, rtol=1e-6)
    total = special.logit(frame["incidence"].sum() / frame["size"].sum())
    np.testing.assert_allclose(ax.lines[0].get_xdata(), total, rtol=1e-6)
    unknown = share.index[share == 0].tolist()
    assert legend_texts(ax)[-1] == "no own estimate:\n" + ", ".join(unknown)
    assert {"1", "2"} <= set(unknown)
    assert ax.get_xlabel() == "Intercept (logit scale)"


def test_the_rest_is_as_the_fit_has_it():
    """Of counts with an extent: the log of what is counted over what would be but for the level."""
    rng = np.random.default_rng(2)
    frame = {"y": rng.poisson(5.0, 60), "t": rng.uniform(1, 3, 60), "x": rng.normal(size=60)}
    frame["g"] = np.repeat(["a", "b", "c"], 20)
    fit = random_fit(fx.Model("y ~ x + offset(log(t)) + (1 | g)", frame, "poisson"))
    ax = fx.plot_shrinkage(fit)
    slope = float(fit["posterior"]["beta"].sel(coef="x").mean())
    extent = frame["t"] * np.exp(slope * frame["x"])
    counted = [np.log(frame["y"][k].sum() / extent[k].sum()) for k in np.split(np.arange(60), 3)]
    np.testing.assert_allclose(np.sort(segments(ax)[0][:, 0, 0]), np.sort(counted), rtol=1e-6)


def test_a_level_whose_rows_do_not_tell_effects_apart_has_no_estimate():
    frame = fx.load("sleepstudy")
    kept = (frame["Subject"] != "308") | (frame["Days"] == 3)
    fit = random_fit(fx.Model("Reaction ~ Days + (Days | Subject)", frame[kept]))
    ax = fx.plot_shrinkage(fit)
    assert legend_texts(ax)[-1] == "no own estimate:\n308"
    assert len(dots(ax)[0]) == 17
    assert len(dots(ax)[1]) == 18


def test_effects_of_sigma_are_those_of_sigma():
    """Known means: the most likely sd is the root of the mean square around them."""
    frame = fx.load("sleepstudy")
    fit = random_fit(fx.Model("Reaction ~ 1; sigma ~ 1 + (1 | Subject)", frame))
    ax = fx.plot_shrinkage(fit)
    mean = float(fit["posterior"]["beta"].mean())
    squares = (frame["Reaction"] - mean) ** 2
    own = 0.5 * np.log(squares.groupby(frame["Subject"], observed=True).mean())
    np.testing.assert_allclose(np.sort(segments(ax)[0][:, 0, 0]), np.sort(own), rtol=1e-6)


def test_many_levels_are_drawn_thinly():
    rng = np.random.default_rng(3)
    frame = {"y": rng.normal(size=800), "x": rng.normal(size=800), "g": np.arange(800) % 200}
    ax = fx.plot_shrinkage(random_fit(fx.Model("y ~ x + (x | g)", frame)))
    assert segments(ax)[0].shape == (200, 2, 2)
    assert not ax.texts
    check_legible(ax.figure)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"effects": "Dayz"}, "did you mean `Days`"),
        ({"group": "Day"}, "`Day` is not a group"),
    ],
)
def test_what_is_asked_wrongly_is_refused(sleep, options, says):
    with pytest.raises(fx.ArgumentError) as caught:
        fx.plot_shrinkage(sleep, **options)
    assert says in str(caught.value)


def test_levels_that_share_rows_have_no_estimates():
    frame = {"y": np.arange(6.0), "a": list("abcabc"), "b": list("bcabca")}
    fit = random_fit(fx.Model("y ~ 1 + (1 | mm(a, b))", frame))
    with pytest.raises(fx.ArgumentError, match="belongs to several levels"):
        fx.plot_shrinkage(fit)
