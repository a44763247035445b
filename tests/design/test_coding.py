"""The columns of terms: how they are coded, called and filled."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from r_results import design_of

from formix.design.coding import fill, layout, width
from formix.design.values import Factor, Matrix, Shape
from formix.syntax.parse import parse
from formix.terms.expand import expand

SHAPES = {
    "a": Shape("factor", levels=("a1", "a2", "a3")),
    "b": Shape("factor", levels=(False, True)),
    "x": Shape("number"),
    "m": Shape("number", names=("1", "2")),
}


def common(right):
    return expand(parse(f"y ~ {right}")).predictors[0].common


def labels(right):
    return [column.label for column in layout(common(right), SHAPES, {}).columns]


def test_labels_are_rs_names_with_brackets():
    columns = layout(common("a * x + b + m:b"), SHAPES, {}).columns
    plain = [c.label.replace("[", "").replace("]", "").replace("True", "TRUE") for c in columns[1:]]
    plain = [label.replace("False", "FALSE") for label in plain]
    assert plain == [column.r for column in columns[1:]]
    assert columns[0].label == "Intercept"
    assert columns[0].r == "(Intercept)"
    assert [column.term for column in columns[:4]] == ["1", "a", "a", "x"]


def test_the_first_variable_varies_fastest():
    assert labels("0 + a:b") == [
        "a[a1]:b[False]", "a[a2]:b[False]", "a[a3]:b[False]",
        "a[a1]:b[True]", "a[a2]:b[True]", "a[a3]:b[True]",
    ]  # fmt: skip
    assert labels("0 + m:a")[:3] == ["m[1]:a[a1]", "m[2]:a[a1]", "m[1]:a[a2]"]


@pytest.mark.parametrize("rows", [1, 63, 64, 1000, 30001])
def test_filled_in_parts_as_at_once(rows):
    generator = np.random.default_rng(rows)
    values = {
        "a": Factor(generator.integers(0, 3, rows).astype(np.int32), ("a1", "a2", "a3")),
        "b": Factor(generator.integers(0, 2, rows).astype(np.int32), (False, True)),
        "x": generator.normal(size=rows),
        "m": Matrix(generator.normal(size=(rows, 2)), ("1", "2")),
    }
    plan = layout(common("0 + a + x + m:b + a:b:x"), SHAPES, {})
    out = np.full((rows, len(plan.columns)), np.nan, order="F")
    fill(out, plan, values)
    a = np.eye(3)[values["a"].codes]
    b = np.eye(2)[values["b"].codes]
    m, x = values["m"].values, values["x"]
    parts = [a, x[:, None]]
    parts += [m * b[:, [j]] for j in range(2)]
    parts += [a[:, [i]] * b[:, [j]] * x[:, None] for j in range(2) for i in range(3)]
    expected = np.hstack(parts)
    np.testing.assert_array_equal(out, expected)
    keep = [j % 2 == 0 for j in range(len(plan.columns))]
    some = np.full((rows, sum(keep)), np.nan)
    fill(some, plan, values, keep=keep)
    np.testing.assert_array_equal(some, expected[:, keep])
    tail = np.full((rows - rows // 2, len(plan.columns)), np.nan)
    fill(tail, plan, values, start=rows // 2)
    np.testing.assert_array_equal(tail, expected[rows // 2 :])


def test_width_bounds_the_columns_before_they_are_made():
    for right in ("1", "a * b * x", "0 + m:a", "a + b:x + m"):
        plan = layout(common(right), SHAPES, {})
        assert len(plan.columns) <= width(common(right), SHAPES)


def test_a_column_called_intercept():
    data = pd.DataFrame({"y": [1.0, 2, 4], "Intercept": [3.0, 1, 2]})
    design = design_of("y ~ Intercept", data)
    assert design.columns == ("Intercept", "`Intercept`")
    assert [column.r for column in design["mu"].columns] == ["(Intercept)", "Intercept"]
    assert design_of("y ~ 0 + Intercept", data).columns == ("`Intercept`",)


@pytest.mark.parametrize("name", ["odd name", "größe", "a:b", 'q"uote', "if", "x'y", "1st", "a\nb"])
def test_any_name_of_a_column(name):
    generator = np.random.default_rng(0)
    data = pd.DataFrame({"y": generator.normal(size=9), name: generator.normal(size=9)})
    data["f"] = list("abc") * 3
    design = design_of(f"y ~ `{name}` * f + I(`{name}`^2) + (`{name}` | f)", data)
    np.testing.assert_array_equal(design.X[:, 1], data[name])
    np.testing.assert_allclose(design.X[:, 4], data[name] ** 2)
    np.testing.assert_array_equal(design.blocks[0].Z[:, 1], data[name])
    groups = design_of(f"y ~ (1 | `{name}`)", data.assign(**{name: list("uvw") * 3}))
    assert groups.blocks[0].levels == ("u", "v", "w")


def test_calls_that_look_alike_are_two():
    generator = np.random.default_rng(1)
    data = pd.DataFrame(generator.normal(size=(9, 4)), columns=["y", "x", "z", "w"])
    data["x:z"] = generator.normal(size=9)
    design = design_of("y ~ I((x + z) * w) + I(x + z * w) + x:z + `x:z`", data)
    assert len(design.columns) == 5
    np.testing.assert_allclose(design.X[:, 1], (data["x"] + data["z"]) * data["w"])
    np.testing.assert_allclose(design.X[:, 2], data["x"] + data["z"] * data["w"])
    names = dict(zip(design.columns, design.X.T, strict=True))
    np.testing.assert_array_equal(names["`x:z`"], data["x:z"])
    np.testing.assert_array_equal(names["x:z"], data["x"] * data["z"])


def test_columns_of_one_name_are_told_apart():
    data = pd.DataFrame({"y": [1.0, 2, 4, 3], "x": [3.0, 1, 2, 5], "g": [1, 1, 2, 2]})
    block = design_of("y ~ (0 + cbind(x, x) | g)", data).blocks[0]
    assert block.columns == ("cbind(x, x)[x]", "cbind(x, x)[x]_2")
