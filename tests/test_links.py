"""Links: inverses of one another, their slopes, and what the program writes."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.scipy.special import expit, log_ndtr, ndtr

from formix.links import LINKS, Link, link

PROBABILITIES = [one for one in LINKS if one.of_probability and one.bounded]


def within(one: Link) -> np.ndarray:
    """Means that the link takes."""
    low, high = one.range
    if not one.bounded:
        return np.linspace(0.1, 8.0, 13)
    return low + (high - low) * np.linspace(0.02, 0.98, 13)


@pytest.mark.parametrize("one", LINKS, ids=lambda one: one.name)
def test_the_inverse_undoes_the_link(one: Link):
    mu = within(one)
    np.testing.assert_allclose(one.inverse(one.forward(mu)), mu, rtol=1e-12)


@pytest.mark.parametrize("one", LINKS, ids=lambda one: one.name)
def test_the_derivative_is_the_central_difference(one: Link):
    mu, step = within(one), 1e-6
    numeric = (one.forward(mu + step) - one.forward(mu - step)) / (2.0 * step)
    np.testing.assert_allclose(one.derivative(mu), numeric, rtol=1e-6)


@pytest.mark.parametrize("one", PROBABILITIES, ids=lambda one: one.name)
def test_logits_are_those_of_the_mean(one: Link):
    eta = np.linspace(-3.0, 1.2, 15)
    mu = one.inverse(eta)
    assert one.logits is not None
    np.testing.assert_allclose(one.logits(eta), np.log(mu / (1.0 - mu)), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "eta", "expected"),
    [
        # log Phi(-20), from its asymptotic series; its complement is 1 to all digits.
        ("probit", -20.0, -203.9171553710973),
        # mu = exp(eta) to the first order, and 1 - mu = exp(-exp(eta)).
        ("cloglog", -40.0, -40.0),
        ("cloglog", 6.0, np.exp(6.0)),
        # mu = 1 / (pi |eta|) to the first order.
        ("cauchit", -1e12, -np.log(np.pi * 1e12)),
        ("cauchit", 1e12, np.log(np.pi * 1e12)),
    ],
)
def test_logits_keep_their_digits_far_out(name: str, eta: float, expected: float):
    logits = link(name).logits
    assert logits is not None
    assert float(logits(np.asarray(eta))) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("one", LINKS, ids=lambda one: one.name)
def test_the_program_writes_the_same(one: Link):
    names = {"jnp": jnp, "expit": expit, "ndtr": ndtr, "log_ndtr": log_ndtr}
    eta = np.linspace(-2.5, 2.5, 12)
    with jax.enable_x64(True):
        names["eta"] = jnp.asarray(eta)
        written = np.asarray(eval(one.inverse_source.format(eta="eta"), names))
        np.testing.assert_allclose(written, one.inverse(eta), rtol=1e-12)
        if one.logits:
            written = np.asarray(eval(one.logits_source.format(eta="eta"), names))
            np.testing.assert_allclose(written, one.logits(eta), rtol=1e-11, atol=1e-13)


def test_a_predictor_below_zero_has_no_mean_under_the_inverse_square():
    found = link("1/mu^2").inverse(np.array([-2.0, 4.0]))
    np.testing.assert_array_equal(found, [np.nan, 0.5])


def test_softplus_keeps_its_digits_at_both_ends():
    one = link("softplus")
    np.testing.assert_allclose(one.inverse(np.array([-50.0, 800.0])), [np.exp(-50.0), 800.0])
    np.testing.assert_allclose(one.forward(np.array([np.exp(-50.0), 800.0])), [-50.0, 800.0])


def test_a_predictor_below_zero_is_no_square_root():
    assert link("sqrt").inverse(np.array([-2.0, 0.0, 2.0])).tolist() == [-4.0, 0.0, 4.0]
