"""Draws from the nearest normal distribution: against a normal posterior, and a funnel."""

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
from formix.engines.progress import Progress
from formix.engines.svi import sampling
from formix.engines.svi.sampling import run
from formix.errors import ArgumentError, ConvergenceWarning, EngineError
from formix.results.diagnostics import diagnose
from formix.results.groups import Groups
from formix.results.json_text import encode

FALSE_ALARM = 1e-6
"""How often a test of draws fails by chance, had its seed not been fixed."""

DRAWS, CHAINS = 1000, 4

FUNNEL_TEXT = """\
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(y=None):
    v = numpyro.sample("v", dist.Normal(0.0, 3.0))
    x = numpyro.sample("x", dist.Normal(jnp.zeros((3, 2)), jnp.exp(0.5 * v)))
    L = numpyro.sample("L", dist.LKJCholesky(3, concentration=1.0))
    numpyro.deterministic("cor", L @ L.T)
    weights = numpyro.sample("weights", dist.Dirichlet(jnp.ones(4)))
    numpyro.sample("y", dist.Normal(v + weights[0], 10.0), obs=y)
"""
"""Neal's funnel, with sites of every shape."""

SITES = asked("v", "x", "L", "cor", "weights")
SHAPES = {"v": (), "x": (3, 2), "L": (3, 3), "cor": (3, 3), "weights": (4,)}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    generator = np.random.default_rng(1)
    x = generator.normal(2.0, 1.0, 40)
    return pd.DataFrame({"x": x, "y": 1.0 - 2.0 * x + 0.5 * generator.normal(size=40)})


@pytest.fixture(scope="module")
def line(frame: pd.DataFrame) -> fx.Model:
    """A line through points with a known sigma, whose posterior is normal."""
    priors = {"beta[Intercept]": "Normal(0, 10)", "beta[x]": "Normal(0, 10)"}
    return fx.Model("y ~ x; sigma = 0.5", frame, priors=priors)


@pytest.fixture(scope="module")
def fit(line: fx.Model):
    return line.sample(engine="svi", draws=DRAWS, chains=CHAINS, seed=3)


@pytest.fixture(scope="module")
def funnel():
    return program(FUNNEL_TEXT, {"y": np.array([0.5])}, "y")


@pytest.fixture(scope="module")
def funnelled(funnel):
    return run(SITES, funnel, draws=20, chains=2, seed=1)


def test_a_normal_posterior_is_found_exactly(frame: pd.DataFrame, fit):
    """Whitened by the exact moments, draws are standard normal: so are means, squares, products."""
    X = np.column_stack([np.ones(40), frame["x"]])
    y = frame["y"].to_numpy()
    precision = X.T @ X / 0.25 + np.eye(2) / 100.0
    mean = np.linalg.solve(precision, X.T @ y / 0.25)
    draws = fit["posterior"]["beta"].to_numpy().reshape(-1, 2)
    z = (draws - mean) @ np.linalg.cholesky(precision)
    count = len(z)
    room = stats.norm.isf(FALSE_ALARM / 2)
    np.testing.assert_allclose(z.mean(axis=0), 0.0, atol=room / np.sqrt(count))
    off, squares = np.mean(z[:, 0] * z[:, 1]), np.mean(z**2, axis=0)
    assert abs(off) < room / np.sqrt(count)
    np.testing.assert_allclose(squares, 1.0, atol=room * np.sqrt(2.0 / count))
    for column in z.T:
        assert stats.kstest(column, "norm").pvalue > FALSE_ALARM
    # The approximation is exact, and with it the bound: it is the log evidence.
    evidence = stats.multivariate_normal(np.zeros(40), 0.25 * np.eye(40) + 100.0 * X @ X.T)
    assert fit.attributes["elbo"] == pytest.approx(evidence.logpdf(y), abs=1e-3)
    assert fit.attributes["k_hat"] < 0.5
    assert fit.attributes["importance_ess"] == pytest.approx(count, rel=1e-3)


def test_the_result_is_named_an_approximation(fit):
    assert fit.attributes["engine"] == "svi"
    assert fit.attributes["approximation"] == "variational inference"
    assert fit.attributes["covariance"] == "full"
    assert f"{CHAINS} chains of {DRAWS} draws by svi, an approximation" in str(fx.summary(fit))
    assert fit["sample_stats"].attrs["k_hat"] == fit.attributes["k_hat"]
    assert not diagnose(fit)


