"""The common effects: what X refuses, and what it leaves out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from r_results import design_of

from formix.errors import FormulaError
from formix.kinds.common import MOST_COLUMNS


def data(n=30):
    generator = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "y": generator.normal(size=n),
            "x": generator.normal(size=n),
            "one": "a",
            "f": generator.choice(["u", "v"], n),
        }
    )


def refused(formula, table, **options):
    with pytest.raises(FormulaError) as caught:
        design_of(formula, table, **options)
    return caught.value


@pytest.mark.parametrize("formula", ["y ~ one", "y ~ 0 + one", "y ~ x:one", "y ~ x; sigma ~ one"])
def test_a_factor_of_one_level(formula):
    error = refused(formula, data())
    assert error.message == '`one` has one level only, "a": there is nothing to compare'
    assert error.span.of(formula) == "one"


def test_as_many_columns_as_are_made():
    n = MOST_COLUMNS + 10
    table = pd.DataFrame({"y": np.arange(float(n)), "id": [f"i{k}" for k in range(n)]})
    error = refused("y ~ id", table)
    assert f"at most {MOST_COLUMNS:,} are made" in error.message
    assert "(1 | id)" in error.hint
    assert error.span.of("y ~ id") == "id"
    assert len(design_of("y ~ 1 + (1 | id)", table).blocks[0].levels) == n


def test_the_base_of_a_contrast_that_does_not_occur():
    table = data().assign(f=lambda d: pd.Categorical(d["f"], ["u", "v", "w"]))
    error = refused("y ~ C(f, treatment, base = 'w')", table)
    assert error.message.startswith('"w", the base of')


def test_without_columns():
    design = design_of("y ~ 0", data())
    assert design.X.shape == (30, 0)
    assert design.columns == ()


def test_more_columns_than_rows():
    table = data(4).assign(
        z=lambda d: d["x"] ** 2, w=lambda d: d["x"] ** 3, v=lambda d: d["y"] ** 2
    )
    matrix = design_of("y ~ x + z + w + v", table)["mu"]
    assert len(matrix.columns) == 4
    assert [column.label for column in matrix.dropped] == ["v"]


def test_every_parameter_has_its_own_matrix():
    design = design_of("y ~ x + f; sigma ~ f", data())
    assert [matrix.name for matrix in design.predictors] == ["mu", "sigma"]
    assert design["sigma"].labels == ("Intercept", "f[v]")
    assert design["sigma"].has_intercept
    np.testing.assert_array_equal(design["sigma"].X[:, 1], design["mu"].X[:, 2])
