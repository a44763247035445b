"""Known relations among levels: how a matrix may be given, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapes
import xarray as xr

import formix as fx
from formix.design.relations import among, read_relations
from formix.errors import ArgumentError, DataError

LEVELS = ("g0", "g1", "g2", "g3", "g4", "g5")


def matrix(size: int = 6) -> np.ndarray:
    return 0.5 ** np.abs(np.subtract.outer(np.arange(size), np.arange(size)))


def factor(value: object) -> np.ndarray:
    return among(read_relations({"A": value})["A"], "A", LEVELS, "g")


def test_levels_are_found_by_label_whatever_their_order():
    expected = np.linalg.cholesky(matrix())
    frame = pd.DataFrame(matrix(8), [*LEVELS, "g6", "g7"], [*LEVELS, "g6", "g7"])
    shuffled = frame.iloc[[5, 7, 0, 2, 1, 6, 4, 3], [1, 0, 7, 6, 5, 4, 3, 2]]
    labelled = xr.DataArray(shuffled, dims=("one", "other"))
    for given in (matrix(), matrix().tolist(), frame, shuffled, labelled):
        np.testing.assert_allclose(factor(given), expected, atol=1e-14)


def test_levels_may_be_called_what_xarray_calls_things():
    levels = ("dims", "indexes")
    shuffled = pd.DataFrame(matrix(2), levels, levels).iloc[::-1, ::-1]
    assert read_relations({"A": shuffled})["A"].labels == levels[::-1]


def test_numbers_are_levels_by_value():
    given = pd.DataFrame(matrix(3), [1.0, 2.0, 3.0], [1, 2, 3])
    found = among(read_relations({"A": given})["A"], "A", (1, 3), "g")
    np.testing.assert_allclose(found @ found.T, matrix(3)[np.ix_([0, 2], [0, 2])])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (np.ones((2, 3)), "`A` is not a square matrix: it is 2 x 3"),
        (3.0, "`A` is not a square matrix: it is one number"),
        (np.array([["a"]]), "`A` is not a matrix of numbers"),
        (np.array([[1.0, np.nan], [np.nan, 1.0]]), "missing or infinite"),
        (np.array([[1.0, 0.5], [0.4, 1.0]]), "`A` is not symmetric"),
        (pd.DataFrame(matrix(2), ["a", "b"], ["a", "c"]), "has the row 'b', and no column"),
        (pd.DataFrame(matrix(2), ["a", "a"], ["a", "a"]), "`A` has a level twice"),
        (xr.Dataset({"A": (("r", "c"), matrix(2))}, {"r": [1, 2], "c": [1, 2]}), "not a matrix"),
    ],
)
def test_what_is_no_matrix_of_relations(given: object, says: str):
    with pytest.raises(ArgumentError, match=says):
        read_relations({"A": given})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (pd.DataFrame(matrix(5), LEVELS[:5], LEVELS[:5]), "`A` has no row for 1 of the levels"),
        (matrix(7), "`A` is 7 x 7, and `g` has 6 levels"),
        (np.ones((6, 6)), "`A` is not positive definite: its smallest eigenvalue is"),
    ],
)
def test_a_matrix_that_does_not_suit_the_levels(given: object, says: str):
    with pytest.raises(DataError, match=says):
        factor(given)


def test_a_model_needs_the_matrices_it_names_and_no_others():
    formula = "y ~ x + (1 | gr(g, cov = A))"
    with pytest.raises(fx.FormulaError, match="`A` is the matrix of no relations") as refusal:
        fx.Model(formula, shapes.data())
    assert refusal.value.span.of(formula) == "(1 | gr(g, cov = A))"
    with pytest.raises(ArgumentError, match="the matrix `B` has no place in the formula"):
        fx.Model(formula, shapes.data(), matrices={"A": matrix(), "B": matrix()})
    with pytest.raises(ArgumentError, match="is not a dict of matrices by name"):
        fx.Model(formula, shapes.data(), matrices=[matrix()])


@pytest.mark.parametrize("labelled", [True, False])
def test_a_result_holds_them(labelled: bool, tmp_path):
    """A column of the data has the matrix's name, and both are kept."""
    rows = shapes.data().assign(A=1.0)
    given = pd.DataFrame(matrix(), LEVELS, LEVELS) if labelled else matrix()
    model = fx.Model("y ~ A:x + (x | gr(g, cov = A))", rows, matrices={"A": given})
    drawn = model.prior(draws=3, seed=1)
    again = fx.model(fx.read(fx.write(drawn, tmp_path / "prior.nc")))
    assert again.source == model.source
    for name, values in model.data.items():
        np.testing.assert_array_equal(again.data[name], values)
    assert list(drawn.constant_data["A_level"].values[:2]) == (["g0", "g1"] if labelled else [0, 1])
