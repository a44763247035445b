"""Fits made by hand for the verbs."""

import pytest
from made_fits import block, drawn, make, make_spec, predictor

# Imports ArviZ once, without its daily notice, which would be an error here.
import formix.results.container  # noqa: F401


@pytest.fixture(scope="session")
def made():
    return make()


@pytest.fixture(scope="session")
def crossed():
    """A fit of three blocks on two groups, two of them on one."""
    mu = predictor("mu", 24, ("Intercept", "Days", "x"))
    blocks = [
        block("g", ("a", "b", "c"), mu, ("Intercept", "Days")),
        block("h:k", ("u:1", "v:1", "v:2", "w:2"), mu, ("Intercept",)),
        block("g", ("a", "b", "c"), mu, ("x",)),
    ]
    return make(make_spec([mu], blocks), draws=40)


@pytest.fixture(scope="session")
def distributional():
    """A fit whose sigma has a predictor and a group of its own."""
    mu, sigma = predictor("mu", 24), predictor("sigma", 24, seed=2, link_name="log")
    blocks = [
        block("g", ("a", "b"), mu, ("Intercept",)),
        block("g", ("a", "b"), sigma, ("Intercept", "Days"), parameter="sigma"),
    ]
    return make(make_spec([mu, sigma], blocks, auxiliary=()), draws=40)


@pytest.fixture(scope="session")
def plain():
    """A fit without groups."""
    data = {"y": [1.0, 2.0, 4.0, 3.0], "x": [0.0, 1.0, 2.0, 3.0]}
    return drawn("y ~ x", data, draws=40)
