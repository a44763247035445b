"""The binomial family: how trials are said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from formix import FormulaError, Model

DATA = pd.DataFrame(
    {
        "x": np.arange(4.0),
        "k": [0, 2, 5, 3],
        "n": [5, 5, 5, 8],
        "few": [1, 1, 9, 9],
        "half": [0.5, 1.0, 2.0, 3.0],
        "f": ["a", "b", "a", "b"],
    }
)


@pytest.mark.parametrize("response", ["cbind(k, n - k)", "prop(k, n)", "k | trials(n)"])
def test_three_spellings_are_one_model(response: str):
    model = Model(f"{response} ~ x", DATA, "binomial")
    assert model.data["trials"].tolist() == [5, 5, 5, 8]
    assert list(model.data.values())[-1].tolist() == [0, 2, 5, 3]
    assert "known    trials from 5 to 8" in str(model)


def test_one_number_of_trials_is_that_of_every_row():
    model = Model("k | trials(8) ~ x", DATA, "binomial")
    assert model.data["trials"].tolist() == [8] * 4
    assert "known    trials of 8" in str(model)


def test_draws_from_the_prior_lie_within_the_trials():
    drawn = Model("prop(k, n) ~ x", DATA, "binomial").prior(draws=200, seed=1)
    counts = drawn["prior_predictive"]["prop(k, n)"].to_numpy().reshape(-1, 4)
    assert (counts >= 0).all()
    assert (counts <= DATA["n"].to_numpy()).all()
    assert len(np.unique(counts)) == 9


def test_precision_weights_are_refused_with_what_to_write():
    with pytest.raises(FormulaError, match="says nothing of a binomial response") as caught:
        Model("k | weights(n) ~ x", DATA, "binomial")
    assert "trials are said by prop(successes, trials)" in str(caught.value)
