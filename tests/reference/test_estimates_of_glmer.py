"""ML estimates of generalised models against lme4 1.1-31's and glmmTMB 1.1.5's.

lme4's own defaults stop their inner iterations early, so that its log likelihoods are off by up to
some ten-thousandths; `glmer.R` lets them go on. glmmTMB's optimiser stops a little off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from r_results import dataset, results
from scipy import stats

import formix as fx

FITS = results("glmer")
HERDS = "cbind(incidence, size - incidence) ~ period + (1 | herd)"


@dataclass(frozen=True)
class Case:
    """A fit of `FITS`: our formula, data and family, and the nodes of its quadrature."""

    formula: str
    data: str
    family: str
    link: str = ""
    nodes: int = 1


CASES = {
    "cbpp": Case(HERDS, "cbpp", "binomial"),
    "cbpp_probit": Case(HERDS, "cbpp", "binomial", "probit"),
    "cbpp_cloglog": Case(HERDS, "cbpp", "binomial", "cloglog"),
    "cbpp_agq9": Case(HERDS, "cbpp", "binomial", nodes=9),
    "cbpp_agq25": Case(HERDS, "cbpp", "binomial", nodes=25),
    "cbpp_rows": Case(f"{HERDS} + (1 | obs)", "cbpp", "binomial"),
    "salamanders": Case("count ~ mined + spp + (1 | site)", "Salamanders", "poisson"),
    "contraception": Case(
        "use ~ age + I(age^2) + urban + livch + (1 | district)", "Contraception", "bernoulli"
    ),
    "contraception_slope": Case(
        "use ~ age + urban + (urban | district)", "Contraception", "bernoulli"
    ),
    "verbagg": Case(
        "r2 ~ Anger + Gender + btype + situ + (1 | id) + (1 | item)", "VerbAgg", "bernoulli"
    ),
}


def estimated(case: Case) -> fx.Estimates:
    family = getattr(fx, case.family)
    family = family(link=case.link) if case.link else family
    return fx.Model(case.formula, dataset(case.data), family).ml(nAGQ=case.nodes)


@pytest.mark.parametrize("name", CASES)
def test_estimates_are_those_of_glmer(name: str):
    found, wanted = estimated(CASES[name]), FITS[name]
    if CASES[name].nodes == 1:
        assert found.loglik == pytest.approx(wanted["loglik"], abs=1e-6)
    se = np.array(wanted["se"])
    beta = found.fixed["estimate"].to_numpy()
    np.testing.assert_allclose((beta - wanted["beta"]) / se, 0.0, atol=1e-3)
    np.testing.assert_allclose(found.fixed["se"], se, rtol=1e-3)
    residuals = np.quantile(found.residuals, (0.0, 0.25, 0.5, 0.75, 1.0))
    np.testing.assert_allclose(residuals, wanted["residuals"], rtol=1e-3, atol=1e-3)
    for group in wanted["groups"]:
        component = found.varcorr["estimate"].loc[group["group"]]
        size = len(group["sd"])
        np.testing.assert_allclose(component[:size], group["sd"], rtol=5e-4)
        np.testing.assert_allclose(component[size:], group["corr"], atol=1e-3)
        ours = found.ranef.loc[group["group"]]
        levels = [str(level) for level in ours.index.get_level_values("level")[::size]]
        order = [group["levels"].index(level) for level in levels]
        modes = np.reshape(group["modes"], (-1, size))[order]
        sds = np.reshape(group["sds"], (-1, size))[order]
        np.testing.assert_allclose(ours["estimate"], modes.ravel(), atol=1e-3)
        np.testing.assert_allclose(ours["sd"], sds.ravel(), rtol=1e-3)


def test_the_likelihood_by_quadrature_has_all_its_constants():
    """lme4 leaves out what the saturated model has, so that only the sum can be compared."""
    data = dataset("cbpp")
    k, n = data["incidence"].to_numpy(float), data["size"].to_numpy(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        saturated = stats.binom.logpmf(k, n, k / n).sum()
    found = estimated(CASES["cbpp_agq25"])
    assert found.loglik == pytest.approx(FITS["cbpp_agq25"]["loglik"] + saturated, abs=1e-6)


def test_negative_binomial_estimates_are_those_of_glmmtmb():
    found = fx.Model(
        "count ~ mined + spp + (1 | site)", dataset("Salamanders"), "negative_binomial"
    ).ml()
    assert found.loglik == pytest.approx(-826.2022046, abs=1e-6)
    assert found.df == 10
    assert found.own["shape"] == pytest.approx(0.9424012464, rel=1e-4)
    assert found.varcorr["estimate"].iloc[0] == pytest.approx(0.542634034, rel=1e-4)
    se = [0.2741630178, 0.2838100998, 0.2874900281, 0.2234628661]
    se += [0.2529764073, 0.2190892135, 0.2166492978, 0.2329048149]
    beta = [-1.683230244, 2.263288954, -1.319738929, 0.3685899254]
    beta += [-0.7098385898, 0.5714003042, 0.7929361896, 0.3120270771]
    np.testing.assert_allclose((found.fixed["estimate"] - beta) / se, 0.0, atol=1e-3)
    np.testing.assert_allclose(found.fixed["se"], se, rtol=1e-3)


def test_gamma_estimates_are_those_of_glmmtmb():
    """Its dispersion is the coefficient of variation."""
    found = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"), "gamma").ml()
    assert found.loglik == pytest.approx(-866.0183431, abs=1e-6)
    assert found.own["shape"] ** -0.5 == pytest.approx(0.08085279104, rel=1e-4)
    component = found.varcorr["estimate"]
    np.testing.assert_allclose(component[:2], [0.1008578745, 0.01750840279], rtol=1e-4)
    assert component.iloc[2] == pytest.approx(-0.02867694269, abs=1e-4)
    se = [0.02627628554, 0.004628558785]
    np.testing.assert_allclose(
        (found.fixed["estimate"] - [5.532517918, 0.03384995542]) / se, 0.0, atol=1e-3
    )
    np.testing.assert_allclose(found.fixed["se"], se, rtol=1e-3)
