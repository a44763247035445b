"""The text of a design."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest

import formix as fx
from formix.cli.details import details


def test_columns_of_x_and_z_and_levels():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    *lines, levels = details(model.design).splitlines()
    assert "\n".join(lines) == textwrap.dedent(
        """\
        columns of X: 1 + Days
          column     in R         least  mean  most
          Intercept  (Intercept)      1     1     1
          Days       Days             0   4.5     9

        columns of Z: (1 + Days | Subject)
          column     in R         least  mean  most
          Intercept  (Intercept)      1     1     1
          Days       Days             0   4.5     9

        levels of Subject: 18, 10 rows each"""
    )
    assert levels == "  " + ", ".join(fx.load("sleepstudy")["Subject"].cat.categories)


def test_unequal_levels_say_their_sizes():
    data = {"y": np.arange(6.0), "g": ["a", "a", "a", "b", "b", "c"]}
    assert "levels of g: 3, 1 to 3 rows each" in details(fx.Model("y ~ 1 + (1 | g)", data).design)


def test_one_row_a_level_is_one_row():
    text = details(fx.Model("y | se(sd) ~ 1 + (1 | study)", fx.load("aspirin")).design)
    assert "levels of study: 6, 1 row each" in text


def test_the_mean_of_a_centred_column_is_nought():
    text = details(fx.Model("Reaction ~ poly(Days, 1)", fx.load("sleepstudy")).design)
    assert [line.split()[-2] for line in text.splitlines() if line.startswith("  poly")] == ["0"]


def test_many_levels_are_counted_and_each_group_is_told_once():
    model = fx.Model("y ~ 1 + (1 | s) + (0 + service | s) + (1 | d)", fx.load("InstEval"))
    text = details(model.design)
    assert text.count("levels of s: 2972") == 1
    assert "levels of d: 1128" in text
    assert "and 2932 more" in text


def test_many_columns_are_counted():
    model = fx.Model("y ~ 0 + d + (1 | s)", fx.load("InstEval").head(3000))
    text = details(model.design)
    assert f"and {model.design.X.shape[1] - 40} more" in text
    assert "d[15]" in text


def test_columns_that_follow_from_others_are_named():
    data = {"y": np.arange(6.0), "x": np.arange(6.0) ** 2, "z": 2 * np.arange(6.0) ** 2 + 1}
    with pytest.warns(fx.RankWarning):
        design = fx.Model("y ~ x + z", data).design
    assert "left out, as they follow from the others: z" in details(design)


def test_a_right_side_of_nothing_has_no_columns():
    data = {"y": np.arange(6.0), "g": list("aabbcc")}
    assert "columns of X: 0\n  none" in details(fx.Model("y ~ 0 + (1 | g)", data).design)


def test_every_parameter_with_a_predictor_is_told():
    model = fx.Model("Reaction ~ Days; sigma ~ Days", fx.load("sleepstudy"))
    text = details(model.design)
    assert "columns of X of mu: 1 + Days" in text
    assert "columns of X of sigma: 1 + Days" in text
