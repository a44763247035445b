"""Predictive checks against the replicates that `fx.simulate` draws with the same seed."""

import family_shapes
import level_shapes
import numpy as np
import pytest
from drawn import check_legible, curves, dots, legend_texts, segments, tick_texts
from fit_at import fit_at, random_fit
from matplotlib import pyplot as plt
from scipy import stats

import formix as fx
from formix.plots.smoothing import bandwidth

SHAPES = {shape.family.name: shape for shape in (*family_shapes.SHAPES, *level_shapes.SHAPES)}


@pytest.fixture(scope="module")
def fit():
    """The sleep study, about as it is estimated."""
    model = fx.Model("Reaction ~ Days + (1 | Subject)", fx.load("sleepstudy"))
    generator = np.random.default_rng(2)
    draws = {
        "beta": np.array([251.4, 10.5]) + generator.normal(size=(60, 2)),
        "sd_Subject": 37.0 + generator.normal(size=(60, 1)),
        "r_Subject": 37.0 * generator.normal(size=(60, 18, 1)),
        "sigma": 31.0 + generator.normal(size=60),
    }
    return fit_at(model, draws, chains=2)


@pytest.fixture(scope="module")
def counts():
    """Counts of binomial trials: those of the draws of a prior."""
    formula = "cbind(incidence, size - incidence) ~ period + (1 | herd)"
    return random_fit(fx.Model(formula, fx.load("cbpp"), "binomial"), 40)


def replicates(fit, **options) -> np.ndarray:
    found = fx.simulate(fit, **options)["posterior_predictive"]
    values = next(iter(found.data_vars.values())).transpose("chain", "draw", "obs", ...).to_numpy()
    return values.reshape(-1, *values.shape[2:])


def seen(fit) -> np.ndarray:
    return next(iter(fit["observed_data"].data_vars.values())).to_numpy().astype(float)


def test_densities(fit):
    ax = fx.plot_check(fit, draws=10)
    found = curves(ax)
    samples = [*replicates(fit, draws=10), seen(fit)]
    assert len(found) == len(samples) == 11
    for curve, values in zip(found, samples, strict=True):
        kernel = stats.gaussian_kde(values, bandwidth(values) / np.std(values, ddof=1))
        expected = kernel(curve[:, 0])
        np.testing.assert_allclose(curve[:, 1], expected, atol=2e-3 * expected.max())
    assert legend_texts(ax) == ["replicates", "data"]
    assert ax.get_xlabel() == "Reaction (ms)"
    check_legible(ax.figure)


def test_by_default_several_replicates_are_lines_over_the_data(fit):
    ax = fx.plot_check(fit)
    assert len(curves(ax)) == 49
    low, high = ax.get_xlim()
    assert low <= seen(fit).min() < seen(fit).max() <= high


def test_distributions(fit):
    ax = fx.plot_check(fit, "ecdf", draws=4)
    for curve, values in zip(curves(ax), [*replicates(fit, draws=4), seen(fit)], strict=True):
        inside = curve[np.isfinite(curve[:, 0])]
        expected = [np.mean(values <= x) for x in inside[:, 0]]
        # At a step the line has both of its ends.
        assert np.all(np.diff(curve[:, 1]) >= 0.0)
        np.testing.assert_allclose(inside[:, 1].max(), 1.0)
        assert set(np.round(inside[:, 1], 9)) <= {0.0, *np.round(expected, 9)}


def test_counts(counts):
    ax = fx.plot_check(counts, probs=[0.9], draws=30)
    values, drawn = seen(counts), replicates(counts, draws=30)
    bars = {round(bar.get_x() + 0.5 * bar.get_width()): bar.get_height() for bar in ax.patches}
    (whiskers,) = segments(ax)
    assert sum(bars.values()) == len(values)
    for number, (place, height) in enumerate(bars.items()):
        assert height == (values == place).sum()
        times = (drawn == place).sum(axis=1)
        np.testing.assert_allclose(whiskers[number, :, 1], np.quantile(times, [0.05, 0.95]))
        np.testing.assert_allclose(dots(ax)[0][number], [place, times.mean()])
    assert ax.get_ylabel() == "rows (root scale)"
    check_legible(ax.figure)


