"""Wrong arguments of public calls end in an error of ours that says what to give."""

from __future__ import annotations

import numpyro.distributions as dist
import pytest
import shapes

import formix as fx


def model(formula: str = "y ~ x + (x | g)", **given: object) -> fx.Model:
    return fx.Model(formula, shapes.data(), **given)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"priors": 3}, "neither the name of a set nor a dict"),
        ({"priors": []}, "neither the name of a set nor a dict"),
        ({"priors": {3: "Normal(0, 1)"}}, "neither the name of a set nor a dict"),
        ({"priors": {"sigma": dist.Gamma}}, "is a class of distributions"),
        ({"priors": {"sigma": dist.Delta(1.0)}}, "not a prior of a continuous parameter"),
        ({"priors": {"beta[x]": dist.Poisson(3.0)}}, "not a prior of a continuous parameter"),
        ({"priors": {"cor_g": dist.LKJ(3, 2.0)}}, "3 x 3 matrices, and `cor_g` is 2 x 2"),
        ({"contrasts": "sum"}, "not a dict of contrasts"),
        ({"functions": [1]}, "not a dict of functions"),
        ({"functions": {"f": 1}}, "not a dict of functions"),
        ({"family": 3}, "is not a family"),
    ],
)
def test_models(given: dict[str, object], says: str):
    with pytest.raises(fx.FormixError) as refusal:
        model(**given)
    assert says in str(refusal.value)


@pytest.mark.parametrize("settings", [{"draws": 0}, {"draws": 2.5}, {"seed": "a"}, {"seed": -1}])
def test_prior_draws(settings: dict[str, object]):
    with pytest.raises(fx.ArgumentError, match="whole number"):
        model().prior(**settings)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"drws": 3}, "did you mean `draws`"),
        ({"engine": "stan"}, "no engine 'stan'"),
        ({"draws": 0, "engine": "nuts"}, "whole number"),
        ({"engine": "nuts", "seed": 1.5}, "whole number"),
    ],
)
def test_fits(settings: dict[str, object], says: str):
    with pytest.raises(fx.ArgumentError, match=says):
        model().fit(**settings)


@pytest.mark.parametrize(
    ("formula", "says", "marked"),
    [
        ("y ~ x; foo ~ 1", "`foo` is not a parameter of gaussian", "foo"),
        ("y ~ x; nu = 4", "its parameters: mu, sigma", "nu"),
        ("y ~ x; y ~ 1", "a model has one response, in its first formula", "y"),
        ("cbind(n, k) ~ x", "counts successes among trials", "cbind(n, k)"),
        ("prop(k, n + 9) ~ x", "counts successes among trials", "prop(k, n + 9)"),
    ],
)
def test_formulas_that_do_not_suit_the_family(formula: str, says: str, marked: str):
    with pytest.raises(fx.FormixError) as refusal:
        model(formula)
    assert says in str(refusal.value)
    assert refusal.value.span.of(formula) == marked
