"""Draws of the marginal engine: right, reproducible, resumable; handed on where they are not."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import marginal_shapes as grid
import numpy as np
import pandas as pd
import pytest
import shapes

import formix as fx
from formix.engines.decline import Decline
from formix.engines.draws import Draws
from formix.engines.marginal.density import marginal
from formix.engines.marginal.sampling import run
from formix.engines.marginal.structure import structure
from formix.errors import ArgumentError, EngineError, UnsupportedError
from formix.results.ess import convergence, ess_bulk, mcse_mean

EXACT = json.loads(
    (Path(__file__).parents[2] / "reference" / "posterior_sleepstudy_brms.json").read_text("utf-8")
)
ROUNDING = 0.006
"""The largest Monte Carlo standard error and rounding of the exact values."""

ERRORS = 5.0
"""Monte Carlo standard errors between two runs: some hundred comparisons, one false alarm in 10^4
suites, and seeds are fixed."""


def test_posterior_of_the_sleep_study_is_exact():
    """100,000 draws under brms's priors, against an importance sample of millions: 4 errors."""
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"), priors="brms")
    values = run(model.spec, draws=25_000, chains=4, seed=3).values
    levels = [str(level) for level in model.design.blocks[0].levels]
    found = {
        "beta[Intercept]": values["beta"][..., 0],
        "beta[Days]": values["beta"][..., 1],
        "sd_Subject[Intercept]": values["sd_Subject"][..., 0],
        "sd_Subject[Days]": values["sd_Subject"][..., 1],
        "cor_Subject": values["cor_Subject"][..., 1, 0],
        "sigma": values["sigma"],
    }
    means = dict(EXACT["means"])
    for subject, effects in EXACT["r_Subject"].items():
        for j, mean in enumerate(effects):
            found[f"r_Subject[{subject}, {j}]"] = values["r_Subject"][..., levels.index(subject), j]
            means[f"r_Subject[{subject}, {j}]"] = mean
    for name, draws in found.items():
        error = np.hypot(float(mcse_mean(draws)), ROUNDING)
        assert abs(draws.mean() - means[name]) < 4.0 * error, name
        if name in EXACT["sds"]:
            spread = EXACT["sds"][name] / np.sqrt(float(ess_bulk(draws)))
            assert abs(draws.std() - EXACT["sds"][name]) < 4.0 * spread + ROUNDING, name


