"""Simulation-based calibration of families under NUTS, with an error planted for each.

Parameters come from fixed priors and responses from parameters, both by NumPy and SciPy alone;
ranks of the parameters among posterior draws are then uniform.

References
----------
Talts, Betancourt, Simpson, Vehtari and Gelman (2018), arXiv:1804.06788.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from simulated_families import (
    CASES,
    Case,
    Renamed,
    Values,
    bernoulli,
    falling,
    lognormal_of_mean,
    narrow_gamma,
)
from uniform_ranks import DRAWS, calibrated

from formix.engines import nuts

SIMULATIONS, PLANTED = 160, 100
WARMUP, THIN = 300, 8
"""Steps that adapt, and steps a draw: draws as far apart as that are all but independent."""


def ranks(case: Case, fitted: Case, count: int, seed: int) -> Values:
    """The ranks of the true parameters among draws, by quantity and simulation."""
    model = fitted.model()
    generator = np.random.default_rng(seed)
    found: dict[str, list[np.ndarray]] = {}
    for simulation in range(count):
        y, truth = case.drawn(generator)
        given = model.program.data[model.program.response]
        data = {**model.program.data, model.program.response: y.astype(given.dtype)}
        program = replace(model.program, data=data)
        drawn = nuts.run(
            model.spec, program, draws=DRAWS * THIN, warmup=WARMUP, chains=1, seed=simulation
        )
        values = drawn.values
        for site in truth.keys() & values.keys():
            draws = values[site][0, ::THIN].reshape(DRAWS, -1)[:, : truth[site].size]
            found.setdefault(site, []).append(np.sum(draws < truth[site], axis=0))
    return {site: np.array(found[site]) for site in sorted(found)}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_every_family_is_calibrated(name: str):
    """By chance, all of them are in all but `len(CASES) * FALSE_ALARM` of seeds; this is one."""
    assert calibrated(ranks(CASES[name], CASES[name], SIMULATIONS, seed=71))


PLANTS: dict[str, tuple[Case, Case]] = {
    "misstated_prior_of_sigma": (
        CASES["gaussian"],
        replace(CASES["gaussian"], priors={"sigma.beta": "Normal(1, 0.5)"}),
    ),
    "normal_for_student": (
        CASES["student"],
        replace(CASES["student"], family="gaussian", priors={"sigma": "LogNormal(0, 0.5)"}),
    ),
    "misstated_prior_of_groups": (
        CASES["bernoulli"],
        replace(CASES["bernoulli"], priors={"sd": "HalfNormal(3)"}),
    ),
    "logit_for_probit": (
        CASES["binomial"],
        replace(CASES["binomial"], links={"link": "logit"}),
    ),
    "root_for_log": (CASES["poisson"], replace(CASES["poisson"], links={"link": "sqrt"})),
    "variance_without_shape": (
        CASES["negative_binomial"],
        replace(CASES["negative_binomial"], family="poisson", priors={}),
    ),
    "shape_of_the_deviation": (
        replace(CASES["gamma"], response=narrow_gamma),
        CASES["gamma"],
    ),
    "misstated_prior_of_phi": (
        CASES["beta"],
        replace(CASES["beta"], priors={"phi": "LogNormal(1.5, 0.5)"}),
    ),
    "mean_for_median": (
        replace(CASES["lognormal"], response=lognormal_of_mean),
        CASES["lognormal"],
    ),
    "falling_levels": (
        replace(CASES["cumulative"], response=falling),
        CASES["cumulative"],
    ),
    "renamed_levels": (
        Renamed(CASES["categorical"].formula, "categorical", bernoulli),
        CASES["categorical"],
    ),
}
"""What makes the data, and what is fitted to them: one of the two is wrong."""


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTS)
def test_planted_errors_are_found(name: str):
    made, fitted = PLANTS[name]
    assert not calibrated(ranks(made, fitted, PLANTED, seed=72))
