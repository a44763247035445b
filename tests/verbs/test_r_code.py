"""R's code of a model: of a fit too, and what it refuses."""

from __future__ import annotations

import pytest
from fit_at import random_fit

import formix as fx
from formix.verbs.r_names import brms_name


def test_the_code_of_a_fit_is_that_of_its_model():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    assert str(fx.r_code(random_fit(model))) == str(fx.r_code(model))


def test_it_prints_as_it_is():
    code = fx.r_code(fx.Model("Reaction ~ Days", fx.load("sleepstudy"), priors="brms"))
    assert repr(code) == str(code)
    assert repr(code).splitlines()[0] == "fit <- lm(Reaction ~ Days, data = data)"


def test_a_users_own_function_is_a_remark_to_r():
    data = {"y": [1.0, 2.0, 4.0, 3.0], "x": [0.0, 1.0, 2.0, 3.0]}
    model = fx.Model("y ~ double(x)", data, functions={"double": lambda x: 2.0 * x})
    assert "# R needs a function `double` of yours" in str(fx.r_code(model))


@pytest.mark.parametrize(
    ("r", "brms"),
    [
        ("Days", "Days"),
        ("recipeB:temp", "recipeB:temp"),
        ("poly(Days, 2)1", "polyDays21"),
        ("I(x^2)", "IxE2"),
        ("temperature^4", "temperatureE4"),
        ("x - 1", "xM1"),
    ],
)
def test_coefficients_are_called_as_brms_does(r: str, brms: str):
    """By brms's own replacement of symbols: blanks and brackets go, operators become letters."""
    assert brms_name(r) == brms


def test_names_that_r_reserves_stand_in_backticks():
    data = {
        "y": [1.0, 2.0, 4.0, 3.0],
        "next": [0.0, 1.0, 2.0, 3.0],
        "odd name": [1.0, 0.0, 0.0, 1.0],
    }
    code = str(fx.r_code(fx.Model("y ~ next + `odd name`", data)))
    assert "y ~ `next` + `odd name`" in code
