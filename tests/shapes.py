"""A small data set and a grid of models of every shape, for densities and golden sources."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd


def data() -> pd.DataFrame:
    """Sixty rows: two numbers, two factors, a bool, groups crossed and nested, an offset."""
    generator = np.random.default_rng(20)
    rows = np.arange(60)
    frame = pd.DataFrame(
        {
            "x": generator.normal(2.0, 1.5, 60),
            "z": generator.normal(-1.0, 0.3, 60),
            "f": pd.Categorical(np.array(["lo", "mid", "hi"])[rows % 3], ["lo", "mid", "hi"]),
            "h": np.array(["a", "b"])[rows // 3 % 2],
            "l": rows % 4 == 0,
            "g": np.array([f"g{i}" for i in range(6)])[rows % 6],
            "k": rows // 15 + 1,
            "c": np.array(["c1", "c2", "c3"])[rows % 3],
            "n": generator.integers(1, 9, 60),
            "odd name": generator.normal(size=60),
            "lambda": generator.normal(size=60),
        }
    )
    frame["y"] = 3.0 + 0.8 * frame["x"] + generator.normal(size=60) + rows % 6
    return frame


@dataclass(frozen=True)
class Shape:
    """A formula and what is given with it; `name` is that of its golden file."""

    name: str
    formula: str
    priors: object = "default"
    contrasts: dict[str, str] = field(default_factory=dict)


SHAPES = (
    Shape("intercept", "y ~ 1"),
    Shape("common", "y ~ x + f"),
    Shape("common_interaction", "y ~ x * f"),
    Shape("no_intercept", "y ~ 0 + f + x"),
    Shape("sum_contrasts", "y ~ f * h", contrasts={"f": "sum", "h": "helmert"}),
    Shape("polynomial", "y ~ poly(x, 2) + l"),
    Shape("offset", "y ~ x + offset(log(n)) + (1 | g)"),
    Shape("standard_errors", "y | se(k / 4) ~ x + (x | g)"),
    Shape("standard_errors_and_sigma", "y | se(k / 4, sigma = TRUE) ~ x + (1 | g)"),
    Shape("weights", "y | weights(n) ~ x + offset(z) + (1 | g)"),
    Shape("random_intercept", "y ~ x + (1 | g)"),
    Shape("random_slope", "y ~ x + (x | g)"),
    Shape("slope_only", "y ~ x + (0 + x | g)"),
    Shape("uncorrelated", "y ~ x + (x || g)"),
    Shape("diagonal", "y ~ f + diag(f | g)"),
    Shape("three_correlated", "y ~ x + z + (x + z | g)"),
    Shape("factor_slopes", "y ~ f + (f | g)"),
    Shape("cell_slopes", "y ~ f + (0 + f | g)"),
    Shape("crossed", "y ~ x + (1 | g) + (1 | k)"),
    Shape("crossed_slopes", "y ~ x + (x | g) + (z || k)"),
    Shape("nested", "y ~ x + (1 | k / c)"),
    Shape("nested_slopes", "y ~ x + (x | k / c)"),
    Shape("interaction_group", "y ~ 1 + (1 | k:c)"),
    Shape("two_blocks", "y ~ x + (1 | g) + (0 + x | g)"),
    Shape("mixed_blocks", "y ~ x + (x | g) + (0 + z | g)"),
    Shape("two_correlated_blocks", "y ~ x + (x | g) + (0 + f | g)"),
    Shape("compound_symmetry", "y ~ x + cs(0 + f | g)"),
    Shape("compound_symmetry_slopes", "y ~ x + cs(1 + x + z | g) + (1 | k)"),
    Shape("autoregressive", "y ~ x + ar1(0 + f | g)"),
    Shape("structures_of_one_group", "y ~ x + (x | g) + ar1(0 + f | g) + cs(0 + l | g)"),
    Shape("only_groups", "y ~ 0 + (1 | g)"),
    Shape("nothing", "y ~ 0"),
    Shape("odd_names", "log(y + 10) ~ `odd name` + lambda + (lambda | g)"),
    Shape("many_coefficients", "y ~ poly(x, 4) * f + (1 | g)"),
    Shape("brms", "y ~ x + (x | g)", priors="brms"),
    Shape("flat", "y ~ x + (x | g)", priors="flat"),
    Shape(
        "own_priors",
        "y ~ x + z + (x | g)",
        priors={
            "beta[Intercept]": "Normal(0, 20)",
            "beta[x]": "StudentT(3, 0, 2.5)",
            "beta[z]": "Laplace(0, 1)",
            "sd_g[Intercept]": "Exponential(0.5)",
            "sd_g[x]": "HalfCauchy(2)",
            "cor_g": "LKJ(2)",
            "sigma": "Gamma(2, 0.5)",
        },
    ),
    Shape(
        "own_priors_of_structures",
        "y ~ 1 + ar1(0 + f | g) + cs(1 + x | k)",
        priors={
            "rho": "TruncatedNormal(0, 0.5, low=-1, high=1)",
            "rho_g": "Beta(2, 2)",
            "sd_g^2": "InverseGamma(2, 1)",
        },
    ),
    Shape(
        "variances",
        "y ~ x + (x | g)",
        priors={"sigma^2": "InverseGamma(2, 1)", "sd_g^2": "InverseGamma(2, 1)"},
    ),
    Shape(
        "mixed_variances",
        "y ~ x + (x | g)",
        priors={"sd_g[x]^2": "InverseGamma(2, 1)", "beta": "Normal(0, 10)"},
    ),
    Shape(
        "bounded",
        "y ~ x + (1 | g)",
        priors={"beta[x]": "TruncatedNormal(0, 1, low=0)", "sigma": "Uniform(0, 10)"},
    ),
    Shape(
        "bounded_gamma",
        "y ~ x + (x | g)",
        priors={"sigma": "TruncatedGamma(2, 0.1, low=0.1)", "sd": "TruncatedGamma(2, 1, high=9)"},
    ),
)


SHRUNK = (
    Shape("horseshoe", "y ~ x + z + f + (1 | g)", priors={"beta": "Horseshoe(1)"}),
    Shape(
        "horseshoe_ratio",
        "y ~ 0 + f + x",
        priors={"beta": "Horseshoe(3, scale_slab=1.5, df_slab=6, par_ratio=0.2)"},
    ),
    Shape(
        "horseshoe_standard_errors",
        "y | se(k / 4) ~ x + z",
        priors={"beta": "Horseshoe(1, 0.1, 3)", "beta[Intercept]": "StudentT(3, 0, 10)"},
    ),
    Shape(
        "r2d2",
        "y ~ x * f",
        priors={"beta": "R2D2(0.4, 3, cons_D2=0.7)", "sigma": "Exponential(0.5)"},
    ),
)
"""Coefficients whose prior is one of all of them together."""
