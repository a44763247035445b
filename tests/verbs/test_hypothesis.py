"""Hypotheses against the draws, and points against densities in closed form."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from fit_at import fit_at, random_fit
from scipy import special, stats

import formix as fx


@pytest.fixture(scope="module")
def sleep():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    return random_fit(model, samples=400)


def test_one_sided_statements_are_counted(sleep):
    post = sleep["posterior"]
    days = post["beta"].sel(coef="Days").to_numpy()
    sd = post["sd_Subject"].sel(Subject_effect="Intercept").to_numpy()
    sigma = post["sigma"].to_numpy()
    cor = post["cor_Subject"].to_numpy()[..., 0, 1]
    r = post["r_Subject"].sel(Subject="310", Subject_effect="Days").to_numpy()
    expected = {
        "beta[Days] > 5": days - 5.0,
        "beta[ Days ] < 5": 5.0 - days,
        "sd_Subject[Intercept] - 2 * sigma > 0": sd - 2.0 * sigma,
        "sd_Subject[Intercept]^2 / (sd_Subject[Intercept]^2 + sigma^2) > 0.5": sd**2
        / (sd**2 + sigma**2)
        - 0.5,
        "abs(cor_Subject[Days,Intercept]) > .3": np.abs(cor) - 0.3,
        "r_Subject[310, Days] > sqrt(exp(log(sigma)))": r - np.sqrt(sigma),
    }
    table = fx.hypothesis(sleep, list(expected), prob=0.8)
    drawn = fx.hypothesis(sleep, list(expected), summary=False)
    assert drawn.dims == ("chain", "draw", "hypothesis")
    for j, (text, values) in enumerate(expected.items()):
        sign = -1.0 if "<" in text else 1.0
        np.testing.assert_allclose(drawn.to_numpy()[..., j], sign * values, rtol=1e-12)
        row, held = table.loc[text], np.mean(values > 0.0)
        assert row["probability"] == held
        assert row["evidence_ratio"] == pytest.approx(held / (1.0 - held))
        assert row["mean"] == pytest.approx(sign * values.mean())
        assert row["10%"] == pytest.approx(np.quantile(sign * values, 0.1))


def test_what_holds_in_all_draws_has_infinite_evidence(sleep):
    table = fx.hypothesis(sleep, ["sigma > 0", "sigma < 0"])
    assert table["evidence_ratio"].tolist() == [np.inf, 0.0]
    assert table["probability"].tolist() == [1.0, 0.0]


COUNT = 4001


def normal_draws(mean: float, sd: float) -> np.ndarray:
    """The quantiles of a normal distribution: no random number has a part in them."""
    return mean + sd * special.ndtri((np.arange(COUNT) + 0.5) / COUNT)


def at_days(draws: np.ndarray, priors=None):
    model = fx.Model("Reaction ~ Days", fx.load("sleepstudy"), priors=priors or {})
    beta = np.column_stack([np.full(COUNT, 250.0), draws])
    return fit_at(model, {"beta": beta, "sigma": np.linspace(20.0, 30.0, COUNT)})


@pytest.mark.parametrize("at", [10.0, 11.0, 7.5])
def test_a_point_has_the_ratio_of_posterior_and_prior_density(at: float):
    found = at_days(normal_draws(10.0, 1.5), {"beta[Days]": "StudentT(4, 1, 6)"})
    # A kernel of width h makes a normal density of variance sd^2 + h^2 of one of sd^2.
    iqr = 1.5 * 2.0 * special.ndtri(0.75)
    h = 0.9 * min(1.5, iqr / 1.34) * COUNT**-0.2
    posterior = stats.norm(10.0, np.hypot(1.5, h)).pdf(at)
    exact = posterior / stats.t(4, 1.0, 6.0).pdf(at)
    row = fx.hypothesis(found, f"beta[Days] = {at}").iloc[0]
    # The draws are quantiles, so what differs is their finite number and the sd's estimate.
    assert row["evidence_ratio"] == pytest.approx(exact, rel=2e-3)
    assert row["probability"] == pytest.approx(exact / (1.0 + exact), rel=2e-3)
    same = fx.hypothesis(
        found, [f"2 * (beta[Days] - 1) / 4 = {(at - 1) / 2}", f"{at} = beta[Days]"]
    )
    np.testing.assert_allclose(same["evidence_ratio"], row["evidence_ratio"], rtol=1e-9)


def test_at_a_bound_the_mass_beyond_it_is_folded_back():
    model = fx.Model("Reaction ~ Days", fx.load("sleepstudy"), priors={"sigma": "HalfNormal(8)"})
    half = 2.0 * special.ndtri(0.5 + 0.5 * (np.arange(COUNT) + 0.5) / COUNT)
    beta = np.broadcast_to([250.0, 10.0], (COUNT, 2))
    found = fit_at(model, {"beta": beta, "sigma": half})
    row = fx.hypothesis(found, "sigma = 0").iloc[0]
    # Folded at 0, a half normal is a normal: its density there is smoothed by the kernel alone.
    iqr = np.subtract(*np.quantile(half, [0.75, 0.25])) / 1.34
    h = 0.9 * min(float(np.std(half, ddof=1)), float(iqr)) * COUNT**-0.2
    exact = np.hypot(2.0, h) ** -1.0 / 8.0**-1.0
    assert row["evidence_ratio"] == pytest.approx(exact, rel=2e-3)


def test_a_prior_on_the_variance_has_its_jacobian():
    model = fx.Model(
        "Reaction ~ Days", fx.load("sleepstudy"), priors={"sigma^2": "InverseGamma(3, 900)"}
    )
    sigma = normal_draws(25.0, 1.0)
    beta = np.broadcast_to([250.0, 10.0], (COUNT, 2))
    found = fit_at(model, {"beta": beta, "sigma": sigma})
    ratio = fx.hypothesis(found, "sigma = 25")["evidence_ratio"].iloc[0]
    prior = stats.invgamma(3, scale=900.0).pdf(625.0) * 50.0
    h = 0.9 * 2.0 * special.ndtri(0.75) / 1.34 * COUNT**-0.2
    assert ratio == pytest.approx(stats.norm(0.0, np.hypot(1.0, h)).pdf(0.0) / prior, rel=2e-3)


@pytest.mark.parametrize("size", [2, 3])
def test_a_correlation_has_a_beta_distribution_before_the_data(size: int):
    """Of LKJ(1) matrices of the prior itself, the ratio is one but for the kernel's smoothing."""
    effects = ["Days", "Days + I(Days^2)"][size - 2]
    model = fx.Model(f"Reaction ~ Days + ({effects} | Subject)", fx.load("sleepstudy"))
    # Equally spaced quantiles of the beta distribution that the correlation must have.
    a = 1.0 + 0.5 * (size - 2)
    cor = 2.0 * special.betaincinv(a, a, (np.arange(COUNT) + 0.5) / COUNT) - 1.0
    matrices = np.broadcast_to(np.eye(size), (COUNT, size, size)).copy()
    matrices[:, 0, 1] = matrices[:, 1, 0] = cor
    matrices[:, 0, 2:] = matrices[:, 2:, 0] = 1e-3
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", fx.FormixWarning)
        values = {p.site: np.ones((COUNT, *p.shape)) for p in model.spec.parameters}
    found = fit_at(model, values | {"cor_Subject": matrices})
    ratio = fx.hypothesis(found, "cor_Subject[Intercept, Days] = 0.2")["evidence_ratio"].iloc[0]
    assert ratio == pytest.approx(1.0, rel=1e-2)


