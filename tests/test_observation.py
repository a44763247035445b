"""Rows observed in part: what the program says of them, their draws, what is refused."""

from __future__ import annotations

import family_shapes
import numpy as np
import pandas as pd
import pytest
from fit_at import fit_at
from scipy import stats

import formix as fx
from formix import observation
from formix.families import FAMILIES, gamma, gaussian, negative_binomial, poisson
from formix.spec import Response

LEAST = 1e-6
"""The share of seeds at which a test of draws fails for nothing; the seed is fixed."""

DRAWS = 4000


def response(**known) -> Response:
    rows = len(next(iter(known.values())))
    return Response("y", np.zeros(rows), known={n: np.array(v, float) for n, v in known.items()})


@pytest.mark.parametrize(
    ("known", "of", "text"),
    [
        ({"trunc_lower": [1, 1]}, {}, "truncated(D, low=1.0)"),
        ({"trunc_upper": [1, 2]}, {"trunc_upper": "ub"}, "truncated(D, high=ub)"),
        ({"trunc_lower": [-np.inf] * 2, "trunc_upper": [2, 2]}, {}, "truncated(D, high=2.0)"),
        ({"trunc_upper": [np.inf] * 2}, {}, "D"),
        ({"cens": [0, 1]}, {"cens": "c"}, "censored(D, c)"),
        ({"rate": [0, 1]}, {"rate": "d"}, "D"),
        ({"likelihood_weights": [0, 1]}, {"likelihood_weights": "w"}, "weighted(D, w)"),
        (
            {"cens": [0, 1], "trunc_lower": [1, 1], "likelihood_weights": [1, 2]},
            {"cens": "c", "likelihood_weights": "w"},
            "weighted(censored(truncated(D, low=1.0), c), w)",
        ),
    ],
)
def test_source(known, of, text):
    given = response(**known)
    assert observation.source("D", given, of) == text
    assert set(observation.arrays(given)) == set(of)


@pytest.mark.parametrize(
    ("family", "parameters", "theirs", "low", "high"),
    [
        (gaussian, {"mu": 0.0, "sigma": 1.0}, stats.norm(), 0.5, 2.0),
        # So far out that nothing is drawn there by chance.
        (gaussian, {"mu": 0.0, "sigma": 1.0}, stats.norm(), 20.0, np.inf),
        (gaussian, {"mu": 3.0, "sigma": 2.0}, stats.norm(3.0, 2.0), -np.inf, -40.0),
        (gamma, {"mu": 2.0, "shape": 0.5}, stats.gamma(0.5, scale=4.0), 3.0, 9.0),
        (gamma, {"mu": 2.0, "shape": 0.5}, stats.gamma(0.5, scale=4.0), 300.0, np.inf),
    ],
)
def test_draws_lie_within_the_bounds_as_they_should(family, parameters, theirs, low, high):
    """By the test of Kolmogorov and Smirnov: a false alarm in a million seeds."""
    given = {name: np.full((DRAWS, 1), value) for name, value in parameters.items()}
    bounds = response(trunc_lower=[low], trunc_upper=[high])
    drawn = observation.draw(family, bounds, np.random.default_rng(4), given)
    assert drawn.shape == (DRAWS, 1)
    assert ((drawn >= low) & (drawn <= high)).all()
    if low > 0:
        share = (theirs.sf(low) - theirs.sf(drawn)) / (theirs.sf(low) - theirs.sf(high))
    else:
        share = theirs.cdf(drawn) / theirs.cdf(high)
    assert stats.kstest(share[:, 0], "uniform").pvalue > LEAST


@pytest.mark.parametrize(("mean", "low"), [(3.0, 2), (0.5, 12)])
def test_draws_of_counts_have_their_probabilities(mean: float, low: int):
    """By the chi-square test: a false alarm in a million seeds."""
    given = {"mu": np.full((DRAWS, 1), mean)}
    bounds = response(trunc_lower=[low], trunc_upper=[low + 2.5])
    drawn = observation.draw(poisson, bounds, np.random.default_rng(5), given)
    counts = np.array([(drawn == low + k).sum() for k in range(3)])
    assert counts.sum() == DRAWS
    share = stats.poisson(mean).pmf(low + np.arange(3))
    assert stats.chisquare(counts, DRAWS * share / share.sum()).pvalue > LEAST


def test_where_the_bounds_hold_no_probability_the_nearer_one_is_drawn():
    bounds = response(trunc_lower=[1e200, -2e200], trunc_upper=[2e200, -1e200])
    given = {"mu": np.zeros((3, 1)), "sigma": np.ones((3, 1))}
    drawn = observation.draw(gaussian, bounds, np.random.default_rng(6), given)
    np.testing.assert_array_equal(drawn, np.broadcast_to([1e200, -1e200], (3, 2)))


def test_draws_are_not_censored():
    given = {"mu": np.zeros((50, 1)), "sigma": np.ones((50, 1))}
    free = observation.draw(gaussian, response(rate=[1.0]), np.random.default_rng(7), given)
    seen = response(cens=[1.0], likelihood_weights=[0.0])
    drawn = observation.draw(gaussian, seen, np.random.default_rng(7), given)
    np.testing.assert_array_equal(drawn, free)


