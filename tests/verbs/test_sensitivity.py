"""Power scaling against its definition for normal distributions, and against ArviZ's own verbs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fit_at import fit_at, random_fit
from scipy import stats

import formix as fx
from formix.results import inference_data

ROWS, SIGMA = 8, 2.0


def fitted(y: float, location: float, scale: float, draws: int = 4000):
    """Draws from the posterior of a mean of known sigma, and its closed form."""
    values = y + np.linspace(-1.0, 1.0, ROWS)
    priors = {"beta": f"Normal({location}, {scale})"}
    model = fx.Model(f"y ~ 1; sigma = {SIGMA}", {"y": values}, priors=priors)
    mean, sd = posterior(y, location, scale)
    points = stats.norm.ppf((np.arange(draws) + 0.5) / draws, mean, sd)
    return fit_at(model, {"beta": np.random.default_rng(1).permutation(points)[:, None]}, 4)


def posterior(y: float, location: float, scale: float, prior=1.0, likelihood=1.0):
    """The mean and sd where prior and likelihood are raised to powers."""
    precision = prior / scale**2 + likelihood * ROWS / SIGMA**2
    mean = (prior * location / scale**2 + likelihood * ROWS * y / SIGMA**2) / precision
    return mean, precision**-0.5


def distance(first: tuple[float, float], second: tuple[float, float], ends) -> float:
    """The cumulative Jensen-Shannon distance of two normal distributions, either way round."""
    x = np.linspace(*ends, 20001)
    found = []
    for sign in (1.0, -1.0):
        p, q = (stats.norm.cdf(sign * (x - mean) / sd) for mean, sd in (first, second))
        middle = 0.5 * (p + q)
        each = np.where(p > 0.0, p * np.log2(p / middle), 0.0)
        each += np.where(q > 0.0, q * np.log2(q / middle), 0.0)
        found.append(np.sqrt(np.sum(each) / np.sum(p + q)))
    return max(found)


@pytest.mark.parametrize("case", [(1.0, 0.0, 1.0), (6.0, 0.0, 1.0), (0.5, 0.0, 100.0)])
def test_of_a_normal_mean_it_is_the_change_of_the_posterior(case: tuple[float, float, float]):
    """The draws are quantiles, so that little but the finite differences is left to err."""
    fit = fitted(*case)
    draws = fit["posterior"]["beta"].to_numpy()
    ends, now = (draws.min(), draws.max()), posterior(*case)
    table = fx.sensitivity(fit)
    assert table.index.tolist() == ["beta[Intercept]"]
    for part in ("prior", "likelihood"):
        expected = 0.5 * sum(
            distance(now, posterior(*case, **{part: power}), ends) / abs(np.log2(power))
            for power in (0.99, 1.01)
        )
        assert table[part].iloc[0] == pytest.approx(expected, rel=0.05, abs=5e-4)


@pytest.mark.parametrize(
    ("case", "diagnosis"),
    [
        ((0.5, 0.0, 100.0), "✓"),
        ((6.0, 0.0, 1.0), "potential prior-data conflict"),
        ((0.4, 0.0, 0.05), "potential strong prior / weak likelihood"),
    ],
)
def test_the_diagnosis_is_in_words(case, diagnosis: str):
    assert fx.sensitivity(fitted(*case))["diagnosis"].tolist() == [diagnosis]


@pytest.fixture(scope="module")
def sleep():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    return random_fit(model, samples=400, chains=4)


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::RuntimeWarning")
def test_it_is_what_arviz_says(sleep):
    import arviz as az

    fit, table = inference_data(sleep), fx.sensitivity(sleep)
    names = ["sd_Subject", "cor_Subject", "beta", "sigma"]
    assert table.index.tolist() == [
        "sd_Subject[Intercept]",
        "sd_Subject[Days]",
        "cor_Subject[Days, Intercept]",
        "beta[Intercept]",
        "beta[Days]",
        "sigma",
    ]
    if hasattr(az, "psense_summary"):
        theirs = az.psense_summary(fit, var_names=names, round_to=12).loc[table.index]
        pd.testing.assert_frame_equal(
            table, theirs, check_names=False, check_exact=False, atol=1e-10, check_dtype=False
        )
        return
    for component in ("prior", "likelihood"):
        found = az.psens(fit, component=component, var_names=names)
        assert table[component]["sigma"] == pytest.approx(float(found["sigma"]))
        np.testing.assert_allclose(
            table[component][["beta[Intercept]", "beta[Days]"]], found["beta"], rtol=1e-9
        )


def test_other_likelihoods_and_draws_left_out_do_not_count_twice(sleep):
    """`az.psense` would add the likelihood by subject to that by row."""
    expected = fx.sensitivity(sleep)
    both = fx.log_likelihood(sleep, integrate="Subject")
    pd.testing.assert_frame_equal(fx.sensitivity(both), expected)
    thinned = sleep.with_group("posterior", sleep["posterior"].isel(draw=slice(None, None, 2)))
    fewer = fx.sensitivity(thinned)
    also = sleep
    for name in ("posterior", "log_likelihood"):
        also = also.with_group(name, also[name].isel(draw=slice(None, None, 2)))
    pd.testing.assert_frame_equal(fewer, fx.sensitivity(also))


def test_flat_priors_move_nothing():
    data = {"y": [1.0, 2.0, 4.0, 3.0], "x": [0.0, 1.0, 2.0, 3.0]}
    model = fx.Model("y ~ x", data, priors="flat")
    generator = np.random.default_rng(3)
    values = {"beta": generator.normal(size=(40, 2)), "sigma": generator.exponential(size=40)}
    table = fx.sensitivity(fit_at(model, values, 2))
    assert table["prior"].tolist() == [0.0, 0.0, 0.0]
    assert (table["likelihood"] > 0.0).all()


def test_what_cannot_be_is_refused(sleep):
    with pytest.raises(fx.ArgumentError, match="`threshold` is 0"):
        fx.sensitivity(sleep, threshold=0)
    with pytest.raises(fx.ResultError, match="not a fit"):
        fx.sensitivity(None)
