"""Cross-validation by refitting, against closed forms; and ArviZ's loo against it."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from fit_at import fit_at, random_fit
from scipy import special, stats

import formix as fx
from formix.results.likelihood import log_densities
from formix.results.sample import sample
from formix.results.units import unit_log_likelihood, units_of
from formix.verbs.refit import log_mean_density

SIGMA, PRIOR = 0.5, np.array([0.5, 0.3])

with_arviz = pytest.mark.filterwarnings(
    "ignore::FutureWarning", "ignore:Estimated shape", "ignore:.*Pareto k", "ignore:The inplace"
)


def line() -> pd.DataFrame:
    """A few rows, one of whose columns has most of its mean from one of them."""
    generator = np.random.default_rng(11)
    x = np.append(generator.normal(size=11), 8.0)
    return pd.DataFrame({"x": x, "y": 1.0 + 0.4 * x + SIGMA * generator.normal(size=12)})


@pytest.fixture(scope="module")
def conjugate():
    """A normal model of known sigma, whose draws are independent."""
    names = ("beta[Intercept@means]", "beta[x]")
    priors = {name: f"Normal(0, {scale})" for name, scale in zip(names, PRIOR, strict=True)}
    return fx.Model(f"y ~ x; sigma = {SIGMA}", line(), priors=priors).fit(seed=2)


def predictive(out: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The log predictive density of each row left out, and the standard error by 4000 draws.

    The prior stays where it was: at the mean of all rows.
    """
    data = line()
    X = np.column_stack([np.ones(12), data["x"] - data["x"].mean()])
    y, into = data["y"].to_numpy(), np.setdiff1d(np.arange(12), out)
    precision = X[into].T @ X[into] / SIGMA**2 + np.diag(PRIOR**-2.0)
    covariance = np.linalg.inv(precision)
    mean = X[out] @ covariance @ X[into].T @ y[into] / SIGMA**2
    spread = np.sum(X[out] @ covariance * X[out], axis=1)
    log_p = stats.norm.logpdf(y[out], mean, np.sqrt(SIGMA**2 + spread))
    squared = stats.norm.logpdf(y[out], mean, np.sqrt(0.5 * SIGMA**2 + spread))
    squared -= np.log(2.0 * SIGMA * np.sqrt(np.pi))
    return log_p, np.sqrt((np.exp(squared - 2.0 * log_p) - 1.0) / 4000.0)


@pytest.mark.parametrize("k", [4, 12])
def test_of_a_conjugate_model_it_is_the_closed_form(conjugate, k: int):
    """Within five standard errors: of 24 densities one errs farther once in 70,000 runs."""
    found = fx.kfold(conjugate, k)
    assert found.n_folds == k
    assert found.elpd_i.dims == ("obs",)
    for fold in range(k):
        out = np.flatnonzero(found.elpd_i["fold"] == fold)
        expected, error = predictive(out)
        assert np.all(np.abs(found.elpd_i.to_numpy()[out] - expected) < 5.0 * error)
    values = found.elpd_i.to_numpy()
    assert found.elpd == pytest.approx(values.sum())
    assert found.se == pytest.approx(np.sqrt(12.0) * values.std())
    within = special.logsumexp(conjugate.log_likelihood["y"], axis=(0, 1)) - np.log(4000.0)
    np.testing.assert_allclose(found.p_kfold_i, within - values, atol=1e-10)
    assert found.p == pytest.approx(float(found.p_kfold_i.sum()))


@with_arviz
def test_arviz_loo_is_the_closed_form(conjugate):
    """Weights have a finite variance here, but errors are larger than by refits."""
    import arviz as az

    found = az.loo(conjugate, pointwise=True)
    values = found.loo_i if hasattr(found, "loo_i") else found.elpd_i
    good = found.pareto_k.to_numpy() < 0.6
    assert good.sum() >= 10
    for row in np.flatnonzero(good):
        expected, _ = predictive(np.array([row]))
        assert float(values[row]) == pytest.approx(float(expected[0]), abs=0.1)


SCHOOLS = pd.DataFrame(
    {
        "y": [28.0, 8.0, -3.0, 7.0, -1.0, 1.0, 18.0, 12.0],
        "s": [15.0, 10.0, 16.0, 11.0, 9.0, 11.0, 10.0, 18.0],
        "school": list("abcdefgh"),
    }
)


def evidence(rows: np.ndarray) -> float:
    """The log marginal likelihood of schools: the sd by quadrature, all else by algebra."""
    y, s = SCHOOLS["y"].to_numpy()[rows], SCHOOLS["s"].to_numpy()[rows]
    nodes = (np.arange(4000) + 0.5) * 0.02
    logs = [
        stats.multivariate_normal.logpdf(y, cov=np.diag(s**2 + tau**2) + 20.0**2)
        for tau in nodes[::10]
    ]
    logs = np.interp(nodes, nodes[::10], logs) + stats.halfnorm.logpdf(nodes, scale=10.0)
    return float(special.logsumexp(logs)) + np.log(0.02)


