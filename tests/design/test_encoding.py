"""What a design remembers, and what it makes of new data and of missing values."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from r_results import design_and_encoding, design_of, new_design, results

from formix.design.encoding import Encoding
from formix.errors import ArgumentError, DataError, FormulaError, UnknownLevelError

NAN = np.nan


def data():
    generator = np.random.default_rng(4)
    rows = np.arange(40)
    return pd.DataFrame(
        {
            "y": generator.normal(size=40),
            "x": generator.normal(size=40),
            "f": pd.Categorical(np.array(["lo", "mid", "hi"])[rows % 3], ["lo", "mid", "hi"]),
            "s": np.array(["v", "u"])[rows % 2],
            "o": pd.Categorical(np.array(list("abcd"))[rows % 4], ordered=True),
            "b": rows % 5 == 0,
            "g": rows % 7 * 10,
            "h": np.array(["p", "q", "r"])[rows // 14],
        }
    )


FORMULAS = [
    "y ~ 1",
    "y ~ 0 + f",
    "y ~ x * f + s + b + o",
    "y ~ poly(x, 2):f + C(s, Sum) + (x * f | g)",
    "y ~ scale(x) + (bs(x, 5) || h) + (1 | g:h) + offset(log(x + 5))",
    "log(y + 10) ~ f:o + (0 + o | g/h); sigma ~ x + (1 | g)",
    "s ~ ns(x, 3)",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_training_is_learn_and_encode(formula):
    """New data that are the training data, or a part of them, make the same rows."""
    whole = data()
    design, encoding = design_and_encoding(formula, whole)
    some = np.array([39, 3, 3, 20, 11])
    part = new_design(formula, encoding, whole.iloc[some].reset_index(drop=True))
    for ours, theirs in zip(part.predictors, design.predictors, strict=True):
        np.testing.assert_array_equal(ours.X, theirs.X[some])
        assert ours.columns == theirs.columns
    for ours, theirs in zip(part.blocks, design.blocks, strict=True):
        np.testing.assert_array_equal(ours.Z, theirs.Z[some])
        np.testing.assert_array_equal(ours.index, theirs.index[some])
        assert ours.levels == theirs.levels
    np.testing.assert_array_equal(part.response.values, design.response.values[some])
    assert part.response.levels == design.response.levels


@pytest.mark.parametrize("formula", FORMULAS)
def test_an_encoding_is_json(formula):
    _, encoding = design_and_encoding(formula, data(), contrasts={"f": "sum"})
    again = Encoding.from_json(encoding.to_json())
    assert again == encoding
    assert again.to_json() == encoding.to_json()
    kinds = {name: c["kind"] for name, c in json.loads(encoding.to_json())["columns"].items()}
    assert kinds == {name: c.kind for name, c in encoding.columns.items()}


def test_a_part_of_the_levels_keeps_all_columns():
    formula = "y ~ f + o + b"
    _, encoding = design_and_encoding(formula, data())
    new = {"f": ["hi", "hi"], "o": ["d", "a"], "b": [True, True]}
    design = new_design(formula, encoding, new)
    labels = ("Intercept", "f[mid]", "f[hi]", "o[.L]", "o[.Q]", "o[.C]", "b[True]")
    assert design.columns == labels
    np.testing.assert_array_equal(design.X[:, [1, 2, 6]], [[0, 1, 1]] * 2)
    np.testing.assert_allclose(design.X[0, 3:6], [1.5 / 5**0.5, 0.5, 0.5 / 5**0.5])
    assert np.isnan(design.response.values).all()


@pytest.mark.parametrize(
    ("formula", "new", "level", "known"),
    [
        ("y ~ f", {"f": ["lo", "zz"]}, "zz", "lo, mid, hi"),
        ("y ~ x:f", {"f": ["zz"], "x": [1.0]}, "zz", "lo, mid, hi"),
        ("y ~ I(f == 'lo')", {"f": ["zz"]}, "zz", "lo, mid, hi"),
        ("y ~ x + (f | g)", {"f": ["zz"], "x": [1.0], "g": [10]}, "zz", "lo, mid, hi"),
        ("y ~ factor(g)", {"g": [15]}, "15", "0, 10, 20, 30, 40, 50, 60"),
    ],
)  # fmt: skip
def test_levels_that_are_not_known(formula, new, level, known):
    _, encoding = design_and_encoding(formula, data())
    with pytest.raises(UnknownLevelError) as caught:
        new_design(formula, encoding, new)
    assert level in caught.value.message
    assert known in caught.value.hint
    assert caught.value.text == formula


def test_a_level_that_occurs_only_in_rows_left_out_is_not_known():
    whole = data()
    whole.loc[whole["f"] == "hi", "y"] = NAN
    _, encoding = design_and_encoding("y ~ f", whole)
    with pytest.raises(UnknownLevelError, match="hi"):
        new_design("y ~ f", encoding, {"f": ["hi"]})


def test_groups_of_new_data():
    """An unknown level, a missing one and a missing column all have index -1."""
    _, encoding = design_and_encoding("y ~ x + (x | g) + (1 | g:h)", data())
    new = pd.DataFrame(
        {"x": [1.0, 2.0, 3.0, 4.0], "g": [10, 99, NAN, 0], "h": ["p", "p", "p", None]}
    )
    design = new_design("y ~ x + (x | g) + (1 | g:h)", encoding, new)
    np.testing.assert_array_equal(design.blocks[0].index, [1, -1, -1, 0])
    labels = design.blocks[1].levels
    np.testing.assert_array_equal(design.blocks[1].index, [labels.index("10:p"), -1, -1, -1])
    bare = new_design("y ~ x + (x | g) + (1 | g:h)", encoding, {"x": [1.0, 2.0]})
    assert [block.index.tolist() for block in bare.blocks] == [[-1, -1], [-1, -1]]
    assert bare.blocks[0].Z.tolist() == [[1, 1], [1, 2]]


def test_new_data_may_have_other_types():
    _, encoding = design_and_encoding("y ~ x + f + (1 | g)", data())
    design = new_design("y ~ x + f + (1 | g)", encoding, {"x": [1], "f": ["mid"], "g": [20.0]})
    assert design.X.tolist() == [[1, 1, 1, 0]]
    assert design.blocks[0].index.tolist() == [2]


def test_a_column_of_another_kind():
    _, encoding = design_and_encoding("y ~ x + f", data())
    with pytest.raises(FormulaError, match="`x` was a number when the model was made"):
        new_design("y ~ x + f", encoding, {"x": ["a"], "f": ["lo"]})
    with pytest.raises(FormulaError, match="`f` was a factor when the model was made"):
        new_design("y ~ x + f", encoding, {"x": [1.0], "f": [3]})


def test_rows_of_new_data_with_missing_values_are_left_out():
    _, encoding = design_and_encoding("y ~ x + (1 | g)", data())
    new = pd.DataFrame({"x": [1.0, NAN, 3.0], "g": [10, 10, NAN]}, index=["a", "b", "c"])
    design = new_design("y ~ x + (1 | g)", encoding, new)
    assert design.rows.tolist() == ["a", "c"]
    assert design.kept.tolist() == [0, 2]
    assert design.notes == ("1 of 3 rows was left out: a value is missing (x 1)",)


@pytest.mark.parametrize("entry", results("missing"), ids=lambda e: e["formula"])
def test_missing_values_are_lme4s(entry):
    """What a call learns it learns, as in R, from every row that has its own columns."""
    table = pd.DataFrame(
        {
            "y": [1.5, NAN, 2.5, 0.1, 7.7, NAN, 3.1, 2.2, 9.1, 4.2, 5.5, 6.1, 0.3, 8.8, 2.9, 4.4],
            "x": [3, 100, 1, 4, NAN, 5, 9, 2, 6, 5, 3, 5, NAN, 8, 9, 7],
            "k": [1, 2, 3, 4] * 4,
            "g": [*"uvw" * 5, None],
        }
    )
    letters = [*"acabbc", None, *"ababababa"]
    table["f"] = pd.Categorical(letters, ["c", "a", "b"])
    design = design_of(entry["formula"], table)
    assert [str(row + 1) for row in design.rows] == entry["rows"]
    assert [column.r for column in design["mu"].columns] == entry["columns"]
    np.testing.assert_allclose(design.X, np.array(entry["X"], float), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(design.response.values, entry["y"], rtol=1e-12)
    assert [effect.column.r for effect in design.blocks[0].effects] == entry["effects"]
    assert list(design.blocks[0].levels) == entry["levels"]
    lost = 16 - len(entry["rows"])
    assert design.notes[0].startswith(f"{lost} of 16 rows were left out: a value is missing (")


def test_rows_that_all_miss_something():
    table = {"y": [1.0, NAN], "x": [NAN, 2.0]}
    with pytest.raises(DataError, match="no row has a value in each of `y`, `x`") as caught:
        design_of("y ~ x", table)
    assert caught.value.hint == "missing are: y 1, x 1"
    with pytest.raises(DataError, match="`x` has no values"):
        design_of("y ~ x", {"y": [1.0, 2.0], "x": [NAN, NAN]})


def test_dependent_columns_are_left_out_and_told():
    table = data().assign(twice=lambda d: 2 * d["x"], k=3.0)
    design, encoding = design_and_encoding("y ~ x + twice + k + f", table)
    assert design.columns == ("Intercept", "x", "f[mid]", "f[hi]")
    assert [column.label for column in design["mu"].dropped] == ["twice", "k"]
    assert design.notes == ("2 columns of mu left out, for they depend on earlier ones: twice, k",)
    new = new_design("y ~ x + twice + k + f", encoding, table.iloc[:1])
    assert new.X.shape == (1, 4)


def test_contrasts_by_argument():
    table = data()
    sum_, matrix = {"f": "sum"}, {"f": np.array([[1, 0], [0, 1], [-1, -1]])}
    design = design_of("y ~ f", table, contrasts=sum_)
    assert design.columns == ("Intercept", "f[1]", "f[2]")
    np.testing.assert_array_equal(design.X, design_of("y ~ f", table, contrasts=matrix).X)
    named = {"f": pd.DataFrame(matrix["f"], columns=["u", "v"])}
    assert design_of("y ~ f", table, contrasts=named).columns == ("Intercept", "f[u]", "f[v]")
    bars = design_of("y ~ f + (f | g) + (C(f, Sum) | h)", table, contrasts=sum_).blocks
    assert bars[0].columns == ("Intercept", "f[mid]", "f[hi]")
    assert bars[1].columns == ("Intercept", "C(f, Sum)[1]", "C(f, Sum)[2]")


def test_a_narrow_matrix_of_contrasts_is_not_completed():
    M = np.array([[1.0, 0.0], [2.0, 1.0], [4.0, 0.0], [4.0, 1.0]])
    table = data()
    two = design_of("y ~ o", table, contrasts={"o": M})
    assert [column.r for column in two["mu"].columns] == ["(Intercept)", "o1", "o2"]
    np.testing.assert_array_equal(two.X[:, 1:], M[np.arange(40) % 4])
    one = design_of("y ~ o", table, contrasts={"o": M[:, :1]})
    assert one.columns == ("Intercept", "o[1]")


@pytest.mark.parametrize("levels", [[0, 1], ["a", "b"]])
def test_an_unused_level_is_dropped_also_where_levels_are_0_and_1(levels):
    table = data().assign(k=pd.Categorical([levels[1]] * 40, levels), c=data()["f"])
    two = table.assign(k=pd.Categorical([levels[i % 2] for i in range(40)], levels))
    assert design_of("y ~ k", two).columns == ("Intercept", f"k[{levels[1]}]")
    with pytest.raises(FormulaError, match="`k` has one level"):
        design_of("y ~ k", table)
    response = design_of("k ~ x", table).response
    assert response.levels == (levels[1],)


def test_contrasts_by_the_name_of_a_column_or_the_text_of_a_call():
    table = data().rename(columns={"f": "the f"})
    odd = design_of("y ~ `the f`", table, contrasts={"the f": "sum"})
    assert odd.columns == ("Intercept", "`the f`[1]", "`the f`[2]")
    call = design_of("y ~ factor(g)", table, contrasts={"factor(g)": "helmert"})
    assert call.columns[1:] == tuple(f"factor(g)[{k}]" for k in range(1, 7))


def test_contrasts_for_what_is_no_factor():
    table = data()
    note = "the contrasts of `s` are not used: the formula has no such factor"
    assert design_of("y ~ f", table, contrasts={"s": "sum"}).notes == (note,)
    with pytest.raises(ArgumentError, match="given for `x`, which is not a factor"):
        design_of("y ~ x", table, contrasts={"x": "sum"})
    with pytest.raises(ArgumentError, match='are "foo", which is no contrast that is known'):
        design_of("y ~ f", table, contrasts={"f": "foo"})
    with pytest.raises(ArgumentError, match="are int"):
        design_of("y ~ f", table, contrasts={"f": 3})
    with pytest.raises(FormulaError, match="have 2 rows, and it has 3 levels"):
        design_of("y ~ f", table, contrasts={"f": np.eye(2)})


def test_blocks_of_one_id_are_one_across_formulas():
    formula = "y ~ x + (x | p | g); sigma ~ (1 | p | g) + (1 | h)"
    design, encoding = design_and_encoding(formula, data())
    first, second = design.blocks
    assert [(e.predictor, e.column.label) for e in first.effects] == [
        ("mu", "Intercept"),
        ("mu", "x"),
        ("sigma", "Intercept"),
    ]
    assert first.Z.shape == (40, 3)
    assert first.labels == ("Intercept", "x", "sigma.Intercept")
    assert (second.group, second.prefix) == ("h", "sigma.")
    assert new_design(formula, encoding, data()).blocks[0].Z.shape == (40, 3)


def test_offsets_add_up():
    design = design_of(
        "y ~ x + offset(log(x + 5)) + offset(b) + offset(2 * x)", data().assign(b=1.0)
    )
    x = data()["x"].to_numpy()
    np.testing.assert_allclose(design["mu"].offset, np.log(x + 5) + 1 + 2 * x)
    assert design_of("y ~ x", data())["mu"].offset is None


def test_where_a_double_bar_is_not_lme4s():
    notes = design_of("y ~ x + (x || g)", data()).notes
    assert notes == ()
    notes = design_of("y ~ x + (f + x || g)", data()).notes
    assert len(notes) == 1
    assert "lme4" in notes[0]
    assert "`f`" in notes[0]
    assert design_of("y ~ x + diag(f | g)", data()).notes == ()
