"""Families of responses with levels: their draws, means, priors, and the responses they take."""

from __future__ import annotations

import level_shapes
import numpy as np
import pandas as pd
import pytest
from level_shapes import LEVELS
from scipy import special, stats

import formix as fx
from formix.engines.choice import choose
from formix.engines.concavity import CONCAVE
from formix.errors import DataError, FormulaError
from formix.families import FAMILIES, Family

DRAWS = 20_000
FARTHEST = 5.0
"""In standard errors, of the share of a level: a false alarm in a million seeds each."""

DATA = pd.DataFrame(
    {
        "x": np.arange(6.0),
        "grade": pd.Categorical(list("abcabc"), list("abc"), ordered=True),
        "loose": list("bcabca"),
        "only": pd.Categorical(["a"] * 6, ["a"], ordered=True),
        "step": [1, 2, 3, 1, 2, 4],
        "zero": [0, 1, 2, 0, 1, 2],
        "half": [0.5, 1, 2, 1, 1, 2],
        "n": [2, 3, 0, 1, 4, 2],
        "m": [1, 0, 2, 2, 1, 1],
        "p": [0.2, 0.3, 0.1, 0.5, 0.6, 0.2],
        "q": [0.5, 0.3, 0.4, 0.3, 0.2, 0.5],
        "r": [0.3, 0.4, 0.5, 0.2, 0.2, 0.3],
    }
)


def shape_of(family: Family, kind: str = "intercepts") -> level_shapes.LevelShape:
    return next(s for s in level_shapes.SHAPES if s.name == f"{family.name}_{kind}")


@pytest.mark.parametrize("one", LEVELS, ids=repr)
def test_it_has_shapes_of_every_link(one: Family):
    tried = {s.family.link("mu").name for s in level_shapes.SHAPES if s.family.name == one.name}
    assert tried == set(one["mu"].links)


@pytest.mark.parametrize("one", LEVELS, ids=repr)
def test_what_samples_it_and_the_reason_is_said(one: Family):
    engine, declined = choose(shape_of(one).model().spec, "auto")
    concave = one.link("mu").name in CONCAVE.get(one.name, ())
    assert engine.name == ("whitened" if concave else "nuts")
    assert declined["marginal"].startswith(f"the family is {one.name}, and only a gaussian")


@pytest.mark.parametrize("one", LEVELS, ids=repr)
@pytest.mark.parametrize("priors", ["default", "brms", "flat"])
def test_every_set_of_priors_prints_a_program(one: Family, priors: str):
    model = shape_of(one).model(priors=priors)
    assert "numpyro.sample" in model.source
    assert all(np.all(np.isfinite(entry.prior.arguments)) for entry in model.priors)


@pytest.mark.parametrize("one", LEVELS, ids=repr)
def test_a_prior_predictive_draw_is_a_response_that_the_family_takes(one: Family):
    model = shape_of(one).model()
    name = model.design.response.name
    drawn = model.prior(draws=50, seed=2)["prior_predictive"][name].to_numpy()
    assert drawn.shape == (1, 50, *model.design.response.values.shape)
    assert not np.isnan(drawn).any()
    if one.codes:
        assert set(np.unique(drawn)) <= set(range(len(model.design.response.levels)))


@pytest.mark.parametrize(
    "shape", [*level_shapes.SHAPES, *level_shapes.DISTRIBUTIONAL], ids=lambda shape: shape.name
)
def test_a_result_rebuilds_its_model(shape: level_shapes.LevelShape):
    model = shape.model()
    again = fx.Model.from_recipe(model.recipe)
    assert again.source == model.source
    assert dict(again.spec.fixed) == dict(model.spec.fixed)


@pytest.mark.parametrize("one", [f for f in LEVELS if f.codes], ids=repr)
def test_shares_of_drawn_levels_are_the_mean(one: Family):
    logits = np.array([-1.0, 0.3, 1.2]) if one.thresholds else np.array([0.0, -0.4, 1.1, 0.2])
    given = {"logits": np.broadcast_to(logits, (DRAWS, 1, len(logits)))}
    mean = one.mean(given)[0, 0]
    if one.thresholds:
        eta, threshold = np.zeros(1), logits if not one.onward else -logits
        law = level_shapes.level_probabilities(one.name, special.expit, eta, threshold, 1.0)[0]
    else:
        law = special.softmax(logits)
    np.testing.assert_allclose(mean, law, rtol=1e-12)
    drawn = one.draw(np.random.default_rng(1), given)[:, 0]
    shares = np.array([np.mean(drawn == level) for level in range(4)])
    assert np.all(np.abs(shares - law) <= FARTHEST * np.sqrt(law * (1.0 - law) / DRAWS))


def test_drawn_counts_have_the_mean_and_variance_of_a_multinomial():
    logits, trials = np.array([0.0, -0.4, 1.1]), 7.0
    given = {"logits": np.broadcast_to(logits, (DRAWS, 1, 3)), "trials": np.array([trials])}
    p = special.softmax(logits)
    drawn = fx.multinomial.draw(np.random.default_rng(1), given)[:, 0]
    variance = trials * p * (1.0 - p)
    np.testing.assert_allclose(fx.multinomial.mean(given)[0, 0], trials * p)
    assert np.all(np.abs(drawn.mean(0) - trials * p) <= FARTHEST * np.sqrt(variance / DRAWS))
    kurtosis = np.array([stats.binom(trials, q).stats("k") for q in p])
    away = np.abs(drawn.var(0, ddof=1) - variance)
    assert np.all(away <= FARTHEST * variance * np.sqrt((kurtosis + 2.0) / DRAWS))