@with_arviz
def test_eight_schools_left_out_one_by_one_are_as_by_quadrature():
    """By refits to 0.03, some five standard errors; by ArviZ's weights to 0.1."""
    import arviz as az

    priors = {"beta": "Normal(0, 20)", "sd": "HalfNormal(10)"}
    fit = fx.Model("y | se(s) ~ 1 + (1 | school)", SCHOOLS, priors=priors).fit(seed=3)
    every = np.arange(8)
    expected = np.array([evidence(every) - evidence(np.delete(every, i)) for i in every])
    found = fx.kfold(fit, 8, group="school")
    np.testing.assert_allclose(found.elpd_i, expected, atol=0.03)
    assert found.elpd_i["school"].to_numpy().tolist() == list("abcdefgh")
    integrated = fx.log_likelihood(fit, integrate="school")
    weighted = az.loo(integrated, pointwise=True, var_name="y_by_school")
    values = weighted.loo_i if hasattr(weighted, "loo_i") else weighted.elpd_i
    np.testing.assert_allclose(values, expected, atol=0.1)


@with_arviz
def test_arviz_loo_of_the_sleep_study_is_leave_one_out():
    """Three subjects: where ArviZ trusts its weights, it is what refits give."""
    import arviz as az

    data = fx.load("sleepstudy").query("Subject in ('308', '309', '310')").iloc[:24]
    fit = fx.Model("Reaction ~ Days + (1 | Subject)", data).fit(seed=5)
    exact = fx.kfold(fit, 24).elpd_i.to_numpy()
    found = az.loo(fit, pointwise=True)
    values = (found.loo_i if hasattr(found, "loo_i") else found.elpd_i).to_numpy()
    good = found.pareto_k.to_numpy() < 0.5
    assert good.sum() > 15
    np.testing.assert_allclose(values[good], exact[good], atol=0.1)


@with_arviz
def test_arviz_compares_fits_and_folds(conjugate):
    import arviz as az

    flat = fx.Model(f"y ~ 1; sigma = {SIGMA}", line()).fit(seed=2, draws=500)
    table = az.compare({"line": conjugate, "flat": flat})
    assert table.index.tolist() == ["line", "flat"]
    folds = {"line": fx.kfold(conjugate, 4), "flat": fx.kfold(flat, 4)}
    table = az.compare(folds)  # whose numbers ArviZ 1.x rounds to what errors leave of them
    assert table.index.tolist() == ["line", "flat"]
    difference = folds["line"].elpd_i.to_numpy() - folds["flat"].elpd_i.to_numpy()
    assert abs(table["elpd_diff"].iloc[1]) == pytest.approx(difference.sum(), rel=0.25)
    assert table["dse"].iloc[1] == pytest.approx(np.sqrt(12.0) * difference.std(), rel=0.25)
    assert "Computed from" in str(folds["line"])


def test_a_map_of_the_users_own_gets_what_other_processes_can_be_sent(conjugate):
    def sent(function, tasks):
        return [pickle.loads(pickle.dumps(function))(pickle.loads(pickle.dumps(t))) for t in tasks]

    here, there = fx.kfold(conjugate, 2), fx.kfold(conjugate, 2, map=sent)
    np.testing.assert_array_equal(here.elpd_i, there.elpd_i)
    with pytest.raises(fx.ArgumentError, match="1 results of 2 folds"):
        fx.kfold(conjugate, 2, map=lambda function, tasks: [function(tasks[0])])


def test_what_cannot_be_sent_is_told():
    data = line()
    fit = fx.Model("y ~ twice(x)", data, functions={"twice": lambda x: 2.0 * x}).fit(seed=1)

    def sent(_, tasks):
        return [pickle.dumps(task) for task in tasks]

    with pytest.raises(fx.ArgumentError, match="cannot be sent to other processes") as caught:
        fx.kfold(fit, 2, map=sent, functions={"twice": lambda x: 2.0 * x})
    assert "importable" in (caught.value.hint or "")


def test_a_refit_that_fails_is_named():
    """Without its rows, and with a flat prior, nothing says what the coefficient of a level is."""
    data = line().assign(f=list("aaaabbbbcccc"))
    fit = fx.Model("y ~ f", data, priors="flat").fit(seed=1)
    with pytest.raises(fx.EngineError, match=r"refit of fold 1 of 3 failed: .*flat") as caught:
        fx.kfold(fit, 3, group="f")
    assert "2 others failed too" in str(caught.value)


