"""Simulation-based calibration of families under NUTS, with an error planted for each.

Parameters come from fixed priors and responses from parameters, both by NumPy and SciPy alone;
ranks of the parameters among posterior draws are then uniform.

References
----------
Talts, Betancourt, Simpson, Vehtari and Gelman (2018), arXiv:1804.06788.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from simulated_families import CASES, Case, Values, falling, lognormal_of_mean, narrow_gamma
from uniform_ranks import DRAWS, calibrated

from formix.engines import nuts

SIMULATIONS, PLANTED = 160, 100
WARMUP, THIN = 300, 8
"""Steps that adapt, and steps a draw: draws as far apart as that are all but independent."""

Change = Callable[[Values], Values]


def ranks(case: Case, fitted: Case, count: int, seed: int, change: Change | None = None) -> Values:
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
        values = change(drawn.values) if change else drawn.values
        for site in truth.keys() & values.keys():
            draws = values[site][0, ::THIN].reshape(DRAWS, -1)[:, : truth[site].size]
            found.setdefault(site, []).append(np.sum(draws < truth[site], axis=0))
    return {site: np.array(found[site]) for site in sorted(found)}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_every_family_is_calibrated(name: str):
    """By chance, all of them are in all but `len(CASES) * FALSE_ALARM` of seeds; this is one."""
    assert calibrated(ranks(CASES[name], CASES[name], SIMULATIONS, seed=71))


def swapped(values: Values) -> Values:
    """Coefficients of two levels handed out under one another's names."""
    return {**values, "mu[b].r_g": values["mu[c].r_g"], "mu[c].r_g": values["mu[b].r_g"]}


PLANTS: dict[str, tuple[Case, Case, Change | None]] = {
    "misstated_prior_of_sigma": (
        CASES["gaussian"],
        replace(CASES["gaussian"], priors={"sigma.beta": "Normal(1, 0.5)"}),
        None,
    ),
    "normal_for_student": (
        CASES["student"],
        replace(CASES["student"], family="gaussian", priors={"sigma": "LogNormal(0, 0.5)"}),
        None,
    ),
    "misstated_prior_of_groups": (
        CASES["bernoulli"],
        replace(CASES["bernoulli"], priors={"sd": "HalfNormal(3)"}),
        None,
    ),
    "logit_for_probit": (
        CASES["binomial"],
        replace(CASES["binomial"], links={"link": "logit"}),
        None,
    ),
    "root_for_log": (CASES["poisson"], replace(CASES["poisson"], links={"link": "sqrt"}), None),
    "variance_without_shape": (
        CASES["negative_binomial"],
        replace(CASES["negative_binomial"], family="poisson", priors={}),
        None,
    ),
    "shape_of_the_deviation": (
        replace(CASES["gamma"], response=narrow_gamma),
        CASES["gamma"],
        None,
    ),
    "misstated_prior_of_phi": (
        CASES["beta"],
        replace(CASES["beta"], priors={"phi": "LogNormal(1.5, 0.5)"}),
        None,
    ),
    "mean_for_median": (
        replace(CASES["lognormal"], response=lognormal_of_mean),
        CASES["lognormal"],
        None,
    ),
    "falling_levels": (
        replace(CASES["cumulative"], response=falling),
        CASES["cumulative"],
        None,
    ),
    "swapped_levels": (CASES["categorical"], CASES["categorical"], swapped),
}
"""What makes the data, what is fitted, and what befalls the draws: one of them is wrong."""


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTS)
def test_planted_errors_are_found(name: str):
    made, fitted, change = PLANTS[name]
    assert not calibrated(ranks(made, fitted, PLANTED, seed=72, change=change))