def test_drawn_shares_have_the_mean_and_variance_of_a_dirichlet():
    logits, phi = np.array([0.0, -0.4, 1.1]), 5.0
    given = {"logits": np.broadcast_to(logits, (DRAWS, 1, 3)), "phi": np.array([phi])}
    law = stats.dirichlet(phi * special.softmax(logits))
    drawn = fx.dirichlet.draw(np.random.default_rng(1), given)[:, 0]
    np.testing.assert_allclose(drawn.sum(-1), 1.0)
    np.testing.assert_allclose(fx.dirichlet.mean(given)[0, 0], law.mean())
    assert np.all(np.abs(drawn.mean(0) - law.mean()) <= FARTHEST * np.sqrt(law.var() / DRAWS))
    # A share lies between 0 and 1, so its fourth moment about the mean is below its variance.
    away = np.abs(drawn.var(0, ddof=1) - law.var())
    assert np.all(away <= FARTHEST * np.sqrt(law.var() / DRAWS))


@pytest.mark.parametrize(
    ("one", "response", "says"),
    [
        (fx.categorical, "x", "the response `x` is numeric; a categorical response is a factor"),
        (fx.categorical, "cbind(n, m)", "counts, and a categorical response is one level a row"),
        (fx.cumulative, "loose", "the levels of `loose` have no order, and a cumulative response"),
        (fx.cumulative, "zero", "whole numbers from 1 on; `zero` has 0"),
        (fx.acat, "half", "whole numbers from 1 on; `half` has 0.5"),
        (fx.cratio, "cbind(n, m)", "counts, and a cratio response is one level a row"),
        (fx.multinomial, "n", "the response `n` has 1 column; a multinomial response has a number"),
        (fx.multinomial, "cbind(p, q, r)", "a multinomial response is whole numbers of at least 0"),
        (fx.dirichlet, "cbind(n, m, p)", "a dirichlet response is numbers above 0 that sum to 1"),
        (fx.gaussian, "cbind(p, q, r)", "has 3 columns; a gaussian response has one number a row"),
        (fx.binomial, "cbind(p, q, r)", "has 3 columns; a binomial response has one number a row"),
        (fx.gaussian, "grade", "the response `grade` is not numeric"),
    ],
)
def test_other_responses_are_refused(one: Family, response: str, says: str):
    with pytest.raises(DataError) as caught:
        fx.Model(f"{response} ~ 1", DATA, one)
    assert says in str(caught.value)


@pytest.mark.parametrize("one", [fx.categorical, fx.sratio], ids=repr)
def test_one_level_is_refused(one: Family):
    with (
        pytest.warns(fx.DataWarning, match="is the same in every row"),
        pytest.raises(DataError, match="has one level only, a"),
    ):
        fx.Model("only ~ 1", DATA, one)


def test_thresholds_need_the_intercept_that_they_replace():
    with pytest.raises(FormulaError, match="the formula takes them away"):
        fx.Model("grade ~ 0 + x", DATA, "cumulative")


def test_whole_numbers_are_levels_from_one_to_the_largest():
    model = fx.Model("step ~ x", DATA, "cumulative")
    assert model.spec.response.levels == (1, 2, 3, 4)
    assert model.data["step"].tolist() == [0, 1, 2, 0, 1, 3]
    assert model.data["step"].dtype == np.int32
    assert "levels   1, 2, 3, 4, in this order; 3 thresholds" in str(model)


def test_a_column_written_as_ordered_has_levels_in_order():
    assert fx.Model("ordered(loose) ~ x", DATA, "acat").spec.response.levels == ("a", "b", "c")


@pytest.mark.parametrize(
    ("priors", "key", "says"),
    [
        ({"threshold": "Normal(0, 1)"}, "threshold", "ordered(dist.Normal(0.0, 1.0), 2)"),
        ({"threshold@means": "Normal(0, 3)"}, "threshold@means", "ordered(dist.Normal(0.0, 3.0)"),
        ("flat", "threshold@means", ""),
        ("brms", "threshold@means", "ordered(dist.StudentT(3.0, 0.0, 2.5), 2)"),
    ],
)
def test_thresholds_have_one_prior(priors, key: str, says: str):
    model = fx.Model("grade ~ x", DATA, "cumulative", priors=priors)
    assert says in model.source
    if priors != "flat":
        assert model.priors[key].key == key


def test_one_key_sets_the_coefficients_of_all_levels_and_a_narrower_one_wins():
    priors = {"beta": "Normal(0, 9)", "mu[c].beta": "Normal(0, 7)", "beta[x]": "Normal(0, 5)"}
    model = fx.Model("loose ~ x", DATA, "categorical", priors=priors)
    found = {entry.key: str(entry.prior) for entry in model.priors}
    assert found["mu[b].beta[x]"] == found["mu[c].beta[x]"] == "Normal(0, 5)"
    assert found["mu[c].beta[Intercept]"] == "Normal(0, 7)"
    assert found["mu[b].beta[Intercept]"] == "Normal(0, 9)"


def test_every_family_is_public_and_has_its_shapes():
    assert all(getattr(fx, one.name) is one for one in FAMILIES)
    assert len(LEVELS) == 7
