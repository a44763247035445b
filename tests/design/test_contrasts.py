"""Contrast matrices are R's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from formix.design.contrasts import (
    NAMES,
    Contrast,
    contrast_matrix,
    contrast_suffixes,
    from_matrix,
    named,
)

ABCD = ["a", "b", "c", "d"]

# contr.treatment(4), contr.SAS(4), contr.sum(4), contr.helmert(4), contr.poly(4) of R 4.2.2
OF_R = {
    "treatment": [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "SAS": [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]],
    "sum": [[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, -1, -1]],
    "helmert": [[-1, -1, -1], [1, -1, -1], [0, 2, -1], [0, 0, 3]],
    "poly": [
        [-0.67082039324993692, 0.5, -0.22360679774997877],
        [-0.22360679774997896, -0.5, 0.67082039324993714],
        [0.22360679774997896, -0.5, -0.67082039324993692],
        [0.67082039324993692, 0.5, 0.22360679774997877],
    ],
}


@pytest.mark.parametrize("name", NAMES)
def test_matrices(name):
    np.testing.assert_allclose(contrast_matrix(Contrast(name), ABCD), OF_R[name], atol=1e-14)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", [2, 3, 7, 40])
def test_with_the_intercept_they_span_everything(name, n):
    levels = [str(i) for i in range(n)]
    matrix = contrast_matrix(Contrast(name), levels)
    assert matrix.shape == (n, n - 1)
    assert np.linalg.matrix_rank(np.column_stack([np.ones(n), matrix])) == n
    assert len(contrast_suffixes(Contrast(name), levels)) == n - 1


@pytest.mark.parametrize("n", [3, 20, 200])
def test_polynomials_are_orthonormal_for_many_levels(n):
    matrix = contrast_matrix(Contrast("poly"), [str(i) for i in range(n)])
    np.testing.assert_allclose(matrix.T @ matrix, np.eye(n - 1), atol=1e-12)
    np.testing.assert_allclose(matrix.sum(axis=0), 0, atol=1e-12)
    assert (matrix[-1, :15] > 0).all()


def test_names_of_columns():
    assert contrast_suffixes(Contrast("treatment"), ABCD) == ["b", "c", "d"]
    assert contrast_suffixes(Contrast("treatment", base="c"), ABCD) == ["a", "b", "d"]
    assert contrast_suffixes(Contrast("SAS"), ABCD) == ["a", "b", "c"]
    assert contrast_suffixes(Contrast("sum"), ABCD) == ["1", "2", "3"]
    assert contrast_suffixes(Contrast("poly"), [*ABCD, "e"]) == [".L", ".Q", ".C", "^4"]
    assert contrast_suffixes(Contrast("poly", width=2), ABCD) == [".L", ".Q"]


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("contr.sum", "sum"), ("Sum", "sum"), ("sum", "sum"), ("Helmert", "helmert"),
        ("contr.treatment", "treatment"), ("Treatment", "treatment"), ("Poly", "poly"),
        ("contr.SAS", "SAS"), ("sas", "SAS"), ("polynomial", "poly"), ("foo", None),
        ("contr.foo", None), ("", None),
    ],
)  # fmt: skip
def test_spellings(spelling, name):
    assert named(spelling) == (None if name is None else Contrast(name))


@pytest.mark.parametrize("columns", [1, 2, 3, 4])
def test_a_matrix_keeps_exactly_its_columns(columns):
    """model.matrix(~ f, contrasts.arg = list(f = M)) names them f1, f2 and completes nothing."""
    M = np.arange(4.0 * columns).reshape(4, columns) ** 2
    np.testing.assert_array_equal(contrast_matrix(from_matrix(M), ABCD), M)
    assert contrast_suffixes(from_matrix(M), ABCD) == ["1", "2", "3", "4"][:columns]


def test_matrices_of_the_user():
    named_columns = from_matrix(pd.DataFrame({"u": [1, 0, 0, 0], "v": [0, 1, 0, 0]}))
    assert named_columns.labels == ("u", "v")
    assert list(contrast_suffixes(named_columns, ABCD)) == ["u", "v"]
    assert from_matrix("text") is None
    assert from_matrix([1, 2]) is None
    assert from_matrix([[np.nan, 1], [1, 2]]) is None


@pytest.mark.parametrize(
    "contrast",
    [
        Contrast("sum"),
        Contrast("treatment", base="b", width=1, bare=True),
        from_matrix(pd.DataFrame({"u": [1.5, 0.0], "v": [0.0, 1.0]})),
    ],
)
def test_json(contrast):
    assert Contrast.from_dict(contrast.to_dict()) == contrast
