from __future__ import annotations

import numpy as np
import pytest
from engines.test_near import line

import formix as fx
from formix.engines import kernel as kernel_module, nuts, start as start_module
from formix.engines.decline import Decline
from formix.engines.density import sites
from formix.engines.given import given
from formix.engines.steps import Walk


def poisson(**more: object) -> fx.Model:
    generator = np.random.default_rng(4)
    x, g = generator.normal(size=50), np.arange(50) % 5
    y = generator.poisson(np.exp(0.5 + 0.3 * x + 0.4 * generator.normal(size=5)[g]))
    return fx.Model("y ~ x + (1 | g)", {"y": y, "x": x, "g": g.astype(str)}, "poisson", **more)


def test_widths_and_metric_are_those_of_a_normal_posterior():
    """Long tails count for less: so the widths are a little short."""
    model, mean, covariance = line()
    found = given(model.spec, sites(model.program), ("beta",))
    sd = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(found.width["beta"], sd, rtol=0.02)
    assert np.all(np.abs(found.middle["beta"] - mean) < 0.15 * sd)
    np.testing.assert_allclose(found.dense, covariance / np.outer(sd, sd), atol=0.03)


def test_no_chain_starts_farther_than_six_widths_and_each_elsewhere():
    model = poisson()
    found = given(model.spec, sites(model.program), ("slopes", "sd_g"))
    points = [found.point(np.random.default_rng([1, chain])) for chain in range(50)]
    for name in found.width:
        away = (np.stack([p[name] for p in points]) - found.middle[name]) / found.width[name]
        assert np.max(np.abs(away)) <= 6.0
        assert np.min(np.std(away, axis=0)) > 0.5
    away = np.stack([p["sd_g"] for p in points]) - found.middle["sd_g"]
    assert np.std(away / found.width["sd_g"]) > 1.4


@pytest.fixture(scope="module")
def counts() -> fx.Model:
    return poisson()


@pytest.fixture
def no_compiling(monkeypatch, drawn):
    """What follows fails if it compiles."""

    def refused(_lowered):
        raise AssertionError("compiled again")

    monkeypatch.setattr(kernel_module, "compiled", refused)


# One program is compiled for all these tests: warm-up and chains are part of it.
@pytest.fixture(scope="module")
def drawn(counts):
    return nuts.run(counts.spec, counts.program, draws=400, warmup=150, chains=2, seed=3)


def test_chains_start_there_and_say_so(counts, drawn):
    assert drawn.attributes["start"] == "normal"
    again = nuts.run(counts.spec, counts.program, draws=30, warmup=150, chains=2, seed=3)
    for site, values in again.values.items():
        assert np.array_equal(values, drawn.values[site][:, :30])
    first = nuts.run(counts.spec, counts.program, draws=10, warmup=150, chains=2, seed=3)
    rest = nuts.run(counts.spec, counts.program, draws=20, state=first.state)
    assert np.array_equal(rest.values["beta"], again.values["beta"][:, 10:])


@pytest.mark.usefixtures("no_compiling")
def test_another_model_of_the_same_program_does_not_compile(counts, drawn):
    other = poisson()
    found = nuts.run(other.spec, other.program, draws=10, warmup=150, chains=2, seed=3)
    assert other.program.function is not counts.program.function
    assert np.array_equal(found.values["beta"], drawn.values["beta"][:, :10])


def test_the_metric_is_there_from_the_first_step(counts, drawn, monkeypatch):
    monkeypatch.setattr(Walk, "warmed_up", lambda _walk, stand, _steps: stand)
    found = nuts.run(counts.spec, counts.program, draws=5, warmup=150, chains=2, seed=5)
    kept = found.state
    of = given(counts.spec, sites(counts.program), ("Intercept@means", "sd_g", "slopes"))
    for site, width in of.width.items():
        np.testing.assert_array_equal(kept[f"width.{site}"], [width] * 2)
    np.testing.assert_allclose(kept["inverse_mass_matrix.dense"], [of.dense] * 2, rtol=1e-12)
    np.testing.assert_array_equal(kept["inverse_mass_matrix.diagonal"], np.ones((2, 5)))
    root = kept["mass_matrix_sqrt.dense"][0]
    np.testing.assert_allclose(root @ root.T @ of.dense, np.eye(3), atol=1e-9)


def test_where_that_has_no_density_the_start_is_random_and_says_why(counts, monkeypatch):
    class Nowhere:
        def point(self, _generator):
            return {s.name: np.full(s.free, np.nan) for s in sites(counts.program)}

    monkeypatch.setattr(nuts, "given", lambda *_: Nowhere())
    found = nuts.run(counts.spec, counts.program, draws=10, warmup=150, chains=2, seed=3)
    assert found.attributes["start"] == "random"
    assert "not finite" in found.attributes["start_reason"]

    def declined(*_):
        raise Decline("the mode was not found")

    monkeypatch.setattr(nuts, "given", declined)
    other = nuts.run(counts.spec, counts.program, draws=10, warmup=150, chains=2, seed=3)
    assert other.attributes["start_reason"] == "the mode was not found"
    asked = nuts.run(
        counts.spec, counts.program, draws=10, warmup=150, chains=2, seed=3, start="random"
    )
    assert asked.attributes["start_reason"] == "as asked"
    for one in (found, other):
        assert np.array_equal(one.values["beta"], asked.values["beta"])


def test_a_window_of_the_warm_up_remembers_what_was_given(counts, drawn, monkeypatch):
    """With a memory of a million draws the metric after the warm-up is the one given."""
    monkeypatch.setattr(start_module, "REMEMBERED", 1_000_000)
    found = nuts.run(counts.spec, counts.program, draws=10, warmup=150, chains=2, seed=3)
    of = given(counts.spec, sites(counts.program), ("Intercept@means", "sd_g", "slopes"))
    dense = found.state["inverse_mass_matrix.dense"]
    np.testing.assert_allclose(dense, [of.dense] * 2, atol=0.01)
    assert np.max(np.abs(drawn.state["inverse_mass_matrix.dense"] - of.dense)) > 0.05
