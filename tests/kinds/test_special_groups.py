"""Levels of special groups: unions, factors that covariances differ by, weights, new data."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from r_results import design_of

from formix.design.encoding import encode, learn
from formix.design.frame import open_data
from formix.engines.marginal.support import supports
from formix.errors import DataError, FormulaError
from formix.formulas import expand
from formix.kinds import KINDS
from formix.models import Model


def rows() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "y": np.arange(6.0),
            "a": ["p", "q", "p", "r", "q", "p"],
            "b": ["q", "s", "r", "q", "p", "q"],
            "f": ["u", "v", "u", "u", "v", "u"],
            "w": [1.0, 2.0, 3.0, 0.0, 1.0, 1.0],
            "v": [1.0, 2.0, 1.0, 1.0, 3.0, 0.0],
        }
    )


def test_levels_are_all_that_any_member_has():
    (block,) = design_of("y ~ (1 | mm(a, b))", rows()).blocks
    assert (block.group, block.levels) == ("mm(a, b)", ("p", "q", "r", "s"))
    np.testing.assert_array_equal(block.index[:3], [[0, 1], [1, 3], [0, 2]])
    assert block.varying.members == 2
    assert block.varying.weights is None


def test_levels_stand_in_the_factors_own_order():
    order = pd.CategoricalDtype(["s", "r", "q", "p", "never"])
    (block,) = design_of("y ~ (1 | mm(a, b))", rows().astype({"a": order, "b": order})).blocks
    assert block.levels == ("s", "r", "q", "p")
    numbers = pd.DataFrame({"y": [1.0, 2.0], "a": [10, 9], "b": [100, 9]})
    assert design_of("y ~ (1 | mm(a, b))", numbers).blocks[0].levels == (9, 10, 100)


def test_weights_of_a_row_are_divided_by_their_sum():
    (block,) = design_of("y ~ (1 | mm(a, b, weights = cbind(w, v)))", rows()).blocks
    np.testing.assert_allclose(block.varying.weights[2], [0.75, 0.25])
    text = "y ~ (1 | mm(a, b, weights = cbind(w, v), scale = FALSE))"
    (block,) = design_of(text, rows()).blocks
    np.testing.assert_array_equal(block.varying.weights, rows()[["w", "v"]])


@pytest.mark.parametrize(("w", "v"), [(0.0, 0.0), (-1.0, 2.0)])
def test_weights_that_cannot_be_divided(w: float, v: float):
    table = rows()
    table.loc[3, ["w", "v"]] = w, v
    with pytest.raises(DataError, match=r"weights of `mm\(a, b\)` in row 3 are negative or all 0"):
        design_of("y ~ (1 | mm(a, b, weights = cbind(w, v)))", table)
    assert design_of("y ~ (1 | mm(a, b, weights = cbind(w, v), scale = FALSE))", table)
    with pytest.raises(FormulaError, match="`f` is not a column of numbers"):
        design_of("y ~ (1 | mm(a, b, weights = cbind(w, f)))", table)


def test_a_covariance_by_factor():
    (block,) = design_of("y ~ (1 | gr(a, by = f))", rows()).blocks
    assert block.group == "a"
    assert (block.varying.by, block.varying.by_levels) == ("f", ("u", "v"))
    np.testing.assert_array_equal(block.varying.by_of, [0, 1, 0])


def test_a_level_has_one_covariance():
    formula = "y ~ (1 | gr(b, by = f))"
    with pytest.raises(FormulaError, match="level q of `b` occurs with two levels of `f`") as found:
        design_of(formula, rows().assign(f=list("uvuvuu")))
    assert found.value.span.of(formula) == "f"
    assert "(1 | b:f)" in found.value.hint


def test_new_data_have_the_levels_that_were_learnt():
    terms = expand("y ~ (1 | mm(a, b, weights = cbind(w, v))) + (1 | gr(a, by = f, cov = A))")
    data = open_data(rows()).read(("y", "a", "b", "f", "w", "v"))
    relation = {"A": np.eye(3)}
    model = Model(terms.text, rows(), matrices=relation)
    encoding = learn(terms, data, KINDS)
    new = pd.DataFrame({"a": ["r", "new"], "b": ["s", "p"], "f": ["u", "u"], "w": 1.0, "v": 3.0})
    frame = open_data(new).read(("a", "b", "f", "w", "v"))
    members, related = encode(terms, encoding, frame, KINDS, new=True).blocks
    assert (members.levels, related.levels) == (("p", "q", "r", "s"), ("p", "q", "r"))
    np.testing.assert_array_equal(members.index, [[2, 3], [-1, 0]])
    np.testing.assert_array_equal(related.index, [2, -1])
    np.testing.assert_array_equal(related.varying.by_of, [0, 1, 0])
    assert members.levels == model.design.blocks[0].levels


@pytest.mark.parametrize(
    ("group", "reason"),
    [
        ("gr(a, cov = A)", "its levels are related"),
        ("gr(a, by = f)", "its covariance differs by f"),
        ('gr(a, dist = "student")', "its effects are of a t distribution"),
        ("gr(a, sum_to_zero = TRUE)", "its effects sum to zero"),
        ("mm(a, b)", "its rows belong to several levels"),
    ],
)
def test_why_they_are_not_integrated(group: str, reason: str):
    matrices = {"A": np.eye(3)} if "cov" in group else None
    model = Model(f"y ~ (1 | {group})", rows(), matrices=matrices)
    assert supports(model.spec) == f"(1 | {group}): {reason}"