def test_very_many_counts_share_bars():
    data = {"y": np.arange(0.0, 4000.0, 40.0)}
    model = fx.Model("y ~ 1", data, "poisson")
    fit = fit_at(model, {"beta": np.log(np.linspace(1000, 2000, 8))[:, None]})
    ax = fx.plot_check(fit)
    assert len(ax.patches) <= 50
    assert sum(bar.get_height() for bar in ax.patches) == 100
    assert "80 counts a bar" in ax.get_ylabel()


def test_levels():
    data = family_shapes.data()
    data["f"] = data["f"].cat.as_ordered()
    fit = random_fit(fx.Model("f ~ x", data, "cumulative"), 20)
    ax = fx.plot_check(fit, probs=[0.5])
    codes, drawn = data["f"].cat.codes.to_numpy(), replicates(fit)
    assert tick_texts(ax) == ["lo", "mid", "hi"]
    for code, bar in enumerate(ax.patches):
        assert bar.get_height() == pytest.approx(np.mean(codes == code))
        shares = np.mean(drawn == code, axis=1)
        np.testing.assert_allclose(segments(ax)[0][code, :, 1], np.quantile(shares, [0.25, 0.75]))
    assert ax.get_ylim()[1] <= 1.0
    check_legible(ax.figure)


def test_columns_are_shares_of_the_whole():
    fit = random_fit(SHAPES["multinomial"].model(), 10)
    ax = fx.plot_check(fit)
    counts = seen(fit).sum(axis=0)
    np.testing.assert_allclose([b.get_height() for b in ax.patches], counts / counts.sum())
    drawn = replicates(fit).sum(axis=1)
    mean = np.mean(drawn / drawn.sum(axis=1, keepdims=True), axis=0)
    np.testing.assert_allclose(dots(ax)[0][:, 1], mean)


def test_by_level_each_panel_has_its_own_rows(fit):
    axes = fx.plot_check(fit, by="Subject", draws=3)
    subject = fx.load("sleepstudy")["Subject"].astype(str).to_numpy()
    levels = np.unique(subject)
    shown = levels[np.linspace(0, 17, 16).round().astype(int)]
    assert len(axes) == 16
    assert axes[0].get_title(loc="left") == f"Subject: {shown[0]}"
    assert axes[-1].get_title(loc="left") == shown[-1]
    assert axes[-1].get_xlabel() == "Reaction (ms)\n(16 of 18 levels)"
    values, drawn = seen(fit), replicates(fit, draws=3)
    for ax, level in zip(axes[:2], shown[:2], strict=True):
        rows = [*drawn[:, subject == level], values[subject == level]]
        for curve, some in zip(curves(ax), rows, strict=True):
            kernel = stats.gaussian_kde(some, bandwidth(some) / np.std(some, ddof=1))
            expected = kernel(curve[:, 0])
            np.testing.assert_allclose(curve[:, 1], expected, atol=3e-3 * expected.max())
    assert len({ax.get_xlim() for ax in axes}) == 1
    check_legible(axes[0].figure)


@pytest.mark.parametrize(
    ("stat", "function", "called"),
    [
        ("mean", np.mean, "mean of Reaction (ms)"),
        ("sd", lambda x: np.std(x, ddof=1), "sd of Reaction (ms)"),
        ("max", np.max, "max of Reaction (ms)"),
        ("zeros", lambda x: np.mean(x == 0), "share of zeros of Reaction"),
        (np.ptp, np.ptp, "ptp of Reaction (ms)"),
        (lambda x: float(np.sum(x > 300)), lambda x: np.sum(x > 300), "statistic of Reaction (ms)"),
    ],
)
def test_a_statistic_has_the_share_of_replicates_that_reach_it(fit, stat, function, called):
    ax = fx.plot_check(fit, stat=stat)
    drawn, own = [function(x) for x in replicates(fit)], function(seen(fit))
    p = np.mean(np.array(drawn) > own) + 0.5 * np.mean(np.array(drawn) == own)
    assert ax.get_title(loc="left") == f"P(replicates > data) = {p:.2f}"
    assert ax.get_xlabel() == called
    line = next(one for one in ax.lines if one.get_label() == "data")
    assert line.get_xdata()[0] == pytest.approx(own)
    # Every replicate is in some bar.
    assert sum(bar.get_height() for bar in ax.patches) == len(drawn)


