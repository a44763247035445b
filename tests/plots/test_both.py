"""Densities of priors against SciPy, and against draws from the priors by the other way."""

import family_shapes
import group_shapes
import numpy as np
import pytest
import shapes
from fit_at import fit_at, random_fit
from numpyro import distributions as dist
from scipy import stats

import formix as fx
from formix.plots.both import Both, both
from formix.results.sample import sample

DRAWS = 2000

FALSE_ALARM = 1e-6
"""How often one of the comparisons of draws with a density fails by chance."""


def numbers(fit, **options) -> dict[str, Both]:
    model = fx.model(fit, **options)
    return {one.key: one for one in both(sample(fit, "posterior"), model)}


def distance(of: Both) -> float:
    """The greatest distance between the distribution functions of draws and of a density."""
    draws = np.sort(of.posterior)
    angle = np.linspace(-0.5 * np.pi, 0.5 * np.pi, 40_001)[1:-1]
    scale = np.quantile(draws, 0.75) - np.quantile(draws, 0.25)
    grid = np.median(draws) + scale * np.tan(angle)
    inside = (grid > of.bounds[0]) & (grid < of.bounds[1])
    density = np.where(inside, of.density(grid), 0.0)
    mass = density * scale / np.square(np.cos(angle))
    below = np.concatenate([[0.0], np.cumsum(0.5 * (mass[1:] + mass[:-1]) * np.diff(angle))])
    assert below[-1] == pytest.approx(1.0, abs=2e-3)
    return stats.kstest(draws, lambda x: np.interp(x, grid, below)).pvalue


def _data():
    data = family_shapes.data().merge(
        group_shapes.data()[["second", "b"]], left_index=True, right_index=True
    )
    data["o"] = data["f"].cat.as_ordered()
    return data


CASES = {
    "slopes": ("y ~ x + (x + z | g)", "gaussian", {"cor": "LKJ(3)", "sigma": "Exponential(1)"}),
    "variances": ("y ~ x + (1 | g)", "gaussian", {"sd_g^2": "InverseGamma(3, 1)"}),
    "structures": ("y ~ x + (x | g) + ar1(0 + f | g) + cs(0 + l | g)", "gaussian", {}),
    "by": ("y ~ (x | gr(g, by = b)) + ar1(0 + f | gr(g, by = b))", "gaussian", {}),
    "t": ('y ~ x + (1 | gr(g, dist = "student"))', "student", {}),
    "ordinal": ("o ~ x + z", "cumulative", {}),
    "ordinal_cauchy": ("o ~ 1", "cumulative", {"threshold": "Cauchy(1, 2)"}),
    "sequential": ("o ~ x", "sratio", {}),
    "predicted": (["y ~ x + (1 | p | g)", "sigma ~ z + (1 | p | g)"], "gaussian", {}),
    "categorical": ("f ~ x + (1 | g)", "categorical", {}),
    "zeros": ("rare ~ x", "zero_inflated_poisson", {}),
    "bounded": ("y ~ x", "gaussian", {"beta[x]": "TruncatedNormal(0, 1, low=0)"}),
}


@pytest.mark.parametrize("name", CASES)
def test_draws_from_the_prior_have_the_density(name: str):
    formula, family, priors = CASES[name]
    fit = random_fit(fx.Model(formula, _data(), family, priors=priors), DRAWS)
    found = numbers(fit)
    assert found
    for one in found.values():
        assert distance(one) > FALSE_ALARM / 60, one.key
        assert one.bounds[0] <= one.posterior.min() <= one.posterior.max() <= one.bounds[1]


def test_there_is_one_for_every_prior_and_each_correlation_and_threshold():
    formula, family, _ = CASES["structures"]
    found = numbers(random_fit(fx.Model(formula, _data(), family), 4))
    assert list(found) == [
        "beta[Intercept@means]",
        "beta[x]",
        "sd_g[Intercept]",
        "sd_g[x]",
        "sd_g[f]",
        "sd_g[l[False]]",
        "sd_g[l[True]]",
        "cor_g[x, Intercept]",
        "rho_g_2",
        "rho_g_3",
        "sigma",
    ]
    ordinal = numbers(random_fit(fx.Model("o ~ x", _data(), "cumulative"), 4))
    assert list(ordinal) == ["threshold[lo|mid@means]", "threshold[mid|hi@means]", "beta[x]"]