def test_a_sum_of_units_has_so_many_times_the_mean_and_the_variance():
    """Moments of draws, by 5 standard errors: a false alarm in a million seeds."""
    given = {"mu": np.full((20_000, 1), 2.0), "shape": np.full((20_000, 1), 1.5)}
    rated = observation.with_rate(negative_binomial, response(rate=[3.0]), given)
    drawn = negative_binomial.draw(np.random.default_rng(8), rated)
    whole = stats.nbinom(1.5, 1.5 / 3.5)
    mean, variance = 3.0 * whole.mean(), 3.0 * whole.var()
    assert abs(drawn.mean() - mean) < 5.0 * np.sqrt(variance / 20_000)
    assert abs(drawn.var() / variance - 1.0) < 5.0 * np.sqrt(6.0 / 20_000)


def test_the_prior_of_a_rate_is_that_of_one_unit():
    data = pd.DataFrame({"y": [3, 8, 5, 12], "d": [1.0, 4.0, 2.0, 5.0], "x": [0.0, 1.0, 3.0, 2.0]})
    rated = fx.Model("y | rate(d) ~ x", data, "poisson")
    offset = fx.Model("y ~ x + offset(log(d))", data, "poisson")
    # A Poisson rate is an offset of its logarithm.
    assert [str(e.prior) for e in rated.priors] == [str(e.prior) for e in offset.priors]


DATA = family_shapes.data()

HAVE_NONE = [family.name for family in FAMILIES if family.log_tails is None]


@pytest.mark.parametrize("addition", ["cens(l)", "trunc(lb = 0)"])
def test_a_family_without_a_distribution_function_says_which_have_one(addition: str):
    formula = f"c | {addition} ~ x"
    with pytest.raises(fx.FormulaError, match="takes the distribution function") as caught:
        fx.Model(formula, DATA, "categorical")
    assert "families that have one: gaussian, student" in caught.value.hint
    assert not set(HAVE_NONE) & set(caught.value.hint.split(": ")[1].split(", "))
    assert caught.value.span.of(formula) == addition


@pytest.mark.parametrize("family", [f.name for f in FAMILIES if not f.rates])
def test_a_rate_is_refused_where_units_do_not_add_up(family: str):
    with pytest.raises(fx.FormulaError, match=f"says nothing of a {family} response") as caught:
        fx.Model("y | rate(n) ~ x", DATA, family)
    assert "poisson, negative_binomial" in caught.value.hint


def test_the_marginal_engine_says_why_it_declines():
    for left, why in (
        ("y | cens(l)", "cens()"),
        ("y | trunc(lb = -50)", "trunc()"),
        ('y | weights(n, kind = "likelihood")', "likelihood weights"),
    ):
        model = fx.Model(f"{left} ~ x + (1 | g)", DATA)
        with pytest.raises(fx.UnsupportedError) as caught:
            model.source_for("marginal")
        assert f"the response has {why}" in str(caught.value)
        with pytest.raises(fx.UnsupportedError):
            model.reml()


BOUNDED = pd.DataFrame({"step": [1, 2, 3, 2, 1, 4] * 4, "ub": [2, 3, 4, 2, 3, 4] * 4})


def of_steps(*threshold: float):
    """A fit of a bounded ordinal model, each draw at these thresholds."""
    model = fx.Model("step | trunc(ub = ub) ~ 1", BOUNDED, "cumulative")
    return fit_at(model, {"threshold": np.tile(threshold, (1000, 1))})


def test_predicted_levels_lie_within_the_bounds_of_new_rows():
    """The shares of levels are tried by the chi-square test: a false alarm in a million seeds."""
    found = of_steps(-1.0, 0.0, 1.0)
    new = pd.DataFrame({"ub": [2.0, 3.0, 4.0]})
    drawn = fx.predict(found, new, kind="response", summary=False, seed=4)["step"].to_numpy()[0]
    share = np.diff(stats.logistic.cdf([-np.inf, -1.0, 0.0, 1.0, np.inf]))
    for row, most in enumerate((2, 3, 4)):
        # Levels are drawn by their labels, which count from 1.
        counts = np.bincount(drawn[:, row].astype(int) - 1, minlength=4)
        assert counts[most:].sum() == 0
        expected = share[:most] / share[:most].sum()
        assert stats.chisquare(counts[:most], 1000 * expected).pvalue > LEAST


def test_levels_that_chance_does_not_draw_are_found_by_halving():
    given = {"logits": np.broadcast_to([30.0, 60.0, 90.0], (DRAWS, 1, 3))}
    known = response(trunc_lower=[1])
    drawn = observation.draw(fx.cumulative, known, np.random.default_rng(1), given)
    # Beyond the first level all but all is at the second.
    assert set(np.unique(drawn)) == {1.0}


def test_quantile_residuals_of_levels_are_those_of_their_cells():
    found = of_steps(-1.0, 0.0, 1.0)
    scores = np.array([fx.residuals(found, "quantile", seed=s)["mean"] for s in range(100)])
    cuts = stats.logistic.cdf([-np.inf, -1.0, 0.0, 1.0, np.inf])
    for row in range(6):
        code, most = BOUNDED["step"][row] - 1, BOUNDED["ub"][row]
        low, high = stats.norm.ppf(cuts[[code, code + 1]] / cuts[most])
        assert np.all((scores[:, row] >= low) & (scores[:, row] <= high))
