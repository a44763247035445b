"""Zero inflation and hurdles: far out, at their ends, and what their intercepts are scaled by."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from formix import (
    Model,
    hurdle_lognormal,
    hurdle_negative_binomial,
    hurdle_poisson,
    zero_inflated_poisson,
    zero_one_inflated_beta,
)
from formix.families.draws import positive_negative_binomial_counts, positive_poisson_counts

DATA = pd.DataFrame(
    {"x": np.arange(6.0), "gap": [0.0, 1.0, 0.0, 3.0, 0.0, 8.0], "few": [0, 1, 0, 3, 0, 8]}
)


def arrays(**given: float) -> dict[str, np.ndarray]:
    return {name: np.full((1, 1), value) for name, value in given.items()}


def test_a_zero_that_the_base_all_but_never_gives_is_the_inflations():
    found = zero_inflated_poisson.log_density(np.zeros(1), arrays(mu=900.0, zi=1e-300))
    assert found.item() == pytest.approx(np.log(1e-300), rel=1e-12)
    found = zero_inflated_poisson.log_density(np.zeros(1), arrays(mu=900.0, zi=0.0))
    assert found.item() == pytest.approx(-900.0, rel=1e-12)


@pytest.mark.parametrize("mu", [1e-12, 1e-4, 50.0, 800.0])
def test_the_truncated_poisson_keeps_its_digits(mu: float):
    """Given that it is not 0 a count of a tiny mean is 1, 2 with probability mu / 2."""
    found = hurdle_poisson.log_density(np.array([1.0, 2.0]), arrays(mu=mu, hu=0.25))
    above = stats.poisson(mu).logpmf([1, 2]) - np.log(-np.expm1(-mu))
    np.testing.assert_allclose(found[0], np.log(0.75) + above, rtol=1e-12)
    assert hurdle_poisson.mean(arrays(mu=mu, hu=0.25)).item() == pytest.approx(
        0.75 * mu / -np.expm1(-mu), rel=1e-12
    )


def test_nothing_is_behind_the_hurdle_where_the_base_is_surely_zero():
    found = hurdle_poisson.log_density(np.array([0.0, 1.0]), arrays(mu=0.0, hu=0.25))
    assert found[0].tolist() == [np.log(0.25), -np.inf]


@pytest.mark.parametrize("shape", [0.3, 40.0])
@pytest.mark.parametrize("mu", [1e-6, 0.5, 30.0])
def test_counts_that_are_not_zero_have_the_truncated_distribution(mu: float, shape: float):
    """Chi-squared over 1 to 5 and more, of 20,000 with a fixed seed: an alarm in 10,000 seeds."""
    given = {"mu": np.full(20_000, mu), "shape": np.full(20_000, shape)}
    for draw, law in (
        (positive_poisson_counts, stats.poisson(mu)),
        (positive_negative_binomial_counts, stats.nbinom(shape, shape / (shape + mu))),
    ):
        drawn = draw(np.random.default_rng(2), given)
        assert drawn.min() >= 1.0
        seen = np.bincount(np.minimum(drawn, 6.0).astype(int), minlength=7)[1:]
        expected = 20_000 * np.append(law.pmf(np.arange(1, 6)), law.sf(5)) / law.sf(0)
        some = expected > 5.0
        seen, expected = np.append(seen[some], seen[~some].sum()), expected[some]
        expected = np.append(expected, max(20_000 - expected.sum(), 1e-9))
        if seen[-1] == 0:
            seen, expected = seen[:-1], expected[:-1]
        chi = np.sum((seen - expected) ** 2 / np.maximum(expected, 0.5))
        assert chi <= stats.chi2(len(expected)).ppf(1.0 - 1e-4)


def test_counts_that_are_not_zero_have_no_mean_below_zero():
    given = {"mu": np.array([-1.0, np.nan, 1e40]), "shape": np.ones(3)}
    for draw in (positive_poisson_counts, positive_negative_binomial_counts):
        drawn = draw(np.random.default_rng(1), given)
        assert np.isnan(drawn[:2]).all()
        assert drawn[2] > 1e30


def test_both_ends_of_a_share_have_their_own_probability():
    given = arrays(mu=0.4, logits=np.log(2.0 / 3.0), phi=3.0, zoi=0.3, coi=0.2)
    found = np.exp(zero_one_inflated_beta.log_density(np.array([0.0, 1.0]), given))
    np.testing.assert_allclose(found[0], [0.24, 0.06], rtol=1e-12)


@pytest.mark.parametrize(
    ("response", "family", "location"),
    [
        # Of the three that are not 0: their mean, and the mean of their logarithms.
        ("gap", "hurdle_gamma", np.log(4.0)),
        ("few", "hurdle_poisson", np.log(12.5 / 3.0)),
        ("gap", hurdle_lognormal, np.log(24.0) / 3.0),
        # Inflated counts are of both kinds, and all rows count.
        ("few", "zero_inflated_poisson", np.log(12.5 / 6.0)),
    ],
)
def test_the_default_intercept_is_where_what_it_is_of_lies(response: str, family, location: float):
    model = Model(f"{response} ~ x", DATA, family)
    prior = model.priors["beta[Intercept@means]"].prior
    assert prior.named["loc"] == pytest.approx(location, rel=1e-3)


@pytest.mark.parametrize("family", ["hurdle_gamma", "hurdle_lognormal", "zero_inflated_poisson"])
def test_brms_takes_zeros_for_a_tenth(family: str):
    response = "few" if "poisson" in family else "gap"
    prior = Model(f"{response} ~ x", DATA, family, priors="brms").priors["beta[Intercept@means]"]
    # The median of log 0.1, three times, log 1, log 3 and log 8; its mad is 1.4826 times that of
    # 1.15, three times, 1.15, 2.25 and 3.23.
    assert str(prior.prior) == "StudentT(3, -1.2, 2.5)"


def test_the_shape_of_brms_is_that_of_its_negative_binomials():
    model = Model("few ~ x", DATA, hurdle_negative_binomial, priors="brms")
    assert str(model.priors["shape"].prior) == "InverseGamma(0.4, 0.3)"