def test_settings_that_there_are_not_are_refused_before_anything_is_fitted(conjugate):
    with pytest.raises(fx.ArgumentError, match="`drawz` is not a setting"):
        fx.kfold(conjugate, 2, drawz=10)
    with pytest.raises(fx.ArgumentError, match="there is no engine 'zz'"):
        fx.kfold(conjugate, 2, engine="zz")


def test_the_engine_of_refits_can_be_chosen(conjugate):
    found = fx.kfold(conjugate, 2, engine="marginal", seed=3)
    assert found.elpd == fx.kfold(conjugate, 2, seed=3).elpd


def test_what_refits_warn_of_is_told_once():
    fit = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy")).fit(seed=1)
    with pytest.warns(fx.ConvergenceWarning, match="3 of 3 refits have something to say") as caught:
        found = fx.kfold(fit, 3, draws=5)
    assert len(caught) == 1
    assert "fold 2: " in str(caught[0].message)
    assert found["warning"]


def test_counts_of_levels_left_out_are_integrated():
    """At given draws: the mean over them of each level's density, its effects integrated."""
    generator = np.random.default_rng(2)
    data = {"y": generator.poisson(2.0, 20), "g": np.arange(20) // 4}
    model = fx.Model("y ~ 1 + (1 | g)", data, "poisson")
    drawn = sample(random_fit(model, samples=6), "posterior")
    units = units_of(model.spec, np.arange(20) // 4, 5)
    out = np.arange(8)
    there = model.subset(out).spec
    found, error = log_mean_density(there, drawn, model.spec, units.at(out))
    values = {"beta": drawn.values()["beta"].reshape(6, 1)}
    values["sd_g"] = drawn.values()["sd_g"].reshape(6, 1)
    every, _ = unit_log_likelihood(model.spec, values, units)
    expected = special.logsumexp(every[:, :2], axis=0) - np.log(6.0)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert error < 1e-8


def test_a_model_of_some_rows_has_the_priors_and_the_density_of_the_whole():
    data = fx.load("sleepstudy").assign(x=lambda d: np.arange(180) ** 2 / 1e4)
    model = fx.Model("Reaction ~ Days + x + (Days | Subject)", data)
    some = model.subset(rows := np.arange(5, 90, 2))
    fit = random_fit(model, samples=4)
    again = fit_at(some, {s: x.reshape(4, *x.shape[2:]) for s, x in drawn_values(fit).items()}, 2)
    for site in fit["log_prior"]:
        np.testing.assert_allclose(again["log_prior"][site], fit["log_prior"][site])
    np.testing.assert_allclose(
        again["log_likelihood"]["Reaction"], fit["log_likelihood"]["Reaction"][..., rows]
    )
    lines = [line for line in model.source.splitlines() if "Intercept@means" in line]
    assert lines
    assert all(one in some.source for one in lines)
    assert ["jnp.array([4.5, " in text for text in (model.source, some.source)] == [True, True]


def drawn_values(fit) -> dict[str, np.ndarray]:
    return dict(sample(fit, "posterior").values())


def test_columns_that_some_rows_cannot_tell_apart_are_left_to_the_prior():
    """A level of a factor of which no row is left: the marginal engine has no least squares."""
    data = {"y": np.arange(12.0), "f": list("aaaabbbbcccc")}
    model = fx.Model("y ~ f; sigma = 1", data, priors={"beta": "Normal(0, 3)"})
    some = model.subset(np.arange(8))
    with pytest.raises(fx.UnsupportedError, match="depend on one another at these rows"):
        some.source_for("marginal")
    spec = some.spec
    assert log_densities(spec, {"beta": np.zeros((1, 3))}).shape == (1, 8)


@pytest.mark.slow
def test_processes_give_the_same_and_counts_are_refitted_by_nuts():
    """Whole herds: refits and weights agree to two of the standard errors that both have."""
    import arviz as az

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        fit = fx.Model(
            "cbind(incidence, size - incidence) ~ period + (1 | herd)", fx.load("cbpp"), "binomial"
        ).fit(seed=1)
        found = fx.kfold(fit, 5, group="herd", processes=2)
        same = fx.kfold(fit, 5, group="herd")
        integrated = fx.log_likelihood(fit, integrate="herd")
        name = next(n for n in integrated.log_likelihood.data_vars if "_by_" in n)
        weighted = az.loo(integrated, pointwise=True, var_name=name)
    np.testing.assert_array_equal(found.elpd_i, same.elpd_i)
    values = weighted.loo_i if hasattr(weighted, "loo_i") else weighted.elpd_i
    assert float(values.sum()) == pytest.approx(found.elpd, abs=3.0)
