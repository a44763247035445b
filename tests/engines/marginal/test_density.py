"""The marginal density, with the conditional one, against the printed program's and SciPy's."""

from __future__ import annotations

from dataclasses import replace

import marginal_shapes as grid
import numpy as np
import pytest
import shapes
from scipy import stats

from formix import Model
from formix.engines.marginal.coefficients import coefficients
from formix.engines.marginal.coordinates import coordinates
from formix.engines.marginal.density import Marginal, algebra, marginal
from formix.engines.marginal.recovery import log_conditional, normals_needed, recovered
from formix.engines.marginal.resolution import resolutions
from formix.engines.marginal.structure import structure
from formix.spec import Spec

TOLERANCE = 1e-8
POINTS = 4


def equal(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether log densities are equal, and so are all their differences, as the gate says."""
    away = np.abs(a - b) <= TOLERANCE * np.maximum(1.0, np.abs(a))
    one, other = np.subtract.outer(a, a), np.subtract.outer(b, b)
    return bool(
        away.all() and np.all(np.abs(one - other) <= TOLERANCE * np.maximum(1.0, np.abs(one)))
    )


def standardised(effects: tuple[np.ndarray, ...], factors: tuple[np.ndarray, ...]) -> list:
    return [
        np.linalg.solve(factor[:, None], r[..., None])[..., 0]
        for r, factor in zip(effects, factors, strict=True)
    ]


def split_density(
    model: Model, of: Marginal, points: np.ndarray, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """The marginal plus the conditional log density, and the program's, at points."""
    generator = np.random.default_rng(seed)
    scales = of.coordinates.scales(points)
    found = recovered(of, scales, generator.standard_normal((len(points), normals_needed(of))))
    beta, z = found.beta, standardised(found.effects, scales.factors)
    if not of.algebra.common.free:
        beta = beta + 0.3 * generator.standard_t(3, beta.shape)
    z = [one + 0.3 * generator.standard_t(3, one.shape) for one in z]
    ours = of.factored(scales)[2] + scales.log_prior + log_conditional(of, scales, beta, z)
    given = [grid.sites(model, of, scales, i, beta[i], z) for i in range(len(points))]
    return ours, grid.joint_density(model, given)


def test_the_grid_is_large():
    assert len(grid.SHAPES) >= 40
    assert len({shape.formula for shape in grid.SHAPES}) >= 40


@pytest.mark.parametrize("name", [shape.name for shape in grid.SHAPES])
def test_marginal_and_conditional_make_the_programs_density(name: str):
    model, of = grid.model_of(name), grid.marginal_of(name)
    ours, programs = split_density(model, of, grid.around_mode(of, POINTS, seed=1), seed=2)
    assert np.all(np.isfinite(ours))
    assert equal(ours, programs), (ours, programs)


@pytest.mark.parametrize("route", ["sparse", "dense products", "sparse products"])
@pytest.mark.parametrize("name", ["crossed_slopes", "crossed_correlated", "random_slope"])
def test_every_way_to_eliminate_is_the_same(name: str, route: str, monkeypatch):
    room = "formix.engines.marginal.elimination"
    expected = grid.marginal_of(name)
    points = grid.around_mode(expected, 5, seed=3)
    if route == "sparse":
        monkeypatch.setattr(f"{room}._MOST_CROSS", 0)
        other = marginal(structure(grid.model_of(name).spec))
    else:
        monkeypatch.setattr(f"{room}._MOST_TAKEN", 0)
        monkeypatch.setattr(f"{room}._MOST_PATTERNS", 0)
        if route == "sparse products":
            monkeypatch.setattr(f"{room}._MOST_CROSS", 0)
        other = marginal(structure(grid.model_of(name).spec))
    np.testing.assert_allclose(other.log_density(points), expected.log_density(points), rtol=1e-11)
    scales = expected.coordinates.scales(points)
    mine, theirs = recovered(other, scales, None), recovered(expected, scales, None)
    for one, two in zip((mine.beta, *mine.effects), (theirs.beta, *theirs.effects), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-8, atol=1e-9)


def by_covariance(spec: Spec, of: Marginal, points: np.ndarray) -> np.ndarray:
    """The log density from the covariance of the rows, written out; priors on beta are normal."""
    scales = of.coordinates.scales(points)
    known, y = spec.response.known, spec.response.values
    X, offset = spec.predictors[0].X, spec.predictors[0].offset
    keys = [f"beta[{label}]" for label in spec.predictors[0].labels]
    loc, scale = np.array([spec.priors[key].of_table.arguments for key in keys]).T
    mean = X @ loc + (0.0 if offset is None else offset)
    answer = []
    for i, sigma in enumerate(scales.sigma):
        noise = sigma**2 / known["weights"] if "weights" in known else sigma**2 * np.ones(len(y))
        if "se" in known:
            noise = noise + known["se"] ** 2
        covariance = np.diag(noise) + (X * scale**2) @ X.T
        for f, block in enumerate(spec.blocks):
            wide = np.zeros((len(y), len(block.levels), len(block.effects)))
            wide[np.arange(len(y)), block.index] = block.Z
            part = wide @ scales.factors[f][i]
            part = part.reshape(len(y), -1)
            covariance += part @ part.T
        answer.append(stats.multivariate_normal.logpdf(y, mean, covariance))
    return np.array(answer) + scales.log_prior


def with_known(
    formula: str, priors: dict[str, str], *, sigma: float | None, **known: np.ndarray
) -> Spec:
    """The spec of a formula with something known of the response; sigma fixed unless it is None."""
    switch = "" if sigma == 0.0 else ", sigma = TRUE"
    additions = {"se": f"se(known{switch})", "weights": "weights(known)"}
    said = "".join(f" | {additions[name]}" for name in known)
    frame = shapes.data().assign(known=KNOWN)
    spec = Model(formula.replace(" ~", f"{said} ~"), frame, priors=priors).spec
    if not sigma:
        return spec
    # No formula holds sigma fixed yet.
    parameters = tuple(p for p in spec.parameters if p.site != "sigma")
    return replace(spec, parameters=parameters, fixed={"sigma": sigma})


KNOWN = np.random.default_rng(4).uniform(0.4, 2.0, 60)


@pytest.mark.parametrize("shape", ["normal", "crossed_normal", "nested_normal"])
@pytest.mark.parametrize(
    ("sigma", "known"),
    [
        (None, {}),
        (None, {"weights": KNOWN}),
        (0.0, {"se": KNOWN}),
        (1.3, {"se": KNOWN}),
        (None, {"se": KNOWN}),
        (1.3, {}),
    ],
    ids=["sigma", "weights", "se", "se and fixed sigma", "se and sigma", "fixed sigma"],
)
def test_density_is_that_of_the_rows_covariance(shape: str, sigma, known):
    formulas = {
        "normal": "y ~ x + z + (x | g)",
        "crossed_normal": "y ~ x + (z | g) + (1 | k)",
        "nested_normal": "y ~ x + offset(log(n)) + (x | k / c)",
    }
    priors = {"beta": "Normal(0.5, 2)"}
    spec = with_known(formulas[shape], priors, sigma=sigma, **known)
    of = marginal(structure(spec))
    points = grid.around_mode(of, 6, seed=5)
    scales = of.coordinates.scales(points)
    ours = of.factored(scales)[2] + scales.log_prior
    np.testing.assert_allclose(ours, by_covariance(spec, of, points), rtol=1e-9)


def test_a_large_mean_costs_no_digits():
    """Means of y and x that are a million times their spread: centred, or nothing is left."""
    data = shapes.data()
    far = data.assign(y=data["y"] + 1e6, x=data["x"] + 1e6)
    priors = {"beta[Intercept@means]": "Flat()", "sd_g": "HalfNormal(3)", "sigma": "HalfNormal(3)"}
    near = marginal(
        structure(Model("y ~ x + (1 | g)", data, priors={**priors, "beta[x]": "Flat()"}).spec)
    )
    moved = marginal(
        structure(Model("y ~ x + (1 | g)", far, priors={**priors, "beta[x]": "Flat()"}).spec)
    )
    points = grid.around_mode(near, 20, seed=6)
    scales = near.coordinates.scales(points)
    one, other = near.factored(scales)[2], moved.factored(scales)[2]
    np.testing.assert_allclose(other, one, rtol=1e-9)


def test_sigmas_best_value_is_a_change_of_coordinates_only():
    """With sigma in units of its best value, the density of the numbers themselves is the same."""
    spec = grid.model_of("row_per_level").spec
    ridge = marginal(structure(spec))
    assert ridge.coordinates.profile is not None
    of = structure(spec)
    common = coefficients(of)
    how = algebra(of, common)
    plain = Marginal(of, coordinates(of, common, resolutions(how)), how)
    points = grid.around_mode(ridge, 6, seed=7)
    scales = ridge.coordinates.scales(points)
    numbers = plain.coordinates
    back = np.column_stack(
        [
            numbers.sds[0][0].coordinate(scales.sds[0][:, 0]),
            numbers.sigma.coordinate(scales.sigma),
        ]
    )
    again = numbers.scales(back)
    np.testing.assert_allclose(again.log_prior, scales.log_prior, rtol=1e-10)
    np.testing.assert_allclose(plain.factored(again)[2], ridge.factored(scales)[2], rtol=1e-10)
    np.testing.assert_allclose(slope_by_differences(ridge, points), scales.log_slope, atol=1e-5)


@pytest.mark.parametrize(
    "name",
    [
        "random_slope",
        "four_correlated",
        "bounded_scales",
        "mixed_variances",
        "bounded",
        "own_priors_of_structures",
        "compound_symmetry_slopes",
    ],
)
def test_slopes_are_the_jacobian(name: str):
    of = grid.marginal_of(name)
    points = grid.around_mode(of, 4, seed=8)
    expected = of.coordinates.scales(points).log_slope
    np.testing.assert_allclose(slope_by_differences(of, points), expected, atol=1e-5)


def slope_by_differences(of: Marginal, points: np.ndarray) -> np.ndarray:
    """The log determinant of what has priors, by the coordinates, by central differences."""

    def numbers(at: np.ndarray) -> np.ndarray:
        scales = of.coordinates.scales(at)
        parts = [scales.free]
        for f, group in enumerate(of.coordinates.groups):
            squared = np.array([number.squared for number in of.coordinates.sds[f]])
            sds = scales.sds[f][:, [group.deviations.index(j) for j in range(len(squared))]]
            parts.append(np.where(squared, sds**2, sds))
            parts += [rho[:, None] for rho in scales.rhos[f].values()]
            for part in group.parts:
                if part.structure.matrix:
                    rows, columns = np.tril_indices(part.size, -1)
                    parts.append(scales.correlations[f][:, part.start + rows, part.start + columns])
        square = of.coordinates.sigma.squared
        parts.append((scales.sigma**2 if square else scales.sigma)[:, None])
        return np.concatenate(parts, axis=1)

    step = 1e-6
    answer = []
    for point in points:
        moves = step * np.eye(of.size)
        jacobian = (numbers(point + moves) - numbers(point - moves)) / (2.0 * step)
        answer.append(np.linalg.slogdet(jacobian)[1])
    return np.array(answer)


def test_outside_there_is_no_density():
    of = grid.marginal_of("random_slope")
    inside = grid.around_mode(of, 3, seed=9)
    beyond = np.where(of.coordinates.folded, -inside - 0.1, inside)
    assert np.all(np.isfinite(of.log_density(inside)))
    assert np.all(np.isneginf(of.log_density(beyond)))
    assert np.all(np.isneginf(of.log_density(np.full((1, of.size), 1e4))))
    image = np.where(of.coordinates.folded, -inside, inside)
    np.testing.assert_array_equal(of.mirrored(image), of.log_density(inside))