def moments(draws: Draws) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Of each site the mean and its Monte Carlo standard error, and of squares too."""
    found = {}
    for site, values in draws.values.items():
        for power in (1, 2):
            x = values**power
            error = mcse_mean(x)
            found[f"{site}^{power}"] = (x.mean(axis=(0, 1)), np.where(np.isnan(error), 0.0, error))
    return found


def assert_same_posterior(one: Draws, other: Draws) -> None:
    ours, theirs = moments(one), moments(other)
    assert set(ours) == set(theirs)
    for name, (mean, error) in ours.items():
        other_mean, other_error = theirs[name]
        away = np.abs(mean - other_mean)
        assert np.all(away <= ERRORS * np.hypot(error, other_error) + 1e-12), name


@pytest.mark.parametrize(
    "name",
    [
        "random_slope",
        "crossed_brms",
        "nested_slopes",
        "own_priors",
        "standard_errors_crossed",
        "standard_errors_and_sigma",
        "standard_errors_and_sigma_nested",
        "weights_crossed",
    ],
)
def test_lp_is_the_programs_log_density(name: str):
    model, of = grid.model_of(name), grid.marginal_of(name)
    drawn = run(model.spec, draws=3, chains=2, seed=4)
    assert_lp(model, of, drawn)


def assert_lp(model: fx.Model, of: grid.Marginal, drawn: Draws) -> None:
    """Compare `lp` with the printed program at the draws, its sites computed from them."""
    given = []
    for chain, draw in np.ndindex(drawn.stats["lp"].shape):
        values = {site: value[chain, draw] for site, value in drawn.values.items()}
        found = {"sigma": values["sigma"]} if "sigma" in values else {}
        beta = values.get("beta", np.empty(0))
        if len(beta):
            at_means = beta[0] + model.design.X[:, 1:].mean(axis=0) @ beta[1:]
            found |= {"beta": beta, "slopes": beta[1:], "Intercept@means": at_means}
            found |= {f"beta[{n}]": b for n, b in zip(model.design.columns, beta, strict=True)}
        for group in of.coordinates.groups:
            sd = values[f"sd_{group.name}"]
            L = np.eye(group.size)
            if f"cor_{group.name}" in values:
                L = np.linalg.cholesky(values[f"cor_{group.name}"])
            z = np.linalg.solve(sd[:, None] * L, values[f"r_{group.name}"].T).T
            found |= {f"sd_{group.name}": sd, f"L_{group.name}": L, f"z_{group.name}": z}
            found |= {entry.key: s for entry, s in zip(group.sds, sd, strict=True)}
        given.append(found | {f"{name}^2": value**2 for name, value in found.items()})
    expected = grid.joint_density(model, given)
    np.testing.assert_allclose(drawn.stats["lp"].ravel(), expected, rtol=1e-8)


def test_equal_seeds_give_equal_draws_and_others_do_not():
    spec = grid.model_of("random_slope").spec
    one, same, other = (run(spec, draws=20, chains=2, seed=seed) for seed in (5, 5, 6))
    for site, values in one.values.items():
        np.testing.assert_array_equal(values, same.values[site])
        assert np.all(values != other.values[site]) or site == "cor_g"


def test_no_draw_depends_on_how_many_others_there_are():
    spec = grid.model_of("crossed").spec
    few, many = run(spec, draws=20, chains=1, seed=5), run(spec, draws=50, chains=3, seed=5)
    for site, values in few.values.items():
        np.testing.assert_array_equal(values[0], many.values[site][0, :20])


@pytest.mark.parametrize("heavy", [False, True])
def test_draws_go_on_where_they_stopped(heavy: bool, monkeypatch):
    if heavy:
        monkeypatch.setattr("formix.engines.marginal.sampling._HEAVY", 0.0)
    spec = fx.Model("y ~ x + (1 | i) + (1 | j)", crossed(400)).spec
    whole = run(spec, draws=70, chains=2, seed=8)
    first = run(spec, draws=40, chains=2, seed=8)
    then = run(spec, draws=30, state=first.state)
    for site, values in whole.values.items():
        both = np.concatenate([first.values[site], then.values[site]], axis=1)
        np.testing.assert_array_equal(both, values)
    np.testing.assert_array_equal(whole.stats["lp"][:, 40:], then.stats["lp"])
    assert (whole.attributes["centres"] > 0) is heavy
    assert then.state.keys() == whole.state.keys()
    assert all(then.state[name] == whole.state[name] for name in whole.state)


def test_a_state_of_another_engine_is_refused():
    with pytest.raises(EngineError, match="not one of `marginal`"):
        run(grid.model_of("crossed").spec, state={"plan.seed": np.array(1)})


def test_chains_have_converged_and_draws_are_nearly_independent():
    drawn = run(grid.model_of("random_slope").spec, draws=1000, chains=4, seed=9)
    assert drawn.attributes["k_hat"] < 0.5
    for site, values in drawn.values.items():
        found = convergence(values)
        moving = np.ptp(values, axis=(0, 1)) > 1e-9
        assert np.all(found.rhat[moving] < 1.01), site
        assert np.all(found.ess_bulk[moving] > 2000), site
    assert 0.5 < drawn.stats["acceptance_rate"].mean() < 1.0


def test_every_site_has_its_shape():
    spec = grid.model_of("mixed_blocks").spec
    drawn = run(spec, draws=7, chains=3, seed=1)
    assert set(drawn.values) == {parameter.site for parameter in spec.parameters}
    for parameter in spec.parameters:
        assert drawn.values[parameter.site].shape == (3, 7, *parameter.shape)
        assert drawn.values[parameter.site].dtype == np.float64
    assert np.all(drawn.values["cor_g"][..., 2, :2] == 0.0)
    assert json.loads(json.dumps(dict(drawn.attributes)))["engine"] == "marginal"


@pytest.mark.parametrize("name", ["random_slope", "crossed_brms"])
def test_walkers_find_the_same_posterior(name: str, monkeypatch):
    spec = grid.model_of(name).spec
    expected = run(spec, draws=4000, chains=4, seed=10)
    monkeypatch.setattr("formix.engines.marginal.proposing.GATE", -9.0)
    walked = run(spec, draws=2000, chains=4, seed=11)
    assert walked.attributes["chain_method"] == "walkers"
    assert not walked.state
    assert_same_posterior(walked, expected)


def crossed(rows: int = 1500) -> pd.DataFrame:
    """Sixty items and twenty raters; the items' effects are well told, the raters' hardly."""
    generator = np.random.default_rng(30)
    i, j = generator.integers(60, size=rows), generator.integers(20, size=rows)
    x = generator.normal(size=rows)
    y = 2.0 + x + generator.normal(0.0, 1.5, 60)[i] + generator.normal(size=rows)
    y += generator.normal(0.0, 0.1, 20)[j] + generator.normal(0.0, 0.5, 60)[i] * x
    return pd.DataFrame({"y": y, "x": x, "i": i, "j": j})


@pytest.mark.parametrize("priors", ["default", "brms"])
@pytest.mark.parametrize(
    "formula",
    [
        "y ~ x + (x | i) + (1 | j)",
        "y ~ x + (1 | i) + (x || j)",
        "y | se(0.1 + x^2 / 9, sigma = TRUE) ~ x",
        "y | weights(1 + x^2) ~ x + (1 | i) + (1 | j)",
    ],
)
def test_draws_that_share_factors_are_of_the_same_posterior(formula: str, priors: str, monkeypatch):
    model = fx.Model(formula, crossed(), priors=priors)
    expected = run(model.spec, draws=3000, chains=4, seed=12)
    monkeypatch.setattr("formix.engines.marginal.sampling._HEAVY", 0.0)
    together = run(model.spec, draws=3000, chains=4, seed=13)
    assert together.attributes["centres"] > 0
    assert_same_posterior(together, expected)
    assert_lp(model, marginal(structure(model.spec)), run(model.spec, draws=2, chains=2, seed=13))


def test_a_shape_that_nothing_fits_is_handed_on(monkeypatch):
    monkeypatch.setattr("formix.engines.marginal.proposing.GATE", -9.0)
    monkeypatch.setattr("formix.engines.marginal.walkers._CHECKED", 0.0)
    monkeypatch.setattr("formix.engines.marginal.walkers._MOST_STEPS", 100)
    with pytest.raises(Decline) as signal:
        run(grid.model_of("random_intercept").spec, draws=10, chains=2, seed=1)
    assert "split R-hat" in signal.value.reason


def test_one_fixed_mean_with_known_errors_has_its_textbook_posterior():
    """No number is sampled: every draw is exact and independent."""
    frame = shapes.data()
    se = np.random.default_rng(2).uniform(0.5, 2.0, 60)
    priors = {"beta": "Normal(2, 3)"}
    spec = fx.Model("y | se(s) ~ 1", frame.assign(s=se), priors=priors).spec
    beta = run(spec, draws=5000, chains=4, seed=14).values["beta"]
    precision = 1.0 / 9.0 + np.sum(1.0 / se**2)
    mean = (2.0 / 9.0 + np.sum(frame["y"] / se**2)) / precision
    assert abs(beta.mean() - mean) < 4.0 * np.sqrt(1.0 / precision / 20_000)
    assert beta.std() == pytest.approx(np.sqrt(1.0 / precision), rel=0.03)


HARD = {
    "no variation between groups": "y ~ 1 + (1 | Batch)",
    "three groups": "y ~ x + (x | c)",
    "four correlated columns": "y ~ x + (x + z + lambda | g)",
    "one row a level": "y ~ x + (1 | row)",
    "more effects than rows": "y ~ x + (x + z | row)",
}


@pytest.mark.filterwarnings("ignore::formix.errors.DataWarning")
@pytest.mark.parametrize("case", HARD)
def test_hard_posteriors_are_sampled_or_handed_on(case: str):
    """What is returned has converged by its own numbers; what is not, says so."""
    frame = shapes.data().assign(row=np.arange(60), Batch=np.arange(60) % 6)
    if case == "no variation between groups":
        frame["y"] = np.random.default_rng(1).normal(size=60)
        frame["y"] -= frame.groupby("Batch")["y"].transform("mean")
    spec = fx.Model(HARD[case], frame).spec
    drawn = run(spec, draws=1000, chains=4, seed=15)
    assert drawn.attributes["chain_method"] == "walkers" or drawn.attributes["k_hat"] < 0.5
    for values in drawn.values.values():
        found = convergence(values)
        moving = np.ptp(values, axis=(0, 1)) > 1e-9
        assert np.all(found.rhat[moving] < 1.02)
        assert np.all(found.ess_bulk[moving] > 400)


@pytest.mark.parametrize("argument", [{"draws": 0}, {"chains": 1.5}, {"seed": -1}, {"draws": True}])
def test_an_argument_outside_what_it_accepts_is_refused(argument: dict):
    with pytest.raises(ArgumentError, match="whole number"):
        run(grid.model_of("random_slope").spec, **argument)


def test_a_spec_that_is_declined_is_refused_with_the_reason():
    spec = replace(grid.model_of("random_slope").spec, fixed={}, parameters=())
    with pytest.raises(UnsupportedError, match="nothing says how large the noise is"):
        run(spec)


def test_it_needs_no_jax():
    program = (
        "import sys, formix as fx; from formix.engines.marginal.sampling import run; "
        "spec = fx.Model('Reaction ~ Days + (Days | Subject)', fx.load('sleepstudy')).spec; "
        "run(spec, draws=10); "
        "print([name for name in ('jax', 'numpyro', 'arviz') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
