"""Bayesian R2 against its definition, computed from the draws."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fit_at import fit_at, random_fit
from r_results import dataset
from scipy import special

import formix as fx


@pytest.fixture(scope="module")
def sleep():
    return random_fit(fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy")))


def test_r2_is_the_variance_of_the_fit_over_that_and_sigma_squared(sleep):
    mean = fx.fitted(sleep, summary=False).to_numpy()
    explained = mean.var(axis=2, ddof=1)
    sigma = sleep["posterior"]["sigma"].to_numpy()
    expected = explained / (explained + sigma**2)
    drawn = fx.r2(sleep, summary=False)
    assert drawn.dims == ("chain", "draw")
    np.testing.assert_allclose(drawn, expected, rtol=1e-10)
    table = fx.r2(sleep, prob=0.5)
    np.testing.assert_allclose(table["mean"], expected.mean())
    np.testing.assert_allclose(table["25%"], np.quantile(expected, 0.25))


def test_without_groups_what_they_move_the_mean_by_is_residual(sleep):
    whole = fx.fitted(sleep, summary=False).to_numpy()
    common = fx.fitted(sleep, groups="none", summary=False).to_numpy()
    sigma = sleep["posterior"]["sigma"].to_numpy()
    explained = common.var(axis=2, ddof=1)
    beside = (whole - common).var(axis=2, ddof=1) + sigma**2
    found = fx.r2(sleep, groups="none", summary=False)
    np.testing.assert_allclose(found, explained / (explained + beside), rtol=1e-10)


def test_without_a_slope_nothing_is_explained_and_without_noise_all():
    model = fx.Model("Reaction ~ Days", fx.load("sleepstudy"))
    found = fit_at(model, {"beta": [[250.0, 0.0], [250.0, 10.0]], "sigma": [30.0, 1e-9]})
    np.testing.assert_allclose(fx.r2(found, summary=False)[0], [0.0, 1.0], atol=1e-12)


def test_of_a_binomial_response_it_is_of_the_proportions():
    frame = dataset("cbpp")
    model = fx.Model("cbind(incidence, size - incidence) ~ period", frame, "binomial")
    found = fit_at(model, {"beta": [[-1.4, -1.0, -1.1, -1.6]]})
    p = special.expit(-1.4 + np.array([0.0, -1.0, -1.1, -1.6]))[frame["period"].cat.codes]
    explained = p.var(ddof=1)
    residual = np.mean(p * (1.0 - p) / frame["size"])
    np.testing.assert_allclose(fx.r2(found)["mean"], explained / (explained + residual))


def test_many_rows_are_taken_some_after_another(monkeypatch, sleep):
    before = fx.r2(sleep, groups="none", summary=False)
    monkeypatch.setattr("formix.verbs.own_rows._CHUNK", 56)
    np.testing.assert_allclose(fx.r2(sleep, groups="none", summary=False), before, rtol=1e-10)


def test_levels_have_no_r2():
    data = {"y": pd.Categorical(["a", "b", "c", "b"]), "x": [0.0, 1.0, 2.0, 3.0]}
    found = random_fit(fx.Model("y ~ x", data, "categorical"))
    with pytest.raises(fx.UnsupportedError, match="R2 is of a response of numbers"):
        fx.r2(found)
