"""Moments within bounds against SciPy's densities, closed forms, and each other."""

from __future__ import annotations

from dataclasses import replace

import family_laws
import numpy as np
import pytest
from families.cases import CASES
from scipy import integrate, special, stats

from formix import bounded
from formix.families import FAMILIES, Family, family
from formix.families.family import FamilyParameter
from formix.spec import Response

NUMBERS = [one for one in FAMILIES if one.log_tails is not None and not one.codes]


def rows(low, high) -> Response:
    low, high = np.broadcast_arrays(np.asarray(low, float), np.asarray(high, float))
    return Response("y", np.zeros(len(low)), known={"trunc_lower": low, "trunc_upper": high})


def moments(one: Family | str, low, high, **parameters) -> tuple[np.ndarray, np.ndarray]:
    one = family(one)
    given = {name: np.asarray(value, float) for name, value in parameters.items()}
    given = {name: x if x.ndim else x.reshape(1, 1) for name, x in given.items()}
    if one.logits:
        given["logits"] = special.logit(given["mu"])
    there = rows(low, high)
    return bounded.mean(one, there, given), bounded.variance(one, there, given)


def by_density(name: str, of: dict, low: float, high: float) -> tuple[float, float]:
    """The mean and the variance by sums or quadrature of SciPy's density."""
    of = {key: np.asarray(value, float) for key, value in of.items()}
    of |= {"not_mu": 1.0 - of["mu"]}
    if name in family_laws.COUNTS:
        count = np.arange(max(low, 0.0), min(high, of.get("trials", 900.0)) + 1.0)
        count = count[count <= 1.0] if name == "bernoulli" else count
        share = np.exp(family_laws.LAWS[name](count, of))
        mean = np.sum(share * count) / np.sum(share)
        return mean, np.sum(share * (count - mean) ** 2) / np.sum(share)
    least, most = family_laws.RANGES.get(name, (float(of["mu"]) - 400.0, float(of["mu"]) + 400.0))
    a, b = max(low, least), min(high, most)
    atoms = [x for x in family_laws.ATOMS.get(name, ()) if low <= x <= high]
    # Panels that become shorter towards both ends and the middle.
    middle, shares = np.clip(float(of["mu"]), a, b), 0.4 ** np.arange(40)
    steps = [a + (middle - a) * shares, middle - (middle - a) * shares]
    steps += [middle + (b - middle) * shares, b - (b - middle) * shares]
    cuts = np.unique(np.concatenate([*steps, [a, middle, b]]))
    nodes, weights = np.polynomial.legendre.leggauss(16)
    half = 0.5 * np.diff(cuts)[:, None]
    y = (cuts[:-1, None] + half + half * nodes).ravel()
    share = (half * weights).ravel() * np.exp(family_laws.LAWS[name](y, of))
    lumps = np.exp([family_laws.LAWS[name](np.asarray(atom), of) for atom in atoms])
    y, share = np.append(y, atoms), np.append(share, lumps)

    def expected(function) -> float:
        return np.sum(share * function(y))

    mass = expected(np.ones_like)
    if name == "von_mises":
        sine, cosine = (expected(function) / mass for function in (np.sin, np.cos))
        return np.arctan2(sine, cosine), 1.0 - np.hypot(sine, cosine)
    mean = expected(lambda y: y) / mass
    return mean, expected(lambda y: (y - mean) ** 2) / mass


def ends(name: str, of: dict) -> tuple[list[float], list[float]]:
    """Bounds about the middle: below, above, both; of numbers with ends too."""
    if name == "bernoulli":
        return [1.0, -np.inf], [np.inf, 0.0]
    if name in family_laws.COUNTS:
        return [1.0, -np.inf, 2.0, 0.0], [np.inf, 3.0, 5.0, 4.0]
    low, high = {"von_mises": (-0.5, 1.2)}.get(name, (0.7, 2.1))
    if name in ("beta", "zero_inflated_beta", "zero_one_inflated_beta"):
        low, high = 0.25, 0.6
    return [low, -np.inf, low, -4.0], [np.inf, high, high, high]


