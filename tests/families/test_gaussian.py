"""The Gaussian family against SciPy, and its links."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from formix.errors import ArgumentError
from formix.families import FAMILIES, family, gaussian
from formix.spec import Response


def test_log_density_is_scipys_elementwise():
    generator = np.random.default_rng(0)
    y, mu = generator.normal(size=7), generator.normal(size=(5, 7))
    sigma = generator.gamma(2.0, size=(5, 1))
    found = gaussian.log_density(y, {"mu": mu, "sigma": sigma})
    np.testing.assert_allclose(found, stats.norm(mu, sigma).logpdf(y), rtol=1e-12)


def test_draws_have_their_mean_and_deviation():
    """Kolmogorov-Smirnov on 5,000 draws with a fixed seed; a false alarm in 10,000 seeds."""
    parameters = {"mu": np.full((5000, 1), 3.0), "sigma": np.full((5000, 1), 0.5)}
    drawn = gaussian.draw(np.random.default_rng(1), parameters)
    assert stats.kstest(drawn[:, 0], stats.norm(3.0, 0.5).cdf).pvalue > 1e-4
    assert gaussian.mean(parameters) is parameters["mu"]


def test_a_family_is_found_by_name_or_passes_through():
    assert family("gaussian") is family("Gaussian") is family(gaussian) is gaussian
    with pytest.raises(ArgumentError, match="families: gaussian"):
        family("gausian")


def test_links_are_chosen_by_parameter():
    chosen = gaussian(link="log", sigma="identity")
    assert (chosen.link("mu").name, chosen.link("sigma").name) == ("log", "identity")
    assert (gaussian.link("mu").name, gaussian.link("sigma").name) == ("identity", "log")
    assert repr(chosen) == 'gaussian(mu="log", sigma="identity")'
    assert chosen == gaussian(sigma="identity", mu="log")


@pytest.mark.parametrize(
    ("links", "says"),
    [({"link": "probit"}, "not a link of gaussian's mu"), ({"nu": "log"}, "no parameter `nu`")],
)
def test_unknown_links_are_refused(links: dict[str, str], says: str):
    with pytest.raises(ArgumentError, match=says):
        gaussian(**links)


def test_responses_that_are_not_one_number_a_row():
    assert gaussian.check(Response("y", np.zeros(3))) is None
    factor = gaussian.check(Response("f", np.zeros(3), ("a", "b")))
    assert factor is not None
    assert "its values are levels: a, b" in str(factor)
    known = {"trials": np.ones(3)}
    pair = gaussian.check(Response("cbind(a, b)", np.zeros(3), known=known))
    assert pair is not None
    assert "counts successes among trials" in str(pair)


@pytest.mark.parametrize("value", FAMILIES, ids=repr)
def test_every_family_names_its_main_parameter_first(value):
    assert value.main == "mu"
    assert all(value.link(p.name).name == p.links[0] for p in value.parameters)
