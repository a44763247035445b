"""The arguments that make a model again are found, tried, or not claimed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import formix as fx
from formix.reporting.arguments import arguments

SLEEP = "Reaction ~ Days + (Days | Subject)"


def _again(formula, data, *args, **options):
    model = fx.Model(formula, data, *args, **options)
    found = arguments(model, model.recipe)
    assert found is not None
    made = found.model(model.frame)
    assert made.source == model.source
    assert str(made.priors) == str(model.priors)
    return found


def test_a_packaged_dataset_is_recognised():
    found = _again(SLEEP, fx.load("sleepstudy"))
    assert (found.formula, found.family, found.dataset) == (SLEEP, "gaussian", "sleepstudy")
    assert [*found.priors, *found.contrasts, *found.parametrisation] == []


def test_some_of_its_rows_are_not_it():
    assert _again(SLEEP, fx.load("sleepstudy").iloc[:170]).dataset == ""


def test_one_other_number_is_another_dataset():
    data = fx.load("sleepstudy")
    data.loc[3, "Reaction"] += 0.5
    assert _again(SLEEP, data).dataset == ""


@pytest.mark.parametrize(
    "priors",
    [
        "brms",
        {"beta": "Normal(0, 10)", "sd": "HalfNormal(50)"},
        {"": "brms", "sd_Subject[Days]": "HalfCauchy(5)", "beta[Days]": "Normal(0, 1)"},
        {"sigma^2": "InverseGamma(2, 1)"},
        {"cor": "LKJ(2)"},
    ],
    ids=str,
)
def test_priors_are_given_as_they_were(priors):
    found = _again(SLEEP, fx.load("sleepstudy"), priors=priors)
    assert found.priors == ({"": priors} if isinstance(priors, str) else priors)


@pytest.mark.parametrize("prior", ["Horseshoe(1)", "R2D2()"])
def test_priors_of_all_coefficients_together_are_spelled_out(prior: str):
    found = _again(SLEEP, fx.load("sleepstudy"), priors={"beta": prior})
    assert list(found.priors) == ["beta"]
    assert found.priors["beta"].startswith(prior.partition("(")[0])


def test_contrasts_are_given_as_they_were():
    given = {"recipe": "sum"}
    found = _again("angle ~ recipe + (1 | replicate)", fx.load("cake"), contrasts=given)
    assert found.contrasts == given


def test_links_that_are_not_the_default_are_named():
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 3.0], "x": [0.0, 1.0, 2.0, 3.0]})
    assert _again("y ~ x", data, "gamma(inverse)").family == "gamma(mu=inverse)"
    assert _again("y ~ x; sigma ~ x", data).family == "gaussian"
    assert _again("y ~ x; sigma ~ x", data, "gaussian(sigma=identity)").family == (
        "gaussian(sigma=identity)"
    )


def test_formulas_of_several_parameters_stand_in_one_text():
    found = _again(["Reaction ~ Days", "sigma ~ Days"], fx.load("sleepstudy"))
    assert found.formula == "Reaction ~ Days; sigma ~ Days"


def test_centred_effects_stay_centred():
    found = _again(SLEEP, fx.load("sleepstudy"), parametrisation="centred")
    assert found.parametrisation == {"Subject": "centred"}


def test_what_text_cannot_say_is_not_claimed():
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 3.0], "x": [0.0, 1.0, 2.0, 3.0]})
    own = fx.Model("y ~ f(x)", data, functions={"f": np.tanh})
    assert arguments(own, own.recipe) is None


def test_arguments_that_make_another_model_are_not_claimed():
    one = fx.Model("Reaction ~ Days", fx.load("sleepstudy"))
    other = fx.Model("Reaction ~ Days", fx.load("sleepstudy"), priors={"sigma": "HalfNormal(3)"})
    changed = {"priors": one.recipe.priors, "source_sha256": other.recipe.source_sha256}
    assert arguments(one, type(one.recipe)(**{**vars(one.recipe), **changed})) is None
