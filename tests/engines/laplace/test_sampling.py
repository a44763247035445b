"""Draws from Laplace's approximation: against its density, and a quadrature of the posterior."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import formix as fx
from formix.engines import ENGINES
from formix.engines.choice import choose
from formix.engines.laplace import nodes
from formix.engines.laplace.density import laplace
from formix.engines.laplace.sampling import run
from formix.errors import ArgumentError, ConvergenceWarning, EngineError, UnsupportedError

FALSE_ALARM = 1e-6
"""How often a test of draws fails by chance, had its seed not been fixed."""

HERDS = "cbind(incidence, size - incidence) ~ period + (1 | herd)"


def herds() -> fx.Model:
    return fx.Model(HERDS, fx.load("cbpp"), "binomial")


def test_standard_deviations_are_drawn_from_the_approximate_density():
    """Their distribution function, on a fine grid, turns draws into uniform numbers."""
    model = herds()
    of = laplace(model.spec)
    grid = np.linspace(-4.0, 1.5, 400)
    density = np.exp(of.log_density(grid[:, None]) + 105.0)
    below = np.cumsum(density) - 0.5 * density
    drawn = run(model.spec, draws=500, chains=2, seed=3).values["sd_herd"].ravel()
    uniform = np.interp(np.log(drawn), grid, below / density.sum())
    assert stats.kstest(uniform, "uniform").pvalue > FALSE_ALARM


def test_it_is_near_the_posterior_where_levels_have_many_rows():
    """One coefficient and one effect a level, everything by quadrature."""
    generator = np.random.default_rng(6)
    frame = pd.DataFrame({"g": np.repeat(np.arange(6), 60)})
    rate = np.exp(1.0 + 0.5 * generator.normal(size=6))
    frame["y"] = generator.poisson(rate[frame["g"]])
    priors = {"beta": "Normal(0, 2)", "sd": "HalfNormal(1)"}
    spec = fx.Model("y ~ 1 + (1 | g)", frame, "poisson", priors=priors).spec
    sums = frame.groupby("g")["y"].sum().to_numpy()
    beta, sd = np.linspace(-0.5, 2.5, 41), np.linspace(0.02, 3.0, 60)
    level = np.linspace(-0.5, 2.5, 301)
    log_rows = sums[:, None] * level - 60.0 * np.exp(level)
    rows = np.exp(log_rows - log_rows.max(axis=1, keepdims=True))
    away = (level - beta[:, None, None]) / sd[:, None]
    around = np.exp(-0.5 * away**2) / sd[:, None]
    with np.errstate(divide="ignore"):
        inner = np.log(around @ rows.T).sum(axis=2)
    inner += -0.5 * (beta[:, None] / 2.0) ** 2 - 0.5 * sd**2
    weight = np.exp(inner - inner.max())
    weight /= weight.sum()
    draws = run(spec, draws=1000, chains=4, seed=2).values
    for site, values in (("beta", beta), ("sd_g", sd)):
        marginal = weight.sum(axis=1 if site == "beta" else 0)
        mean = float(values @ marginal)
        spread = float(np.sqrt(np.square(values - mean) @ marginal))
        ours = draws[site].ravel()
        # Five Monte Carlo errors, and two hundredths of a standard deviation for the approximation.
        room = (5.0 / np.sqrt(len(ours)) + 0.02) * spread
        assert ours.mean() == pytest.approx(mean, abs=room), site
        assert ours.std() == pytest.approx(spread, rel=0.1), site


def test_equal_seeds_give_equal_draws():
    spec = herds().spec
    one, other, third = (run(spec, draws=50, chains=2, seed=s).values for s in (4, 4, 5))
    for site, value in one.items():
        np.testing.assert_array_equal(value, other[site])
        assert not np.array_equal(value, third[site])


def test_the_result_is_named_an_approximation():
    model = herds()
    found = model.sample(engine="laplace", draws=1000, chains=2, seed=1)
    assert found.attributes["engine"] == "laplace"
    assert found.attributes["approximation"] == "Laplace"
    assert "2 chains of 1000 draws by laplace, an approximation" in str(fx.summary(found))
    posterior = found["posterior"]
    assert {"beta", "sd_herd", "r_herd"} <= set(posterior)
    assert posterior["r_herd"].shape == (2, 1000, 15, 1)
    assert "log_likelihood" in found


@pytest.mark.parametrize(
    ("k_hat", "says"), [(0.69, None), (0.9, r"k-hat .* is 0\.90 \(above"), (np.inf, "cannot be")]
)
def test_weights_that_cannot_be_relied_on_are_told(monkeypatch, k_hat: float, says: str | None):
    monkeypatch.setattr(nodes, "smoothed", lambda logs: (logs - logs.max(), k_hat))
    model = herds()
    expected = pytest.warns(ConvergenceWarning, match=says) if says else nullcontext()
    with expected:
        model.fit(engine="laplace", seed=1)


def test_coefficients_alone_need_no_weights():
    frame = pd.DataFrame({"y": [0, 2, 1, 4, 3, 5], "x": np.arange(6.0)})
    found = fx.Model("y ~ x", frame, "poisson").fit(engine="laplace", seed=1)
    assert found.attrs["k_hat"] == 0.0


def test_every_site_has_draws():
    generator = np.random.default_rng(1)
    frame = pd.DataFrame({"g": np.arange(60) % 6, "x": generator.normal(size=60)})
    frame["y"] = generator.gamma(3.0, 1.0, 60)
    spec = fx.Model(
        "y ~ x + (x | g) + (0 + x | x2)", frame.assign(x2=frame["g"] // 2), "gamma"
    ).spec
    found = run(spec, draws=20, chains=1, seed=1)
    for parameter in spec.parameters:
        assert found.values[parameter.site].shape == (1, 20, *parameter.shape), parameter.site
    corner = found.values["cor_g"]
    np.testing.assert_allclose(corner[..., 0, 0], 1.0)
    kept = run(spec, draws=20, chains=1, seed=1, keep_groups="summary")
    assert "r_g" not in kept.values
    np.testing.assert_allclose(kept.moments["r_g"].mean, found.values["r_g"].mean(axis=(0, 1)))
    none = run(spec, draws=20, chains=1, seed=1, keep_groups="none")
    assert not none.moments
    np.testing.assert_array_equal(none.values["beta"], found.values["beta"])


def test_auto_never_takes_it():
    assert [e.name for e in ENGINES if e.approximates] == ["laplace", "svi", "pathfinder"]
    assert choose(herds().spec)[0].name != "laplace"
    assert choose(herds().spec, "laplace")[0].name == "laplace"


@pytest.mark.parametrize(
    ("formula", "family", "says"),
    [
        ("y ~ x", "student", "the derivatives of the family student are not known to it"),
        ("u ~ x", "beta", "the log density of beta is not concave"),
        (["y ~ x", "sigma ~ x"], "gaussian", "sigma has a predictor of its own"),
    ],
)
def test_what_it_declines(formula: str | list[str], family: str, says: str):
    generator = np.random.default_rng(1)
    frame = pd.DataFrame(generator.random((20, 3)), columns=["x", "y", "u"])
    with pytest.raises(UnsupportedError, match=says):
        fx.Model(formula, frame, family).fit(engine="laplace")


def test_what_is_asked_of_it_is_checked():
    spec = herds().spec
    with pytest.raises(ArgumentError, match="draws is 0"):
        run(spec, draws=0)
    with pytest.raises(EngineError, match="cannot go on"):
        run(spec, state={"seed": np.array(1)})
