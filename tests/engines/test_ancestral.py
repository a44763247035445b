"""Draws from the prior: each site as its prior says, effects and response as the program does."""

from __future__ import annotations

import numpy as np
import numpyro.distributions as dist
import pytest
import shapes
from scipy import stats

from formix import Model, PriorError
from formix.engines.ancestral import run

PROPER = [shape for shape in shapes.SHAPES if shape.priors not in ("brms", "flat")]
FALSE_ALARM = 1e-5
"""Of each Kolmogorov-Smirnov test; seeds are fixed."""


def model_of(shape: shapes.Shape) -> Model:
    contrasts = shape.contrasts or None
    return Model(shape.formula, shapes.data(), priors=shape.priors, contrasts=contrasts)


@pytest.mark.parametrize("shape", PROPER, ids=lambda shape: shape.name)
def test_every_site_is_drawn_in_its_shape(shape: shapes.Shape):
    spec = model_of(shape).spec
    drawn = run(spec, draws=7, seed=3).values
    for parameter in spec.parameters:
        assert drawn[parameter.site].shape == (1, 7, *parameter.shape)
    assert drawn["y" if "y" in drawn else "log(y + 10)"].shape == (1, 7, 60)


def test_the_same_seed_gives_the_same_draws():
    spec = model_of(shapes.SHAPES[8]).spec
    first, again, other = (run(spec, draws=5, seed=seed).values for seed in (1, 1, 2))
    assert np.array_equal(first["r_g"], again["r_g"])
    assert not np.array_equal(first["r_g"], other["r_g"])


def test_draws_follow_the_priors():
    shape = next(shape for shape in shapes.SHAPES if shape.name == "own_priors")
    drawn = run(model_of(shape).spec, draws=4000, seed=5).values
    beta, sd = drawn["beta"][0], drawn["sd_g"][0]
    r = drawn["r_g"][0]
    cor = drawn["cor_g"][0]
    checks = [
        (beta[:, 0], stats.norm(0.0, 20.0)),
        (beta[:, 1], stats.t(3.0, 0.0, 2.5)),
        (beta[:, 2], stats.laplace(0.0, 1.0)),
        (sd[:, 0], stats.expon(0.0, 2.0)),
        (sd[:, 1], stats.halfcauchy(0.0, 2.0)),
        (0.5 * (cor[:, 0, 1] + 1.0), stats.beta(2.0, 2.0)),
        (drawn["sigma"][0], stats.gamma(2.0, 0.0, 2.0)),
        (r[:, 3, 1] / sd[:, 1], stats.norm()),
    ]
    for x, distribution in checks:
        assert stats.kstest(x, distribution.cdf).pvalue > FALSE_ALARM
    # Given sds and correlation, effects of one level correlate as the matrix says.
    standard = r[:, 0] / sd
    residual = standard[:, 1] - cor[:, 0, 1] * standard[:, 0]
    scaled = residual / np.sqrt(1.0 - cor[:, 0, 1] ** 2)
    assert stats.kstest(scaled, stats.norm().cdf).pvalue > FALSE_ALARM


def test_the_prior_at_the_means_is_that_of_eta_there():
    model = Model("y ~ x + z", shapes.data(), priors={"beta[Intercept@means]": "Normal(5, 1)"})
    beta = run(model.spec, draws=4000, seed=8).values["beta"][0]
    at_means = beta @ model.design.X.mean(axis=0)
    assert stats.kstest(at_means, stats.norm(5.0, 1.0).cdf).pvalue > FALSE_ALARM


def test_variances_follow_their_priors():
    model = Model("y ~ x", shapes.data(), priors={"sigma^2": "InverseGamma(3, 2)"})
    sigma = run(model.spec, draws=4000, seed=9).values["sigma"][0]
    assert stats.kstest(sigma**2, stats.invgamma(3.0, 0.0, 2.0).cdf).pvalue > FALSE_ALARM


@pytest.mark.parametrize("name", ["crossed_slopes", "two_correlated_blocks", "offset"])
def test_the_response_is_drawn_around_its_predictor(name: str):
    """Standardised by eta and sigma, draws of the response are standard normal."""
    shape = next(shape for shape in shapes.SHAPES if shape.name == name)
    model = model_of(shape)
    drawn = run(model.spec, draws=40, seed=2).values
    residuals = []
    for i in range(40):
        values = {site: x[0, i] for site, x in drawn.items()}
        eta = model.design.X @ values["beta"]
        if model.design["mu"].offset is not None:
            eta = eta + model.design["mu"].offset
        for block, r in zip(model.design.blocks, _rs(model, values), strict=True):
            eta = eta + np.sum(block.Z * r[block.index], axis=1)
        residuals.append((values["y"] - eta) / values["sigma"])
    assert stats.kstest(np.ravel(residuals), stats.norm().cdf).pvalue > FALSE_ALARM


def _rs(model: Model, values: dict[str, np.ndarray]) -> list[np.ndarray]:
    found, start = [], dict.fromkeys((block.group for block in model.design.blocks), 0)
    for block in model.design.blocks:
        first = start[block.group]
        found.append(values[f"r_{block.group}"][:, first : first + len(block.effects)])
        start[block.group] += len(block.effects)
    return found


def test_a_distribution_outside_the_table_is_drawn_from():
    model = Model("y ~ x", shapes.data(), priors={"beta[x]": dist.Gumbel(1.0, 2.0)})
    beta = run(model.spec, draws=4000, seed=4).values["beta"][0]
    assert stats.kstest(beta[:, 1], stats.gumbel_r(1.0, 2.0).cdf).pvalue > FALSE_ALARM


@pytest.mark.parametrize("name", ["brms", "flat"])
def test_an_improper_prior_is_refused_by_its_address(name: str):
    model = Model("y ~ x + (1 | g)", shapes.data(), priors=name)
    with pytest.raises(PriorError, match=r"the prior of `beta\[.*` is improper"):
        run(model.spec, draws=3, seed=1)
