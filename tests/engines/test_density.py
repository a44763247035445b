from __future__ import annotations

import numpy as np
import pytest
from engines.programs import line, program, sleep
from scipy import stats

from formix.engines import density
from formix.engines.latent import LatentSite
from formix.errors import EngineError

POINTS = 5


@pytest.fixture(scope="module")
def study():
    return sleep()


@pytest.fixture(scope="module")
def free() -> dict[str, np.ndarray]:
    """Free coordinates around values that the data allow."""
    generator = np.random.default_rng(2)

    def around(centre, shape: tuple[int, ...] = ()) -> np.ndarray:
        return np.asarray(centre) + 0.3 * generator.standard_t(3, size=(POINTS, *shape))

    return {
        "Intercept@means": around(298.0),
        "slopes": around([10.0], (1,)),
        "sd_Subject": around([3.3, 1.9], (2,)),
        "L_Subject": around([0.1], (1,)),
        "z_Subject": around(np.zeros((18, 2)), (18, 2)),
        "sigma": around(3.2),
    }


@pytest.fixture(scope="module")
def point(study, free) -> dict[str, np.ndarray]:
    return density.constrained(study, free)


def by_hand(study, point, index: int) -> float:
    """Return the joint log density by SciPy, in the sites' own space."""
    at, slopes, sd, L, z, sigma = (
        point[name][index]
        for name in ("Intercept@means", "slopes", "sd_Subject", "L_Subject", "z_Subject", "sigma")
    )
    r = z @ (sd[:, None] * L).T
    X, group = study.data["X"], study.data["Subject"]
    eta = X @ [at - 4.5 * slopes[0], slopes[0]] + (X * r[group]).sum(axis=1)
    # The first column of a 2 x 2 factor has one free number, uniform on (-1, 1) under LKJ(1).
    half_t = stats.t(3.0, 0.0, 59.3).logpdf(np.append(sd, sigma)) + np.log(2.0)
    return (
        stats.t(3.0, 288.7, 59.3).logpdf(at)
        + half_t.sum()
        + np.log(0.5)
        + stats.norm.logpdf(z).sum()
        + stats.norm(eta, sigma).logpdf(study.data["Reaction"]).sum()
    )


def test_the_density_equals_scipys(study, point):
    own = {site.name: point[site.name] for site in density.sites(study)}
    found = density.log_density(study, own)
    exact = [by_hand(study, own, index) for index in range(POINTS)]
    np.testing.assert_allclose(found, exact, rtol=1e-11)


def test_the_free_density_has_the_jacobian(study, free, point):
    own = {site.name: point[site.name] for site in density.sites(study)}
    # Of the logarithm twice and of the inverse hyperbolic tangent of the correlation.
    correlation = point["cor_Subject"][:, 0, 1]
    jacobian = free["sd_Subject"].sum(axis=1) + free["sigma"] + np.log1p(-np.square(correlation))
    found = density.log_density(study, free, free=True)
    np.testing.assert_allclose(found, density.log_density(study, own) + jacobian, rtol=1e-12)


def test_the_gradient_equals_central_differences(study, free):
    slopes = density.gradient(study, free, free=True)
    assert slopes.keys() == free.keys()
    for site, slope in slopes.items():
        flat = free[site].reshape(POINTS, -1)
        found = np.empty_like(flat)
        for j in range(flat.shape[1]):
            step = 1e-5 * max(1.0, np.abs(flat[:, j]).max())
            ends = []
            for sign in (1.0, -1.0):
                moved = flat.copy()
                moved[:, j] += sign * step
                there = {**free, site: moved.reshape(free[site].shape)}
                ends.append(density.log_density(study, there, free=True))
            found[:, j] = (ends[0] - ends[1]) / (2 * step)
        np.testing.assert_allclose(
            slope.reshape(POINTS, -1), found, rtol=1e-6, atol=1e-6 * np.abs(found).max()
        )


def test_free_coordinates_and_values_are_one_anothers_inverse(study, free, point):
    own = {site.name: point[site.name] for site in density.sites(study)}
    back = density.unconstrained(study, own)
    for site, values in free.items():
        np.testing.assert_allclose(back[site], values, rtol=1e-9, atol=1e-9)


def test_computed_sites_come_with_the_latent_ones(point):
    assert point["r_Subject"].shape == (POINTS, 18, 2)
    assert point["beta"].shape == (POINTS, 2)
    np.testing.assert_allclose(
        point["beta"][:, 0], point["Intercept@means"] - 4.5 * point["slopes"][:, 0], rtol=1e-12
    )


def test_a_batch_has_any_shape_and_a_point_none():
    study = line()
    beta = np.random.default_rng(1).normal(size=(2, 3, 2))
    found = density.log_density(study, {"beta": beta})
    assert found.shape == (2, 3)
    assert density.gradient(study, {"beta": beta})["beta"].shape == (2, 3, 2)
    one = density.log_density(study, {"beta": beta[1, 2]})
    assert one.shape == ()
    np.testing.assert_allclose(one, found[1, 2], rtol=1e-13)


def test_the_latent_sites_have_their_shapes(study):
    assert density.sites(study) == (
        LatentSite("Intercept@means", (), (), "real"),
        LatentSite("L_Subject", (2, 2), (1,), "correlation"),
        LatentSite("sd_Subject", (2,), (2,), "positive"),
        LatentSite("sigma", (), (), "positive"),
        LatentSite("slopes", (1,), (1,), "real"),
        LatentSite("z_Subject", (18, 2), (18, 2), "real"),
    )


def test_faults_are_found_at_their_sites():
    study = line()
    data = dict(study.data) | {"y": np.where(np.arange(40) == 3, np.nan, study.data["y"])}
    broken = program(study.text, data, "y")
    terms, slopes = density.faults(broken, {"beta": np.zeros(2)})
    assert (terms, slopes) == (["y"], ["beta"])
    assert density.faults(study, {"beta": np.zeros(2)}) == ([], [])


@pytest.mark.parametrize(
    ("point", "message"),
    [
        ({}, "has no `beta`"),
        ({"beta": np.zeros(3)}, r"`beta` has shape \(3,\), and needs \(2,\)"),
        ({"beta": np.float64(1.0)}, r"`beta` has shape \(\)"),
    ],
)
def test_a_point_of_another_shape_is_refused(point, message):
    with pytest.raises(EngineError, match=message):
        density.log_density(line(), point)


def test_sites_with_different_batches_are_refused(study, free):
    with pytest.raises(EngineError, match="different axes in front"):
        density.log_density(study, free | {"sigma": np.ones(3)}, free=True)
