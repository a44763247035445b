"""Posteriors where something is known of the rows, against sums over a grid and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import formix as fx
from formix.results.ess import ess_bulk, mcse_mean

META = "y | se(sd) ~ 1 + (1 | study)"
ERRORS = 4.5
"""Monte Carlo standard errors that a mean may be away: a false alarm in 10^5 for each; fixed."""


@pytest.fixture(scope="module")
def aspirin():
    return fx.load("aspirin")


def textbook(frame, model: fx.Model) -> dict[str, tuple[float, float]]:
    """Means and sds of mu, tau and the studies' effects: a grid over tau, the rest in closed form.

    Gelman et al., Bayesian Data Analysis, third edition, section 5.4.
    """
    y, variance = frame["y"].to_numpy(float), frame["sd"].to_numpy(float) ** 2
    m, s = next(e for e in model.priors if e.key.startswith("beta")).of_table.arguments
    df, scale = model.priors["sd_study[Intercept]"].of_table.arguments
    tau = np.linspace(0.0, 400.0**0.2, 40_001)[1:] ** 5
    precision = 1.0 / (variance + tau[:, None] ** 2)
    total = precision.sum(axis=1) + 1.0 / s**2
    mean = ((precision * y).sum(axis=1) + m / s**2) / total
    logs = stats.norm.logpdf(mean, m, s) + stats.t.logpdf(tau, df, 0.0, scale)
    logs += stats.norm.logpdf(y, mean[:, None], precision**-0.5).sum(axis=1)
    logs -= stats.norm.logpdf(mean, mean, total**-0.5)
    # Between the points of the grid, tau moves as its fifth root's fourth power.
    weight = np.exp(logs - logs.max()) * tau**0.8
    weight /= weight.sum()
    shrunk = tau[:, None] ** 2 * precision
    study = shrunk * (y - mean[:, None])
    within = shrunk * variance + shrunk**2 / total[:, None]
    found = {"mu": _moments(weight, mean, 1.0 / total), "tau": _moments(weight, tau, 0.0 * tau)}
    for j, name in enumerate(frame["study"]):
        found[str(name)] = _moments(weight, study[:, j], within[:, j])
    return found


def _moments(weight: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> tuple[float, float]:
    first = float(weight @ mean)
    return first, float(np.sqrt(weight @ (variance + (mean - first) ** 2)))


@pytest.mark.parametrize(
    ("engine", "priors", "options"),
    [
        ("marginal", "default", {"draws": 10_000}),
        ("marginal", {"beta": "Normal(0, 2)", "sd": "HalfStudentT(4, 0.7)"}, {"draws": 10_000}),
        ("nuts", "default", {"draws": 3000, "target_accept": 0.95}),
    ],
)
def test_a_meta_analysis_has_its_textbook_posterior(aspirin, engine, priors, options):
    model = fx.Model(META, aspirin, priors=priors)
    fit = model.fit(engine=engine, seed=2, **options)
    posterior = fit.posterior
    draws = {
        "mu": posterior["beta"].sel(coef="Intercept"),
        "tau": posterior["sd_study"].sel(study_effect="Intercept"),
    }
    for study in aspirin["study"]:
        draws[study] = posterior["r_study"].sel(study=study, study_effect="Intercept")
    for name, (mean, sd) in textbook(aspirin, model).items():
        x = draws[name].transpose("chain", "draw").to_numpy()
        assert abs(x.mean() - mean) < ERRORS * float(mcse_mean(x)), name
        # An sd of heavy-tailed draws is known to within a few times sd / sqrt(2 ESS).
        assert abs(x.std() - sd) < ERRORS * sd / np.sqrt(float(ess_bulk(x))), name
    assert "sigma" not in posterior


def test_auto_takes_the_marginal_engine(aspirin):
    summary = fx.summary(fx.Model(META, aspirin).fit(draws=500, seed=1))
    assert "4 chains of 500 draws by marginal" in str(summary)
    assert summary.frame.index.tolist() == ["sd_study[Intercept]", "beta[Intercept]"]


@pytest.mark.parametrize("with_weights", [False, True])
def test_one_variance_is_inverse_gamma(with_weights: bool):
    """Weighted least squares: a conjugate prior on sigma^2, flat ones on the coefficients."""
    generator = np.random.default_rng(8)
    x, w = generator.normal(size=30), generator.uniform(0.2, 4.0, 30)
    y = 1.0 + 2.0 * x + generator.normal(size=30) / np.sqrt(w)
    left = "y | weights(w)" if with_weights else "y"
    priors = {"beta": "Flat()", "sigma^2": "InverseGamma(3, 2)"}
    model = fx.Model(f"{left} ~ x", {"y": y, "x": x, "w": w}, priors=priors)
    posterior = model.fit(engine="marginal", draws=5000, seed=3).posterior
    W = w if with_weights else np.ones(30)
    X = np.column_stack([np.ones(30), x])
    covariance = np.linalg.inv(X.T @ (W[:, None] * X))
    beta = covariance @ X.T @ (W * y)
    square = float(W @ (y - X @ beta) ** 2)
    variance = stats.invgamma(3.0 + 14.0, scale=2.0 + 0.5 * square)
    drawn = posterior["sigma"].to_numpy() ** 2
    assert abs(drawn.mean() - variance.mean()) < ERRORS * float(mcse_mean(drawn))
    for j in range(2):
        draws = posterior["beta"].to_numpy()[..., j]
        assert abs(draws.mean() - beta[j]) < ERRORS * float(mcse_mean(draws))
        expected = np.sqrt(covariance[j, j] * variance.mean())
        assert draws.std() == pytest.approx(expected, rel=0.03)


def test_equal_weights_change_the_units_of_sigma_and_nothing_else():
    frame = fx.load("sleepstudy")
    terms = "Days + (Days | Subject)"
    one = fx.Model(f"Reaction | weights(4) ~ {terms}", frame, priors="flat").fit(draws=500, seed=4)
    other = fx.Model(f"Reaction ~ {terms}", frame, priors="flat").fit(draws=500, seed=4)
    np.testing.assert_allclose(fx.sigma(one)["mean"], 2.0 * fx.sigma(other)["mean"], rtol=0.02)
    np.testing.assert_allclose(fx.fixef(one)["mean"], fx.fixef(other)["mean"], rtol=0.03)


@pytest.mark.parametrize("priors", ["default", "brms", "flat"])
def test_without_a_sigma_it_has_no_prior_and_the_others_are_the_same(aspirin, priors: str):
    tables = {
        addition: {e.key: str(e.prior) for e in fx.Model(formula, aspirin, priors=priors).priors}
        for addition, formula in {
            "": "y ~ 1",
            "se": "y | se(sd) ~ 1",
            "both": "y | se(sd, sigma = TRUE) ~ 1",
            "weights": "y | weights(sd) ~ 1",
        }.items()
    }
    assert tables[""] == tables["both"] == tables["weights"]
    assert "sigma" in tables[""]
    assert tables["se"] == {key: text for key, text in tables[""].items() if key != "sigma"}
    with pytest.raises(fx.PriorError, match="`sigma` is the address of no prior"):
        fx.Model("y | se(sd) ~ 1", aspirin, priors={"sigma": "HalfNormal(1)"})
