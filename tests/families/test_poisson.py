"""The Poisson family against SciPy, and the responses that it takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from families.drawn import check_moments
from scipy import stats

from formix import FormulaError, Model, poisson
from formix.errors import DataError
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


def test_log_density_is_scipys_elementwise():
    generator = np.random.default_rng(0)
    mu = generator.gamma(1.0, 5.0, size=(5, 7))
    y = generator.poisson(5.0, 7).astype(float)
    found = poisson.log_density(y, {"mu": mu})
    np.testing.assert_allclose(found, stats.poisson(mu).logpmf(y), rtol=1e-12)


def test_a_mean_of_zero_has_only_zero_and_one_below_it_nothing():
    found = poisson.log_density(np.array([0.0, 1.0, 1.0]), {"mu": np.array([0.0, 0.0, -1.0])})
    assert found.tolist() == [0.0, -np.inf, -np.inf]


@pytest.mark.parametrize("mu", [0.3, 7.0])
def test_draws_have_their_mean_and_variance(mu: float):
    check_moments(poisson, {"mu": mu}, mu, 1.0 / mu)


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


@pytest.mark.parametrize(
    ("response", "says"),
    [
        (
            "half",
            "a poisson response is a whole number of at least 0; `half` is not in 2 rows: 0.5, -2",
        ),
        ("f", "the response `f` is not numeric; a poisson response is a number"),
        ("prop(k, n)", "counts successes among trials; a poisson response is one number a row"),
    ],
)
def test_other_responses_are_refused(response: str, says: str):
    with pytest.raises(DataError) as caught:
        Model(f"{response} ~ x", DATA, "poisson")
    assert says in str(caught.value)


def test_precision_weights_are_refused():
    with pytest.raises(FormulaError, match="says nothing of a poisson response") as caught:
        Model("k | weights(n) ~ x", DATA, "poisson")
    assert "it is for families with one, such as gaussian" in str(caught.value)
