"""Nothing depends on units, on how draws are parted, or on there being coefficients."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import formix as fx
from formix.engines.marginal.sampling import run

ROWS, GROUPS = 90, 9


def frame() -> pd.DataFrame:
    generator = np.random.default_rng(1)
    g = np.repeat(np.arange(GROUPS), ROWS // GROUPS)
    x = generator.normal(size=ROWS)
    slopes = 0.5 + generator.normal(0.0, 0.4, GROUPS)
    y = 1.0 + generator.normal(size=GROUPS)[g] + slopes[g] * x + generator.normal(0.0, 1.2, ROWS)
    return pd.DataFrame({"y": y, "x": x, "w": 1.0 + x**2, "g": g, "h": np.arange(ROWS) % 4})


@pytest.mark.parametrize("method", ["reml", "ml"])
@pytest.mark.parametrize("unit", [1e-10, 1e-6, 1e8])
def test_estimates_follow_the_units_of_the_response(method: str, unit: float):
    data = frame()
    free = ROWS - 2 if method == "reml" else ROWS
    one, other = (
        getattr(fx.Model("y ~ x + (x | g)", data.assign(y=data["y"] * u)), method)()
        for u in (1.0, unit)
    )
    assert other.loglik + free * np.log(unit) == pytest.approx(one.loglik, rel=1e-9)
    assert other.sigma / unit == pytest.approx(one.sigma, rel=1e-5)
    np.testing.assert_allclose(other.fixed / unit, one.fixed, rtol=1e-5)


@pytest.mark.parametrize("unit", [1e-12, 1e10])
def test_estimates_follow_the_units_of_the_weights(unit: float):
    data = frame()
    one, other = (
        fx.Model("y | weights(w) ~ x + (x | g)", data.assign(w=data["w"] * u)).ml()
        for u in (1.0, unit)
    )
    assert other.loglik == pytest.approx(one.loglik, rel=1e-9)
    assert other.sigma / np.sqrt(unit) == pytest.approx(one.sigma, rel=1e-4)


def test_draws_follow_the_units_of_the_response():
    """With few rows a level sigma is profiled: its proposals are as good in any units."""
    data = frame().assign(g=np.arange(ROWS) // 2)
    found = {}
    for unit in (1.0, 1e-9):
        spec = fx.Model("y ~ x + (1 | g)", data.assign(y=data["y"] * unit)).spec
        found[unit] = run(spec, draws=500, seed=1)
    one, other = found[1.0], found[1e-9]
    np.testing.assert_allclose(
        other.values["sigma"].mean() * 1e9, one.values["sigma"].mean(), rtol=0.05
    )
    share = other.attributes["importance_ess"] / one.attributes["importance_ess"]
    assert share == pytest.approx(1.0, abs=0.05)


def test_a_fit_without_coefficients_is_drawn_again():
    model = fx.Model("y ~ 0 + (1 | g) + (1 | h)", frame())
    fit = model.fit(seed=1, keep_groups="none")
    assert fx.redraw(fit, "g", seed=1).shape == (4, 1000, GROUPS, 1)
    assert fx.log_likelihood(fit).log_likelihood["y"].dims == ("chain", "draw", "obs")
    by_level = fx.log_likelihood(fit, integrate="g").log_likelihood["y_by_g"]
    assert by_level.dims == ("chain", "draw", "g")


@pytest.mark.parametrize("formula", ["y | weights(w) ~ x + (x | g / h)", "y ~ x + (x | g)"])
def test_draws_that_go_on_are_those_of_one_run_to_the_last_digit(formula: str):
    spec = fx.Model(formula, frame()).spec
    first = run(spec, draws=25, chains=3, seed=5)
    then, whole = run(spec, draws=35, state=first.state), run(spec, draws=60, chains=3, seed=5)
    for kind in ("values", "stats"):
        for name, expected in getattr(whole, kind).items():
            parts = [getattr(part, kind)[name] for part in (first, then)]
            np.testing.assert_array_equal(np.concatenate(parts, axis=1), expected)
