"""Posteriors of generalised models against glmer's estimates: R 4.2.2, lme4 1.1-31."""

from __future__ import annotations

import numpy as np
import pytest

import formix as fx
from formix.results.ess import mcse_mean

FORMULA = "cbind(incidence, size - incidence) ~ period + (1 | herd)"

LAPLACE = {
    "logit": {
        "(Intercept)": (-1.3983, 0.2312),
        "period2": (-0.9919, 0.3032),
        "period3": (-1.1282, 0.3228),
        "period4": (-1.5797, 0.422),
        "sd": (0.6421, 0.0),
    },
    "probit": {
        "(Intercept)": (-0.8355, 0.1262),
        "period2": (-0.528, 0.1606),
        "period3": (-0.6169, 0.1695),
        "period4": (-0.7996, 0.2047),
        "sd": (0.338, 0.0),
    },
    "cloglog": {
        "(Intercept)": (-1.5259, 0.2109),
        "period2": (-0.9164, 0.2849),
        "period3": (-1.0352, 0.3063),
        "period4": (-1.4837, 0.409),
        "sd": (0.5867, 0.0),
    },
}
"""Estimates and standard errors of `glmer(FORMULA, cbpp, binomial(link))`, and the groups' sd."""


@pytest.mark.slow
@pytest.mark.parametrize("link", LAPLACE)
def test_posterior_is_near_laplace(link: str):
    """Default priors are weak; 15 herds determine their sd.

    Means lie within 0.25 posterior sds, and sds of the posterior are 0.95 to 1.35 standard errors;
    the mean of a group's sd lies within 0.7 posterior sds. Monte Carlo adds 4 of its own standard
    errors, by a fixed seed.
    """
    model = fx.Model(FORMULA, fx.load("cbpp"), fx.binomial(link=link))
    fit = model.fit(draws=2000, seed=11, progress=False)
    assert fit.attrs["engine"] == "nuts"
    assert "the family is binomial" in str(fit.attrs["declined"])
    posterior = fit.posterior
    labels = {column.r: column.label for column in model.design["mu"].columns}
    for name, (estimate, se) in LAPLACE[link].items():
        if name == "sd":
            x = posterior["sd_herd"].sel(herd_effect="Intercept").to_numpy()
            assert abs(x.mean() - estimate) < 0.7 * x.std() + 4.0 * float(mcse_mean(x))
            continue
        x = posterior["beta"].sel(coef=labels[name]).to_numpy()
        assert abs(x.mean() - estimate) < 0.25 * x.std() + 4.0 * float(mcse_mean(x)), name
        assert 0.95 < x.std() / se < 1.35, name
    pointwise = fit.log_likelihood[model.design.response.name].to_numpy()
    assert pointwise.shape == (4, 2000, 56)
    assert np.all(np.isfinite(pointwise))
