from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import jax
import numpy as np
import pytest
from engines.programs import (
    SLEEP_SITES,
    SLEEP_TEXT,
    asked,
    line,
    line_posterior,
    program,
    sleep,
    sleep_data,
)
from numpyro.infer import MCMC, NUTS

from formix.engines import kernel as kernel_module, nuts
from formix.engines.precision import float64
from formix.engines.progress import Progress
from formix.errors import ArgumentError, EngineError
from formix.results.ess import mcse_mean, rhat

# One program is compiled for all these tests: warm-up and chains are part of it.
SETTINGS = {"chains": 2, "warmup": 300, "start": "random"}
SETTINGS_LINE = {"warmup": 200, "seed": 3, "start": "random", "chain_method": "vectorized"}


@pytest.fixture(scope="module")
def study():
    return sleep()


@pytest.fixture(scope="module")
def told() -> list[Progress]:
    return []


@pytest.fixture(scope="module")
def draws(study, told):
    return nuts.run(SLEEP_SITES, study, draws=500, seed=7, progress=told.append, **SETTINGS)


@pytest.fixture
def no_compiling(monkeypatch, draws):
    """What follows fails if it compiles."""

    def refused(_lowered):
        raise AssertionError("compiled again")

    monkeypatch.setattr(kernel_module, "compiled", refused)


def same(a, b) -> bool:
    return all(np.array_equal(a[name], b[name]) for name in a) and a.keys() == b.keys()


def test_every_site_is_there_in_double_precision(draws):
    shapes = {name: values.shape for name, values in draws.values.items()}
    assert shapes == {
        "beta": (2, 500, 2),
        "sd_Subject": (2, 500, 2),
        "cor_Subject": (2, 500, 2, 2),
        "r_Subject": (2, 500, 18, 2),
        "sigma": (2, 500),
    }
    assert {values.dtype for values in draws.values.values()} == {np.dtype(np.float64)}


def test_stats_have_arviz_names_and_types(draws):
    types = {name: values.dtype.kind for name, values in draws.stats.items()}
    assert types == {
        "lp": "f",
        "energy": "f",
        "acceptance_rate": "f",
        "step_size": "f",
        "n_steps": "i",
        "diverging": "b",
        "tree_depth": "i",
    }
    assert {values.shape for values in draws.stats.values()} == {(2, 500)}
    assert (draws.stats["energy"] >= -draws.stats["lp"]).all()
    # After the warm-up the step size stays, one for each chain.
    assert (np.ptp(draws.stats["step_size"], axis=1) == 0).all()


def test_the_tree_depth_is_the_least_that_holds_the_leapfrogs(draws):
    depth, leapfrogs = draws.stats["tree_depth"], draws.stats["n_steps"]
    assert (leapfrogs < 2**depth).all()
    assert (leapfrogs >= 2 ** (depth - 1)).all()


def test_sites_agree_with_one_another(draws):
    """A deterministic site is computed from the same draw as what it is computed from."""
    correlation = draws.values["cor_Subject"]
    np.testing.assert_allclose(np.diagonal(correlation, axis1=2, axis2=3), 1.0, rtol=1e-12)
    X, y = sleep_data()["X"], sleep_data()["Reaction"]
    index = sleep_data()["Subject"]
    r, beta, sigma = (draws.values[name] for name in ("r_Subject", "beta", "sigma"))
    eta = beta @ X.T + (r[:, :, index] * X).sum(axis=-1)
    rss = ((y - eta) ** 2).sum(axis=-1)
    # The residual sum of squares over sigma squared is about the number of rows.
    np.testing.assert_allclose((rss / sigma**2).mean(), len(y), rtol=0.1)


def test_the_posterior_is_that_of_brms(draws):
    """Against importance sampling with 2.4 million draws; false alarms once in 2000 seeds."""
    exact = {
        "beta": ([251.24, 10.426], [7.39, 1.71]),
        "sd_Subject": ([26.857, 6.57], [6.845, 1.524]),
        "sigma": (25.915, 1.559),
    }
    for site, (mean, sd) in exact.items():
        values = draws.values[site]
        error = mcse_mean(values)
        assert (np.abs(values.mean(axis=(0, 1)) - mean) < 4 * error + 0.006).all(), site
        np.testing.assert_allclose(values.std(axis=(0, 1)), sd, rtol=0.25)
    correlation = draws.values["cor_Subject"][..., 0, 1]
    error = mcse_mean(correlation)
    assert abs(correlation.mean() - 0.0868) < 4 * error + 0.0015


def test_attributes_say_how_the_draws_were_made(draws):
    attributes = json.loads(json.dumps(draws.attributes))
    assert attributes["engine"] == "nuts"
    assert attributes["chain_method"] in {"parallel", "vectorized"}
    assert attributes["chain_method_reason"]
    assert (attributes["draws"], attributes["warmup"], attributes["chains"]) == (500, 300, 2)
    assert attributes["seed"] == 7
    assert attributes["versions"]["jax"] == jax.__version__
    assert set(attributes["seconds"]) == {"compile", "warmup", "draws"}


