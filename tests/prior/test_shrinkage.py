"""Priors of coefficients together: where they may stand, draws, densities, units, round trips."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapes
from scipy import stats

import formix as fx
from formix.engines.ancestral import run
from formix.engines.marginal.support import supports
from formix.errors import PriorError
from formix.prior import Prior, from_text
from formix.results.likelihood import log_prior

FALSE_ALARM = 1e-5
"""Of each Kolmogorov-Smirnov test; seeds are fixed."""


def model_of(name: str, **options) -> fx.Model:
    shape = next(shape for shape in shapes.SHRUNK if shape.name == name)
    return fx.Model(shape.formula, shapes.data(), priors=shape.priors, **options)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Horseshoe(1)", "Horseshoe(df=1, scale_global=1, df_global=1, scale_slab=2, df_slab=4)"),
        (
            "Horseshoe(3, par_ratio=0.1)",
            "Horseshoe(df=3, scale_global=1, df_global=1, scale_slab=2, df_slab=4, par_ratio=0.1)",
        ),
        ("R2D2()", "R2D2(mean_R2=0.5, prec_R2=2, cons_D2=0.5)"),
    ],
)
def test_text_means_a_prior_and_prints_back(text: str, shown: str):
    assert str(from_text(text)) == shown
    assert from_text(shown) == from_text(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Horseshoe(0)", "`df` of `Horseshoe` must be positive"),
        ("Horseshoe(1, par_ratio=-1)", "`par_ratio` of `Horseshoe` must be positive"),
        ("R2D2(1)", "`mean_R2` of `R2D2` must be below 1"),
        ("R2D2(0.5, mean=1)", "not one of its arguments"),
    ],
)
def test_wrong_numbers_are_refused(text: str, says: str):
    with pytest.raises(PriorError, match=says):
        from_text(text)


@pytest.mark.parametrize(
    ("formula", "given", "says"),
    [
        ("y ~ x", {"beta[x]": "Horseshoe(1)"}, "it is of all coefficients but the intercept"),
        ("y ~ x", {"beta[Intercept]": "R2D2()"}, '"beta": "R2D2'),
        ("y ~ x + (1 | g)", {"sd": "Horseshoe(1)"}, "not a prior for `sd`"),
        ("y ~ x", {"sigma": "Horseshoe(1)"}, "not a prior for `sigma`"),
        ("y ~ 1", {"beta": "Horseshoe(1)"}, "there is no coefficient but the intercept"),
        (
            "y ~ x + z",
            {"beta": "Horseshoe(1)", "beta[z]": "Normal(0, 1)"},
            "has a prior of its own beside",
        ),
        ("y ~ x", {"beta": "Dirichlet(1)"}, "which is a real number"),
    ],
)
def test_where_it_cannot_stand(formula: str, given: dict[str, str], says: str):
    with pytest.raises(PriorError, match=says):
        fx.Model(formula, shapes.data(), priors=given)


def test_it_stands_once_and_the_intercept_keeps_its_own():
    model = fx.Model("y ~ x + z", shapes.data(), priors={"beta": Prior("Horseshoe", 1)})
    assert [entry.key for entry in model.priors] == ["beta[Intercept@means]", "beta", "sigma"]
    assert str(model.priors["beta[Intercept@means]"].prior).startswith("Normal(6.576")
    assert model.priors["beta"].origin == "beta"


def test_the_marginal_engine_declines_and_reml_needs_no_prior():
    model = model_of("horseshoe")
    assert supports(model.spec) == "the prior of `beta`, Horseshoe, is of coefficients together"
    other = fx.Model(model.formula.text, shapes.data()).reml()
    np.testing.assert_allclose(model.reml().fixed["estimate"], other.fixed["estimate"], rtol=1e-6)


def test_every_predictor_has_its_own():
    data = shapes.data()
    given = {"beta": "Horseshoe(1)", "sigma.beta": "R2D2()"}
    two = fx.Model("y ~ x + z; sigma ~ x", data, priors=given)
    assert [(one.site, one.dispersion) for one in two.spec.shrinkage] == [
        ("beta", ""), ("sigma.beta", ""),
    ]  # fmt: skip
    # sigma varies by row: the coefficients of the mean are in units of sd(y), its own in logs.
    sd = {name: data[name].std(ddof=1) for name in ("y", "x", "z")}
    units = [sd["y"] / sd["x"], sd["y"] / sd["z"], 1.0 / sd["x"]]
    found = np.concatenate([one.units for one in two.spec.shrinkage])
    np.testing.assert_allclose(found, units, rtol=1e-3)
    assert "sigma.R2D2_R2" in run(two.spec, draws=3, seed=1).values
    levels = fx.Model("f ~ x + z", data, "categorical", priors={"beta": "Horseshoe(1)"})
    assert [one.site for one in levels.spec.shrinkage] == ["mu[mid].beta", "mu[hi].beta"]
    assert levels.priors["mu[hi].beta"].origin == "beta"
    held = fx.Model("y ~ x + z; sigma = 2", data, priors={"beta": "Horseshoe(1)"})
    np.testing.assert_allclose(
        held.spec.shrinkage[0].units, [2.0 / sd["x"], 2.0 / sd["z"]], rtol=1e-3
    )


@pytest.mark.parametrize("text", ["Horseshoe(1)", "R2D2()"])
@pytest.mark.parametrize(("of_x", "of_y"), [(1000.0, 1.0), (1.0, 0.001), (0.01, 50.0)])
def test_units_follow_predictors_and_response(text: str, of_x: float, of_y: float):
    """A predictor in other units, a response in others: the same coefficients in theirs."""
    frame = shapes.data()
    scaled = frame.assign(x=frame["x"] * of_x + 3.0, y=frame["y"] * of_y)
    one, other = (
        fx.Model(f"y{known} ~ x + z", data, priors={"beta": text}).spec.shrinkage[0].units
        for data, known in ((frame, ""), (scaled, ""))
    )
    np.testing.assert_allclose(other * [of_x, 1.0], one, rtol=1e-3)
    known = frame.assign(s=0.5), scaled.assign(s=0.5 * of_y)
    one, other = (
        fx.Model("y | se(s) ~ x + z", data, priors={"beta": text}).spec.shrinkage[0].units
        for data in known
    )
    np.testing.assert_allclose(other * [of_x, 1.0] / of_y, one, rtol=1e-3)


def test_draws_of_the_horseshoe_follow_its_sites():
    model = model_of("horseshoe")
    drawn = {site: x[0] for site, x in run(model.spec, draws=4000, seed=3).values.items()}
    width = model.design.X[:, 1:].std(axis=0, ddof=1)
    c = 2.0 * np.sqrt(drawn["hs_slab"])[:, None]
    wide = drawn["hs_global"][:, None] * drawn["hs_local"]
    sds = drawn["sigma"][:, None] / width / np.sqrt(1.0 / wide**2 + 1.0 / c**2)
    checks = [
        (drawn["hs_local"][:, 2], stats.halfcauchy()),
        (drawn["hs_global"], stats.halfcauchy()),
        (drawn["hs_slab"], stats.invgamma(2.0, 0.0, 2.0)),
        *(((drawn["beta"][:, 1:] / sds)[:, j], stats.norm()) for j in range(4)),
    ]
    for x, distribution in checks:
        assert stats.kstest(x, distribution.cdf).pvalue > FALSE_ALARM


def test_draws_of_r2d2_explain_that_share_of_the_variance():
    """With uncorrelated columns sum (beta_j sd_j)^2 / sigma^2 is R2 / (1 - R2) on average."""
    model = model_of("r2d2")
    drawn = {site: x[0] for site, x in run(model.spec, draws=4000, seed=4).values.items()}
    np.testing.assert_allclose(drawn["R2D2_phi"].sum(axis=1), 1.0, rtol=1e-12)
    share = drawn["R2D2_R2"]
    assert stats.kstest(share, stats.beta(1.2, 1.8).cdf).pvalue > FALSE_ALARM
    # Of five shares of concentration 0.7 each is Beta(0.7, 2.8).
    phi = drawn["R2D2_phi"]
    assert stats.kstest(phi[:, 1], stats.beta(0.7, 2.8).cdf).pvalue > FALSE_ALARM
    width = model.design.X[:, 1:].std(axis=0, ddof=1)
    standard = drawn["beta"][:, 1:] * width / drawn["sigma"][:, None]
    z = standard / np.sqrt(phi * (share / (1.0 - share))[:, None])
    for j in range(5):
        assert stats.kstest(z[:, j], stats.norm().cdf).pvalue > FALSE_ALARM


@pytest.mark.parametrize("shape", shapes.SHRUNK, ids=lambda shape: shape.name)
def test_log_prior_is_scipys(shape: shapes.Shape):
    model = model_of(shape.name)
    values = run(model.spec, draws=6, seed=8).values
    found = log_prior(model.spec, values)
    of, X, y = model.priors["beta"].prior.named, model.design.X, model.design.response.values
    at = {site: x[0] for site, x in values.items()}
    if "hs_local" in at:
        ratio = of["par_ratio"]
        scale = ratio / np.sqrt(len(y)) if ratio else of["scale_global"]
        half = 0.5 * of["df_slab"]
        local = np.log(2.0) + stats.t(of["df"]).logpdf(at["hs_local"])
        np.testing.assert_allclose(found["hs_local"][0], local.sum(axis=1), rtol=1e-9)
        whole = np.log(2.0) + stats.t(of["df_global"], 0.0, scale).logpdf(at["hs_global"])
        np.testing.assert_allclose(found["hs_global"][0], whole, rtol=1e-9)
        slab = stats.invgamma(half, 0.0, half).logpdf(at["hs_slab"])
        np.testing.assert_allclose(found["hs_slab"][0], slab, rtol=1e-9)
        c2 = (of["scale_slab"] ** 2 * at["hs_slab"])[:, None]
        wide = (at["hs_global"][:, None] * at["hs_local"]) ** 2
        sds = np.sqrt(c2 * wide / (c2 + wide))
    else:
        phi, share = at["R2D2_phi"], at["R2D2_R2"]
        a, b = of["mean_R2"] * of["prec_R2"], (1.0 - of["mean_R2"]) * of["prec_R2"]
        np.testing.assert_allclose(found["R2D2_R2"][0], stats.beta(a, b).logpdf(share), rtol=1e-9)
        shares = [stats.dirichlet([of["cons_D2"]] * phi.shape[1]).logpdf(row) for row in phi]
        np.testing.assert_allclose(found["R2D2_phi"][0], shares, rtol=1e-9)
        sds = np.sqrt(phi * (share / (1.0 - share))[:, None])
    labels = list(model.design.columns)
    first = int(labels[0] == "Intercept")
    sds = sds * model.spec.shrinkage[0].units * at.get("sigma", np.ones(6))[:, None]
    expected = stats.norm(0.0, sds).logpdf(at["beta"][:, first:]).sum(axis=1)
    if first:
        key = "beta[Intercept]" if "beta[Intercept]" in model.priors else "beta[Intercept@means]"
        prior = model.priors[key].prior
        means = X[:, 1:].mean(axis=0) if key.endswith("@means]") else np.zeros(X.shape[1] - 1)
        own = {"Normal": stats.norm, "StudentT": stats.t}[prior.name](*prior.arguments)
        expected += own.logpdf(at["beta"][:, 0] + at["beta"][:, 1:] @ means)
    np.testing.assert_allclose(found["beta"][0], expected, rtol=1e-9)


def test_a_result_names_the_sites_and_is_read_back(tmp_path):
    model = model_of("horseshoe")
    prior = model.prior(draws=50, seed=1)
    held = prior["prior"]
    assert held["hs_local"].dims == ("chain", "draw", "shrunk_coef")
    assert held["shrunk_coef"].to_numpy().tolist() == ["x", "z", "f[mid]", "f[hi]"]
    frame = fx.summary(prior).frame
    assert {"hs_global", "hs_slab"} <= set(frame.index)
    assert not any(name.startswith("hs_local") for name in frame.index)
    fx.write(prior, tmp_path / "prior.nc")
    again = fx.model(fx.read(tmp_path / "prior.nc"))
    assert str(again.priors) == str(model.priors)
    assert again.source == model.source


def sparse(seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """A hundred rows of twenty columns, three of which matter."""
    generator = np.random.default_rng(seed)
    X = generator.normal(size=(100, 20))
    truth = np.zeros(20)
    truth[[2, 9, 16]] = [2.0, -1.5, 1.0]
    frame = pd.DataFrame(X, columns=[f"x{j}" for j in range(20)])
    frame["y"] = 1.0 + X @ truth + generator.normal(size=100)
    return frame, truth


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "most"), [("Horseshoe(1, par_ratio=0.15)", 0.5), ("R2D2()", 0.75)]
)
def test_noise_is_shrunk_and_what_matters_is_left(text: str, most: float):
    """Beside least squares of all columns, and of those that matter, which only an oracle knows.

    `most` is how large the noise may be beside that of least squares; seeds are fixed.
    """
    frame, truth = sparse(11)
    columns = [f"x{j}" for j in range(20)]
    model = fx.Model(f"y ~ {' + '.join(columns)}", frame, priors={"beta": text})
    fit = model.fit(engine="nuts", draws=1000, seed=1, target_accept=0.95)
    mean = fit.posterior["beta"].to_numpy()[..., 1:].mean(axis=(0, 1))
    X, y = model.design.X, frame["y"].to_numpy()
    ols = np.linalg.lstsq(X, y, rcond=None)[0][1:]
    matters = truth != 0.0
    oracle = np.linalg.lstsq(X[:, [True, *matters]], y, rcond=None)[0][1:]
    # An estimate of the oracle's has an error of about sigma / sqrt(n), which is 0.1.
    assert np.max(np.abs(mean[matters] - oracle)) < 0.05
    noise = [float(np.sqrt(np.mean(x[~matters] ** 2))) for x in (mean, ols)]
    assert noise[0] < most * noise[1]
    assert np.sum((mean - truth) ** 2) < 0.75 * np.sum((ols - truth) ** 2)
    flat = fx.Model(f"y ~ {' + '.join(columns)}", frame, priors="flat")
    plain = flat.fit(draws=500, seed=1).posterior["beta"].to_numpy()[..., 1:].mean(axis=(0, 1))
    assert float(np.sqrt(np.mean(plain[~matters] ** 2))) > 0.9 * noise[1]
