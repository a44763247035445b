"""What tells one model from another, and what does not."""

from __future__ import annotations

import numpy as np
import pytest

import formix as fx
from formix.likeness import likeness, unlike

FORMULA = "y ~ x + z + (x | g) + (1 | h)"


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(5)
    rows = np.arange(48)
    return {
        "y": rng.poisson(3.0, 48).astype(float),
        "x": rng.normal(size=48),
        "z": rng.normal(size=48),
        "g": np.array(["a", "b", "c", "d"])[rows % 4],
        "h": np.array(["u", "v", "w"])[rows % 3],
    }


def of(data, formula=FORMULA, family="gaussian"):
    return likeness(fx.Model(formula, data, family).spec)


def test_orders_of_rows_and_terms_and_names_of_levels_do_not_tell_models_apart(data):
    there = of(data)
    shuffled = np.random.default_rng(1).permutation(48)
    assert unlike(of({name: x[shuffled] for name, x in data.items()}), there) == ""
    assert unlike(of(data, "y ~ 1 + z + x + (1 | h) + (1 + x | g)"), there) == ""
    assert unlike(of({**data, "g": np.char.add("G", data["g"])}), there) == ""


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("y ~ x + z + (1 | g) + (1 | h)", "`sd(x | g)` is in the fit alone"),
        ("y ~ x + z + (x || g) + (1 | h)", "`cor((Intercept), x | g)` is in the fit alone"),
        ("y ~ x + z + (x | g) + (z | h)", "`sd(z | h)` is not in the fit"),
        ("y ~ x + z + (x | g) + (1 | g:h)", "`sd((Intercept) | g:h)` is not in the fit"),
    ],
)
def test_other_groups_do(data, formula, says):
    assert says in unlike(of(data, formula), of(data))


@pytest.mark.parametrize(
    "column",
    [
        lambda d: {"y": 2.0 * d["y"] + 100.0},
        lambda d: {"y": d["y"] + 1e-4},
        lambda d: {"y": d["y"][::-1]},
        lambda d: {"x": 3.0 * d["x"]},
        lambda d: {"g": np.sort(d["g"])},
    ],
)
def test_other_data_do(data, column):
    assert unlike(of({**data, **column(data)}), of(data)) == "its data are not those of the fit"


def test_other_families_links_and_numbers_of_rows_do(data):
    other = of(data, family="poisson")
    assert "gaussian with the identity link, and that of the fit poisson" in unlike(of(data), other)
    fewer = {name: x[:-1] for name, x in data.items()}
    assert unlike(of(fewer), of(data)) == "it has 47 rows, and the fit 48"


@pytest.mark.parametrize(
    ("formula", "family"),
    [("y | weights(w) ~ x + (1 | g)", "gaussian"), ("y | trials(w) ~ x + (1 | g)", "binomial")],
)
def test_what_is_known_of_the_rows_does(data, formula, family):
    more = {**data, "w": np.arange(20.0, 68.0)}
    other = {**more, "w": more["w"][::-1]}
    there = of(more, formula, family)
    assert unlike(of(other, formula, family), there) == "its data are not those of the fit"
    assert unlike(of(more, formula, family), there) == ""
