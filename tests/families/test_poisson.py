"""The Poisson family: its ends, its intercept's prior, and what it refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from formix import FormulaError, Model, poisson
from formix.families.draws import poisson_counts

DATA = pd.DataFrame(
    {
        "x": np.arange(4.0),
        "k": [0, 2, 5, 3],
        "n": [5, 5, 5, 8],
        "half": [0.5, 1.0, -2.0, 3.0],
        "f": ["a", "b", "a", "b"],
    }
)


def test_a_mean_of_zero_has_only_zero_and_one_below_it_nothing():
    found = poisson.log_density(np.array([0.0, 1.0, 1.0]), {"mu": np.array([0.0, 0.0, -1.0])})
    assert found.tolist() == [0.0, -np.inf, -np.inf]


def test_counts_beyond_integers_and_below_zero():
    found = poisson_counts(np.random.default_rng(1), np.array([1e40, np.inf, -1.0, np.nan, 0.0]))
    assert found[0] == pytest.approx(1e40)
    np.testing.assert_array_equal(found[1:], [np.inf, np.nan, np.nan, 0.0])


def test_the_default_intercept_of_counts_is_finite_where_all_are_zero():
    data = DATA.assign(k=0)
    with pytest.warns(UserWarning, match="k"):
        model = Model("k ~ x", data, "poisson")
    # Half a count in four rows.
    assert str(model.priors["beta[Intercept@means]"].prior) == "Normal(-2.079, 2.5)"


def test_the_default_intercept_is_per_unit_of_exposure():
    model = Model("k ~ x + offset(log(n))", DATA, "poisson")
    # Ten and a half counts in an exposure of 23.
    assert str(model.priors["beta[Intercept@means]"].prior) == "Normal(-0.7841, 2.5)"


def test_precision_weights_are_refused():
    with pytest.raises(FormulaError, match="says nothing of a poisson response") as caught:
        Model("k | weights(n) ~ x", DATA, "poisson")
    assert "it is for families with one, such as gaussian" in str(caught.value)
