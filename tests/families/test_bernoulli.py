"""The Bernoulli family against SciPy, and the responses that it takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from formix import Model, bernoulli
from formix.errors import DataError
from formix.spec import Response

DATA = pd.DataFrame(
    {
        "x": np.arange(6.0),
        "hit": [0, 1, 0, 1, 1, 0],
        "won": [True, False, True, True, False, False],
        "side": ["left", "right", "left", "right", "left", "left"],
        "f": ["a", "b", "c", "a", "b", "c"],
        "k": [0, 1, 2, 3, 1, 0],
        "n": [5] * 6,
        "half": [0.5, 1.0, 0.0, 0.0, 1.0, 1.0],
    }
)


def test_log_density_has_its_digits_where_the_probability_is_all_but_one():
    of = {"mu": np.ones(2), "logits": np.array([50.0, 800.0])}
    np.testing.assert_allclose(bernoulli.log_density(np.zeros(2), of), [-50.0, -800.0], rtol=1e-12)
    np.testing.assert_allclose(
        bernoulli.log_density(np.ones(1), {"logits": np.array([50.0])}), -np.exp(-50.0)
    )


@pytest.mark.parametrize(
    ("response", "ones"),
    [
        ("hit", [0, 1, 0, 1, 1, 0]),
        ("won", [1, 0, 1, 1, 0, 0]),
        ("side", [0, 1, 0, 1, 0, 0]),
        ("side[left]", [1, 0, 1, 0, 1, 1]),
        ("f[b]", [0, 1, 0, 0, 1, 0]),
        ("k[3]", [0, 0, 0, 1, 0, 0]),
    ],
)
def test_numbers_truths_and_levels_are_ones_and_zeros(response: str, ones: list[int]):
    model = Model(f"{response} ~ x", DATA, "bernoulli")
    assert list(model.data.values())[-1].tolist() == ones


@pytest.mark.parametrize(
    ("response", "says"),
    [
        (
            "k",
            "a bernoulli response is 0 or 1, a truth, or one of two levels; "
            "`k` is not in 2 rows: 2, 3",
        ),
        ("half", "`half` is not in 1 row: 0.5"),
        ("f", "the response `f` has 3 levels; a bernoulli response has two"),
        ("f", "name the one that counts as success, as in `f[c]`; there are: a, b, c"),
        (
            "cbind(k, n - k)",
            "the response `cbind(k, n - k)` counts successes among trials; "
            "a bernoulli response is one yes or no a row",
        ),
        ("k | trials(n)", "take the family binomial"),
    ],
)
def test_other_responses_are_refused(response: str, says: str):
    with pytest.raises(DataError) as caught:
        Model(f"{response} ~ x", DATA, "bernoulli")
    assert says in str(caught.value)
    assert caught.value.span.of(f"{response} ~ x").startswith(response.split(" |")[0])


def test_one_level_is_refused_with_what_to_write():
    fault = bernoulli.check(Response("same", np.zeros(3), ("only",)))
    assert fault is not None
    assert str(fault).startswith("the response `same` has 1 level; a bernoulli response has two")
    assert "as in `same[only]`" in str(fault)
