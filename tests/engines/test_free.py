"""Free coordinates of draws: the printed program makes the draws of them again."""

from __future__ import annotations

import numpy as np
import pytest

import formix as fx
from formix.engines.decline import Decline
from formix.engines.density import constrained, sites
from formix.engines.free import free
from formix.engines.near import near


def frame() -> dict[str, np.ndarray]:
    generator = np.random.default_rng(3)
    n = 60
    g, h, x = np.arange(n) % 6, np.arange(n) // 10, generator.normal(1.0, 1.0, n)
    mean = 1.0 + 0.5 * x + generator.normal(size=6)[g] + generator.normal(size=6)[h]
    return {
        "x": x,
        "z": generator.normal(size=n),
        "g": g.astype(str),
        "h": h.astype(str),
        "f": np.array(["a", "b", "c"])[np.arange(n) % 3],
        "y": mean + generator.normal(size=n),
        "count": generator.poisson(np.exp(0.3 * mean)),
    }


CASES = {
    "three_correlated": ("y ~ x + z + (x + z | g)", "gaussian", {}),
    "centred": ("y ~ x + (x | g) + (1 | h)", "gaussian", {"parametrisation": "centred"}),
    "two_blocks": ("count ~ x + (x | g) + (0 + z | g)", "poisson", {}),
    "own_priors": (
        "y ~ x + (x | g)",
        "gaussian",
        {"priors": {"sd_g[x]": "Exponential(1)", "sigma^2": "InverseGamma(2, 1)"}},
    ),
    "own_coefficients": (
        "count ~ x + z + (1 | g)",
        "negative_binomial",
        {"priors": {"beta[z]": "StudentT(4, 0, 1)", "beta[x]": "Laplace(0, 1)"}},
    ),
    "compound": ("y ~ 0 + x + cs(0 + f | g)", "gaussian", {}),
}


def model(name: str) -> fx.Model:
    formula, family, more = CASES[name]
    return fx.Model(formula, frame(), family, **more)


@pytest.mark.parametrize("name", [name for name in CASES if name != "compound"])
def test_the_program_makes_the_same_sites_again(name: str):
    of = model(name)
    drawn = near(of.spec).drawn(np.random.default_rng(1), 3, 2)
    found = free(of.spec, sites(of.program), drawn)
    again = constrained(of.program, found)
    for p in of.spec.parameters:
        if p.site.startswith("cor_"):
            root = drawn["L_" + p.site.removeprefix("cor_")]
            expected = root @ np.swapaxes(root, 1, 2)
        else:
            expected = drawn[p.site]
        np.testing.assert_allclose(again[p.site], expected, rtol=1e-9, atol=1e-10, err_msg=p.site)


def test_what_is_bounded_in_a_way_of_its_own_is_declined():
    of = model("compound")
    drawn = near(of.spec).drawn(np.random.default_rng(1), 3, 1)
    with pytest.raises(Decline, match="`rho_g` is bounded in a way of its own"):
        free(of.spec, sites(of.program), drawn)


def test_a_site_that_is_not_approximated_is_declined():
    of = model("own_priors")
    drawn = near(of.spec).drawn(np.random.default_rng(1), 3, 1)
    del drawn["sigma"]
    with pytest.raises(Decline, match=r"draws as `sigma\^2` is not approximated"):
        free(of.spec, sites(of.program), drawn)
