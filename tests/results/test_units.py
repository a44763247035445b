"""The likelihood of units of rows, effects within integrated, against brute force."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from fit_at import random_fit
from scipy import integrate, special, stats

import formix as fx
from formix.results import units as made
from formix.results.likelihood import flat, log_densities
from formix.results.sample import sample
from formix.results.units import unit_log_likelihood, units_of


def frame() -> pd.DataFrame:
    """Six levels of four rows, crossed with two others."""
    generator = np.random.default_rng(7)
    number = np.arange(24)
    return pd.DataFrame(
        {
            "count": generator.poisson(3.0, 24),
            "y": generator.normal(size=24),
            "yes": generator.integers(0, 2, 24),
            "x": generator.normal(size=24),
            "g": number % 6,
            "h": np.array(list("uv"))[number // 12],
            "inner": number // 2,
        }
    )


def values_of(model: fx.Model, samples: int = 3) -> dict[str, np.ndarray]:
    fit = random_fit(model, samples=2 * samples, chains=2)
    return {site: x[:samples] for site, x in flat(sample(fit, "posterior").values()).items()}


def by_group(model: fx.Model, samples: int = 3):
    block = model.spec.blocks[0]
    units = units_of(model.spec, block.index, len(block.levels))
    values = values_of(model, samples)
    return block, values, unit_log_likelihood(model.spec, values, units)[0]


def test_of_counts_with_one_effect_it_is_scipys_quadrature():
    model = fx.Model("count ~ x + (1 | g)", frame(), "poisson")
    block, values, found = by_group(model)
    y = model.spec.response.values
    for s in range(3):
        eta, sd = model.design.X @ values["beta"][s], values["sd_g"][s, 0]
        for level in (0, 5):
            mine = block.index == level

            def density(u, mine=mine, eta=eta, sd=sd):
                mean = np.exp(eta[mine] + sd * u)
                return np.exp(np.sum(stats.poisson.logpmf(y[mine], mean)) + stats.norm.logpdf(u))

            grid = np.linspace(-12.0, 12.0, 241)
            peak = grid[np.argmax([density(u) for u in grid])]
            ends = (-14.0, peak - 1.0, peak, peak + 1.0, 14.0)
            total = sum(
                integrate.quad(density, *pair, epsabs=0.0, epsrel=1e-11, limit=200)[0]
                for pair in pairwise(ends)
            )
            if total > 1e-290:
                assert found[s, level] == pytest.approx(np.log(total), abs=1e-8)


def test_of_two_correlated_effects_it_is_that_of_a_fine_grid():
    model = fx.Model("yes ~ x + (x | g)", frame(), "bernoulli")
    block, values, found = by_group(model)
    y, Z = model.spec.response.values, block.Z
    nodes = np.arange(-8.0, 8.0, 0.1)
    u = np.stack(np.meshgrid(nodes, nodes, indexing="ij"), axis=-1)
    prior = 0.1**2 * np.exp(-0.5 * np.sum(u**2, axis=-1)) / (2.0 * np.pi)
    for s in range(3):
        sd = np.diag(values["sd_g"][s])
        root = np.linalg.cholesky(sd @ values["cor_g"][s] @ sd)
        eta = model.design.X @ values["beta"][s]
        for level in (0, 5):
            mine = block.index == level
            linear = eta[mine] + (u @ root.T) @ Z[mine].T
            density = np.exp(np.sum(special.log_expit(np.where(y[mine], linear, -linear)), axis=-1))
            assert found[s, level] == pytest.approx(np.log(np.sum(prior * density)), abs=1e-8)


def test_effects_on_the_mean_and_on_sigma_are_integrated_together():
    model = fx.Model("y ~ x + (1 | g); sigma ~ 1 + (1 | g)", frame())
    block, values, found = by_group(model, samples=2)
    y = model.spec.response.values
    nodes = np.arange(-10.0, 10.0, 0.05)
    for s in range(2):
        eta = model.design.X @ values["beta"][s]
        for level in range(6):
            mine = block.index == level
            mean = eta[mine] + values["sd_g"][s, 0] * nodes[:, None, None]
            sigma = np.exp(values["sigma.beta"][s, 0] + values["sigma.sd_g"][s, 0] * nodes)
            logs = stats.norm.logpdf(y[mine], mean, sigma[None, :, None]).sum(axis=-1)
            logs += stats.norm.logpdf(nodes)[:, None] + stats.norm.logpdf(nodes)
            expected = special.logsumexp(logs) + 2.0 * np.log(0.05)
            assert found[s, level] == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("formula", ["y ~ x + (x | g)", "y ~ x + (1 | g) + (1 | h)"])
def test_of_a_gaussian_response_it_is_what_algebra_gives(monkeypatch, formula: str):
    model = fx.Model(formula, frame())
    _, _, exact = by_group(model)
    monkeypatch.setattr(made, "likelihood_fault", lambda _: "asked to do without")
    _, _, found = by_group(model)
    np.testing.assert_allclose(found, exact, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("family", "response"), [("gaussian", "y"), ("poisson", "count")])
def test_units_hold_whole_levels_and_what_lies_across_is_conditioned_on(family, response):
    """Of a unit of several levels the likelihood is the product of theirs."""
    model = fx.Model(f"{response} ~ x + (1 | g)", frame(), family)
    block, values, by_level = by_group(model)
    units = units_of(model.spec, block.index // 2, 3)
    assert units.inside == ("r_g",)
    found, _ = unit_log_likelihood(model.spec, values, units)
    np.testing.assert_allclose(found, by_level.reshape(3, 3, 2).sum(axis=2), rtol=1e-10)
    across = units_of(model.spec, np.arange(24) // 12, 2)
    assert across.inside == ()
    found, _ = unit_log_likelihood(model.spec, values, across)
    rows = log_densities(model.spec, values)
    np.testing.assert_allclose(found, rows.reshape(3, 2, 12).sum(axis=2), rtol=1e-12)


def test_many_rows_are_taken_some_samples_after_another(monkeypatch):
    model = fx.Model("count ~ x + (1 | g)", frame(), "poisson")
    _, _, whole = by_group(model)
    monkeypatch.setattr(made, "_AT_ONCE", 24)
    _, _, found = by_group(model)
    np.testing.assert_allclose(found, whole, rtol=1e-9)


@pytest.mark.parametrize(
    ("formula", "group", "why"),
    [
        ("count ~ x + (1 + x + I(x^2) | g)", "g", "a level has 3 effects, and at most 2"),
        ("count ~ x + (1 | h / g)", "h", "one within the other"),
        ("count ~ x + (1 | gr(g, dist = 'student'))", "g", "of a t distribution"),
    ],
)
def test_what_cannot_be_integrated_is_refused_with_why(formula: str, group: str, why: str):
    fit = random_fit(fx.Model(formula, frame(), "poisson"), samples=2)
    with pytest.raises(fx.UnsupportedError, match=why) as caught:
        fx.log_likelihood(fit, integrate=group)
    assert "fx.log_likelihood(fit)" in (caught.value.hint or "")
