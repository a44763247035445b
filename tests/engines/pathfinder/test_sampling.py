"""Draws from the distributions along paths: against a normal posterior, a funnel, two modes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from engines.programs import asked, program
from scipy import stats

import formix as fx
from formix.engines import ENGINES, start
from formix.engines.choice import choose
from formix.engines.pathfinder import machine
from formix.engines.pathfinder.sampling import run
from formix.engines.progress import Progress
from formix.errors import ArgumentError, ConvergenceWarning, EngineError
from formix.results.diagnostics import diagnose

FALSE_ALARM = 1e-6
"""How often a test of draws fails by chance, had its seed not been fixed."""

DRAWS, CHAINS = 1000, 4

TWO_TEXT = """\
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(y=None):
    x = numpyro.sample("x", dist.Normal(jnp.zeros((2, 1)), 10.0))
    z = numpyro.sample("z_g", dist.Normal(jnp.zeros(3), 1.0))
    r = numpyro.deterministic("r_g", 2.0 * z)
    numpyro.deterministic("both", jnp.append(x[:, 0], r))
    numpyro.sample("y", dist.Normal(jnp.square(x[0, 0]), 1.0), obs=y)
"""
"""The sign of a root is not known: two modes, far apart."""

SITES = asked("x", "z_g", "r_g", "both")


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    generator = np.random.default_rng(1)
    x = generator.normal(200.0, 100.0, 40)
    return pd.DataFrame({"x": x, "y": 1.0 - 2.0 * x + 0.5 * generator.normal(size=40)})


@pytest.fixture(scope="module")
def line(frame: pd.DataFrame) -> fx.Model:
    """A line through points with a known sigma, whose posterior is normal."""
    priors = {"beta[Intercept]": "Normal(0, 10)", "beta[x]": "Normal(0, 10)"}
    return fx.Model("y ~ x; sigma = 0.5", frame, priors=priors)


@pytest.fixture(scope="module")
def fit(line: fx.Model):
    return line.sample(engine="pathfinder", draws=DRAWS, chains=CHAINS, seed=3)


@pytest.fixture(scope="module")
def two():
    return program(TWO_TEXT, {"y": np.array([25.0])}, "y")


@pytest.fixture(scope="module")
def rooted(two):
    return run(SITES, two, draws=500, chains=2, seed=1, paths=8)


def test_a_normal_posterior_is_found_exactly(frame: pd.DataFrame, fit):
    """Whitened by the exact moments, draws are standard normal: so are means, squares, products."""
    X = np.column_stack([np.ones(40), frame["x"]])
    y = frame["y"].to_numpy()
    precision = X.T @ X / 0.25 + np.eye(2) / 100.0
    mean = np.linalg.solve(precision, X.T @ y / 0.25)
    draws = fit["posterior"]["beta"].to_numpy().reshape(-1, 2)
    z = (draws - mean) @ np.linalg.cholesky(precision)
    # They are a quarter of all that were made, and weights that are not all one make them fewer.
    count = fit.attributes["importance_ess"] / 4.0
    assert 0.9 * len(z) < count <= len(z)
    room = stats.norm.isf(FALSE_ALARM / 2)
    np.testing.assert_allclose(z.mean(axis=0), 0.0, atol=room / np.sqrt(count))
    off, squares = np.mean(z[:, 0] * z[:, 1]), np.mean(z**2, axis=0)
    assert abs(off) < room / np.sqrt(count)
    np.testing.assert_allclose(squares, 1.0, atol=room * np.sqrt(2.0 / count))
    for column in z.T:
        assert stats.kstest(column, "norm").pvalue > FALSE_ALARM
    evidence = stats.multivariate_normal(np.zeros(40), 0.25 * np.eye(40) + 100.0 * X @ X.T)
    assert fit.attributes["elbo"] == pytest.approx(evidence.logpdf(y), abs=0.05)
    assert fit.attributes["k_hat"] < 0.5
    assert fit.attributes["weights"] == "of draws"


def test_the_result_is_named_an_approximation(fit):
    assert fit.attributes["engine"] == "pathfinder"
    assert fit.attributes["approximation"] == "Pathfinder"
    assert f"{CHAINS} chains of {DRAWS} draws by pathfinder, an approximation" in str(
        fx.summary(fit)
    )
    assert fit["sample_stats"].attrs["k_hat"] == fit.attributes["k_hat"]
    assert not diagnose(fit)


def test_lp_is_the_log_density_of_the_draws(frame: pd.DataFrame, fit):
    beta = fit["posterior"]["beta"].to_numpy()
    mu = beta[..., 0, None] + beta[..., 1, None] * frame["x"].to_numpy()
    rows = stats.norm(mu, 0.5).logpdf(frame["y"].to_numpy()).sum(axis=-1)
    expected = rows + stats.norm(0.0, 10.0).logpdf(beta).sum(axis=-1)
    np.testing.assert_allclose(fit["sample_stats"]["lp"], expected, rtol=1e-9)


def test_paths_to_two_modes_find_both_and_weights_tell_their_shares(rooted):
    """Each mode has half of the mass, however many paths came to it."""
    x = rooted.values["x"][..., 0, 0]
    np.testing.assert_allclose(np.abs(x), 5.0, atol=1.0)
    worth = min(x.size, rooted.attributes["importance_ess"] / 8.0)
    room = stats.norm.isf(FALSE_ALARM / 2)
    assert np.mean(x > 0.0) == pytest.approx(0.5, abs=0.5 * room / np.sqrt(worth))


def test_every_site_has_draws_of_its_shape(rooted):
    shapes = {"x": (2, 1), "z_g": (3,), "r_g": (3,), "both": (5,)}
    assert {s: x.shape for s, x in rooted.values.items()} == {
        site: (2, 500, *shape) for site, shape in shapes.items()
    }
    of = rooted.values
    np.testing.assert_array_equal(of["r_g"], 2.0 * of["z_g"])
    np.testing.assert_array_equal(of["both"][..., :2], of["x"][..., 0])


def test_equal_seeds_give_equal_draws_and_nothing_is_compiled_again(two, rooted, monkeypatch):
    def refused(_lowered):
        raise AssertionError("compiled again")

    monkeypatch.setattr(machine, "compiled", refused)
    told: list[Progress] = []
    again = run(SITES, two, draws=500, chains=2, seed=1, paths=8, progress=told.append)
    other = run(SITES, two, draws=500, chains=2, seed=2, paths=2)
    for site, value in rooted.values.items():
        np.testing.assert_array_equal(value, again.values[site])
        assert not np.array_equal(value, other.values[site])
    assert {each.phase for each in told} == {"compile", "warmup", "draws"}
    assert [e.done for e in told if e.phase == "warmup"] == list(range(9))
    assert len(other.attributes["bounds"]) == 2


def test_a_summary_of_the_effects_is_that_of_their_draws(two, rooted):
    effects = replace(SITES, effect_sites=("r_g",))
    found = run(effects, two, draws=500, chains=2, seed=1, paths=8, keep_groups="summary")
    assert set(found.values) == {"x", "z_g", "both"}
    draws = rooted.values["r_g"].reshape(-1, 3)
    np.testing.assert_allclose(found.moments["r_g"].mean, draws.mean(axis=0))
    np.testing.assert_allclose(found.moments["r_g"].sd, draws.std(axis=0, ddof=1))
    assert not run(effects, two, draws=9, chains=1, paths=1, keep_groups="none").moments


def test_a_posterior_that_is_far_from_normal_is_told():
    """One count a group, and nothing else known of how groups differ: a funnel."""
    data = {"y": np.array([0, 0, 1, 0, 30, 0, 2, 0]), "g": np.arange(8)}
    model = fx.Model("y ~ 1 + (1 | g)", data, "poisson", priors={"sd": "HalfCauchy(5)"})
    with pytest.warns(ConvergenceWarning, match="Pareto k-hat of the approximation is"):
        found = model.sample(engine="pathfinder", draws=200, seed=1)
    assert found.attributes["k_hat"] > 0.7
    # Weights would leave a few draws of the 800; of the path that is nearest there are enough.
    assert found.attributes["weights"] == "of paths"
    assert len(np.unique(found["posterior"]["beta"])) > 790


def test_where_there_is_no_density_it_says_where(two, monkeypatch):
    monkeypatch.setattr(start, "faults", lambda _program, _point: (["y"], []))
    nowhere = replace(two, data={"y": np.array([np.nan])})
    with pytest.raises(EngineError, match=r"no starting point .* not finite at `y`"):
        run(SITES, nowhere, draws=20, chains=2, seed=1)


def test_auto_never_takes_it(line: fx.Model):
    (own,) = [engine for engine in ENGINES if engine.name == "pathfinder"]
    assert own.approximates
    assert choose(line.spec)[0].name != "pathfinder"
    assert choose(line.spec, "pathfinder")[0] is own


def test_what_is_asked_of_it_is_checked(two):
    with pytest.raises(ArgumentError, match="steps is 0"):
        run(SITES, two, steps=0)
    with pytest.raises(ArgumentError, match="paths is 0"):
        run(SITES, two, paths=0)
    with pytest.raises(EngineError, match="cannot go on"):
        run(SITES, two, state={"seed": np.array(1)})
