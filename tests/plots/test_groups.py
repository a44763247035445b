"""Small multiples: each level's rows, and lines against sums and least squares written out."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import bands, check_legible, curves, dots, legend_texts, tick_texts
from fit_at import random_fit
from matplotlib import pyplot as plt
from scipy import special

import formix as fx


def test_each_level_has_its_rows_and_its_lines(sleep):
    axes = fx.plot_groups(sleep, points=4, probs=[0.8])
    frame, days = fx.load("sleepstudy"), np.array([0.0, 3.0, 6.0, 9.0])
    coef = fx.coef(sleep, summary=False)["coef_Subject"].to_numpy().reshape(-1, 18, 2)
    X = np.column_stack([np.ones(len(frame)), frame["Days"]])
    complete = np.linalg.lstsq(X, frame["Reaction"], rcond=None)[0]
    grid = np.column_stack([np.ones(4), days])
    assert len(axes) == 18
    for j, (ax, name) in enumerate(zip(axes, frame["Subject"].cat.categories, strict=True)):
        mine = (frame["Subject"] == name).to_numpy()
        assert ax.get_title(loc="left") == name
        np.testing.assert_array_equal(dots(ax)[0], frame.loc[mine, ["Days", "Reaction"]])
        own = np.linalg.lstsq(X[mine], frame["Reaction"][mine], rcond=None)[0]
        lines = [curve[:, 1] for curve in curves(ax)]
        np.testing.assert_allclose(lines[0], grid @ own, rtol=1e-7)
        np.testing.assert_allclose(lines[1], grid @ complete, rtol=1e-7)
        np.testing.assert_allclose(lines[2], grid @ coef[:, j].mean(0))
        _, low, high = bands(ax)[0]
        expected = np.quantile(coef[:, j] @ grid.T, [0.1, 0.9], axis=0)
        np.testing.assert_allclose([low, high], expected)
    assert legend_texts(axes[0]) == ["no pooling", "complete pooling", "partial pooling"]
    assert axes[0].figure.get_supxlabel() == "Days (d)"
    check_legible(axes[0].figure)


def test_levels_are_named_or_chosen_evenly(sleep):
    axes = fx.plot_groups(sleep, levels=[309, "308"], points=2)
    assert [ax.get_title(loc="left") for ax in axes] == ["309", "308"]
    axes = fx.plot_groups(sleep, most=3, points=2)
    mean = fx.ranef(sleep)["mean"].loc["Subject"].unstack("effect")["Intercept"]
    order = mean.sort_values().index
    assert [ax.get_title(loc="left") for ax in axes] == [order[0], order[8], order[17]]
    assert "3 of 18 levels of Subject, evenly chosen" in axes[0].figure.get_suptitle()


def test_over_a_factor_they_are_dots_and_means_are_of_the_response():
    frame = fx.load("cbpp")
    formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    fit = random_fit(fx.Model(formula, frame, "binomial"))
    axes = fx.plot_groups(fit)
    beta = fit["posterior"]["beta"].to_numpy().reshape(-1, 4)
    r = fit["posterior"]["r_herd"].to_numpy().reshape(-1, 15)
    for j, ax in enumerate(axes):
        logits = beta[:, :1] + np.column_stack([np.zeros(len(beta)), beta[:, 1:]]) + r[:, j, None]
        partial, rows = dots(ax)[2:]
        np.testing.assert_allclose(partial[:, 1], special.expit(logits).mean(0))
        mine = frame["herd"] == str(j + 1)
        np.testing.assert_allclose(rows[:, 1], (frame["incidence"] / frame["size"])[mine])
        assert ax.get_ylim() == (-0.04, 1.04)
    table = frame.groupby("period", observed=True)[["incidence", "size"]].sum()
    complete = dots(axes[0])[1][:, 1]
    np.testing.assert_allclose(complete, table["incidence"] / table["size"], rtol=1e-6)
    assert tick_texts(axes[-1]) == ["1", "2", "3", "4"]
    check_legible(axes[0].figure)


def test_groups_that_a_level_lies_in_take_part_and_crossed_ones_do_not():
    frame = fx.load("Pastes")
    fit = random_fit(fx.Model("strength ~ 1 + (1 | batch/cask)", frame))
    (ax,) = fx.plot_groups(fit, group="batch:cask", most=30)
    posterior = fit["posterior"]
    outer = posterior["r_batch"].to_numpy().reshape(8, 10)
    inner = posterior["r_batch:cask"].to_numpy().reshape(8, 30)
    total = posterior["beta"].to_numpy().reshape(8, 1) + np.repeat(outer, 3, axis=1) + inner
    partial = next(d for d in dots(ax) if len(d) == 30 and d[0, 0] == 0.0)
    np.testing.assert_allclose(partial[:, 1], total.mean(0))
    level = next(line for line in ax.lines if line.get_label() == "complete pooling")
    np.testing.assert_allclose(level.get_ydata(), frame["strength"].mean())
    crossed = random_fit(
        fx.Model("diameter ~ 1 + (1 | plate) + (1 | sample)", fx.load("Penicillin"))
    )
    (ax,) = fx.plot_groups(crossed, "plate", most=24)
    plates = crossed["posterior"]["r_plate"].to_numpy().reshape(8, 24)
    mean = (crossed["posterior"]["beta"].to_numpy().reshape(8, 1) + plates).mean(0)
    partial = next(d for d in dots(ax) if len(d) == 24 and d[0, 0] == 0.0)
    np.testing.assert_allclose(partial[:, 1], mean)
    check_legible(ax.figure)


def test_another_group_may_stand_at_the_axis():
    fit = random_fit(fx.Model("diameter ~ 1 + (1 | plate) + (1 | sample)", fx.load("Penicillin")))
    axes = fx.plot_groups(fit, levels=["a", "b"])
    posterior = fit["posterior"]
    samples = posterior["r_sample"].to_numpy().reshape(8, 6)
    plates = posterior["r_plate"].to_numpy().reshape(8, 24)
    for j, ax in enumerate(axes):
        expected = posterior["beta"].to_numpy().reshape(8, 1) + samples + plates[:, [j]]
        partial = next(d for d in dots(ax) if d[0, 0] == 0.0)
        np.testing.assert_allclose(partial[:, 1], expected.mean(0))
    assert tick_texts(axes[0]) == list("ABCDEF")


def test_levels_of_a_response_have_partial_pooling_alone():
    frame = fx.load("VerbAgg")
    frame = frame[frame["id"].isin([str(j) for j in range(1, 9)])]
    fit = random_fit(fx.Model("resp ~ btype + (1 | id)", frame, "cumulative"))
    axes = fx.plot_groups(fit)
    assert legend_texts(axes[0]) == ["no", "perhaps", "yes"]
    np.testing.assert_allclose(np.sum([d[:, 1] for d in dots(axes[0])[:3]], axis=0), 1.0)
    check_legible(axes[0].figure)


def test_own_axes_are_drawn_in(sleep):
    figure, given = plt.subplots(1, 2)
    axes = fx.plot_groups(sleep, levels=["308", "309"], points=2, ax=given)
    assert list(axes) == list(given)
    assert [ax.get_xlabel() for ax in axes] == ["Days (d)", "Days (d)"]
    assert figure.get_suptitle() == ""
    assert legend_texts(axes[1])


def test_levels_that_share_rows_have_no_panels():
    frame = {"y": np.arange(6.0), "a": list("abcabc"), "b": list("bcabca")}
    fit = random_fit(fx.Model("y ~ 1 + (1 | mm(a, b))", frame))
    with pytest.raises(fx.ArgumentError, match="belongs to several levels"):
        fx.plot_groups(fit)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"x": "Dayz"}, "`Dayz` is not a column"),
        ({"levels": ["5"]}, "`5` is not a level of `Subject`"),
        ({"levels": []}, "`levels` is empty"),
        ({"most": 0}, "most is 0"),
        ({"points": 1}, "points is 1"),
    ],
)
def test_what_is_asked_wrongly_is_refused(sleep, options, says):
    with pytest.raises(fx.ArgumentError) as caught:
        fx.plot_groups(sleep, **options)
    assert says in str(caught.value)
