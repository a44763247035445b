"""Tables of estimates: data frames whose print is whole in width and short in digits."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from fit_at import random_fit

import formix as fx
from formix.verbs.estimates import estimates
from formix.verbs.table import Table


@pytest.fixture(scope="module")
def cake():
    return random_fit(fx.Model("angle ~ recipe * temp + (1 | replicate)", fx.load("cake")))


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")


def test_every_table_is_a_data_frame_with_all_digits_and_prints_whole_at_80_columns(cake):
    tables = {
        "fixef": fx.fixef(cake),
        "ranef": fx.ranef(cake),
        "coef": fx.coef(cake),
        "varcorr": fx.varcorr(cake),
        "predict": fx.predict(cake),
        "fitted": fx.fitted(cake),
        "residuals": fx.residuals(cake),
        "predictions": fx.predictions(cake),
        "comparisons": fx.comparisons(cake),
        "slopes": fx.slopes(cake),
        "effects": fx.effects(cake, ["temp", "recipe"]),
        "emmeans": fx.emmeans(cake, "recipe"),
        "vpc": fx.vpc(cake),
        "hypothesis": fx.hypothesis(cake, "beta[temp] > 0"),
    }
    for name, table in tables.items():
        assert isinstance(table, pd.DataFrame), name
        text = str(table)
        assert "..." not in text, name
        assert max(map(len, text.splitlines())) <= 80, name
        for column in table.columns:
            assert re.search(rf"(^|\s){re.escape(str(column))}(\s|$)", text), (name, column)
    # A number that is read from the print is the table's, to half of its last digit.
    printed = float(str(tables["fixef"]).splitlines()[2].split()[1])
    sd = tables["fixef"]["sd"].iloc[0]
    assert abs(printed - tables["fixef"]["mean"].iloc[0]) <= 0.005 * sd


def test_of_many_rows_the_first_and_last_are_shown_with_their_labels():
    index = pd.MultiIndex.from_product([["g"], range(500)], names=["group", "level"])
    table = Table(estimates(np.random.default_rng(1).normal(size=(2, 40, 500))), index=index)
    lines = str(table).splitlines()
    labels = [line.removeprefix("g").split()[0] for line in lines[2:-2]]
    assert labels == [*map(str, range(5)), "..", *map(str, range(495, 500))]
    assert lines[-1] == "[500 rows x 4 columns]"
    with pd.option_context("display.max_rows", None):
        assert len(str(table).splitlines()) == 502


def test_what_is_wider_than_the_terminal_goes_on_below(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "40")
    frame = {f"column {j}": ["some text"] for j in range(8)} | {"mean": [1.0], "sd": [0.1]}
    text = str(Table(frame))
    assert max(map(len, text.splitlines())) <= 41
    assert all(name in text for name in frame)


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"mean": [], "sd": []}),
        pd.DataFrame({"x": ["a", None], "n": [1, 2], "y": [0.5, np.nan]}),
        pd.DataFrame([[1.0, 2.0]], columns=["sd", "sd"]),
        pd.DataFrame({("a", "b"): [1.0]}),
        pd.DataFrame({"mean": [np.inf, np.nan, 1e-30], "sd": [np.nan, 1.0, 1e-32]}),
        pd.DataFrame({"mean": ["a"], "sd": ["b"]}),
    ],
)
def test_frames_of_any_shape_are_shown_and_stay_what_they_are(frame: pd.DataFrame):
    table = Table(frame)
    assert str(table)
    assert "<table" in table._repr_html_()
    pd.testing.assert_frame_equal(pd.DataFrame(table), frame)


def test_parts_of_a_table_are_tables_and_what_is_computed_has_all_digits(cake):
    table = fx.fixef(cake)
    assert isinstance(table.loc[["temp"]], Table)
    assert isinstance(table["mean"], pd.Series)
    pd.testing.assert_series_equal((table * 2.0)["mean"], table["mean"] * 2.0)


def test_html_is_escaped_and_has_the_colours_of_the_page():
    html = Table({"mean": [1.0], "sd": [0.1], "<b>": ["<i>&"]}, index=["<u>"])._repr_html_()
    for text in ("&lt;b&gt;", "&lt;i&gt;&amp;", "&lt;u&gt;"):
        assert text in html
    assert not re.search(r"<[biu]>|https?:|color", html)


@pytest.mark.parametrize("value", [0.2, 251.3, -1e7 / 3.0])
def test_a_constant_is_shown_as_one_though_rounding_spreads_it(value: float):
    draws = np.full((2, 40, 1), value) * (1.0 + 1e-16 * np.arange(80).reshape(2, 40, 1))
    table = Table(estimates(draws), index=["a"])
    table.loc["a", "sd"] = abs(value) * 1.5e-16
    shown = f"{value:.3f}"
    assert str(table).splitlines()[1].split() == ["a", shown, "0.000", shown, shown]
    table.loc["a", "sd"] = abs(value) * 1e-9
    assert "0.000" not in str(table).splitlines()[1].split()
