"""Conditional effects against sums written out, and the data against their rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from drawn import bands, check_legible, curves, dots, legend_texts, segments, tick_texts
from fit_at import random_fit
from matplotlib import pyplot as plt
from scipy import special

import formix as fx


def beta_of(fit) -> np.ndarray:
    beta = fit["posterior"]["beta"].to_numpy()
    return beta.reshape(-1, beta.shape[-1])


@pytest.fixture(scope="module")
def cake():
    return random_fit(fx.Model("angle ~ recipe * temp + (1 | replicate)", fx.load("cake")))


@pytest.fixture(scope="module")
def ordinal():
    frame = fx.load("VerbAgg").iloc[::20]
    return random_fit(fx.Model("resp ~ Anger * Gender + btype", frame, "cumulative"))


def test_a_number_has_a_line_with_bands_and_the_data(sleep):
    ax = fx.plot_effects(sleep, "Days", points=4, probs=(0.5, 0.9))
    days = np.array([0.0, 3.0, 6.0, 9.0])
    drawn = beta_of(sleep) @ np.stack([np.ones(4), days])
    (line,) = curves(ax)
    np.testing.assert_allclose(line, np.column_stack([days, drawn.mean(0)]))
    for band, tails in zip(bands(ax), ((0.05, 0.95), (0.25, 0.75)), strict=True):
        low, high = np.quantile(drawn, tails, axis=0)
        for got, expected in zip(band, (days, low, high), strict=True):
            np.testing.assert_allclose(got, expected)
    (cloud,) = dots(ax)
    frame = fx.load("sleepstudy")
    np.testing.assert_array_equal(cloud, frame[["Days", "Reaction"]])
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Days (d)", "Reaction (ms)")
    assert ax.get_title(loc="left") == "mean, 50 and 90 % intervals"
    check_legible(ax.figure)
    assert not dots(fx.plot_effects(sleep, "Days", data=False))
    assert not dots(fx.plot_effects(sleep, "Days", kind="linpred"))


def test_a_factor_has_dots_with_whiskers_and_its_rows_around_them(cake):
    ax = fx.plot_effects(cake, "recipe", probs=[0.8])
    frame, beta = fx.load("cake"), beta_of(cake)
    level = beta[:, :1] + beta[:, 3:4] * frame["temp"].mean()
    more = np.column_stack([np.zeros(8), beta[:, 1:3] + frame["temp"].mean() * beta[:, 4:]])
    means, rows = dots(ax)
    np.testing.assert_allclose(means, np.column_stack([range(3), (level + more).mean(0)]))
    (ends,) = segments(ax)
    np.testing.assert_allclose(ends[..., 1].T, np.quantile(level + more, [0.1, 0.9], axis=0))
    np.testing.assert_array_equal(rows[:, 1], frame["angle"])
    np.testing.assert_array_equal(np.round(rows[:, 0]), frame["recipe"].cat.codes)
    assert tick_texts(ax) == ["A", "B", "C"]
    assert "at temp 200" in ax.get_title(loc="left")
    check_legible(ax.figure)


def test_an_interaction_is_told_by_colour_with_the_number_at_the_axis(cake):
    (ax,) = fx.plot_effects(cake)
    assert ax.get_xlabel() == "temp (°F)"
    assert legend_texts(ax) == ["A", "B", "C"]
    frame, beta = fx.load("cake"), beta_of(cake)
    ends = [curve[[0, -1], 1] for curve in curves(ax)]
    for j, end in enumerate(ends):
        own = (beta[:, j] * (j > 0))[:, None] + np.outer(
            beta[:, 3] + (beta[:, 3 + j] if j else 0.0), [175.0, 225.0]
        )
        np.testing.assert_allclose(end, (beta[:, :1] + own).mean(0))
    for cloud, recipe in zip(dots(ax), "ABC", strict=True):
        np.testing.assert_array_equal(
            cloud, frame.loc[frame["recipe"] == recipe, ["temp", "angle"]]
        )
    check_legible(ax.figure)


def test_probabilities_lie_between_0_and_1_and_rows_are_shares():
    frame = fx.load("VerbAgg").iloc[::20]
    fit = random_fit(fx.Model("r2 ~ btype + Anger", frame, "bernoulli"))
    by_type, anger = fx.plot_effects(fit)
    assert by_type.get_ylabel() == "probability of r2 = Y"
    assert by_type.get_ylim() == anger.get_ylim() == (-0.03, 1.03)
    expected = (frame["r2"] == "Y").groupby(frame["btype"], observed=True).mean()
    np.testing.assert_allclose(dots(by_type)[1][:, 1], expected)
    assert 5 < len(dots(anger)[0]) <= 10
    check_legible(by_type.figure)


def test_a_response_of_trials_is_a_share_of_them():
    frame = fx.load("cbpp")
    formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    fit = random_fit(fx.Model(formula, frame, "binomial"))
    ax = fx.plot_effects(fit, "period")
    assert ax.get_ylabel() == "probability of incidence"
    means, rows = dots(ax)
    beta = beta_of(fit)
    logits = beta[:, :1] + np.column_stack([np.zeros(len(beta)), beta[:, 1:]])
    np.testing.assert_allclose(means[:, 1], special.expit(logits).mean(0))
    np.testing.assert_allclose(rows[:, 1], frame["incidence"] / frame["size"])


def test_levels_of_a_response_have_colours_and_a_second_column_panels(ordinal):
    frame = fx.load("VerbAgg").iloc[::20]
    ax = fx.plot_effects(ordinal, "btype")
    assert legend_texts(ax) == ["no", "perhaps", "yes"]
    assert ax.get_legend().get_title().get_text() == "resp"
    means, rings = dots(ax)[:3], dots(ax)[3:]
    np.testing.assert_allclose(np.sum([m[:, 1] for m in means], axis=0), 1.0)
    table = pd.crosstab(frame["btype"], frame["resp"], normalize="index")
    np.testing.assert_allclose(np.stack([r[:, 1] for r in rings], axis=1), table)
    axes = fx.plot_effects(ordinal, "Anger:Gender")
    assert [one.get_title(loc="left").splitlines()[-2] for one in axes] == ["Gender F", "Gender M"]
    count = [round(sum(100 * one.get_sizes().size for one in ax.collections)) for ax in axes]
    assert all(count)
    check_legible(axes[0].figure)


def test_a_parameter_has_a_picture_of_its_own():
    frame = fx.load("sleepstudy")
    fit = random_fit(fx.Model("Reaction ~ 1; sigma ~ Days", frame))
    (ax,) = fx.plot_effects(fit, kind="sigma", points=2)
    beta = fit["posterior"]["sigma.beta"].to_numpy().reshape(-1, 2)
    expected = np.exp(beta @ np.array([[1.0, 1.0], [0.0, 9.0]])).mean(0)
    np.testing.assert_allclose(curves(ax)[0][:, 1], expected)
    assert ax.get_ylabel() == "sigma"


def test_every_term_that_is_part_of_no_other_has_a_panel():
    rng = np.random.default_rng(1)
    frame = {name: rng.normal(size=40) for name in "ybcde"}
    fit = random_fit(fx.Model("y ~ b + log(c + 9) + d:e + I(d^2)", frame))
    axes = fx.plot_effects(fit, points=2)
    assert [ax.get_xlabel() for ax in axes] == ["b", "c", "d"]
    assert len(legend_texts(axes[2])) == 3
    check_legible(axes[0].figure)


def test_own_axes_are_drawn_in(sleep):
    figure, given = plt.subplots()
    assert fx.plot_effects(sleep, "Days", ax=given) is given
    assert plt.get_fignums() == [figure.number]


def test_many_rows_are_thinned():
    frame = {"y": np.arange(9000.0) % 13, "x": np.arange(9000.0)}
    fit = random_fit(fx.Model("y ~ x", frame))
    (cloud,) = dots(fx.plot_effects(fit, "x", points=2))
    assert 1000 < len(cloud) <= 2000


@pytest.mark.parametrize(
    ("variables", "options", "says"),
    [
        ("Dayz", {}, "`Dayz` is not a column"),
        (["Days", "Subject", "Reaction"], {}, "`Reaction` is not a column"),
        (
            "Days",
            {"at": {"Subject": ["308", "309"]}, "groups": "all"},
            "several values of `Subject`",
        ),
        ("Days", {"probs": ()}, "holds no probabilities"),
        ("Days", {"ax": [plt, plt]}, "holds a module"),
    ],
)
def test_what_is_asked_wrongly_is_refused(sleep, variables, options, says):
    with pytest.raises(fx.ArgumentError) as caught:
        fx.plot_effects(sleep, variables, **options)
    assert says in str(caught.value)


def test_without_columns_there_is_nothing_to_draw():
    fit = random_fit(fx.Model("diameter ~ 1 + (1 | plate)", fx.load("Penicillin")))
    with pytest.raises(fx.ArgumentError, match="no columns to draw"):
        fx.plot_effects(fit)