def test_several_statistics_have_a_panel_each(fit):
    axes = fx.plot_check(fit, stat=["mean", "min"])
    assert [ax.get_xlabel() for ax in axes] == ["mean of Reaction (ms)", "min of Reaction (ms)"]
    check_legible(axes[0].figure)


def test_statistics_by_level(fit):
    ax = fx.plot_check(fit, by="Subject", stat="mean", probs=[0.8])
    subject = fx.load("sleepstudy")["Subject"].astype(str).to_numpy()
    levels = np.unique(subject)
    values, drawn = seen(fit), replicates(fit)
    assert tick_texts(ax) == levels.tolist()
    middle, own = dots(ax)
    for k, level in enumerate(levels):
        means = drawn[:, subject == level].mean(axis=1)
        np.testing.assert_allclose(middle[k], [k, means.mean()])
        np.testing.assert_allclose(own[k], [k, values[subject == level].mean()])
        np.testing.assert_allclose(segments(ax)[0][k, :, 1], np.quantile(means, [0.1, 0.9]))
    check_legible(ax.figure)


def test_very_many_levels_stand_in_the_order_of_their_replicates():
    generator = np.random.default_rng(4)
    data = {"y": generator.normal(size=200), "g": np.arange(200) % 100}
    fit = random_fit(fx.Model("y ~ 1 + (1 | g)", data), 20)
    ax = fx.plot_check(fit, by="g", stat="mean")
    middle, own = dots(ax)
    drawn = replicates(fit).reshape(-1, 2, 100).mean(axis=1)
    order = np.argsort(drawn.mean(axis=0))
    np.testing.assert_allclose(middle[:, 1], drawn.mean(axis=0)[order])
    np.testing.assert_allclose(own[:, 1], data["y"].reshape(2, 100).mean(axis=0)[order])
    assert "100 levels, in order of their replicates" in ax.get_xlabel()
    check_legible(ax.figure)


