"""REML and ML estimates: shapes, what is printed, what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapes
from scipy import stats
from scipy.optimize import minimize

import formix as fx
from formix.errors import DataError, UnsupportedError
from formix.families import family
from formix.maximum import estimates

PRINTED = """\
Linear mixed model fit by REML
Formula: Reaction ~ Days + (Days | Subject)

REML criterion at convergence: 1743.6

Scaled residuals:
    Min       1Q  Median      3Q     Max
-3.9536  -0.4634  0.0231  0.4634  5.1793

Random effects:
 Groups    Name       Variance  Std.Dev.  Corr
 Subject   Intercept    612.1    24.74
           Days          35.07    5.922   0.07
 Residual               654.9    25.59
Number of obs: 180, groups:  Subject, 18

Fixed effects:
           Estimate  Std. Error  t value
Intercept    251.4     6.825      36.838
Days          10.47    1.546       6.771

Correlation of Fixed Effects:
      Intercep
Days    -0.138"""


def sleep(formula: str = "Reaction ~ Days + (Days | Subject)"):
    return fx.Model(formula, fx.load("sleepstudy")).spec


def test_it_prints_as_lme4_does():
    assert str(estimates(sleep(), "REML")) == PRINTED


def test_maximum_likelihood_prints_its_criteria():
    found = estimates(sleep(), "ML")
    lines = str(found).splitlines()
    assert lines[0] == "Linear mixed model fit by maximum likelihood"
    assert lines[3].split() == ["AIC", "BIC", "logLik", "df"]
    assert lines[4].split() == ["1763.9", "1783.1", "-876.0", "6"]
    assert found.aic == pytest.approx(-2.0 * found.loglik + 12.0)
    assert found.bic == pytest.approx(-2.0 * found.loglik + 6.0 * np.log(180))


def test_tables_are_labelled():
    found = estimates(sleep(), "REML")
    assert found.fixed.index.tolist() == ["Intercept", "Days"]
    assert found.fixed.columns.tolist() == ["estimate", "se"]
    assert found.varcorr.index.tolist() == [
        ("Subject", "sd(Intercept)"),
        ("Subject", "sd(Days)"),
        ("Subject", "cor(Intercept, Days)"),
        ("Residual", "sd"),
    ]
    assert found.ranef.index.names == ["group", "level", "effect"]
    assert found.ranef.loc[("Subject", "308", "Days"), "estimate"] == pytest.approx(9.199, abs=1e-3)
    assert found.levels == {"Subject": 18}
    np.testing.assert_allclose(np.sqrt(np.diag(found.vcov)), found.fixed["se"])


def test_a_boundary_is_said():
    found = estimates(fx.Model("Yield ~ 1 + (1 | Batch)", fx.load("Dyestuff2")).spec, "REML")
    assert found.singular
    assert found.varcorr.loc[("Batch", "sd(Intercept)"), "estimate"] == 0.0
    assert str(found).endswith("has no full rank")


def test_uncorrelated_effects_have_no_correlation():
    found = estimates(sleep("Reaction ~ Days + (Days || Subject)"), "REML")
    assert not any(name.startswith("cor") for _, name in found.varcorr.index)


def test_without_groups_it_is_least_squares():
    frame = shapes.data()
    found = estimates(fx.Model("y ~ x + z", frame).spec, "REML")
    X = np.column_stack([np.ones(len(frame)), frame["x"], frame["z"]])
    beta, rss, *_ = np.linalg.lstsq(X, frame["y"].to_numpy(), rcond=None)
    np.testing.assert_allclose(found.fixed["estimate"], beta)
    assert found.sigma == pytest.approx(np.sqrt(rss[0] / (len(frame) - 3)))
    assert found.ranef.empty
    assert isinstance(found.ranef, pd.DataFrame)


@pytest.mark.parametrize("with_sigma", [False, True])
def test_known_standard_errors_are_those_of_a_meta_analysis(with_sigma: bool):
    """Six studies, and two effects of each: against a search over the covariance written out."""
    generator = np.random.default_rng(3)
    study = np.repeat(np.arange(6), 2)
    y = generator.normal(1.0, 0.5, 6)[study] + generator.normal(0.0, 0.6, 12)
    se = generator.uniform(0.1, 0.6, 12)
    frame = pd.DataFrame({"y": y, "s": study, "error": se})
    addition = "se(error, sigma = TRUE)" if with_sigma else "se(error)"
    found = estimates(fx.Model(f"y | {addition} ~ 1 + (1 | s)", frame).spec, "ML")

    def deviance(parameters: np.ndarray) -> float:
        mean, tau, sigma = parameters if with_sigma else (*parameters, 0.0)
        covariance = np.diag(se**2 + sigma**2) + tau**2 * np.equal.outer(study, study)
        return -float(stats.multivariate_normal.logpdf(y, np.full(12, mean), covariance))

    start = [1.0, 0.5, 0.3][: 2 + with_sigma]
    best = minimize(deviance, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12})
    assert found.loglik == pytest.approx(-best.fun, abs=1e-8)
    assert found.fixed["estimate"].iloc[0] == pytest.approx(best.x[0], abs=1e-5)
    tau = found.varcorr.loc[("s", "sd(Intercept)"), "estimate"]
    assert tau == pytest.approx(abs(best.x[1]), abs=1e-4)
    if with_sigma:
        assert found.sigma == pytest.approx(abs(best.x[2]), abs=1e-4)
    else:
        assert np.isnan(found.sigma)


def test_too_few_observations_are_refused():
    frame = shapes.data().iloc[:2]
    with pytest.raises(DataError, match="2 observations are too few for 2 coefficients"):
        estimates(fx.Model("y ~ x", frame).spec, "REML")


def test_another_link_is_refused():
    frame = shapes.data()
    frame["y"] = frame["y"].abs() + 1.0
    model = fx.Model("y ~ x", frame, family("gaussian")(link="log"))
    with pytest.raises(UnsupportedError, match="there are no REML estimates of this model"):
        estimates(model.spec, "REML")
