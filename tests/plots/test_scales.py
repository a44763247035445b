"""Coefficients are in units of the response, per those of their columns, or on the link's scale."""

from __future__ import annotations

import pytest
from fit_at import random_fit

import formix as fx
from formix.plots.scales import effect_scale


@pytest.fixture(scope="module")
def frame():
    found = fx.load("sleepstudy").assign(x=1.0, late=lambda d: d["Days"] > 4)
    return found.assign(x=found.index * 1.0, count=found.index % 5)


@pytest.mark.parametrize(
    ("effect", "scale"),
    [
        ("Intercept", " (ms)"),
        ("Days", " (ms per d)"),
        ("x", " (ms per unit of x)"),
        ("late[True]", " (ms)"),
        ("late[True]:Days", " (ms per d)"),
        ("sigma.Intercept", " (log scale)"),
        ("sigma.Days", " (log scale per d)"),
    ],
)
def test_of_measurements(frame, effect, scale):
    fit = random_fit(fx.Model("Reaction ~ Days * late + x; sigma ~ Days", frame))
    assert effect_scale(fit, effect) == scale


def test_of_counts(frame):
    fit = random_fit(fx.Model("count ~ Days", frame, "poisson"))
    assert effect_scale(fit, "Intercept") == " (log scale)"
    assert effect_scale(fit, "Days") == " (log scale per d)"


def test_of_what_has_no_unit(frame):
    fit = random_fit(fx.Model("log(Reaction) ~ Days", frame))
    assert effect_scale(fit, "Days") == ""