@pytest.mark.parametrize("one", NUMBERS, ids=repr)
def test_moments_within_bounds_are_those_of_the_density(one: Family):
    of = dict(CASES[one.name].points[-1])
    low, high = ends(one.name, of)
    mean, variance = moments(one, low, high, **of)
    expected = [by_density(one.name, of, a, b) for a, b in zip(low, high, strict=True)]
    assert mean.shape == variance.shape == (1, len(low))
    np.testing.assert_allclose(mean[0], [m for m, _ in expected], rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(variance[0], [v for _, v in expected], rtol=1e-8, atol=1e-12)


SHORT = [one for one in NUMBERS if one.partial is not None or one.mean_within is not None]


@pytest.mark.parametrize("one", SHORT, ids=repr)
def test_closed_forms_and_areas_below_tails_agree(one: Family):
    of = dict(CASES[one.name].points[-1])
    # Beside a lump of probability a distribution has no one scale.
    low, high = ends(one.name, of)
    away = {"hurdle_gamma", "hurdle_lognormal", "zero_inflated_beta", "zero_one_inflated_beta"}
    if one.name in away:
        low, high = low[:1] + low[2:3], high[:1] + high[2:3]
    found = moments(one, low, high, **of)
    plain = moments(replace(one, partial=None, mean_within=None), low, high, **of)
    for ours, theirs in zip(found, plain, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-8)


def test_far_in_a_tail_of_a_normal():
    low = np.array([6.0, 12.0, 30.0])
    mean, variance = moments("gaussian", 1.0 + 2.0 * low, np.inf, mu=1.0, sigma=2.0)
    # The hazard, and from it the moments; those of the far end by their series in 1 / low^2.
    hazard = np.sqrt(2.0 / np.pi) / special.erfcx(low / np.sqrt(2.0))
    np.testing.assert_allclose(mean[0], 1.0 + 2.0 * hazard, rtol=1e-13)
    np.testing.assert_allclose(
        variance[0, :2], 4.0 * (1.0 + low * hazard - hazard**2)[:2], rtol=1e-9
    )
    x = 1.0 / low[2] ** 2
    series = x * (1.0 - 6.0 * x + 50.0 * x**2 - 518.0 * x**3 + 6354.0 * x**4)
    np.testing.assert_allclose(variance[0, 2], 4.0 * series, rtol=1e-8)
    # By symmetry below the mean too.
    other = moments("gaussian", -np.inf, 1.0 - 2.0 * low, mu=1.0, sigma=2.0)
    np.testing.assert_allclose(other[0], 2.0 - mean, rtol=1e-13)
    np.testing.assert_allclose(other[1], variance, rtol=1e-12)


def test_what_has_no_memory_goes_on_as_before_wherever_it_is_cut():
    low = np.array([0.5, 30.0, 5000.0])
    mean, variance = moments("exponential", low, np.inf, mu=2.0)
    np.testing.assert_allclose(mean[0], low + 2.0, rtol=1e-12)
    np.testing.assert_allclose(variance[0], 4.0, rtol=1e-8)
    low = np.array([1.0, 30.0, 900.0])
    mean, variance = moments("geometric", low, np.inf, mu=2.0)
    np.testing.assert_allclose(mean[0], low + 2.0, rtol=1e-12)
    np.testing.assert_allclose(variance[0], 6.0, rtol=1e-8)


def test_counts_that_are_never_zero():
    mu = np.array([1e-3, 0.5, 3.0, 40.0, 2000.0])
    mean, variance = moments("poisson", np.ones(5), np.inf, mu=mu[None])
    expected = mu / -np.expm1(-mu)
    np.testing.assert_allclose(mean[0], expected, rtol=1e-13)
    np.testing.assert_allclose(variance[0], expected * (1.0 + mu - expected), rtol=1e-8)


def test_between_bounds_that_are_all_but_one():
    width = 1e-4
    low = np.array([0.3, 5.0, 40.0])
    for name, of in (
        ("gaussian", {"mu": 4.0, "sigma": 3.0}),
        ("gamma", {"mu": 4.0, "shape": 2.0}),
        ("student", {"mu": 4.0, "sigma": 3.0, "nu": 4.0}),
    ):
        mean, variance = moments(name, low, low + width, **of)
        # All but uniform: the density's slope is of the order of the width.
        np.testing.assert_allclose((mean[0] - low) / width, 0.5, rtol=1e-3)
        np.testing.assert_allclose(variance[0], width**2 / 12.0, rtol=1e-5)


@pytest.mark.parametrize("name", ["gaussian", "gamma"])
def test_a_distribution_that_is_narrow_and_far_from_its_bounds(name: str):
    of = {"mu": 1000.0} | ({"sigma": 1.0} if name == "gaussian" else {"shape": 1e6})
    mean, variance = moments(name, [0.0, -5.0, 980.0], [np.inf, 1e9, np.inf], **of)
    np.testing.assert_allclose(mean, 1000.0, rtol=1e-12)
    np.testing.assert_allclose(variance, 1.0, rtol=1e-8)


def test_tails_without_a_mean_or_a_variance():
    nu = np.array([0.8, 1.0, 1.5, 2.0, 2.5])
    of = {"mu": 0.0, "sigma": 1.0, "nu": nu[None]}
    mean, variance = moments("student", np.full(5, 1.0), np.inf, **of)
    above = special.gamma((nu + 1.0) / 2.0) / special.gamma(nu / 2.0) / np.sqrt(np.pi * nu)
    height = above * (1.0 + 1.0 / nu) ** ((1.0 - nu) / 2.0) * nu / np.where(nu > 1.0, nu - 1.0, 1.0)
    assert np.all(mean[0, :2] == np.inf)
    np.testing.assert_allclose(mean[0, 2:], (height / stats.t(nu).sf(1.0))[2:], rtol=1e-12)
    assert np.all(~np.isfinite(variance[0, :4]))
    assert np.isfinite(variance[0, 4])
    both = moments("student", np.full(5, 1.0), np.full(5, 1e4), **of)
    w, weights = np.polynomial.legendre.leggauss(400)
    # By the logarithm of a number from 1 to 1e4.
    log = 0.5 * np.log(1e4) * (w + 1.0)
    share = weights[:, None] * np.exp(log)[:, None] * stats.t(nu).pdf(np.exp(log)[:, None])
    mass, first, second = (np.sum(share * np.exp(k * log)[:, None], axis=0) for k in range(3))
    np.testing.assert_allclose(both[0][0], first / mass, rtol=1e-8)
    np.testing.assert_allclose(both[1][0], second / mass - (first / mass) ** 2, rtol=1e-8)


def test_rows_without_a_bound_are_as_they_were_and_samples_go_with_rows():
    rng = np.random.default_rng(3)
    mu, sigma = rng.normal(size=(5, 4)), np.exp(rng.normal(size=(5, 1)))
    low, high = np.array([-np.inf, -1.0, 0.0, -np.inf]), np.array([np.inf, np.inf, 2.0, 1.0])
    mean, variance = moments("gaussian", low, high, mu=mu, sigma=sigma)
    law = stats.truncnorm((low - mu) / sigma, (high - mu) / sigma, mu, sigma)
    np.testing.assert_allclose(mean, law.mean(), rtol=1e-8)
    np.testing.assert_allclose(variance, law.var(), rtol=1e-8)
    np.testing.assert_array_equal(mean[:, 0], mu[:, 0])


def test_some_values_after_another_are_the_same(monkeypatch):
    rng = np.random.default_rng(4)
    of = {"mu": rng.normal(size=(6, 3)), "sigma": np.exp(rng.normal(size=(6, 1))), "tau": 1.5}
    whole = moments("exgaussian", [0.0, -np.inf, -1.0], [np.inf, 2.0, 4.0], **of)
    monkeypatch.setattr(bounded, "_CHUNK", 4)
    parts = moments("exgaussian", [0.0, -np.inf, -1.0], [np.inf, 2.0, 4.0], **of)
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_where_the_bounds_hold_no_probability_the_nearer_one_is_all():
    for name, of in (("gaussian", {"sigma": 1.0}), ("skew_normal", {"sigma": 1.0, "alpha": 0.0})):
        mean, variance = moments(name, [1e200, -2e200], [2e200, -1e200], mu=0.0, **of)
        np.testing.assert_array_equal(mean, [[1e200, -1e200]])
        np.testing.assert_array_equal(variance, 0.0)
        assert all(np.isnan(x).all() for x in moments(name, [0.0], np.inf, mu=np.nan, **of))


def test_levels_within_bounds_share_what_there_is():
    logits = np.array([[[-1.0, 0.2, 1.4], [0.5, 0.9, 2.0], [0.5, 0.9, 2.0]]])
    one = family("cumulative")
    shares = np.diff(special.expit(logits), axis=-1, prepend=0.0, append=1.0)
    there = rows([1.0, -np.inf, -np.inf], [2.0, 2.0, np.inf])
    inside = np.array([[0, 1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 1]]) * shares
    expected = inside / inside.sum(-1, keepdims=True)
    found = bounded.mean(one, there, {"logits": logits})
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    found = bounded.variance(one, there, {"logits": logits})
    np.testing.assert_allclose(found, expected * (1.0 - expected), rtol=1e-12)


def laplace_tails(y, parameters):
    law = stats.laplace(parameters["mu"], parameters["sigma"])
    return law.logcdf(y), law.logsf(y)


def test_a_family_of_ones_own_needs_its_tails_alone():
    one = Family(
        name="laplace",
        parameters=(
            FamilyParameter("mu", ("identity",), "real"),
            FamilyParameter("sigma", ("log",), "positive"),
        ),
        distribution="dist.Laplace({mu}, {sigma})",
        log_density=lambda y, p: stats.laplace(p["mu"], p["sigma"]).logpdf(y),
        draw=lambda generator, p: generator.laplace(p["mu"], p["sigma"]),
        mean=lambda p: p["mu"],
        variance=lambda p: 2.0 * np.square(p["sigma"]),
        check=lambda response: None,
        log_tails=laplace_tails,
    )
    mean, variance = moments(one, [5.0, -1.0], [np.inf, 1.0], mu=0.0, sigma=2.0)
    # Beyond its edge it has no memory; about it it is symmetric.
    np.testing.assert_allclose(mean, [[7.0, 0.0]], atol=1e-12)
    inside = integrate.quad(lambda y: y**2 * np.exp(-y / 2.0), 0.0, 1.0)[0]
    np.testing.assert_allclose(variance, [[4.0, inside / (2.0 * -np.expm1(-0.5))]], rtol=1e-10)