def test_progress_goes_through_its_phases_to_their_ends(told, draws):
    assert [told[i] for i in (0, 1)] == [
        Progress("compile", 0, 1, 0, told[0].seconds),
        Progress("compile", 1, 1, 0, told[1].seconds),
    ]
    for phase, total in (("warmup", 300), ("draws", 500)):
        done = [p.done for p in told if p.phase == phase]
        assert done == sorted(done)
        assert done[-1] == total
    assert [p.seconds for p in told] == sorted(p.seconds for p in told)
    assert told[-1].divergences == draws.stats["diverging"].sum()


@pytest.mark.usefixtures("no_compiling")
def test_the_same_seed_gives_the_same_draws_without_compiling(study, draws):
    again = nuts.run(SLEEP_SITES, study, draws=500, seed=7, **SETTINGS)
    assert same(again.values, draws.values)
    assert same(again.stats, draws.stats)


@pytest.mark.usefixtures("no_compiling")
def test_another_seed_gives_other_draws(study, draws):
    other = nuts.run(SLEEP_SITES, study, draws=10, seed=8, **SETTINGS)
    assert not np.isin(other.values["sigma"], draws.values["sigma"]).any()


@pytest.mark.usefixtures("no_compiling")
def test_two_runs_equal_one(study, draws):
    first = nuts.run(SLEEP_SITES, study, draws=137, seed=7, **SETTINGS)
    state = {name: np.array(values) for name, values in first.state.items()}
    second = nuts.run(SLEEP_SITES, study, draws=363, state=state)
    for kind in ("values", "stats"):
        one, two, both = getattr(first, kind), getattr(second, kind), getattr(draws, kind)
        joined = {name: np.concatenate([one[name], two[name]], axis=1) for name in both}
        assert same(joined, both), kind
    assert same(second.state, draws.state)
    assert second.attributes["draws"] == 363
    assert second.attributes["warmup"] == 300


@pytest.mark.usefixtures("no_compiling")
def test_other_data_of_the_same_shapes_and_another_target_do_not_compile(study):
    data = dict(study.data) | {"Reaction": study.data["Reaction"] + 100.0}
    moved = program(study.text, data, "Reaction")
    found = nuts.run(SLEEP_SITES, moved, draws=200, seed=1, target_accept=0.95, **SETTINGS)
    assert abs(found.values["beta"][..., 0].mean() - 351.0) < 10.0
    assert found.stats["acceptance_rate"].mean() > 0.9


@pytest.mark.usefixtures("no_compiling")
def test_a_thread_gives_the_same_draws_and_two_do_not_disturb_each_other(study, draws):
    found = {}

    def fit(seed: int) -> None:
        found[seed] = nuts.run(SLEEP_SITES, study, draws=50, seed=seed, **SETTINGS)

    threads = [threading.Thread(target=fit, args=(seed,)) for seed in (7, 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first = {name: values[:, :50] for name, values in draws.values.items()}
    assert same(found[7].values, first)
    assert not same(found[8].values, first)


@pytest.mark.usefixtures("no_compiling")
def test_ctrl_c_is_heard_and_leaves_nothing_broken(study, draws):
    pressed: list[float] = []

    def press() -> None:
        pressed.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(1.0, press)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        nuts.run(SLEEP_SITES, study, draws=10**6, seed=1, **SETTINGS)
    assert time.monotonic() - pressed[0] < 2.0
    again = nuts.run(SLEEP_SITES, study, draws=500, seed=7, **SETTINGS)
    assert same(again.values, draws.values)


@pytest.mark.usefixtures("no_compiling")
def test_what_progress_raises_ends_the_run(study):
    def stop(progress: Progress) -> None:
        if progress.phase == "draws":
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        nuts.run(SLEEP_SITES, study, draws=10**6, seed=1, progress=stop, **SETTINGS)


@pytest.mark.usefixtures("draws")
def test_the_callers_precision_and_cache_are_as_before():
    assert not jax.config.jax_enable_x64
    assert jax.numpy.ones(1).dtype == np.float32
    assert jax.config.jax_compilation_cache_dir is None


def test_a_state_of_another_model_is_refused(study, draws):
    state = dict(draws.state) | {"z.sigma": np.zeros((2, 5))}
    with pytest.raises(EngineError, match=r"does not fit this model: `z\.sigma`"):
        nuts.run(SLEEP_SITES, study, draws=10, state=state)
    with pytest.raises(EngineError, match="not one of `nuts`"):
        nuts.run(SLEEP_SITES, study, draws=10, state={"theta": np.zeros(3)})


def test_vectorised_chains_have_the_exact_posterior():
    """Of a conjugate model; false alarms once in 1000 seeds."""
    study = line()
    mean, covariance = line_posterior(study)
    found = nuts.run(asked("beta"), study, draws=1000, **SETTINGS_LINE)
    assert found.attributes["chain_method"] == "vectorized"
    beta = found.values["beta"]
    assert beta.shape == (4, 1000, 2)
    assert (np.abs(beta.mean(axis=(0, 1)) - mean) < 4 * mcse_mean(beta)).all()
    np.testing.assert_allclose(np.cov(beta.reshape(-1, 2).T), covariance, rtol=0.2)
    first = nuts.run(asked("beta"), study, draws=10, **SETTINGS_LINE)
    more = nuts.run(asked("beta"), study, draws=990, state=first.state)
    assert np.array_equal(more.values["beta"], beta[:, 10:])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"draws": 0}, "draws is 0"),
        ({"draws": 10.0}, r"draws is 10\.0"),
        ({"chains": 0}, "chains is 0"),
        ({"chains": True}, "chains is True"),
        ({"warmup": -1}, "warmup is -1"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": "one"}, "seed is 'one'"),
        ({"max_tree_depth": 0}, "max_tree_depth is 0"),
        ({"target_accept": 1.0}, r"target_accept is 1\.0"),
        ({"chain_method": "serial"}, "chain_method is 'serial'"),
        ({"start": "here"}, "start is 'here'"),
    ],
)
def test_arguments_outside_what_they_accept_are_refused(study, wrong, message):
    with pytest.raises(ArgumentError, match=message):
        nuts.run(SLEEP_SITES, study, **{"draws": 10, "seed": 1} | SETTINGS | wrong)


