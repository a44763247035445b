"""Derivatives of log densities by the linear predictor, against differences of the densities."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import formix as fx
from formix.engines.concavity import CONCAVE
from formix.engines.laplace.curves import LOGITS, MEANS
from formix.engines.laplace.density import auxiliary
from formix.engines.laplace.rows import Rows, Tangent, start
from formix.engines.laplace.slopes import SLOPES
from formix.families import family

RESPONSES = {
    "bernoulli": ("hit", [0, 1, 1, 0]),
    "beta": ("share", [0.1, 0.7, 0.4, 0.95]),
    "beta_binomial": ("count | trials(n)", [0, 2, 5, 3]),
    "binomial": ("count | trials(n)", [0, 2, 5, 3]),
    "exponential": ("amount", [0.2, 1.0, 3.0, 0.5]),
    "gamma": ("amount", [0.2, 1.0, 3.0, 0.5]),
    "gaussian": ("amount", [0.2, 1.0, 3.0, 0.5]),
    "geometric": ("count", [0, 2, 5, 3]),
    "inverse_gaussian": ("amount", [0.2, 1.0, 3.0, 0.5]),
    "lognormal": ("amount", [0.2, 1.0, 3.0, 0.5]),
    "negative_binomial": ("count", [0, 2, 5, 3]),
    "poisson": ("count", [0, 2, 5, 3]),
    "weibull": ("amount", [0.2, 1.0, 3.0, 0.5]),
}
"""For every family that has derivatives a response: its text and values."""

LINKED = [
    (name, link)
    for name in SLOPES
    for link in family(name)[family(name).main].links
    if link in (LOGITS if family(name).logits else MEANS)
]

ETA = np.array([[0.8, 1.4, 0.7, 2.1], [0.9, 0.5, 1.9, 0.6]])
"""Two points: above zero, as links that bound it want them."""

AUXILIARY = np.array([0.8, 2.7])


def rows(name: str, link: str, more: str = "") -> Rows:
    text, values = RESPONSES[name]
    frame = pd.DataFrame({text.partition(" ")[0]: values, "n": [5, 5, 5, 8], "x": range(4)})
    frame["d"] = [1.0, 2.0, 0.5, 3.0]
    spec = fx.Model(f"{text}{more} ~ x", frame, family(name)(link=link)).spec
    return Rows(spec, auxiliary(spec))


def by_differences(of: Rows, eta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The slope and the curvature of each row's log density: errors are of the fourth order."""

    def changed(j: int, step: float) -> np.ndarray:
        moved = np.array(eta)
        moved[:, j] += step
        return of.log_density(moved, AUXILIARY)

    h = 1e-2
    slope, curvature = np.empty_like(eta), np.empty_like(eta)
    for j in range(eta.shape[1]):
        far = [changed(j, step * h) for step in (-2, -1, 0, 1, 2)]
        slope[:, j] = (far[0] - 8.0 * far[1] + 8.0 * far[3] - far[4]) / (12.0 * h)
        across = -far[0] + 16.0 * far[1] - 30.0 * far[2] + 16.0 * far[3] - far[4]
        curvature[:, j] = across / (12.0 * h**2)
    return slope, -curvature


def check(of: Rows, found: Tangent, eta: np.ndarray) -> None:
    slope, curvature = by_differences(of, eta)
    np.testing.assert_allclose(found.slope, slope, rtol=2e-5, atol=2e-6)
    positive = curvature > 1e-4
    np.testing.assert_allclose(found.weight[positive], curvature[positive], rtol=2e-4, atol=1e-5)
    assert (found.weight > 0.0).all()


@pytest.mark.parametrize(("name", "link"), LINKED)
def test_derivatives_are_those_of_the_density(name: str, link: str):
    of = rows(name, link)
    eta = ETA if not family(name).logits else ETA - 1.0
    check(of, of.tangent(eta, AUXILIARY), eta)


@pytest.mark.parametrize(
    ("name", "link"),
    [(name, link) for name in SLOPES if name in CONCAVE for link in sorted(CONCAVE[name])],
)
def test_the_density_is_concave_where_it_is_said_to_be(name: str, link: str):
    of = rows(name, link)
    for eta in (-6.0, -1.0, 0.0, 2.0, 4.0):
        _, curvature = by_differences(of, np.full((2, 4), eta))
        assert (curvature > -1e-5 * np.maximum(1.0, np.abs(curvature))).all(), eta


@pytest.mark.parametrize(
    ("name", "more"),
    [("poisson", " | rate(d)"), ("negative_binomial", " | rate(d)"), ("gamma", " | weights(d)")],
)
def test_what_is_known_of_rows_enters(name: str, more: str):
    of = rows(name, "log", more)
    assert of.spec.response.known
    check(of, of.tangent(ETA, AUXILIARY), ETA)


def test_likelihood_weights_enter():
    of = rows("bernoulli", "probit", ' | weights(d, kind = "likelihood")')
    check(of, of.tangent(ETA, AUXILIARY), ETA)


@pytest.mark.parametrize("name", ["poisson", "gamma"])
def test_expected_weights_are_fishers(name: str):
    """The mean of the curvature over responses: mu for Poisson ones, the shape for gamma ones."""
    found = rows(name, "log").tangent(ETA, AUXILIARY).expected
    wanted = np.exp(ETA) if name == "poisson" else np.broadcast_to(AUXILIARY[:, None], ETA.shape)
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_derivatives_are_finite_where_a_probability_is_all_but_one():
    for link in LOGITS:
        of = rows("bernoulli", link)
        for eta in (-40.0, -10.0, 10.0, 40.0):
            found = of.tangent(np.full((1, 4), eta), np.ones(1))
            assert np.isfinite(found.slope).all(), (link, eta)
            assert np.isfinite(found.weight).all(), (link, eta)


@pytest.mark.parametrize(("name", "link"), LINKED)
def test_a_search_starts_where_the_density_is_finite(name: str, link: str):
    of = rows(name, link)
    assert np.isfinite(of.log_density(start(of)[None], np.ones(1))).all()
