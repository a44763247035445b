"""Data from which little can be learnt."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from r_results import design_of

import formix as fx
from formix.design.checks import concerns
from formix.errors import DataWarning

DATA = pd.DataFrame(
    {
        "y": [1.0, 2.5, 4.0, 8.0],
        "same": 3.0,
        "x": [0.0, 1.0, 0.5, 3.0],
        "g": list("uuvv"),
        "one": "u",
        "row": list("abcd"),
        "s": 1.0,
        "n": 5,
        "none": 0,
    }
)


def said(formula, data=DATA, dispersion=True):
    return concerns(design_of(formula, data), dispersion=dispersion)


@pytest.mark.parametrize(
    ("formula", "part"),
    [
        ("y ~ x + (1 | one)", "`one` has one level"),
        ("y ~ x + (1 | row)", "`row` has a level for every row"),
        ("y ~ x + (x | row)", "`row` has a level for every row"),
        ("y ~ x + (1 | row:g)", "`row:g` has a level for every row"),
        ("same ~ x + (1 | g)", "`same` is the same in every row"),
        ("none | trials(n) ~ x + (1 | g)", "`none` has no success in any row"),
        ("n | trials(n) ~ x + (1 | g)", "`n` has no failure in any row"),
    ],
)
def test_what_gives_reason_to_warn(formula, part):
    (text,) = said(formula)
    assert part in text


def test_a_model_warns_once():
    with pytest.warns(DataWarning) as caught:
        fx.Model("y ~ x + (1 | one)", DATA)
    assert [str(warning.message) for warning in caught] == list(said("y ~ x + (1 | one)"))
    assert caught[0].filename == __file__


def test_one_row():
    (text, other) = said("y ~ 1 + (1 | g)", DATA.iloc[:1])
    assert "one row" in text
    assert "one level" in other


@pytest.mark.parametrize(
    "formula",
    ["y ~ x + (1 | g)", "y | weights(x + 1) ~ x + (1 | row)", "cbind(n, n) ~ x + (1 | g)"],
)
def test_what_does_not(formula):
    assert said(formula) == ()


@pytest.mark.parametrize(
    ("addition", "warns"),
    [
        ("se(s)", False),
        ("se(n)", False),
        # Its own variance and sigma's add up to one number in every row.
        ("se(n, sigma = TRUE)", True),
        ("weights(x + 1)", False),
        ("weights(n)", True),
    ],
)
def test_what_is_known_tells_levels_of_one_row_from_the_residuals(addition, warns):
    formula = f"y | {addition} ~ x + (1 | row)"
    if not warns:
        assert fx.Model(formula, DATA).design.response.known
        return
    with pytest.warns(DataWarning, match="`row` has a level for every row"):
        fx.Model(formula, DATA)


def test_a_level_a_row_is_fine_without_a_residual():
    assert said("n ~ x + (1 | row)", DATA.assign(n=[1, 2, 3, 4]), dispersion=False) == ()


def test_each_is_said_once():
    assert len(said("y ~ x + (1 | one) + (0 + x | one)")) == 1
    assert len(said("y ~ 1 + (1 | one) + (1 | row)")) == 2
    assert np.isfinite(DATA["y"]).all()