def test_a_file_that_is_opened_has_the_same_picture(fit, tmp_path):
    again = fx.read(fx.write(fit, tmp_path / "fit.nc"))
    for one, other in zip(curves(fx.plot_check(fit)), curves(fx.plot_check(again)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_new_levels_and_own_axes(fit):
    figure, given = plt.subplots()
    ax = fx.plot_check(fit, groups="new", stat="sd", ax=given)
    assert ax is given
    assert plt.get_fignums() == [figure.number]
    p = np.mean(np.std(replicates(fit, groups="new"), ddof=1, axis=1) > np.std(seen(fit), ddof=1))
    assert ax.get_title(loc="left").endswith(f"= {p:.2f}")


@pytest.mark.parametrize(
    ("family", "kind"),
    [
        ("student", "density"),
        ("von_mises", "density"),
        ("hurdle_gamma", "share of rows at or below"),
        ("zero_one_inflated_beta", "share of rows at or below"),
        ("bernoulli", "share of rows"),
        ("categorical", "share of rows"),
        ("dirichlet", "share of the whole"),
        ("beta_binomial", "rows (root scale)"),
        ("zero_inflated_negative_binomial", "rows (root scale"),
    ],
)
def test_every_form_of_response_has_its_kind(family: str, kind: str):
    # Draws of a prior reach far: what they make of a response may have no bound.
    ax = fx.plot_check(random_fit(SHAPES[family].model(), 8))
    assert ax.get_ylabel().startswith(kind)
    assert np.all(np.isfinite(ax.get_xlim()))


@pytest.mark.parametrize(("family", "site"), [("poisson", 60.0), ("lognormal", 800.0)])
@pytest.mark.parametrize("kind", ["auto", "ecdf"])
def test_replicates_without_bound_leave_the_data_in_sight(family, site, kind):
    """Counts beyond what an integer holds, and numbers that are infinite."""
    data = {"y": np.arange(1.0, 41.0)}
    draws = {"beta": np.array([3.0, 3.1, site])[:, None], "sigma": np.full(3, 0.5)}
    model = fx.Model("y ~ 1", data, family)
    fit = fit_at(model, {p.site: draws[p.site] for p in model.spec.parameters})
    ax = fx.plot_check(fit, kind)
    low, high = ax.get_xlim()
    assert -0.6 <= low <= 1.0
    assert 40.0 <= high <= 82.0
    check_legible(ax.figure)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"kind": "bars"}, "`kind` is 'bars'"),
        ({"kind": "levels"}, "one of 'auto', 'density', 'ecdf'"),
        ({"stat": "means"}, "'means' is no statistic"),
        ({"stat": []}, "no statistic is asked for"),
        ({"stat": lambda x: x}, "<lambda>` stopped"),
        ({"stat": lambda x: 1 / 0}, "ZeroDivisionError"),
        ({"draws": 0}, "draws is 0"),
        ({"probs": [1.5]}, "1.5"),
        ({"by": "subject"}, "neither a group nor a column"),
        ({"by": "Subject", "ax": [None]}, "NoneType"),
    ],
)
def test_what_is_asked_wrongly_is_refused(fit, options, says):
    options = {"stat": "mean", **options} if "probs" in options else options
    if "probs" in options:
        options["by"] = "Subject"
    with pytest.raises(fx.ArgumentError) as caught:
        fx.plot_check(fit, **options)
    assert says in str(caught.value)


def test_rows_that_are_censored_from_the_right_are_drawn_by_kaplan_and_meier():
    data = family_shapes.data()
    data["status"] = np.where(data["n"] > 4, "right", "none")
    fit = random_fit(fx.Model("t | cens(status) ~ x", data, "gamma"), 6)
    ax = fx.plot_check(fit)
    (line,) = (one for one in ax.lines if one.get_label() == "data")
    shown = np.column_stack(line.get_data())
    sample = stats.CensoredData.right_censored(data["t"], data["status"] == "right")
    found = stats.ecdf(sample).sf
    # Both go on at the height of the step before where a value is censored only.
    np.testing.assert_allclose(found.evaluate(shown[1:, 0]), shown[1:, 1], atol=1e-12)
    assert shown[0, 1] == 1.0
    assert legend_texts(ax) == ["replicates", "data", "censored"]
    for curve, values in zip(curves(ax), replicates(fit), strict=False):
        inside = curve[np.isfinite(curve[:, 0])]
        expected = [np.mean(values > x) for x in inside[:, 0]]
        assert set(np.round(expected, 9)) <= set(np.round(curve[:, 1], 9))


def test_what_cannot_be_checked_is_refused():
    data = family_shapes.data()
    data["status"] = np.where(data["n"] > 4, "left", "none")
    censored = random_fit(fx.Model("t | cens(status) ~ x", data, "gamma"), 4)
    with pytest.raises(fx.UnsupportedError, match="are censored from the left"):
        fx.plot_check(censored)
    data["o"] = data["f"].cat.as_ordered()
    data["above"] = np.where(data["o"] == "lo", "right", "none")
    ordinal = fx.Model("o | cens(above) ~ x", data, "cumulative")
    with pytest.raises(fx.UnsupportedError, match="are censored among levels"):
        fx.plot_check(random_fit(ordinal, 4))
    right = random_fit(fx.Model("t | cens(l) ~ x", data, "gamma"), 4)
    with pytest.raises(fx.UnsupportedError, match="a statistic of them is not one"):
        fx.plot_check(right, stat="mean")
    levels = fx.Model("f ~ x", data, "categorical")
    with pytest.raises(fx.UnsupportedError, match="have no statistic"):
        fx.plot_check(random_fit(levels, 4), stat="mean")
