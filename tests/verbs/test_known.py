"""Fits of what is known of the rows: stored, opened elsewhere, gone on with."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pytest
from scipy import stats

import formix as fx
from formix.errors import ConvergenceWarning
from formix.results.groups import opened

RNG = np.random.default_rng(12)
DATA = {
    "y": RNG.normal(size=24) + np.repeat(RNG.normal(size=6), 4),
    "x": RNG.normal(size=24),
    "g": np.repeat(list("abcdef"), 4),
    "error": RNG.uniform(0.3, 1.2, 24),
    "size": RNG.integers(1, 9, 24).astype(float),
}
FORMULAS = {
    "se": "y | se(error) ~ x + (1 | g)",
    "both": "y | se(sqrt(error), sigma = TRUE) ~ x + (1 | g)",
    "weights": "y | weights(size) ~ x + offset(x^2) + (x | g)",
}
QUICK = {"draws": 40, "chains": 2, "seed": 5}


def fitted(name: str, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return fx.Model(FORMULAS[name], DATA).fit(**{**QUICK, **options})


@pytest.fixture(scope="module", params=FORMULAS)
def case(request):
    return request.param, fitted(request.param)


def deviations(name: str, sigma: float) -> np.ndarray:
    """The standard deviation of every row, by hand."""
    if name == "se":
        return DATA["error"]
    if name == "both":
        return np.sqrt(DATA["error"] + sigma**2)
    return np.sqrt(sigma**2 / DATA["size"])


def mean(name: str, values, draw: tuple[int, int]) -> np.ndarray:
    beta, r = values["beta"].to_numpy()[draw], values["r_g"].to_numpy()[draw]
    index, x = np.repeat(np.arange(6), 4), DATA["x"]
    eta = beta[0] + beta[1] * x + r[index, 0]
    return eta + x**2 + r[index, 1] * x if name == "weights" else eta


def test_the_pointwise_log_likelihood_is_scipys(case):
    name, fit = case
    values, found = fit.posterior, fit.log_likelihood["y"].to_numpy()
    for draw in [(0, 0), (1, 17)]:
        sigma = float(values["sigma"].to_numpy()[draw]) if "sigma" in values else np.nan
        expected = stats.norm.logpdf(DATA["y"], mean(name, values, draw), deviations(name, sigma))
        np.testing.assert_allclose(found[draw], expected, rtol=1e-10)


def test_sites_and_columns_are_stored(case):
    name, fit = case
    assert ("sigma" in fit.posterior) is ("sigma" in fit.log_prior) is (name != "se")
    column = "size" if name == "weights" else "error"
    np.testing.assert_array_equal(fit.constant_data[column], DATA[column])
    table = fx.varcorr(fit)
    assert ("Residual" in table.index.get_level_values("group")) is (name != "se")
    assert ("Family parameters" in str(fx.summary(fit))) is (name != "se")
    if name == "se":
        with pytest.raises(fx.ResultError, match="no residual standard deviation"):
            fx.sigma(fit)
    else:
        assert fx.sigma(fit)["mean"] > 0


def test_the_model_comes_back_in_a_new_process(case, tmp_path):
    name, fit = case
    path = fx.write(fit, tmp_path / "fit.nc")
    model = fx.Model(FORMULAS[name], DATA)
    script = (
        "import sys, formix as fx\n"
        "fit = fx.read(sys.argv[1])\n"
        "print(fx.source(fit), end='\\0')\n"
        "print(fx.model(fit), end='\\0')\n"
        "print(fx.model(fit).fit(draws=40, chains=2, seed=5).posterior['beta'].values.tolist())\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", script, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    source, text, beta = done.stdout.split("\0")
    assert source.strip() == model.source.strip()
    assert text == str(model)
    np.testing.assert_array_equal(np.array(eval(beta)), fit.posterior["beta"])


def test_the_log_likelihood_is_made_again(case):
    _, fit = case
    found = opened(fit)
    bare = found.datasets.copy()
    expected = bare.pop("log_likelihood")["y"]
    again = fx.log_likelihood(type(found)(bare, found.attributes))
    np.testing.assert_allclose(opened(again)["log_likelihood"]["y"], expected, rtol=1e-12)


def test_draws_go_on_where_they_stopped(case):
    name, fit = case
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        longer = fx.extend(fit, draws=20)
    whole = fitted(name, draws=60)
    for site in whole.posterior.data_vars:
        np.testing.assert_array_equal(longer.posterior[site], whole.posterior[site])
    np.testing.assert_allclose(longer.log_likelihood["y"], whole.log_likelihood["y"])


@pytest.mark.parametrize("name", FORMULAS)
def test_prior_predictive_draws_have_the_rows_deviations(name):
    """Kolmogorov-Smirnov at a fixed seed: a false alarm in 10^5."""
    drawn = fx.Model(FORMULAS[name], DATA).prior(draws=400, seed=7)
    y = drawn.prior_predictive["y"].to_numpy()[0]
    standard = np.empty_like(y)
    for i in range(400):
        sigma = float(drawn.prior["sigma"][0, i]) if "sigma" in drawn.prior else np.nan
        away = y[i] - mean(name, drawn.prior, (0, i))
        standard[i] = away / deviations(name, sigma)
    assert stats.kstest(standard.ravel(), stats.norm().cdf).pvalue > 1e-5
