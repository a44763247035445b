"""Estimates of covariance structures against glmmTMB 1.1.5's, and SciPy's of the whole covariance.

glmmTMB stops a little off: its standard deviations are known to about a part in a million.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from r_results import dataset
from scipy import stats
from scipy.optimize import minimize

import formix as fx
from formix.engines.marginal.support import supports
from formix.maximum import estimates
from formix.spec import Spec


def test_compound_symmetry():
    data = dataset("sleepstudy_x")
    found = fx.Model("Reaction ~ Phase + cs(0 + Phase | Subject)", data).reml()
    assert found.loglik == pytest.approx(-892.8353627, abs=1e-6)
    assert found.df == 8
    assert found.sigma == pytest.approx(31.26917979, rel=1e-5)
    component = found.varcorr["estimate"].loc["Subject"]
    sds = [component[f"sd(Phase[{phase}])"] for phase in ("base", "mid", "late")]
    np.testing.assert_allclose(sds, [19.19467476, 33.85692241, 50.36186895], rtol=1e-5)
    for name in component.index[3:]:
        assert name.startswith("cor")
        assert component[name] == pytest.approx(0.9576434282, abs=1e-5)
    np.testing.assert_allclose(
        found.fixed["estimate"], [260.5737806, 25.80666667, 69.02861111], rtol=1e-7
    )
    se = [6.901353898, 7.466054519, 9.962724061]
    np.testing.assert_allclose(found.fixed["se"], se, rtol=1e-5)


@pytest.mark.parametrize(
    ("formula", "loglik"),
    [
        ("Reaction ~ Days + diag(Days | Subject)", -871.8346468),
        ("Reaction ~ Phase + diag(Phase | Subject)", -896.4335672),
    ],
)
def test_uncorrelated(formula: str, loglik: float):
    found = fx.Model(formula, dataset("sleepstudy_x")).reml()
    assert found.loglik >= loglik - 1e-6
    assert found.loglik == pytest.approx(loglik, abs=1e-5)


def autoregression(noise: float) -> Spec:
    """Effects that are all but the residuals, as glmmTMB's `dispformula = ~0` fits them."""
    spec = fx.Model("Reaction ~ Days + ar1(0 + Dayf | Subject)", dataset("sleepstudy_x")).spec
    kept = tuple(parameter for parameter in spec.parameters if parameter.site != "sigma")
    return replace(spec, fixed={"sigma": noise}, parameters=kept)


def test_autoregression():
    noise = 0.1
    data = dataset("sleepstudy_x")
    y, day = data["Reaction"].to_numpy(float), data["Days"].to_numpy(float)
    same = data["Subject"].to_numpy()[:, None] == data["Subject"].to_numpy()
    X = np.column_stack([np.ones(len(y)), day])

    def negative(point: np.ndarray) -> float:
        sd, rho = np.exp(point[0]), np.tanh(point[1])
        covariance = same * sd**2 * rho ** np.abs(day[:, None] - day) + noise**2 * np.eye(len(y))
        inverse = np.linalg.inv(covariance)
        beta = np.linalg.solve(X.T @ inverse @ X, X.T @ inverse @ y)
        return -stats.multivariate_normal(X @ beta, covariance).logpdf(y)

    best = minimize(
        negative, [3.9, 1.0], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10}
    )
    found = estimates(autoregression(noise), "ML")
    assert found.loglik == pytest.approx(-best.fun, abs=1e-6)
    component = found.varcorr["estimate"].loc["Subject"]
    assert component["sd(Dayf[D9])"] == pytest.approx(np.exp(best.x[0]), rel=1e-5)
    assert component["cor(Dayf[D0], Dayf[D1])"] == pytest.approx(np.tanh(best.x[1]), abs=1e-5)
    # So little noise moves glmmTMB's estimates, without any, by less than this.
    assert found.loglik == pytest.approx(-874.0569086, abs=1e-3)
    assert component["sd(Dayf[D0])"] == pytest.approx(48.44285732, rel=1e-4)
    assert component["cor(Dayf[D8], Dayf[D9])"] == pytest.approx(0.7916613461, abs=1e-4)


def test_noise_that_leaves_no_digits_is_declined():
    assert "sigma is so small beside" in (supports(autoregression(1e-4)) or "")