@pytest.mark.parametrize(
    ("text", "says", "guilty"),
    [
        ("beta[Dayz] > 0", "did you mean `beta[Days]`?", "beta[Dayz]"),
        ("0 < beta", "such as beta[Days]; its labels: Intercept, Days", "beta"),
        ("betta[Days] > 0", "did you mean `beta`?", "betta[Days]"),
        ("sigma[x] > 0", "`sigma` is one number", "sigma[x]"),
        ("r_Subject[308] > 0", "its labels: 308, 309", "r_Subject[308]"),
        ("r_Subject[308, Dayz] > 0", "`308, Dayz` is not in `r_Subject`", "r_Subject[308, Dayz]"),
        ("1 > 0", "no parameter stands in it", "1 > 0"),
        ("log(-sigma) > 0", "not finite in 400 of 400 draws", "log(-sigma) > 0"),
        ("beta[Intercept] = 0", "on `beta[Intercept@means]`", "beta[Intercept] = 0"),
        ("r_Subject[308, Days] = 0", "it hangs on", "r_Subject[308, Days] = 0"),
        ("sigma = -1", "has no density at -1", "sigma = -1"),
        ("sigma * sigma = 2", "`=` is of one parameter", "sigma * sigma = 2"),
        ("exp(sigma) = 2", "`=` is of one parameter", "exp(sigma) = 2"),
        ("sigma - sigma = 0", "`=` is of one parameter", "sigma - sigma = 0"),
        ("beta[Days] = sigma", "`=` is of one parameter", "beta[Days] = sigma"),
        ("cor_Subject[Days, Days] = 1", "it is a fixed number", "cor_Subject[Days, Days] = 1"),
    ],
)
def test_what_cannot_be_told_is_refused(sleep, text, says, guilty):
    with pytest.raises(fx.ArgumentError) as caught:
        fx.hypothesis(sleep, text)
    assert says in str(caught.value)
    assert caught.value.span is not None
    assert caught.value.span.of(text) == guilty


