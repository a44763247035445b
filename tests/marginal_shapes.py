"""Gaussian models of every shape, points around their modes, and the printed program's density."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import jax
import numpy as np
import shapes
from numpyro import handlers
from numpyro.infer import init_to_uniform
from numpyro.infer.util import log_density

from formix import Model
from formix.engines.marginal.coordinates import Scales
from formix.engines.marginal.density import Marginal, marginal
from formix.engines.marginal.mode import modes
from formix.engines.marginal.start import start
from formix.engines.marginal.structure import structure

MORE = (
    shapes.Shape("four_correlated", "y ~ x + (x + z + lambda | c)"),
    shapes.Shape("five_correlated", "y ~ x + (x + z + lambda + n | g)"),
    shapes.Shape("five_uncorrelated", "y ~ x + (x + z + lambda + n || g)"),
    shapes.Shape("three_nested", "y ~ 1 + (1 | k) + (1 | k:c) + (1 | k:c:h)"),
    shapes.Shape("three_nested_slopes", "y ~ x + (x | k) + (z | k:c) + (1 | k:c:h)"),
    shapes.Shape("nested_and_crossed", "y ~ x + (1 | k / c) + (1 | g)"),
    shapes.Shape("nested_and_crossed_slopes", "y ~ x + (x | k / c) + (z | g) + (1 | h)"),
    shapes.Shape("three_crossed", "y ~ x + (1 | g) + (1 | k) + (1 | c)"),
    shapes.Shape("crossed_correlated", "y ~ x + (x | g) + (z | k) + (x | c)"),
    shapes.Shape("two_blocks_crossed", "y ~ x + (1 | g) + (0 + x | g) + (z | k)"),
    shapes.Shape("standard_errors_alone", "y | se(k / 4) ~ x + (1 | k:c:g:h)"),
    shapes.Shape("standard_errors_crossed", "y | se(sqrt(n)) ~ x + (x | g) + (1 | k)"),
    shapes.Shape("standard_errors_brms", "y | se(n) ~ x + (1 | g)", priors="brms"),
    shapes.Shape(
        "standard_errors_and_sigma_nested",
        "y | se(n, sigma = TRUE) ~ x + offset(z) + (x | k / c)",
        priors={"sigma^2": "InverseGamma(2, 1)"},
    ),
    shapes.Shape("standard_errors_and_sigma_flat", "y | se(n, sigma = TRUE) ~ x", priors="flat"),
    shapes.Shape("weights_crossed", "y | weights(n) ~ x + (x | g) + (z || k)"),
    shapes.Shape("weights_nested_flat", "y | weights(n / 3) ~ x + (1 | g / h)", priors="flat"),
    shapes.Shape("row_per_level", "y ~ x + (1 | k:g:h)"),
    shapes.Shape("more_effects_than_rows", "y ~ x + (x + z | k:c:g:h)"),
    shapes.Shape("crossed_brms", "y ~ x + (1 | g) + (x | k)", priors="brms"),
    shapes.Shape("nested_flat", "y ~ x + (1 | g) + (1 | g:h)", priors="flat"),
    shapes.Shape("lkj", "y ~ x + (x + z | g)", priors={"cor_g": "LKJ(3.5)"}),
    shapes.Shape(
        "free_coefficients",
        "y ~ x * z + (x | g) + (1 | k)",
        priors={"beta": "StudentT(4, 0, 3)", "beta[z]": "Normal(0, 2)"},
    ),
    shapes.Shape(
        "free_intercept_at_means",
        "y ~ x + z + (1 | g)",
        priors={"beta[Intercept@means]": "Laplace(3, 5)", "beta[z]": "Uniform(-4, 4)"},
    ),
    shapes.Shape(
        "bounded_scales",
        "y ~ x + (x | g)",
        priors={"sd_g[x]": "Uniform(0, 5)", "sd_g[Intercept]": "LogNormal(0, 1)"},
    ),
)
"""What the algebra tells apart and the grid of the printed programs does not hold."""

SHAPES = (*(s for s in shapes.SHAPES if s.name != "log_link"), *MORE)


@cache
def model_of(shape_name: str) -> Model:
    shape = next(shape for shape in SHAPES if shape.name == shape_name)
    return Model(
        shape.formula, shapes.data(), priors=shape.priors, contrasts=shape.contrasts or None
    )


@cache
def marginal_of(shape_name: str) -> Marginal:
    return marginal(structure(model_of(shape_name).spec))


def around_mode(of: Marginal, count: int, seed: int) -> np.ndarray:
    """Points around the mode, by a t with 3 degrees of freedom."""
    generator = np.random.default_rng(seed)
    first = start(of)
    mode = modes(of.mirrored, first.point, first.units, first.widths, of.coordinates.folded)[0]
    points = mode.point + generator.standard_t(3, (count, of.size)) @ mode.root.T
    return np.where(of.coordinates.folded, np.abs(points), points)


def sites(
    model: Model, of: Marginal, scales: Scales, point: int, beta: np.ndarray, z: list[np.ndarray]
) -> dict[str, np.ndarray]:
    """Everything by the name that a site of the printed program may have."""
    found: dict[str, np.ndarray] = {"sigma": scales.sigma[point]}
    if len(beta):
        at_means = beta[0] + model.design.X[:, 1:].mean(axis=0) @ beta[1:]
        found |= {"beta": beta, "slopes": beta[1:], "Intercept@means": at_means}
        found |= {f"beta[{n}]": b for n, b in zip(model.design.columns, beta, strict=True)}
        found["beta[Intercept@means]"] = at_means
    for f, group in enumerate(of.coordinates.groups):
        sd = scales.sds[f][point]
        found |= {f"sd_{group.name}": sd, f"z_{group.name}": z[f][point]}
        own = [sd[group.deviations.index(place)] for place in range(len(group.sds))]
        found |= {entry.key: s for entry, s in zip(group.sds, own, strict=True)}
        found |= {site: rho[point] for site, rho in scales.rhos[f].items()}
        for number, part in enumerate(group.parts, start=1):
            place = slice(part.start, part.stop)
            name = f"L_{group.name}" + (f"_{number}" if len(group.parts) > 1 else "")
            found[name] = scales.correlations[f][point, place, place]
    return found | {f"{name}^2": value**2 for name, value in found.items()}


def joint_density(model: Model, given: list[Mapping[str, np.ndarray]]) -> np.ndarray:
    """The log density of the printed program at its own sites, in float64."""
    with jax.enable_x64(True):
        namespace: dict[str, object] = {}
        # As it stands, but for the line that sets the precision of a process of its own.
        text = model.source.replace("numpyro.enable_x64()\n", "")
        exec(compile(text, "source", "exec"), namespace)
        function = namespace["model"]
        seeded = handlers.seed(function, jax.random.key(0))
        started = handlers.substitute(seeded, substitute_fn=init_to_uniform)
        trace = handlers.trace(started).get_trace(**model.data)
        names = [
            name
            for name, site in trace.items()
            if site["type"] == "sample" and not site["is_observed"]
        ]
        return np.array(
            [
                float(log_density(function, (), model.data, {n: one[n] for n in names})[0])
                for one in given
            ]
        )
