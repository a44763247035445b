"""Coordinates that do not fit the posterior are made anew, and its draws stay its draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import formix as fx
from formix.engines.decline import Decline
from formix.engines.whitened import attempts, sampling
from formix.engines.whitened.attempts import Attempts
from formix.engines.whitened.drawing import Quality
from formix.engines.whitened.mode import Search
from formix.engines.whitened.rows import linear_predictor
from formix.results.ess import mcse_mean


def pairs(seed: int) -> fx.Model:
    """Return a model of yes or no, twice in each of 30 groups, which hardly bounds their spread."""
    generator = np.random.default_rng(seed)
    group = np.repeat(np.arange(30), 2)
    eta = 1.0 + 4.0 * generator.standard_normal(30)[group]
    y = generator.binomial(1, 1.0 / (1.0 + np.exp(-eta)))
    frame = pd.DataFrame({"y": y, "g": group})
    return fx.Model("y ~ 1 + (1 | g)", frame, "bernoulli", priors={"sd_g": "HalfCauchy(5)"})


@pytest.mark.parametrize("seed", [4, 9])
def test_weights_made_anew_save_steps_and_leave_the_posterior(seed: int, monkeypatch):
    model = pairs(seed)
    anew = sampling.run(model.spec, model.program, seed=2)
    assert anew.attributes["refreshed"] > 0
    monkeypatch.setattr(Attempts, "_enough", lambda *given: True)
    once = sampling.run(model.spec, model.program, seed=3)
    assert once.attributes["refreshed"] == 0
    taken, were = (x.attributes["thin"] * x.stats["n_steps"].mean() for x in (anew, once))
    assert taken < 0.7 * were
    for site, scale in (("beta", np.asarray), ("sd_g", np.log), ("r_g", np.tanh)):
        ours, theirs = scale(anew.values[site]), scale(once.values[site])
        apart = ours.mean(axis=(0, 1)) - theirs.mean(axis=(0, 1))
        error = np.hypot(mcse_mean(ours), mcse_mean(theirs))
        assert np.all(np.abs(apart) < 4.0 * error), site
        np.testing.assert_allclose(ours.std(axis=(0, 1)), theirs.std(axis=(0, 1)), rtol=0.2)


def test_the_mean_of_weights_at_one_place_is_that_place(monkeypatch):
    """And of two places, their weights' mean: as far as cross-products tell, which are linear."""
    found = []

    def averaged(search: Search, each, point) -> None:
        base = []
        for values in each[:2]:
            search.freeze(linear_predictor(search.rows, values), point, values)
            base.append(search.given["frozen"])
        for places in (each[:1], each[:2]):
            original(search, places, point)
            base.append(search.given["frozen"])
        found.extend(base)

    original = Search.averaged
    monkeypatch.setattr(Search, "averaged", averaged)
    monkeypatch.setattr(Attempts, "_enough", lambda *given: False)
    model = pairs(1)
    sampling.run(model.spec, model.program, draws=100, seed=1)
    first, second, one, both = found
    for name in ("base", "right"):
        np.testing.assert_allclose(one[name], first[name], rtol=1e-9)
        np.testing.assert_allclose(both[name], 0.5 * (first[name] + second[name]), rtol=1e-9)
    for a, b, mean in zip(first["grams"], second["grams"], both["grams"], strict=True):
        np.testing.assert_allclose(mean, 0.5 * (a + b), rtol=1e-9)


def test_steps_that_cannot_be_worth_it_are_not_made(monkeypatch):
    """Strides that became very short in new coordinates leave the draws of the old ones."""
    model = pairs(4)
    monkeypatch.setattr(Attempts, "_enough", lambda *given: False)
    ran = []
    original = Attempts._ran

    def spied(self, mode, number, least):
        ran.append(original(self, mode, number, least if number == 0 else 1e9))
        return ran[-1]

    monkeypatch.setattr(Attempts, "_ran", spied)
    drawn = sampling.run(model.spec, model.program, draws=100, seed=1)
    assert [one.tried is None for one in ran] == [False, True, True]
    assert drawn.attributes["refreshed"] == 0


def test_coordinates_without_a_place_to_start_from_are_passed_over(monkeypatch):
    settle = attempts.tuned

    def tuned(*given):
        if given[3] == 1:
            raise Decline("no points of positive density were found to start from")
        return settle(*given)

    monkeypatch.setattr(attempts, "tuned", tuned)
    model = pairs(4)
    drawn = sampling.run(model.spec, model.program, seed=1)
    assert drawn.attributes["refreshed"] in (0, 2)


def test_draws_that_agree_are_kept_beside_some_worth_more_that_do_not(monkeypatch):
    """Of the first kind chains have not forgotten where they started."""
    ran = attempts.Attempts._ran

    def spied(self, mode, number, least):
        found = ran(self, mode, number, 0.0)
        rhat, ess = (1.5, 1e6) if number == 0 else (1.001, 2000.0)
        quality = Quality(rhat, ess, 10)
        return replace(found, tried=replace(found.tried, quality=quality))

    monkeypatch.setattr(attempts.Attempts, "_ran", spied)
    model = pairs(4)
    drawn = sampling.run(model.spec, model.program, seed=1)
    assert drawn.attributes["refreshed"] == 1
    assert drawn.attributes["nested_rhat"] == 1.001
