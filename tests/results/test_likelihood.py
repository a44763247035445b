"""Log likelihood and log prior equal SciPy's, summed by hand."""

from dataclasses import replace

import numpy as np
import pytest
from made_fits import block, make_draws, make_spec, predictor, sleep_spec
from scipy import stats

from formix.prior import ForeignPrior, Prior, PriorEntry, PriorTable
from formix.results import likelihood
from formix.results.likelihood import log_likelihood, log_prior
from formix.spec import MAIN


def two_groups(offset=None, rows=24):
    """Return a model with three blocks on two groups, two of them on one."""
    mu = predictor("mu", rows, ("Intercept", "Days", "x"), offset=offset)
    blocks = [
        block("g", ("a", "b", "c"), mu, ("Intercept", "Days")),
        block("h", ("u", "v", "w", "z"), mu, ("Intercept",)),
        block("g", ("a", "b", "c"), mu, ("x",), covariance="diag"),
    ]
    return make_spec([mu], blocks)


def by_hand(spec, values, chain, draw):
    """Return the log densities of the rows at one draw, by loops."""
    main = spec[MAIN]
    answer = []
    for row in range(len(main.X)):
        eta = main.X[row] @ values["beta"][chain, draw]
        start = {"g": 0, "h": 0}
        for one in spec.blocks:
            r = values[f"r_{one.group}"][chain, draw, one.index[row]]
            for j in range(len(one.effects)):
                eta += one.Z[row, j] * r[start[one.group] + j]
            start[one.group] += len(one.effects)
        if main.offset is not None:
            eta += main.offset[row]
        sigma = values["sigma"][chain, draw]
        answer.append(stats.norm.logpdf(spec.response.values[row], eta, sigma))
    return np.array(answer)


@pytest.mark.parametrize("offset", [None, np.linspace(-2, 2, 24)])
def test_log_likelihood_is_conditional_on_the_effects(offset):
    spec = two_groups(offset)
    values = make_draws(spec, chains=2, draws=5).values
    found = log_likelihood(spec, values)
    assert found.shape == (2, 5, 24)
    for chain, draw in [(0, 0), (1, 4), (0, 3)]:
        expected = by_hand(spec, values, chain, draw)
        np.testing.assert_allclose(found[chain, draw], expected, rtol=1e-12)


def test_chunks_do_not_change_the_log_likelihood(monkeypatch):
    spec = two_groups()
    values = make_draws(spec, chains=3, draws=7).values
    whole = log_likelihood(spec, values)
    monkeypatch.setattr(likelihood, "_CHUNK", 100)
    np.testing.assert_allclose(log_likelihood(spec, values), whole, rtol=1e-14)


def test_a_predicted_sigma_comes_through_its_link():
    mu = predictor("mu", 12)
    sigma = predictor("sigma", 12, ("Intercept", "Days"), seed=2, link_name="log")
    spec = make_spec([mu, sigma], auxiliary=())
    values = make_draws(spec, chains=1, draws=3).values
    found = log_likelihood(spec, values)
    for draw in range(3):
        eta = mu.X @ values["beta"][0, draw]
        scale = np.exp(sigma.X @ values["sigma.beta"][0, draw])
        expected = stats.norm.logpdf(spec.response.values, eta, scale)
        np.testing.assert_allclose(found[0, draw], expected, rtol=1e-12)


def test_log_prior_has_a_variable_for_each_site_with_a_prior():
    spec = two_groups()
    values = make_draws(spec, chains=2, draws=4).values
    found = log_prior(spec, values)
    assert list(found) == ["beta", "sd_g", "cor_g", "sd_h", "sigma"]
    means = spec[MAIN].X.mean(axis=0)
    at_means = values["beta"] @ means
    expected = stats.norm.logpdf(at_means, 0, 10)
    expected = expected + stats.norm.logpdf(values["beta"][..., 1:], 0, 10).sum(axis=-1)
    np.testing.assert_allclose(found["beta"], expected, rtol=1e-12)
    half_t = np.log(2) + stats.t.logpdf(values["sd_g"], 3, 0, 5)
    np.testing.assert_allclose(found["sd_g"], half_t.sum(axis=-1), rtol=1e-12)
    # LKJ(2) of two effects: rho = 2 b - 1 with b ~ Beta(2, 2); the diagonal block has none.
    rho = values["cor_g"][..., 1, 0]
    lkj = stats.beta.logpdf((rho + 1) / 2, 2, 2) - np.log(2)
    np.testing.assert_allclose(found["cor_g"], lkj, rtol=1e-10)


def with_prior(spec, key, entry):
    entries = tuple(entry if old.key == key else old for old in spec.priors)
    return replace(spec, priors=PriorTable(entries))


def test_a_prior_on_the_variance_counts_its_jacobian():
    spec = sleep_spec()
    entry = PriorEntry("sigma", Prior("InverseGamma", 2, 1), "sigma^2", squared=True)
    values = make_draws(spec, chains=1, draws=50).values
    found = log_prior(with_prior(spec, "sigma", entry), values)["sigma"]
    sigma = values["sigma"]
    expected = stats.invgamma.logpdf(sigma**2, 2, scale=1) + np.log(2 * sigma)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_one_prior_may_serve_every_element():
    spec = sleep_spec()
    sites = tuple(
        replace(site, keys=("sd",)) if site.site == "sd_Subject" else site
        for site in spec.parameters
    )
    table = PriorTable((*spec.priors, PriorEntry("sd", Prior("Exponential", 0.5), "sd")))
    values = make_draws(spec, chains=1, draws=5).values
    found = log_prior(replace(spec, parameters=sites, priors=table), values)["sd_Subject"]
    expected = stats.expon.logpdf(values["sd_Subject"], scale=2).sum(axis=-1)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_prior_outside_the_table_is_left_out():
    spec = sleep_spec()
    entry = PriorEntry("sigma", ForeignPrior(object(), "Gumbel(0, 1)"), "sigma")
    values = make_draws(spec, chains=1, draws=5).values
    assert "sigma" not in log_prior(with_prior(spec, "sigma", entry), values)


def test_improper_priors_count_as_zero():
    spec = sleep_spec()
    values = make_draws(spec, chains=1, draws=5).values
    entry = PriorEntry("sigma", Prior("Flat"), "flat")
    found = log_prior(with_prior(spec, "sigma", entry), values)["sigma"]
    np.testing.assert_array_equal(found, 0.0)
