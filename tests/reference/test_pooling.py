"""The sleep study pooled wholly and not at all, and a scale for each group, in closed form."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import formix as fx
from formix.results.ess import ess_bulk, mcse_mean

ERRORS = 4.0
"""Monte Carlo standard errors that a mean may be away: a false alarm in 16,000 each; fixed."""


def check(draws: np.ndarray, mean: float, sd: float) -> None:
    """Compare a mean within its error, and a standard deviation within that of one."""
    assert abs(draws.mean() - mean) < ERRORS * float(mcse_mean(draws))
    kurtosis = max(3.0, float(stats.kurtosis(draws, axis=None, fisher=False)))
    error = sd * np.sqrt((kurtosis - 1.0) / 4.0 / float(ess_bulk(draws)))
    assert abs(draws.std() - sd) < ERRORS * error


def check_least_squares(model: fx.Model, fit) -> None:
    """Under flat priors, on sigma too, coefficients are t about least squares, n - p - 1 of df."""
    X, y = model.design.X, np.asarray(model.design.response.values)
    beta, (square,), rank, _ = np.linalg.lstsq(X, y, rcond=None)
    df = len(y) - rank - 1
    scale = np.sqrt(square / df * np.diag(np.linalg.inv(X.T @ X)))
    draws = fit.posterior["beta"].to_numpy()
    for j in range(rank):
        check(draws[..., j], beta[j], stats.t(df, beta[j], scale[j]).std())
    # p(sigma) sigma^-n exp(-S / 2 sigma^2): the square is S over chi-squared of as many df.
    mean, sd = scaled_inverse_chi(df, square)
    check(fit.posterior["sigma"].to_numpy(), mean, sd)


def scaled_inverse_chi(df: int, square: float) -> tuple[float, float]:
    """Mean and sd of sigma where square / sigma^2 is chi-squared."""
    variance = stats.invgamma(0.5 * df, 0.0, 0.5 * square)
    mean = variance.expect(np.sqrt)
    return mean, float(np.sqrt(variance.mean() - mean**2))


@pytest.mark.parametrize(
    "formula",
    ["Reaction ~ Days", "Reaction ~ 0 + Subject + Subject:Days"],
    ids=["complete", "none"],
)
def test_pooling_wholly_or_not_at_all_is_least_squares(formula: str):
    model = fx.Model(formula, fx.load("sleepstudy"), priors="flat")
    fit = model.fit(engine="marginal", draws=5000, seed=2)
    check_least_squares(model, fit)


def test_without_pooling_each_subject_has_its_own_line():
    data = fx.load("sleepstudy")
    model = fx.Model("Reaction ~ 0 + Subject + Subject:Days", data, priors="flat")
    beta = np.linalg.lstsq(model.design.X, data["Reaction"].to_numpy(float), rcond=None)[0]
    found = dict(zip(model.design.columns, beta, strict=True))
    assert len(found) == 36
    for subject, rows in data.groupby("Subject", observed=True):
        slope, intercept = np.polyfit(rows["Days"], rows["Reaction"], 1)
        assert found[f"Subject[{subject}]"] == pytest.approx(intercept, rel=1e-9)
        assert found[f"Subject[{subject}]:Days"] == pytest.approx(slope, rel=1e-9)


def test_pooling_in_part_lies_between():
    """Shrinkage: the lines vary less over subjects than they do without pooling."""
    data = fx.load("sleepstudy")
    fit = fx.Model("Reaction ~ Days + (Days | Subject)", data).fit(draws=1000, seed=1)
    partial = fx.coef(fit)["mean"].loc["Subject"].unstack("effect")["Days"].to_numpy(float)
    alone = np.array(
        [np.polyfit(r["Days"], r["Reaction"], 1)[0] for _, r in data.groupby("Subject")]
    )
    whole = np.polyfit(data["Days"], data["Reaction"], 1)[0]
    assert 0.5 * alone.std() < partial.std() < 0.95 * alone.std()
    assert partial.mean() == pytest.approx(whole, abs=0.3)


@pytest.mark.slow
def test_a_scale_for_each_group_is_inverse_chi():
    """Without a common part, groups are apart: flat on the mean and on log sigma, by the link."""
    generator = np.random.default_rng(4)
    sizes, spreads = {"a": 12, "b": 25, "c": 40}, {"a": 1.0, "b": 3.0, "c": 0.5}
    frame = pd.concat(
        pd.DataFrame({"g": g, "y": generator.normal(5.0, spreads[g], n)}) for g, n in sizes.items()
    )
    model = fx.Model(["y ~ 0 + g", "sigma ~ 0 + g"], frame, priors="flat")
    posterior = model.fit(engine="nuts", draws=4000, seed=6).posterior
    for g, n in sizes.items():
        y = frame.loc[frame["g"] == g, "y"].to_numpy()
        square = float(((y - y.mean()) ** 2).sum())
        sigma = np.exp(posterior["sigma.beta"].sel({"sigma.coef": f"g[{g}]"})).to_numpy()
        check(sigma, *scaled_inverse_chi(n - 1, square))
        mean = posterior["beta"].sel(coef=f"g[{g}]").to_numpy()
        scale = np.sqrt(square / (n - 1) / n)
        check(mean, y.mean(), stats.t(n - 1, 0.0, scale).std())


@pytest.mark.slow
def test_a_scale_for_each_subject_of_the_sleep_study():
    """Subjects whose days scatter most about their own lines have the largest scales."""
    data = fx.load("sleepstudy")
    formulas = ["Reaction ~ Days + (Days | Subject)", "sigma ~ 0 + Subject"]
    fit = fx.Model(formulas, data).fit(engine="nuts", draws=1000, seed=1, target_accept=0.95)
    sigma = np.exp(fit.posterior["sigma.beta"]).mean(("chain", "draw")).to_numpy()
    scatter = []
    for _, rows in data.groupby("Subject", observed=True):
        line = np.polyfit(rows["Days"], rows["Reaction"], 1)
        scatter.append(np.std(rows["Reaction"] - np.polyval(line, rows["Days"])))
    assert sigma.shape == (18,)
    assert stats.spearmanr(sigma, scatter).statistic > 0.9
    assert sigma.max() > 3.0 * sigma.min()