def test_the_densities_are_scipys():
    model = fx.Model("Reaction ~ Days + (Days | Subject)", fx.load("sleepstudy"))
    found = numbers(random_fit(model, 4))
    x = np.array([-0.9, 0.3, 2.0, 70.0, 300.0])
    expected = {
        "beta[Intercept@means]": stats.norm(298.5, 140.8).pdf(x),
        "beta[Days]": stats.norm(0.0, 48.89).pdf(x),
        "sd_Subject[Days]": np.where(x > 0, 2.0 * stats.t(3, 0.0, 19.56).pdf(x), 0.0),
        "cor_Subject[Days, Intercept]": stats.uniform(-1.0, 2.0).pdf(x),
        "sigma": np.where(x > 0, 2.0 * stats.t(3, 0.0, 56.33).pdf(x), 0.0),
    }
    for key, density in expected.items():
        np.testing.assert_allclose(found[key].density(x), density, rtol=1e-12, err_msg=key)


def test_thresholds_are_order_statistics():
    model = fx.Model("o ~ 1", _data(), "cumulative", priors={"threshold": "Normal(1, 2)"})
    found = numbers(random_fit(model, 4))
    x = np.linspace(-8.0, 9.0, 30)
    one = stats.norm(1.0, 2.0)
    lower = 2.0 * one.sf(x) * one.pdf(x)
    upper = 2.0 * one.cdf(x) * one.pdf(x)
    np.testing.assert_allclose(found["threshold[lo|mid]"].density(x), lower, atol=1e-6)
    np.testing.assert_allclose(found["threshold[mid|hi]"].density(x), upper, atol=1e-6)


def test_what_is_at_the_means_follows_from_the_coefficients():
    data = _data()
    beta = np.array([[1.0, 2.0, -3.0], [4.0, 0.5, 0.0]])
    sites = {"beta": beta, "sigma": [1.0, 2.0]}
    found = numbers(fit_at(fx.Model("y ~ x + z", data), sites))
    expected = beta @ [1.0, data["x"].mean(), data["z"].mean()]
    np.testing.assert_allclose(found["beta[Intercept@means]"].posterior, expected)


def test_coefficients_under_one_prior_have_draws_for_it():
    shape = shapes.SHRUNK[0]
    fit = random_fit(fx.Model(shape.formula, shapes.data(), priors=shape.priors), DRAWS)
    found = numbers(fit)
    for label in ("x", "z", "f[mid]", "f[hi]"):
        one = found[f"beta[{label}]"]
        assert one.density is None
        assert stats.ks_2samp(one.before, one.posterior).pvalue > FALSE_ALARM / 60


def test_improper_priors_have_none():
    fit = random_fit(fx.Model("y ~ x + (1 | g)", _data()), 6)
    flat = fx.Model("y ~ x + (1 | g)", _data(), priors="flat")
    values = {site: fit["posterior"][site].to_numpy() for site in ("beta", "sd_g", "r_g", "sigma")}
    at = fit_at(flat, {site: x.reshape(-1, *x.shape[2:]) for site, x in values.items()})
    found = numbers(at)
    assert list(found) == ["beta[Intercept]", "beta[x]", "sd_g[Intercept]", "sigma"]
    assert all(one.density is None and not len(one.before) for one in found.values())
    assert found["sigma"].bounds == found["sd_g[Intercept]"].bounds == (0.0, np.inf)


def test_numpyros_own_distributions_are_drawn_from():
    given = {"beta[x]": dist.Gumbel(0.0, 1.0)}
    model = fx.Model("y ~ x", _data(), priors=given)
    fit = fit_at(model, {"beta": np.zeros((4, 2)), "sigma": np.ones(4)})
    one = numbers(fit, priors=given)["beta[x]"]
    assert one.density is None
    assert stats.kstest(one.before, stats.gumbel_r.cdf).pvalue > FALSE_ALARM


@pytest.mark.parametrize("name", ["slopes", "by", "predicted"])
def test_correlations_are_named_as_in_the_table(name: str):
    formula, family, _ = CASES[name]
    fit = random_fit(fx.Model(formula, _data(), family), 8)
    of_table = [key for key in fx.summary(fit).frame.index if key.startswith("cor_")]
    assert of_table
    assert sorted(key for key in numbers(fit) if key.startswith("cor_")) == sorted(of_table)
