"""Slopes against derivatives written out."""

from __future__ import annotations

import numpy as np
import pytest
from fit_at import random_fit
from r_results import dataset
from scipy import special

import formix as fx


def flat(drawn) -> np.ndarray:
    values = drawn.to_numpy()
    return values.reshape(-1, *values.shape[2:])


def beta_of(found) -> np.ndarray:
    beta = found["posterior"]["beta"].to_numpy()
    return beta.reshape(-1, beta.shape[-1])


def test_of_a_line_they_are_its_coefficient_and_that_of_the_group():
    frame = fx.load("sleepstudy")
    found = random_fit(fx.Model("Reaction ~ Days + (Days | Subject)", frame))
    beta = beta_of(found)
    drawn = fx.slopes(found, summary=False)
    r = found["posterior"]["r_Subject"].sel(Subject=[str(s) for s in frame["Subject"]])
    expected = beta[:, 1:] + r.to_numpy()[..., 1].reshape(8, -1)
    np.testing.assert_allclose(flat(drawn), expected, rtol=1e-7, atol=1e-7)
    assert set(drawn["contrast"].to_numpy().tolist()) == {"dY/dX"}
    integrated = fx.slopes(found, by=True, groups="integrate", levels=10, summary=False)
    np.testing.assert_allclose(flat(integrated)[:, 0], beta[:, 1], rtol=1e-7, atol=1e-7)


def test_through_a_log_and_a_square():
    frame = fx.load("sleepstudy").assign(x=lambda d: d["Days"] + 1.0)
    found = random_fit(fx.Model("Reaction ~ log(x) + I(x^2)", frame))
    beta, x = beta_of(found), frame["x"].to_numpy()
    drawn = flat(fx.slopes(found, summary=False))
    expected = beta[:, 1:2] / x + 2.0 * beta[:, 2:] * x
    # The third derivative, 2 beta / x^3, leaves h^2 / 24 of itself: 2e-8 of beta at x = 1.
    np.testing.assert_allclose(drawn, expected, rtol=1e-6, atol=1e-6)


def test_through_a_logit():
    frame = dataset("cbpp").assign(dose=np.linspace(0.0, 1.0, 56))
    formula = "incidence | trials(size) ~ period + dose + (1 | herd)"
    found = random_fit(fx.Model(formula, frame, "binomial"))
    eta = fx.predict(found, kind="linpred", summary=False)["eta"].to_numpy().reshape(8, -1)
    p = special.expit(eta)
    drawn = flat(fx.slopes(found, variables="dose", kind="mu", summary=False))
    expected = p * (1.0 - p) * beta_of(found)[:, 4:]
    np.testing.assert_allclose(drawn, expected, rtol=1e-6, atol=1e-8)
    mean = flat(fx.slopes(found, variables="dose", by=True, summary=False))[:, 0]
    np.testing.assert_allclose(mean, (frame["size"].to_numpy() * expected).mean(1), rtol=1e-6)


def test_far_from_zero_the_step_is_as_it_is_after_rounding():
    """Below 2^30 doubles are 1.2e-7 apart and above twice that, where this step is 1e-4."""
    frame = {"y": np.arange(8.0) % 3.0, "x": 2.0**30 + np.linspace(-0.5, 0.5, 8)}
    found = random_fit(fx.Model("y ~ 0 + I(x - 1073741824)", frame))
    drawn = flat(fx.slopes(found, summary=False))
    np.testing.assert_allclose(drawn, np.broadcast_to(beta_of(found), drawn.shape), rtol=1e-9)


def test_what_is_asked_wrongly_is_refused():
    found = random_fit(fx.Model("angle ~ recipe + (1 | replicate)", fx.load("cake")))
    with pytest.raises(fx.ArgumentError, match="no predictor is a number"):
        fx.slopes(found)
    with pytest.raises(fx.ArgumentError, match="`recipe` has levels, and slopes are of numbers"):
        fx.slopes(found, variables="recipe")
    line = random_fit(fx.Model("Reaction ~ Days", fx.load("sleepstudy")))
    with pytest.raises(fx.ArgumentError, match="random responses, which have no slope"):
        fx.slopes(line, kind="response")
    root = random_fit(fx.Model("Reaction ~ sqrt(Days)", fx.load("sleepstudy")))
    with pytest.raises(fx.FormulaError, match="not a number"):
        fx.slopes(root)


def test_where_a_step_leaves_what_a_call_is_defined_for_that_is_said():
    data = {"y": [1.0, 2.0, 4.0, 3.0], "z": [0.0, 1.0, 2.0, 3.0]}
    found = random_fit(fx.Model("y ~ sqrt(z)", data))
    with pytest.raises(fx.FormulaError, match="a step away from its value") as caught:
        fx.slopes(found, "z")
    assert "fx.comparisons" in caught.value.hint
    assert len(fx.slopes(found, "z", newdata={"z": [1.0, 4.0]})) == 2
