"""REML and ML estimates: shapes, what is printed, what is refused."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapes
from scipy import stats
from scipy.optimize import minimize

import formix as fx
from formix.errors import ArgumentError, DataError, UnsupportedError
from formix.families import family
from formix.maximum import estimates

GOLDEN = Path(__file__).parent / "golden" / "estimates"

HERDS = "cbind(incidence, size - incidence) ~ period + (1 | herd)"

PRINTED = {
    "sleepstudy": ("Reaction ~ Days + (Days | Subject)", "sleepstudy", "reml"),
    "sleepstudy_ml": ("Reaction ~ Days + (Days | Subject)", "sleepstudy", "ml"),
    "uncorrelated": ("Reaction ~ Days + (Days || Subject)", "sleepstudy", "reml"),
    "pastes": ("strength ~ 1 + (1 | batch / cask)", "Pastes", "reml"),
    "penicillin": ("diameter ~ 1 + (1 | plate) + (1 | sample)", "Penicillin", "reml"),
    "dyestuff2": ("Yield ~ 1 + (1 | Batch)", "Dyestuff2", "reml"),
    "cake": ("angle ~ recipe * temp + (1 | recipe:replicate)", "cake", "reml"),
    "linear": ("Reaction ~ Days", "sleepstudy", "ml"),
    "cbpp": (HERDS, "cbpp", "ml"),
    "cbpp_linear": (HERDS.partition(" + (")[0], "cbpp", "ml"),
}
"""Those with groups were read beside R's `summary(lmer(...))`, which `lme4.txt` holds."""


def sleep(formula: str = "Reaction ~ Days + (Days | Subject)"):
    return fx.Model(formula, fx.load("sleepstudy")).spec


@pytest.mark.parametrize("name", PRINTED)
def test_it_prints_as_lme4_does(name: str):
    formula, data, method = PRINTED[name]
    family_of_data = "binomial" if data == "cbpp" else "gaussian"
    found = getattr(fx.Model(formula, fx.load(data), family_of_data), method)()
    assert isinstance(found, fx.Estimates)
    assert f"{found}\n" == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def table(text: str) -> dict[tuple[str, ...], list[str]]:
    """The lines of a summary that hold numbers, by their words; groups named as ours are."""
    found: dict[tuple[str, ...], list[str]] = {}
    renamed = {"(Intercept)": "Intercept", "cask:batch": "batch:cask", "Subject.1": ""}
    renamed |= {f"period{k}": f"period[{k}]" for k in (2, 3, 4)}
    renamed |= {"recipeB": "recipe[B]", "recipeC": "recipe[C]", "tmp": "temp", "recipeB:tmp": ""}
    for line in text.partition("Correlation of")[0].splitlines():
        tokens = [renamed.get(token, token) for token in line.split()]
        tokens = [token.replace("eB:t", "e[B]:t").replace("eC:t", "e[C]:t") for token in tokens]
        numbers = [token for token in tokens if re.fullmatch(r"-?\d+(\.\d+)?(e-\d+)?", token)]
        words = tuple(token for token in tokens if token and token not in numbers)
        if numbers and ":" not in "".join(words[:1])[-1:]:
            found.setdefault(words, []).extend(numbers)
    return found


@pytest.mark.parametrize("name", [name for name in PRINTED if "linear" not in name])
def test_its_numbers_are_those_of_lme4s_text(name: str):
    """To a thousandth or the last digit printed: lme4's optimiser is less exact than ours."""
    texts = (GOLDEN / "lme4.txt").read_text(encoding="utf-8").split("=== ")[1:]
    theirs = table(next(text for text in texts if text.startswith(f"{name}\n")))
    ours = table((GOLDEN / f"{name}.txt").read_text(encoding="utf-8"))
    shared = ours.keys() & theirs.keys()
    assert {("Residual",) if name != "cbpp" else ("herd", "Intercept"), ("Intercept",)} <= shared
    for words in shared:
        for mine, lme4s in zip(ours[words], theirs[words], strict=True):
            digit = 10.0 ** -len(lme4s.partition(".")[2])
            assert float(mine) == pytest.approx(float(lme4s), rel=1e-3, abs=1.01 * digit), words


def test_maximum_likelihood_prints_its_criteria():
    found = estimates(sleep(), "ML")
    lines = str(found).splitlines()
    assert lines[0] == "Linear mixed model fit by maximum likelihood"
    assert lines[3].split() == ["AIC", "BIC", "logLik", "deviance", "df.resid"]
    assert lines[4].split() == ["1763.9", "1783.1", "-876.0", "1751.9", "174"]
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
    assert str(found).splitlines()[-1].startswith("boundary (singular) fit: ")


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


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("y ~ x + (1 | one)", "`one` has one level, and effects cannot vary"),
        ("y ~ x + (1 | row)", "(1 | row) has 60 effects for 60 observations"),
        ("y ~ x + (x | pair)", "(1 + x | pair) has 60 effects for 60 observations"),
        ("three ~ x + (1 | g)", "the coefficients fit the response exactly"),
    ],
)
def test_what_the_likelihood_cannot_tell_is_refused(formula: str, says: str):
    frame = shapes.data().assign(one=1, three=3.0)
    frame["row"] = np.arange(len(frame))
    frame["pair"] = np.arange(len(frame)) // 2
    frame = frame.astype(dict.fromkeys(("one", "row", "pair"), str))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", fx.DataWarning)
        model = fx.Model(formula, frame)
    for method in (model.reml, model.ml):
        with pytest.raises(DataError) as refusal:
            method()
        assert refusal.value.message.startswith(says)


