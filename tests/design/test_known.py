"""What is said of each row beside its response: levels as bounds and as ends of intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import formix as fx

GRADES = ["no", "low", "mid", "high", "top"]

DATA = pd.DataFrame(
    {
        "grade": pd.Categorical(["no", "low", "mid", "high"] * 3, GRADES, ordered=True),
        "upto": ["low", "mid", "top", "top"] * 3,
        "seen": ["none", "left", "interval", "right"] * 3,
        "all": ["right"] * 12,
        "part": ["none", "left", "right", "none"] * 3,
        "step": [1, 2, 3, 4] * 3,
        "bound": [2.0, 3.0, 5.0, 9.0] * 3,
        "x": np.arange(12.0),
        "n": [1, 2, 3, 4] * 3,
    }
)


def known(formula: str, family: str = "cumulative"):
    return fx.Model(formula, DATA, family).spec.response.known


def test_bounds_and_ends_are_codes_of_the_levels_that_they_name():
    found = known("grade | cens(seen, upto) + trunc(ub = upto) ~ x")
    np.testing.assert_array_equal(found["cens_upper"], [1, 2, 4, 4] * 3)
    np.testing.assert_array_equal(found["trunc_upper"], [1, 2, 4, 4] * 3)
    found = known('grade | trunc("no", "high") ~ x')
    np.testing.assert_array_equal(found["trunc_lower"], np.zeros(12))
    np.testing.assert_array_equal(found["trunc_upper"], np.full(12, 3.0))


def test_a_response_seen_in_part_keeps_the_levels_that_no_row_shows():
    assert fx.Model("grade ~ x", DATA, "acat").spec.response.levels == tuple(GRADES[:4])
    model = fx.Model("grade | cens(seen, upto) ~ x", DATA, "acat")
    assert model.spec.response.levels == tuple(GRADES)


def test_whole_numbers_are_bounded_by_whole_numbers():
    found = known("step | cens(part, step + 1) + trunc(ub = bound) ~ x")
    np.testing.assert_array_equal(found["trunc_upper"], [1.0, 2.0, 4.0, 8.0] * 3)


def test_the_upper_end_of_an_interval_is_a_level():
    data = DATA.assign(seen=["none", "left", "interval", "none"] * 3)
    model = fx.Model("step | cens(seen, step + 4) ~ x", data, "sratio")
    assert model.spec.response.levels == (1, 2, 3, 4, 5, 6, 7)
    np.testing.assert_array_equal(model.spec.response.known["cens_upper"], [4, 5, 6, 7] * 3)


def test_the_text_of_a_model_names_the_bounds():
    text = str(fx.Model('grade | trunc("no", "high") ~ x', DATA, "cumulative"))
    assert "truncated below bounds of no and above bounds of high" in text


@pytest.mark.parametrize(
    ("formula", "family", "says"),
    [
        ('grade | trunc(ub = "hi") ~ x', "cumulative", '"hi" is not a level of the response'),
        ("grade | trunc(lb = 1) ~ x", "cumulative", '"1" is not a level of the response'),
        ("grade | cens(seen, n) ~ x", "acat", '"1" is not a level of the response'),
        ("grade | cens(seen, poly(x, 2)) ~ x", "acat", "`poly(x, 2)` must be numbers"),
        ('step | trunc(ub = "high") ~ x', "cumulative", '"high" is a level, and the response has'),
        ('grade | trunc("high", "no") ~ x', "cratio", "the lower bound must lie below the upper"),
        ('grade | trunc(ub = "mid") ~ x', "cratio", "`grade` must lie within bounds"),
        ('grade | trunc("no", "top") ~ x', "acat", "`trunc()` leaves out no level of `grade`"),
        ("step | trunc(ub = 9) ~ x", "acat", "`trunc()` leaves out no level of `step`"),
        ("step | cens(all) ~ x", "sratio", "censored above 4, and a sratio response knows no"),
        ("n | trials(n) + cens(all) ~ x", "binomial", "must lie below its trials where more is"),
    ],
)
def test_what_cannot_be_said_is_refused(formula: str, family: str, says: str):
    with pytest.raises((fx.FormulaError, fx.DataError)) as caught:
        fx.Model(formula, DATA, family)
    assert says in str(caught.value)


def test_nothing_lies_above_the_last_level():
    data = DATA.assign(grade=pd.Categorical(DATA["grade"].astype(str), GRADES[:4], ordered=True))
    with pytest.raises(fx.FormulaError, match="there is no level above high"):
        fx.Model("grade | cens(seen, upto) ~ x", data.assign(upto="high"), "cumulative")


def test_a_level_that_is_not_one_names_those_there_are():
    with pytest.raises(fx.UnknownLevelError) as caught:
        fx.Model('grade | trunc(ub = "hi") ~ x', DATA, "cumulative")
    assert caught.value.hint == "its levels are: no, low, mid, high, top"
    assert caught.value.span.of(caught.value.text) == '"hi"'