def test_lp_is_the_log_density_of_the_draws(frame: pd.DataFrame, fit):
    beta = fit["posterior"]["beta"].to_numpy()
    mu = beta[..., 0, None] + beta[..., 1, None] * frame["x"].to_numpy()
    rows = stats.norm(mu, 0.5).logpdf(frame["y"].to_numpy()).sum(axis=-1)
    expected = rows + stats.norm(0.0, 10.0).logpdf(beta).sum(axis=-1)
    np.testing.assert_allclose(fit["sample_stats"]["lp"], expected, rtol=1e-9)


def test_a_bound_that_has_not_settled_is_told(line: fx.Model):
    says = r"had not settled after 100 steps"
    with pytest.warns(ConvergenceWarning, match=says) as caught:
        found = line.sample(engine="svi", draws=DRAWS, chains=CHAINS, seed=3, steps=100)
    assert found.attributes["steps_taken"] == 100
    assert "fit(steps=20000)" in str(caught[0].message)


def said(fit: Groups, attributes: dict[str, object]) -> Groups:
    """Return a fit of which other things are said."""
    encoded = {name: encode(value) for name, value in attributes.items()}
    return replace(fit, attributes={**fit.attributes, **encoded})


def test_a_funnel_is_far_from_normal_and_the_warning_says_so(fit, funnelled):
    assert funnelled.attributes["k_hat"] > 0.7
    assert funnelled.attributes["importance_ess"] < 500
    named = {name: funnelled.attributes[name] for name in ("k_hat", "max_k_hat", "settled")}
    (finding,) = diagnose(said(fit, named))
    assert "Pareto k-hat of the approximation is" in finding.what
    assert 'engine="nuts"' in finding.remedies[0]
    (finding,) = diagnose(said(fit, {"k_hat": None}))
    assert "cannot be found" in finding.what


def test_every_site_has_draws_of_its_shape(funnelled):
    assert {s: x.shape for s, x in funnelled.values.items()} == {
        site: (2, 20, *shape) for site, shape in SHAPES.items()
    }
    assert {x.dtype for x in funnelled.values.values()} == {np.dtype(np.float64)}
    of = funnelled.values
    np.testing.assert_allclose(of["cor"], of["L"] @ np.swapaxes(of["L"], -1, -2))
    np.testing.assert_allclose(of["weights"].sum(axis=-1), 1.0)


def test_equal_seeds_give_equal_draws_and_nothing_is_compiled_again(funnel, funnelled, monkeypatch):
    def refused(_lowered):
        raise AssertionError("compiled again")

    monkeypatch.setattr(sampling, "compiled", refused)
    told: list[Progress] = []
    again = run(SITES, funnel, draws=20, chains=2, seed=1, progress=told.append)
    other = run(SITES, funnel, draws=20, chains=2, seed=2)
    for site, value in funnelled.values.items():
        np.testing.assert_array_equal(value, again.values[site])
        assert not np.array_equal(value, other.values[site])
    assert [each.phase for each in told] == ["compile", "compile", "warmup", "draws"]
    assert told[-1].done == told[-1].total == 20


def test_where_there_is_no_density_it_says_where(funnel, monkeypatch):
    monkeypatch.setattr(start, "faults", lambda _program, _point: (["y"], []))
    nowhere = replace(funnel, data={"y": np.array([np.nan])})
    with pytest.raises(EngineError, match=r"no starting point .* not finite at `y`"):
        run(SITES, nowhere, draws=20, chains=2, seed=1)


def test_auto_never_takes_it(line: fx.Model):
    (own,) = [engine for engine in ENGINES if engine.name == "svi"]
    assert own.approximates
    assert choose(line.spec)[0].name != "svi"
    assert choose(line.spec, "svi")[0] is own


def test_what_is_asked_of_it_is_checked(funnel):
    with pytest.raises(ArgumentError, match="steps is 10"):
        run(SITES, funnel, steps=10)
    with pytest.raises(ArgumentError, match="draws is 0"):
        run(SITES, funnel, draws=0)
    with pytest.raises(EngineError, match="cannot go on"):
        run(SITES, funnel, state={"seed": np.array(1)})