@pytest.mark.parametrize(
    ("priors", "says"),
    [
        ({"beta": "Horseshoe(1)"}, "several parameters have one prior together"),
        ("flat", "is improper"),
    ],
)
def test_priors_that_are_not_of_one_parameter_are_said(priors, says):
    frame = fx.load("sleepstudy")
    model = fx.Model("Reaction ~ Days + I(Days^2)", frame, priors=priors)
    values = {p.site: np.ones((9, *p.shape)) for p in model.spec.parameters}
    values["beta"] = np.arange(27.0).reshape(9, 3)
    with pytest.raises(fx.ArgumentError, match=says):
        fx.hypothesis(fit_at(model, values), "beta[Days] = 0")


def test_texts_are_asked_for(sleep):
    for wrong in ([], 3, [3]):
        with pytest.raises(fx.ArgumentError, match="a hypothesis is a text, or a list of texts"):
            fx.hypothesis(sleep, wrong)


def test_a_point_that_few_draws_are_near_is_said_to_be_unreliable():
    """Of 20 000 quantiles of a normal one, a kernel's width holds 600 in the middle, none far off.

    Silverman's width is 0.9 * 20000 ** -0.2 = 0.124 sd here: at 4 sd it holds fewer than one.
    """
    model = fx.Model("Reaction ~ Days", fx.load("sleepstudy"), priors={"beta": "Normal(0, 100)"})
    draws = special.ndtri((np.arange(20_000) + 0.5) / 20_000)
    beta = np.stack([250.0 + draws, 10.0 + draws], axis=1)
    found = fit_at(model, {"beta": beta, "sigma": np.linspace(20.0, 30.0, 20_000)})
    with pytest.warns(
        fx.FormixWarning, match=r"`beta\[Days\] = 14` by [012] of 20000 draws"
    ) as told:
        fx.hypothesis(found, ["beta[Days] = 10", "beta[Days] = 14"])
    assert len(told) == 1
    assert told[0].filename == __file__
    assert "= 10`" not in str(told[0].message)
