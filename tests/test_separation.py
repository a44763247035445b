"""What a likelihood without a maximum is said to come from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import formix as fx
from formix.errors import DataError
from formix.separation import separation

ROWS = 48


def frame(zero: str = "") -> pd.DataFrame:
    """Counts from 1 to 4, but for those where the condition holds."""
    generator = np.random.default_rng(2)
    made = pd.DataFrame(
        {
            "x": generator.normal(size=ROWS),
            "f": np.tile(list("abcd"), ROWS // 4),
            "z": np.tile([0, 0, 0, 1, 1, 1], ROWS // 6),
            "g": np.repeat(np.arange(6), ROWS // 6),
            "y": 1 + np.arange(ROWS) % 4,
        }
    )
    return made.assign(y=made["y"].mask(made.eval(zero), 0)) if zero else made


@pytest.mark.parametrize("name", ["poisson", "negative_binomial"])
@pytest.mark.parametrize(
    ("formula", "zero", "says"),
    [
        ("y ~ x", "x == x", "every count is 0; model.fit()"),
        ("y ~ f", "f == 'c'", "every count is 0 where `f[c]` is not 0; "),
        ("y ~ f + x", "f == 'a'", "every count is 0 at the first level of `f`; "),
        ("y ~ 0 + f", "f == 'a'", "every count is 0 where `f[a]` is not 0; "),
        ("y ~ x + z", "z == 0", "every count is 0 where `z` is 0; "),
        ("y ~ z * f", "z == 1 and f == 'b'", "every count is 0 where `z:f[b]` is not 0; "),
        ("y ~ z * f", "z == 0 and f == 'b'", "is there a level, or a combination of levels,"),
        # With slopes of either sign some rows' rates rise: the one value tells nothing.
        ("y ~ x", "x > 0", "is there a level, or a combination of levels,"),
    ],
)
@pytest.mark.filterwarnings("ignore:`y` is the same in every row")
def test_where_counts_are_all_zero_is_named(formula: str, zero: str, says: str, name: str):
    assert says in separation(fx.Model(f"{formula} + (1 | g)", frame(zero), name).spec)


def test_of_other_families_it_is_another_question():
    logits = fx.Model("prop(z, y) ~ x + (1 | g)", frame(), "binomial").spec
    assert separation(logits).startswith("does a column tell all successes from failures?")
    numbers = fx.Model("y ~ x + (1 | g)", frame(), "gamma")
    assert separation(numbers.spec) == "model.fit() has priors that hold coefficients"


def test_estimates_say_it():
    with pytest.raises(DataError, match=r"no maximum[\s\S]*every count is 0 where `f\[c\]` is not"):
        fx.Model("y ~ f + (1 | g)", frame("f == 'c'"), "poisson").ml()
