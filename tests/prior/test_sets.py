"""The sets of priors against numbers worked out by hand, and the resolution of addresses."""

from __future__ import annotations

import numpy as np
import numpyro.distributions as dist
import pytest

from formix.errors import ArgumentError, PriorError
from formix.links import link
from formix.prior import Address, Prior, Scale, deviation, resolve
from formix.prior.scales import auxiliary_scale, deviation_scale, mean_scale

X = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
INDICATOR = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
Y = np.array([3.0, 5.0, 4.0, 8.0, 9.0, 13.0])
NONE = np.empty(0)


def scales() -> dict[str, Scale]:
    zero = np.zeros(6)
    identity = link("identity")
    return {"mu": mean_scale(Y, zero, identity), "sigma": auxiliary_scale(Y, zero, identity)}


def addresses(*, intercept: bool = True, levels: int = 6) -> tuple[Address, ...]:
    rule = "slope" if intercept else "coefficient"
    common = [
        Address("beta[x]", ("beta",), rule, "real", "mu", X),
        Address("beta[f[b]]", ("beta",), rule, "real", "mu", INDICATOR),
    ]
    if intercept:
        ones = np.ones(6)
        common.insert(0, Address("beta[Intercept]", ("beta",), "intercept", "real", "mu", ones))
    sd = ("sd_g", "sd")
    return (
        *common,
        Address("sd_g[Intercept]", sd, "sd", "positive", "mu", np.ones(6), levels, 2),
        Address("sd_g[x]", sd, "sd", "positive", "mu", X, levels, 2),
        Address("cor_g", ("cor",), "cor", "correlation", "mu", NONE),
        Address("sigma", (), "auxiliary", "positive", "sigma", NONE),
    )


def shown(given: object, **options: object) -> dict[str, str]:
    table = resolve(addresses(**options), scales(), given)
    return {entry.address: str(entry.prior) for entry in table}


def test_default_with_an_intercept():
    s, s_x = np.std(Y, ddof=1), np.std(X, ddof=1)
    s_f = np.std(INDICATOR, ddof=1)
    assert shown("default") == {
        "beta[Intercept@means]": f"Normal(7, {2.5 * s:.4g})",
        "beta[x]": f"Normal(0, {2.5 * s / s_x:.4g})",
        "beta[f[b]]": f"Normal(0, {2.5 * s / s_f:.4g})",
        "sd_g[Intercept]": f"HalfStudentT(3, {s:.4g})",
        "sd_g[x]": f"HalfStudentT(3, {s / s_x:.4g})",
        "cor_g": "LKJ(1)",
        "sigma": f"HalfStudentT(3, {s:.4g})",
    }


def test_default_without_an_intercept():
    q, q_x = np.sqrt(np.mean(Y**2)), np.sqrt(np.mean(X**2))
    found = shown("default", intercept=False)
    assert found["beta[x]"] == f"Normal(0, {2.5 * q / q_x:.4g})"
    assert found["beta[f[b]]"] == f"Normal(0, {2.5 * q / np.sqrt(1 / 6):.4g})"


def test_a_rare_indicator_is_held_at_a_tenth():
    column = np.zeros(5000)
    column[0] = 1.0
    one = (Address("beta[f[b]]", ("beta",), "slope", "real", "mu", column),)
    prior = resolve(one, scales(), "default")["beta[f[b]]"].prior
    assert isinstance(prior, Prior)
    assert prior.arguments[1] == float(f"{2.5 * np.std(Y, ddof=1) / 0.1:.4g}")


@pytest.mark.parametrize(("shift", "factor"), [(100.0, 1.0), (0.0, 10.0), (-3.0, 0.01)])
def test_default_follows_a_predictor_that_is_shifted_or_rescaled(shift: float, factor: float):
    here = Address("beta[x]", (), "slope", "real", "mu", X)
    there = Address("beta[x]", (), "slope", "real", "mu", shift + factor * X)
    before, after = (resolve((a,), scales(), "default")["beta[x]"].prior for a in (here, there))
    assert isinstance(before, Prior)
    assert isinstance(after, Prior)
    assert after.arguments[1] * factor == pytest.approx(before.arguments[1], rel=1e-3)


def test_brms_is_brms():
    """get_prior of brms 2.23 for these six numbers: median 6.5, mad 1.4826 * 2.5 = 3.7."""
    found = shown("brms")
    assert found["beta[Intercept@means]"] == "StudentT(3, 6.5, 3.7)"
    assert found["beta[x]"] == "Flat()"
    assert found["sd_g[x]"] == found["sigma"] == "HalfStudentT(3, 3.7)"
    assert found["cor_g"] == "LKJ(1)"


def test_brms_shifts_the_intercept_by_the_offset():
    scale = mean_scale(Y, np.full(6, 2.0), link("identity"))
    intercept = Address("beta[Intercept]", (), "intercept", "real", "mu", np.ones(6))
    table = resolve((intercept,), {"mu": scale}, "brms")
    assert str(table["beta[Intercept@means]"].prior) == "StudentT(3, 4.5, 3.7)"


def test_flat_and_its_refusal():
    assert set(shown("flat").values()) == {"Flat()", "LKJ(1)"}
    assert "beta[Intercept]" in shown("flat")
    shown("flat", levels=4)
    with pytest.raises(PriorError, match="3 levels are too few for 2 effects"):
        shown("flat", levels=3)