def test_without_groups_the_log_likelihoods_are_those_of_the_linear_model():
    """R's `logLik(lm(...))`, and with `REML = TRUE`, written out."""
    frame = shapes.data()
    model = fx.Model("y ~ x + z", frame)
    X, y = model.design.X, frame["y"].to_numpy()
    n, p = X.shape
    rss = np.sum(np.square(y - X @ np.linalg.lstsq(X, y)[0]))
    ml = -0.5 * n * (np.log(2.0 * np.pi * rss / n) + 1.0)
    freedom = n - p
    reml = -0.5 * freedom * (np.log(2.0 * np.pi * rss / freedom) + 1.0)
    reml -= 0.5 * np.linalg.slogdet(X.T @ X)[1]
    assert model.ml().loglik == pytest.approx(ml, rel=1e-12)
    assert model.reml().loglik == pytest.approx(reml, rel=1e-12)
    assert (model.ml().df, model.reml().df) == (4, 4)


def test_dependent_columns_are_left_out():
    frame = shapes.data().assign(twice=lambda d: 2.0 * d["x"])
    with pytest.warns(fx.RankWarning):
        found = fx.Model("y ~ x + twice + (1 | g)", frame).reml()
    other = fx.Model("y ~ x + (1 | g)", frame).reml()
    assert found.fixed.index.tolist() == ["Intercept", "x"]
    assert found.loglik == pytest.approx(other.loglik, abs=1e-9)


def test_what_cannot_be_estimated_is_said_by_the_methods_too():
    frame = shapes.data().assign(y=lambda d: np.exp(d["x"]))
    model = fx.Model("y ~ x", frame, family=fx.gaussian(link="log"))
    with pytest.raises(UnsupportedError, match="there are no ML estimates of this model"):
        model.ml()


def test_estimates_need_neither_jax_nor_arviz():
    script = (
        "import sys, formix as fx\n"
        "fx.Model('Yield ~ 1 + (1 | Batch)', fx.load('Dyestuff')).reml()\n"
        "print(*(n for n in ('jax', 'numpyro', 'arviz') if n in sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def generalised(formula: str, family_name: str = "bernoulli", **links: str) -> fx.Model:
    generator = np.random.default_rng(4)
    frame = shapes.data()
    frame["y"] = generator.integers(0, 2, len(frame))
    frame["split"] = (frame["x"] > 0.0).astype(int)
    return fx.Model(formula, frame, family(family_name)(**links))


def test_without_groups_generalised_estimates_are_of_a_generalised_linear_model():
    model = generalised("y ~ x + z")
    X, y = model.design.X, np.asarray(model.spec.response.values, dtype=float)

    def negative(beta: np.ndarray) -> float:
        return -float(np.sum(stats.bernoulli.logpmf(y, 1.0 / (1.0 + np.exp(-X @ beta)))))

    best = minimize(negative, np.zeros(3), method="BFGS", options={"gtol": 1e-9})
    found = model.ml()
    p = 1.0 / (1.0 + np.exp(-X @ best.x))
    information = X.T @ ((p * (1.0 - p))[:, None] * X)
    assert found.loglik == pytest.approx(-best.fun, abs=1e-9)
    np.testing.assert_allclose(found.fixed["estimate"], best.x, atol=1e-5)
    np.testing.assert_allclose(found.vcov, np.linalg.inv(information), rtol=1e-4)
    assert found.df == 3
    assert found.ranef.empty


@pytest.mark.parametrize(
    ("model", "nodes", "error", "says"),
    [
        (("split ~ x",), 1, DataError, "the likelihood has no maximum that can be found"),
        (("y ~ x + (x | g)",), 5, UnsupportedError, "nAGQ is 5, and quadrature is for one group"),
        (("y ~ x + (1 | g) + (1 | k)",), 5, UnsupportedError, "nAGQ is 5, and quadrature is for"),
        (("y ~ x + (1 | g)",), 0, ArgumentError, "nAGQ is 0"),
        (("y ~ x + (1 | g)", "geometric"), 1, UnsupportedError, "there are no ML estimates"),
        (("y ~ x + (1 | g)", "gaussian"), 2, ArgumentError, "nAGQ is 2, and effects of a gaussian"),
    ],
)
def test_what_a_generalised_likelihood_cannot_tell_is_refused(
    model: tuple[str, ...], nodes: int, error: type[Exception], says: str
):
    with pytest.raises(error, match=says):
        generalised(*model).ml(nAGQ=nodes)


def test_another_link_of_a_probability_is_refused():
    with pytest.raises(UnsupportedError, match="the link of bernoulli is cauchit"):
        generalised("y ~ x", mu="cauchit").ml()


def test_restricted_estimates_are_of_gaussian_responses():
    with pytest.raises(UnsupportedError, match="there are no REML estimates of this model"):
        generalised("y ~ x").reml()