def test_a_site_that_the_program_lacks_is_named():
    with pytest.raises(EngineError, match="no site `gamma`"):
        nuts.run(asked("beta", "gamma"), line(), draws=10, seed=1, start="random")


def test_a_program_that_fails_is_an_error_of_ours():
    broken = line().text.replace("X @ beta", "X @ beta[:1]")
    with pytest.raises(EngineError, match="the program fails"):
        nuts.run(asked("beta"), program(broken, line().data, "y"), draws=10, seed=1, start="random")


def columns(values) -> np.ndarray:
    """Return the elements of the sites that vary, side by side: chain, draw, element."""
    parts = [values[name] for name in ("beta", "sd_Subject", "sigma", "r_Subject")]
    parts.append(values["cor_Subject"][..., 0, 1])
    return np.concatenate([part.reshape(*part.shape[:2], -1) for part in parts], axis=2)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["auto", "vectorized"])
def test_draws_are_distributed_as_those_of_numpyros_mcmc(study, method):
    """Means and spreads of 42 numbers; false alarms once in 1500 seeds."""
    found = nuts.run(SLEEP_SITES, study, draws=2000, seed=1, start="random", chain_method=method)
    with float64():
        mcmc = MCMC(
            NUTS(study.function),
            num_warmup=1000,
            num_samples=2000,
            num_chains=4,
            chain_method="vectorized",
            progress_bar=False,
        )
        mcmc.run(jax.random.key(1), **study.data)
        theirs = columns({k: np.asarray(v) for k, v in mcmc.get_samples(True).items()})
    ours = columns(found.values)
    for what in (lambda x: x, lambda x: np.square(x - theirs.mean(axis=(0, 1)))):
        a, b = what(ours), what(theirs)
        error = np.hypot(mcse_mean(a), mcse_mean(b))
        distance = (a.mean(axis=(0, 1)) - b.mean(axis=(0, 1))) / error
        assert np.abs(distance).max() < 4.5


@pytest.mark.slow
@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_the_unit_of_the_response_does_not_matter(unit):
    """NumPyro's own start, within two of the origin, does not reach a mode near 2.5e8."""
    text = SLEEP_TEXT
    for number in ("288.7", "59.3"):
        text = text.replace(number, f"{float(number) * unit!r}")
    data = sleep_data()
    data["Reaction"] = data["Reaction"] * unit
    found = nuts.run(SLEEP_SITES, program(text, data, "Reaction"), seed=2, start="random")
    for site, exact in (("beta", [251.24, 10.426]), ("sd_Subject", [26.857, 6.57])):
        values = found.values[site] / unit
        assert (rhat(values) < 1.02).all()
        assert (np.abs(values.mean(axis=(0, 1)) - exact) < 4 * mcse_mean(values) + 0.006).all()


@pytest.mark.slow
def test_ctrl_c_is_heard_at_any_moment_of_a_fit():
    """While it imports, traces, compiles, warms up or draws: within two seconds each time."""
    script = """
import time
from engines.programs import SLEEP_SITES, sleep
study = sleep()
print("ready", flush=True)
try:
    from formix.engines import ENGINES
    ENGINES[-1].load().run(SLEEP_SITES, study, draws=10**6, seed=1)
except KeyboardInterrupt:
    print("heard", flush=True)
"""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1]), "FORMIX_CACHE": "0"}
    for delay in (0.0, 0.3, 0.6, 0.9, 1.2, 1.5, 2.0, 3.0, 5.0, 8.0):
        with subprocess.Popen(
            [sys.executable, "-c", script],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout.readline() == "ready\n"
            time.sleep(delay)
            process.send_signal(signal.SIGINT)
            pressed = time.monotonic()
            assert process.stdout.readline() == "heard\n", delay
            assert time.monotonic() - pressed < 2.0, delay
            assert process.stderr.read() == ""
        assert process.returncode == 0, delay
