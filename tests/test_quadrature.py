"""Rules for tails, against integrals that are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats

from formix.quadrature import COARSE, FINE

CURVES = {
    "exponential": (lambda x: -x, 1.0),
    "half normal": (lambda x: -0.25 * np.pi * x**2, 1.0),
    # From the mode of a Gumbel on: it falls off as fast as any tail of a family.
    "gumbel": (lambda x: x - np.exp(x), special.gammaincc(1.0, 1.0)),
}


@pytest.mark.parametrize("name", CURVES)
def test_the_fine_rule_integrates_a_tail_of_its_scale(name: str):
    height, expected = CURVES[name]
    found = np.sum(np.exp(height(FINE.nodes) + FINE.log_weights))
    assert found == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("scale", [0.01, 1.0, 300.0])
def test_the_coarse_rule_finds_a_scale_that_is_far_off(scale: float):
    found = np.sum(np.exp(-COARSE.nodes / scale + COARSE.log_weights))
    assert found == pytest.approx(scale, rel=0.3)
    assert np.sum(
        np.exp(stats.halfnorm.logpdf(COARSE.nodes, scale=scale) + COARSE.log_weights)
    ) == pytest.approx(1.0, rel=0.3)
