"""Priors as values and as text."""

from __future__ import annotations

import numpy as np
import numpyro.distributions as dist
import pytest

from formix.distributions import TruncatedGamma, half_t
from formix.errors import PriorError
from formix.prior import ForeignPrior, Prior, from_text, read_prior


@pytest.mark.parametrize(
    ("text", "prior"),
    [
        ("Normal(0, 5)", Prior("Normal", 0, 5)),
        ("Normal(scale=5)", Prior("Normal", 0, 5)),
        ("Normal(-1.5, 1e-3)", Prior("Normal", -1.5, 0.001)),
        ("HalfCauchy(5)", Prior("HalfCauchy", 5)),
        ("HalfStudentT(3, 59.3)", Prior("HalfStudentT", 3, 59.3)),
        ("InverseGamma(2, 1)", Prior("InverseGamma", 2, 1)),
        ("TruncatedNormal(1, 2, low=0)", Prior("TruncatedNormal", 1, 2, low=0)),
        ("TruncatedGamma(2, 0.1, low=1)", Prior("TruncatedGamma", 2, 0.1, low=1)),
        ("TruncatedGamma(2, 0.1)", Prior("TruncatedGamma", 2, 0.1)),
        ("LKJ(2)", Prior("LKJ", 2)),
        ("Flat()", Prior("Flat")),
    ],
)
def test_text_means_a_prior_and_prints_back(text: str, prior: Prior):
    assert from_text(text) == prior
    assert from_text(str(prior)) == prior


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Norml(0, 5)", "did you mean `Normal`"),
        ("Normal(0, -5)", "must be positive"),
        ("Normal(0, 0)", "must be positive"),
        ("Normal(0, 1, 2)", "takes 2 numbers, not 3"),
        ("Normal(0, sd=1)", "not one of its arguments"),
        ("Normal(0, loc=1)", "given twice"),
        ("StudentT()", "lacks `df`"),
        ("Normal(inf, 1)", "must be finite"),
        ("Uniform(5, 1)", "5 is not below 1"),
        ("TruncatedNormal(0, 1, low=1, high=1)", "1 is not below 1"),
        ("TruncatedGamma(2, 0.1, low=-1)", "must not be negative"),
        ("TruncatedGamma(2, 0.1, low=1e5)", "no mass between its bounds"),
        ("__import__('os')", ""),
        ("Normal(0, 5", ""),
        ("", ""),
    ],
)
def test_refusals(text: str, says: str):
    with pytest.raises(PriorError) as refusal:
        from_text(text)
    assert says in str(refusal.value)


@pytest.mark.parametrize("value", [3, None, ["Normal(0, 1)"], object()])
def test_what_is_no_prior_is_refused(value: object):
    with pytest.raises(PriorError, match="is not a prior"):
        read_prior(value)


@pytest.mark.parametrize(
    ("distribution", "prior"),
    [
        (dist.Normal(0, 5), Prior("Normal", 0, 5)),
        (dist.StudentT(3, 1, 2), Prior("StudentT", 3, 1, 2)),
        (dist.HalfCauchy(5), Prior("HalfCauchy", 5)),
        (dist.Exponential(2), Prior("Exponential", 2)),
        (dist.InverseGamma(2, 1), Prior("InverseGamma", 2, 1)),
        (dist.Weibull(2, 1.5), Prior("Weibull", 2, 1.5)),
        (TruncatedGamma(2, 0.1, low=1), Prior("TruncatedGamma", 2, 0.1, low=1)),
        (dist.LKJ(2, 3.0), Prior("LKJ", 3)),
        (dist.LKJCholesky(4, 3.0), Prior("LKJ", 3)),
        (dist.FoldedDistribution(dist.StudentT(3, 0, 2.5)), Prior("HalfStudentT", 3, 2.5)),
        (dist.FoldedDistribution(dist.Normal(0, 2.5)), Prior("HalfNormal", 2.5)),
        (half_t(3, 2.5), Prior("HalfStudentT", 3, 2.5)),
    ],
)
def test_numpyros_distributions_are_translated(distribution: dist.Distribution, prior: Prior):
    found = read_prior(distribution)
    assert isinstance(found, Prior)
    assert found.name == prior.name
    np.testing.assert_allclose(found.arguments, prior.arguments, rtol=1e-6)


def test_a_distribution_outside_the_table_is_kept():
    found = read_prior(dist.Gumbel(0, 1))
    assert isinstance(found, ForeignPrior)
    assert str(found) == "Gumbel(loc=0, scale=1)"


def test_a_distribution_of_several_numbers_is_refused():
    with pytest.raises(PriorError, match="of one number"):
        read_prior(dist.Normal(np.zeros(3), 1.0))
    with pytest.raises(PriorError, match="of one number"):
        read_prior(dist.Gumbel(np.zeros(3), 1.0))


def test_an_improper_prior_draws_nothing():
    with pytest.raises(PriorError, match="improper"):
        Prior("Flat").draw(np.random.default_rng(0), (3,))
