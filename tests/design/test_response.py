"""The response, and what is known of it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from r_results import dataset, design_and_encoding, design_of, new_design

from formix.errors import FormulaError, UnknownLevelError

DATA = pd.DataFrame(
    {
        "y": [1.0, 2.0, 4.0, 8.0],
        "x": [0.0, 1.0, 0.5, 3.0],
        "k": [1, 0, 3, 2],
        "n": [4, 5, 3, 2],
        "w": [0.0, 1.0, 2.0, 0.5],
        "f": pd.Categorical(["b", "a", "c", "a"], ["c", "b", "a", "unused"]),
        "s": ["no", "yes", "yes", "no"],
        "b": [True, False, True, True],
        "c": ["none", "left", "right", "none"],
        "bad": [1.0, -1.0, 0.5, 1.0],
    }
)


def response(left, data=DATA):
    return design_of(f"{left} ~ x", data).response


@pytest.mark.parametrize(
    ("left", "values", "levels"),
    [
        ("y", [1, 2, 4, 8], ()),
        ("log2(y)", [0, 1, 2, 3], ()),
        ("y / 2 + 1", [1.5, 2, 3, 5], ()),
        ("-y", [-1, -2, -4, -8], ()),
        ("(y)", [1, 2, 4, 8], ()),
        ("f", [1, 2, 0, 2], ("c", "b", "a")),
        ("s", [0, 1, 1, 0], ("no", "yes")),
        ("b", [1, 0, 1, 1], ("False", "True")),
        ("y > 2", [0, 0, 1, 1], ("False", "True")),
        ("f[a]", [0, 1, 0, 1], ("not a", "a")),
        ("s[no]", [1, 0, 0, 1], ("yes", "no")),
        ("b[False]", [0, 1, 0, 0], ("True", "False")),
        ("factor(k)", [1, 0, 3, 2], (0, 1, 2, 3)),
        ("k[3]", [0, 0, 1, 0], ("not 3", "3")),
    ],
)
def test_values(left, values, levels):
    found = response(left)
    np.testing.assert_allclose(found.values, values)
    assert found.values.dtype == np.float64
    assert found.levels == levels


@pytest.mark.parametrize(
    "left", ["cbind(k, n - k)", "prop(k, n)", "proportion(k, n)", "k | trials(n)"]
)
def test_successes_of_trials(left):
    found = response(left)
    np.testing.assert_array_equal(found.values, DATA["k"])
    np.testing.assert_array_equal(found.known["trials"], DATA["n"])


def test_the_trials_of_cbpp():
    data = dataset("cbpp")
    found = design_of("cbind(incidence, size - incidence) ~ period + (1 | herd)", data).response
    np.testing.assert_array_equal(found.known["trials"], data["size"])
    assert found.name == "cbind(incidence, size - incidence)"
    fixed = design_of("prop(incidence, 40) ~ period", data).response
    assert set(fixed.known["trials"]) == {40.0}


@pytest.mark.parametrize(
    ("addition", "known"),
    [
        ("se(n)", {"se": DATA["n"]}),
        ("se(n, sigma = TRUE)", {"se": DATA["n"], "se_sigma": [1, 1, 1, 1]}),
        ("se(n, sigma = FALSE)", {"se": DATA["n"]}),
        ("weights(n)", {"weights": DATA["n"]}),
        ('weights(n, kind = "precision")', {"weights": DATA["n"]}),
        ('weights(w, kind = "likelihood")', {"likelihood_weights": DATA["w"]}),
        ("trials(n)", {"trials": DATA["n"]}),
        ("trials(10)", {"trials": [10] * 4}),
        ("cens(c)", {"cens": [0, -1, 1, 0]}),
        ("cens(b)", {"cens": [1, 0, 1, 1]}),
        ("cens(k - 1)", {"cens": [0, -1, 2, 1]}),
        ("cens(2 * b, y + n)", {"cens": [2, 0, 2, 2], "cens_upper": DATA["y"] + DATA["n"]}),
        ("trunc(lb = 0)", {"trunc_lower": [0] * 4}),
        ("trunc(0, y + n)", {"trunc_lower": [0] * 4, "trunc_upper": DATA["y"] + DATA["n"]}),
        ("rate(n)", {"rate": DATA["n"]}),
        ("rate(denom = n)", {"rate": DATA["n"]}),
        ("se(sqrt(n)) + trunc(lb = 0)", {"se": np.sqrt(DATA["n"]), "trunc_lower": [0] * 4}),
        (
            'se(n) + weights(sqrt(w), kind = "likelihood")',
            {"se": DATA["n"], "likelihood_weights": np.sqrt(DATA["w"])},
        ),
    ],
)
def test_what_is_known_of_each_row(addition, known):
    left = f"y | {addition}"
    if addition == "cens(k - 1)":
        with pytest.raises(FormulaError, match="interval censoring needs the upper end"):
            response(left)
        left = "y | cens(k - 1, 9)"
        known = {**known, "cens_upper": [9] * 4}
    found = response(left).known
    assert found.keys() == known.keys()
    for name, values in known.items():
        np.testing.assert_array_equal(found[name], np.asarray(values, dtype=float))


@pytest.mark.parametrize(
    ("addition", "what", "rows"),
    [
        ("trunc(lb = 2)", "`y` must lie within bounds", "1 row: 0"),
        ("trunc(ub = n)", "`y` must lie within bounds", "2 rows: 2, 3"),
        ("trunc(y + k, y + 1)", "the lower bound must lie below the upper one", "3 rows: 0, 2, 3"),
        ("cens(2 * b, n)", "the upper end of an interval must lie above `y`", "2 rows: 2, 3"),
        ("cens(1) + trunc(ub = y + k)", "must lie below the upper bound of trunc()", "1 row: 1"),
        ("cens(2 * b, 9) + trunc(ub = 8)", "must lie below the upper bound of trunc()", "1 row: 3"),
        ("cens(x)", "must be left, none, right or interval (-1, 0, 1, 2)", "2 rows: 2, 3"),
        ("cens(s)", "must be left, none, right or interval (-1, 0, 1, 2)", "4 rows: 0, 1, 2, 3"),
    ],
)
def test_what_cannot_have_been_observed_counts_the_rows(addition, what, rows):
    formula = f"y | {addition}"
    with pytest.raises(FormulaError, match=re.escape(what)) as caught:
        response(formula)
    assert caught.value.message.endswith(rows)
    assert caught.value.span.of(f"{formula} ~ x") in addition


def test_an_end_of_a_row_that_is_no_interval_may_be_anything():
    known = response("y | cens(2 * b, 9 * b)").known
    assert known["cens_upper"].tolist() == [9, 0, 9, 9]


def test_a_row_that_is_no_interval_may_lack_the_upper_end():
    data = DATA.assign(end=[9.0, np.nan, 9.0, 9.0], other=[np.nan, 1.0, 9.0, 9.0])
    design = design_of("y | cens(2 * b, end) ~ x", data)
    np.testing.assert_array_equal(design.response.known["cens_upper"], [9, np.nan, 9, 9])
    assert design.rows.tolist() == [0, 1, 2, 3]
    # What is used elsewhere as well is needed in every row.
    assert len(design_of("y | cens(2 * b, end) ~ end", data).rows) == 3
    assert len(design_of("y | cens(2 * b, end) + trunc(ub = end) ~ x", data).rows) == 3
    with pytest.raises(FormulaError, match="must be a number; that is not so in 1 row: 0"):
        response("y | cens(2 * b, other)", data)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        ("y | se(w)", "`se(w)` must be above 0; it is not in 1 row: 0"),
        ("y | se(-n)", "`se(-n)` must be above 0; it is not in 4 rows: 0, 1, 2, 3"),
        ("y | se(f)", "`f` must be numbers"),
        ("y | se(log(bad))", "`log(bad)` is not a number in 1 row: 1"),
        ("y | weights(bad)", "`weights(bad)` must be above 0; it is not in 1 row: 1"),
        ("y | weights(w)", "`weights(w)` must be above 0; it is not in 1 row: 0"),
        ("y | weights(0)", "`weights(0)` must be above 0; it is not in 4 rows: 0, 1, 2, 3"),
        ("y | weights(s)", "`s` must be numbers"),
        (
            'y | weights(bad, kind = "likelihood")',
            '`weights(bad, kind = "likelihood")` must be at least 0; it is not in 1 row: 1',
        ),
        ("k | trials(bad)", "must be whole and at least 0; it is not in 2 rows: 1, 2"),
        ("y | cens(s)", "must be left, none, right or interval (-1, 0, 1, 2)"),
        ("y | rate(f)", "`f` must be numbers"),
        ("cbind(k, bad)", "`cbind(k, bad)` has failures that cannot be in 1 row"),
        ("prop(n, k)", "`prop(n, k)` has successes that cannot be in 2 rows"),
        ("cbind(k, n, k)", "`cbind(k, n, k)` has the same column twice"),
        ("cbind(k)", "`cbind` of a response takes two columns: successes and failures"),
        ("prop(k)", "`prop` of a response takes two columns: successes and trials"),
        ("poly(x, 2)", "`poly(x, 2)` has 2 columns, and a response has one"),
        ("f[zz]", '"zz" is not a level of `f`'),
        ("y[a]", '"a" is not a level of `y`'),
        ("log(f)", "`log` needs numbers, and was given a factor"),
        ("log(bad)", "`log(bad)` is not a number in 1 row: 1"),
    ],
)
def test_responses_that_are_none(left, said):
    with pytest.raises(FormulaError) as caught:
        response(left)
    assert said in caught.value.message
    assert caught.value.span is not None


@pytest.mark.parametrize("name", ["weights", "se"])
def test_a_row_without_what_is_known_is_left_out(name):
    holes = DATA.assign(w=[1.0, np.nan, 2.0, 3.0])
    design = design_of(f"y | {name}(w) ~ x", holes)
    assert design.kept.tolist() == [0, 2, 3]
    assert design.response.known[name].tolist() == [1, 2, 3]


def test_rows_of_no_weight_are_to_be_left_out_by_the_user():
    with pytest.raises(FormulaError) as caught:
        response("y | weights(w)")
    assert caught.value.hint == "leave out the rows of no weight"


def test_new_data_keep_the_levels():
    _, encoding = design_and_encoding("f | trials(n) ~ x", DATA)
    formula = "f | trials(n) ~ x"
    there = new_design(formula, encoding, {"f": ["a", "a"], "x": [1.0, 2.0], "n": [3, 4]})
    assert there.response.levels == ("c", "b", "a")
    np.testing.assert_array_equal(there.response.values, [2, 2])
    absent = new_design(formula, encoding, {"x": [1.0, 2.0], "n": [3, 4]})
    assert np.isnan(absent.response.values).all()
    np.testing.assert_array_equal(absent.response.known["trials"], [3, 4])
    assert new_design(formula, encoding, {"x": [1.0]}).response.known == {}
    with pytest.raises(UnknownLevelError, match='"zz" is not a level'):
        new_design(formula, encoding, {"f": ["zz"], "x": [1.0], "n": [3]})


def test_a_missing_response_does_not_cost_new_data_a_row():
    formula = "log(y) | weights(w) ~ x"
    _, encoding = design_and_encoding(formula, DATA.assign(w=1.0))
    holes = {"y": [np.nan, 2.0, 1.0], "x": [1.0, 2.0, np.nan], "w": [1.0, np.nan, 3.0]}
    new = new_design(formula, encoding, holes)
    assert new.kept.tolist() == [0, 1]
    np.testing.assert_array_equal(new.response.values, [np.nan, np.log(2.0)])
    np.testing.assert_array_equal(new.response.known["weights"], [1.0, np.nan])
    _, encoding = design_and_encoding("s ~ x", DATA)
    new = new_design("s ~ x", encoding, {"s": [None, "yes"], "x": [1.0, 2.0]})
    np.testing.assert_array_equal(new.response.values, [np.nan, 1])
    assert new.response.levels == ("no", "yes")


def test_a_response_remembers_its_transform():
    _, encoding = design_and_encoding("scale(y) ~ x", DATA)
    new = new_design("scale(y) ~ x", encoding, DATA.iloc[:1])
    expected = (1 - DATA["y"].mean()) / DATA["y"].std()
    np.testing.assert_allclose(new.response.values, [expected])