def test_the_most_specific_key_wins():
    given = {"beta": "Normal(0, 1)", "beta[x]": "Normal(0, 2)", "sd": "HalfNormal(3)"}
    found = shown(given)
    assert found["beta[Intercept]"] == "Normal(0, 1)"
    assert found["beta[x]"] == "Normal(0, 2)"
    assert found["sd_g[x]"] == "HalfNormal(3)"
    assert shown({"sd": "HalfNormal(3)", "sd_g": "HalfNormal(4)"})["sd_g[x]"] == "HalfNormal(4)"


def test_the_intercept_at_the_means_or_as_the_formula_says():
    assert shown({"beta[Intercept]": "Normal(0, 1)"})["beta[Intercept]"] == "Normal(0, 1)"
    both = {"beta": "Normal(0, 1)", "beta[Intercept@means]": "Normal(0, 9)"}
    assert shown(both)["beta[Intercept@means]"] == "Normal(0, 9)"
    with pytest.raises(PriorError, match="two priors of one parameter"):
        shown({"beta[Intercept]": "Normal(0, 1)", "beta[Intercept@means]": "Normal(0, 9)"})


def test_priors_on_variances():
    found = shown({"sigma^2": "InverseGamma(2, 1)", "sd_g[x]^2": "Gamma(2, 1)"})
    assert found["sigma^2"] == "InverseGamma(2, 1)"
    assert found["sd_g[x]^2"] == "Gamma(2, 1)"
    with pytest.raises(PriorError, match="two priors of one parameter"):
        shown({"sigma^2": "InverseGamma(2, 1)", "sigma": "HalfNormal(1)"})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"beta[Day]": "Normal(0, 1)"}, "is the address of no prior"),
        ({"sigm": "HalfNormal(1)"}, "did you mean `sigma`"),
        ({"beta^2": "HalfNormal(1)"}, "is the address of no prior"),
        ({"cor_g^2": "LKJ(1)"}, "is the address of no prior"),
        ({"sigma": "Normal(0, 5)"}, "write HalfNormal(5)"),
        ({"sigma": "StudentT(3, 0, 5)"}, "write HalfStudentT(3, 5)"),
        ({"sigma": "Normal(2, 5)"}, "write TruncatedNormal(2, 5, low=0)"),
        ({"sigma": "Uniform(-1, 5)"}, "which is positive"),
        ({"sigma": "LKJ(1)"}, "which is positive"),
        ({"beta": "LKJ(1)"}, "a real number"),
        ({"cor": "Normal(0, 1)"}, "write LKJ(1)"),
        ({"cor": "Flat()"}, "write LKJ(1)"),
        ({"sigma": dist.Gumbel(0, 1)}, "which is positive"),
        ({"cor_g": dist.Gumbel(0, 1)}, "write LKJ(1)"),
        ({"sigma": 5}, "is not a prior"),
    ],
)
def test_refusals(given: dict[str, object], says: str):
    with pytest.raises(PriorError) as refusal:
        shown(given)
    assert says in str(refusal.value)


def test_a_narrower_support_is_welcome():
    assert shown({"beta[x]": "Gamma(2, 1)"})["beta[x]"] == "Gamma(2, 1)"
    assert shown({"sigma": "Uniform(0, 100)"})["sigma"] == "Uniform(0, 100)"


def test_unknown_set():
    with pytest.raises(ArgumentError, match="not a set of priors"):
        shown("bmrs")


def test_scales_on_other_links():
    zero, two = np.zeros(6), np.full(6, 2.0)
    on_log = mean_scale(Y, two, link("log"))
    assert on_log.location == pytest.approx(np.log(np.sum(Y) / np.sum(np.exp(two))))
    assert on_log.spread == 1.0
    counts = mean_scale(Y, zero, link("log"), counts=True)
    assert counts.location == pytest.approx(np.log((np.sum(Y) + 0.5) / 6.0))
    inverse = mean_scale(Y, zero, link("inverse"))
    assert inverse.location == pytest.approx(1.0 / 7.0)
    assert inverse.spread == pytest.approx(np.std(Y, ddof=1) / 49.0)
    spread = deviation_scale(Y, link("log"), inverse)
    assert (spread.location, spread.spread) == (pytest.approx(np.log(np.std(Y, ddof=1))), 1.0)


def test_scales_of_data_that_say_nothing():
    constant = np.full(6, 4.0)
    assert deviation(constant) == deviation(np.array([4.0])) == 1.0
    assert mean_scale(constant, np.zeros(6), link("identity")).spread == 1.0
    assert mean_scale(-Y, np.zeros(6), link("log")).location == 0.0
    assert mean_scale(np.zeros(6), np.zeros(6), link("identity")).root_mean_square == 1.0


@pytest.mark.parametrize("name", ["identity", "log", "inverse"])
def test_links_invert_and_differentiate(name: str):
    found = link(name)
    x = np.linspace(0.2, 3.0, 15)
    np.testing.assert_allclose(found.inverse(found.forward(x)), x, rtol=1e-12)
    step = 1e-6
    slope = (found.forward(x + step) - found.forward(x - step)) / (2.0 * step)
    np.testing.assert_allclose(found.derivative(x), slope, rtol=1e-7)
