"""The closed table of priors: parameters, support, density, draws, how others spell it."""

from __future__ import annotations

import numpy as np

from formix.prior import densities, draws
from formix.prior.joint import JOINT
from formix.prior.kind import Kind

_POSITIVE = (0.0, np.inf)

KINDS: tuple[Kind, ...] = (
    Kind(
        "Normal",
        ("loc", "scale"),
        (0.0, 1.0),
        ("scale",),
        densities.normal,
        draws.normal,
        "dist.Normal({loc}, {scale})",
        "normal({loc}, {scale})",
    ),
    Kind(
        "StudentT",
        ("df", "loc", "scale"),
        (0.0, 1.0),
        ("df", "scale"),
        densities.student_t,
        draws.student_t,
        "dist.StudentT({df}, {loc}, {scale})",
        "student_t({df}, {loc}, {scale})",
    ),
    Kind(
        "Cauchy",
        ("loc", "scale"),
        (0.0, 1.0),
        ("scale",),
        densities.cauchy,
        draws.cauchy,
        "dist.Cauchy({loc}, {scale})",
        "cauchy({loc}, {scale})",
    ),
    Kind(
        "Laplace",
        ("loc", "scale"),
        (0.0, 1.0),
        ("scale",),
        densities.laplace,
        draws.laplace,
        "dist.Laplace({loc}, {scale})",
        "double_exponential({loc}, {scale})",
    ),
    Kind(
        "Logistic",
        ("loc", "scale"),
        (0.0, 1.0),
        ("scale",),
        densities.logistic,
        draws.logistic,
        "dist.Logistic({loc}, {scale})",
        "logistic({loc}, {scale})",
    ),
    Kind(
        "HalfNormal",
        ("scale",),
        (1.0,),
        ("scale",),
        densities.half_normal,
        draws.half_normal,
        "dist.HalfNormal({scale})",
        "normal(0, {scale})",
        _POSITIVE,
    ),
    Kind(
        "HalfCauchy",
        ("scale",),
        (1.0,),
        ("scale",),
        densities.half_cauchy,
        draws.half_cauchy,
        "dist.HalfCauchy({scale})",
        "cauchy(0, {scale})",
        _POSITIVE,
    ),
    Kind(
        "HalfStudentT",
        ("df", "scale"),
        (1.0,),
        ("df", "scale"),
        densities.half_student_t,
        draws.half_student_t,
        "half_t({df}, {scale})",
        "student_t({df}, 0, {scale})",
        _POSITIVE,
    ),
    Kind(
        "Exponential",
        ("rate",),
        (1.0,),
        ("rate",),
        densities.exponential,
        draws.exponential,
        "dist.Exponential({rate})",
        "exponential({rate})",
        _POSITIVE,
    ),
    Kind(
        "Gamma",
        ("concentration", "rate"),
        (1.0,),
        ("concentration", "rate"),
        densities.gamma,
        draws.gamma,
        "dist.Gamma({concentration}, {rate})",
        "gamma({concentration}, {rate})",
        _POSITIVE,
    ),
    Kind(
        "InverseGamma",
        ("concentration", "rate"),
        (1.0,),
        ("concentration", "rate"),
        densities.inverse_gamma,
        draws.inverse_gamma,
        "dist.InverseGamma({concentration}, {rate})",
        "inv_gamma({concentration}, {rate})",
        _POSITIVE,
    ),
    Kind(
        "LogNormal",
        ("loc", "scale"),
        (0.0, 1.0),
        ("scale",),
        densities.log_normal,
        draws.log_normal,
        "dist.LogNormal({loc}, {scale})",
        "lognormal({loc}, {scale})",
        _POSITIVE,
    ),
    Kind(
        "Weibull",
        ("scale", "concentration"),
        (),
        ("scale", "concentration"),
        densities.weibull,
        draws.weibull,
        "dist.Weibull({scale}, {concentration})",
        "weibull({concentration}, {scale})",
        _POSITIVE,
    ),
    Kind(
        "Uniform",
        ("low", "high"),
        (0.0, 1.0),
        (),
        densities.uniform,
        draws.uniform,
        "dist.Uniform({low}, {high})",
        "uniform({low}, {high})",
        ("low", "high"),
    ),
    Kind(
        "Beta",
        ("concentration1", "concentration0"),
        (),
        ("concentration1", "concentration0"),
        densities.beta,
        draws.beta,
        "dist.Beta({concentration1}, {concentration0})",
        "beta({concentration1}, {concentration0})",
        (0.0, 1.0),
    ),
    Kind(
        "TruncatedNormal",
        ("loc", "scale", "low", "high"),
        (0.0, 1.0, -np.inf, np.inf),
        ("scale",),
        densities.truncated_normal,
        draws.truncated_normal,
        "dist.TruncatedNormal({loc}, {scale}, low={low}, high={high})",
        "normal({loc}, {scale})",
        ("low", "high"),
    ),
    Kind(
        "TruncatedGamma",
        ("concentration", "rate", "low", "high"),
        (1.0, 0.0, np.inf),
        ("concentration", "rate"),
        densities.truncated_gamma,
        draws.truncated_gamma,
        "TruncatedGamma({concentration}, {rate}, low={low}, high={high})",
        "gamma({concentration}, {rate})",
        ("low", "high"),
    ),
    Kind(
        "LKJ",
        ("concentration",),
        (1.0,),
        ("concentration",),
        densities.lkj,
        draws.lkj_factor,
        "dist.LKJCholesky({size}, concentration={concentration})",
        "lkj({concentration})",
        (-1.0, 1.0),
        sized=True,
    ),
    Kind(
        "Dirichlet",
        ("concentration",),
        (1.0,),
        ("concentration",),
        densities.dirichlet,
        draws.dirichlet,
        "dist.Dirichlet(jnp.full({size}, {concentration}))",
        "dirichlet({concentration})",
        (0.0, 1.0),
        sized=True,
    ),
    Kind("Flat", (), (), (), densities.flat, None, "", ""),
    *JOINT,
)
"""Every prior that text may name. `LKJ` is of correlation matrices, `Dirichlet` of shares that sum
to one, `Flat` improper; the last are of all coefficients but the intercept together."""


def kind(name: str) -> Kind:
    """Return the row of that name.

    Raises
    ------
    LookupError
        If there is none.
    """
    for row in KINDS:
        if row.name == name:
            return row
    raise LookupError(name)
