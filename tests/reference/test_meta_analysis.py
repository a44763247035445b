"""Meta-analyses under priors of one's own, against quadrature and published numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import formix as fx
from formix.results.ess import mcse_mean

ERRORS = 4.0
"""Monte Carlo standard errors that a mean may be away: a false alarm in 16,000 each; fixed."""

EIGHT_SCHOOLS = pd.DataFrame(
    {
        "y": [28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0],
        "s": [15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0],
        "study": list("ABCDEFGH"),
    }
)
"""Rubin (1981), doi:10.3102/10769986006004377."""


def moments(y, s, location, scale, of_tau) -> dict[str, tuple[float, float]]:
    """Means and sds of mu, tau and each study's mu + r, by a sum over log tau.

    mu ~ Normal(location, scale), tau ~ HalfCauchy(of_tau); given tau the rest is normal (Gelman et
    al., Bayesian Data Analysis, third edition, section 5.4).
    """
    tau = np.exp(np.linspace(np.log(1e-9 * of_tau), np.log(1e7 * of_tau), 60_001))[:, None]
    precision = 1.0 / (s**2 + tau**2)
    total = precision.sum(axis=1) + 1.0 / scale**2
    mean = ((precision * y).sum(axis=1) + location / scale**2) / total
    # The density of the studies, mu integrated: all of it at mu = mean over that of mu there.
    logs = stats.norm.logpdf(y, mean[:, None], precision**-0.5).sum(axis=1)
    logs += stats.norm.logpdf(mean, location, scale) - stats.norm.logpdf(mean, mean, total**-0.5)
    logs += stats.halfcauchy.logpdf(tau[:, 0], 0.0, of_tau) + np.log(tau[:, 0])
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    share = s**2 * precision
    study = share * mean[:, None] + (1.0 - share) * y
    within = (1.0 - share) * s**2 + share**2 / total[:, None]
    zero = np.zeros(len(tau))
    pairs = [(mean, 1.0 / total), (tau[:, 0], zero), *zip(study.T, within.T, strict=True)]
    found = []
    for first, variance in pairs:
        center = float(weight @ first)
        found.append((center, float(np.sqrt(weight @ (variance + (first - center) ** 2)))))
    return dict(zip(["mu", "tau", *range(len(y))], found, strict=True))


def compare(posterior, expected: dict) -> None:
    mu = posterior["beta"].sel(coef="Intercept")
    tau = posterior["sd_study"].sel(study_effect="Intercept")
    effects = mu + posterior["r_study"].sel(study_effect="Intercept")
    for name, (mean, _) in expected.items():
        named = {"mu": mu, "tau": tau}
        x = named[name] if name in named else effects.isel(study=name)
        draws = x.transpose("chain", "draw").to_numpy()
        assert abs(draws.mean() - mean) < ERRORS * float(mcse_mean(draws)), name


ENGINES = [
    ("marginal", {"draws": 10_000}),
    pytest.param("nuts", {"draws": 4000, "target_accept": 0.95}, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("engine", "options"), ENGINES)
def test_the_aspirin_trials(engine: str, options: dict):
    frame = fx.load("aspirin")
    y, s = frame["y"].to_numpy(float), frame["sd"].to_numpy(float)
    location, spread = y.mean(), y.std()
    expected = moments(y, s, location, 10.0 * spread, 5.0 * spread)
    shown = [round(mean, 3) for mean, _ in expected.values()]
    assert shown == [1.508, 1.858, 2.073, 2.027, 1.585, 1.966, 1.797, -0.402]
    priors = {
        "beta[Intercept]": fx.Prior("Normal", location, 10.0 * spread),
        "sd_study": fx.Prior("HalfCauchy", 5.0 * spread),
    }
    model = fx.Model("y | se(sd) ~ 1 + (1 | study)", frame, priors=priors)
    compare(model.fit(engine=engine, seed=3, **options).posterior, expected)


@pytest.mark.parametrize(("engine", "options"), ENGINES)
def test_eight_schools(engine: str, options: dict):
    frame = EIGHT_SCHOOLS
    expected = moments(frame["y"].to_numpy(), frame["s"].to_numpy(), 0.0, 5.0, 5.0)
    shown = [round(number, 3) for name in ("mu", "tau") for number in expected[name]]
    assert shown == [4.397, 3.318, 3.598, 3.22]
    priors = {"beta[Intercept]": "Normal(0, 5)", "sd_study": "HalfCauchy(5)"}
    model = fx.Model("y | se(s) ~ 1 + (1 | study)", frame, priors=priors)
    compare(model.fit(engine=engine, seed=5, **options).posterior, expected)
