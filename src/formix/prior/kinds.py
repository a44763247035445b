"""The closed table of priors: parameters, support, density, draws, how others spell it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from formix.prior import densities as d

if TYPE_CHECKING:
    from jaxtyping import Float

    Array = Float[np.ndarray, "..."]


@dataclass(frozen=True)
class Kind:
    """One row of the table.

    Parameters
    ----------
    name
        NumPyro's name, and the order of its arguments.
    parameters, defaults, positive
        The arguments; the last few have defaults; those in `positive` must exceed zero.
    log_density, draw
        In NumPy: `(x, *arguments)` and `(generator, shape, *arguments)`.
    numpyro, brms
        The spelling there, with arguments in braces.
    bounds
        The support, or the names of the arguments that bound it.
    """

    name: str
    parameters: tuple[str, ...]
    defaults: tuple[float, ...]
    positive: tuple[str, ...]
    log_density: Callable[..., Array]
    draw: Callable[..., Array] | None
    numpyro: str
    brms: str
    bounds: tuple[float | str, float | str] = (-np.inf, np.inf)


_POSITIVE = (0.0, np.inf)

KINDS: tuple[Kind, ...] = (
    Kind("Normal", ("loc", "scale"), (0.0, 1.0), ("scale",), d.normal,
         lambda g, n, loc, scale: g.normal(loc, scale, n),
         "dist.Normal({loc}, {scale})", "normal({loc}, {scale})"),
    Kind("StudentT", ("df", "loc", "scale"), (0.0, 1.0), ("df", "scale"), d.student_t,
         lambda g, n, df, loc, scale: loc + scale * g.standard_t(df, n),
         "dist.StudentT({df}, {loc}, {scale})", "student_t({df}, {loc}, {scale})"),
    Kind("Cauchy", ("loc", "scale"), (0.0, 1.0), ("scale",), d.cauchy,
         lambda g, n, loc, scale: loc + scale * g.standard_cauchy(n),
         "dist.Cauchy({loc}, {scale})", "cauchy({loc}, {scale})"),
    Kind("Laplace", ("loc", "scale"), (0.0, 1.0), ("scale",), d.laplace,
         lambda g, n, loc, scale: g.laplace(loc, scale, n),
         "dist.Laplace({loc}, {scale})", "double_exponential({loc}, {scale})"),
    Kind("Logistic", ("loc", "scale"), (0.0, 1.0), ("scale",), d.logistic,
         lambda g, n, loc, scale: g.logistic(loc, scale, n),
         "dist.Logistic({loc}, {scale})", "logistic({loc}, {scale})"),
    Kind("HalfNormal", ("scale",), (1.0,), ("scale",), d.half_normal,
         lambda g, n, scale: np.abs(g.normal(0.0, scale, n)),
         "dist.HalfNormal({scale})", "normal(0, {scale})", _POSITIVE),
    Kind("HalfCauchy", ("scale",), (1.0,), ("scale",), d.half_cauchy,
         lambda g, n, scale: np.abs(scale * g.standard_cauchy(n)),
         "dist.HalfCauchy({scale})", "cauchy(0, {scale})", _POSITIVE),
    Kind("HalfStudentT", ("df", "scale"), (1.0,), ("df", "scale"), d.half_student_t,
         lambda g, n, df, scale: np.abs(scale * g.standard_t(df, n)),
         "half_t({df}, {scale})",
         "student_t({df}, 0, {scale})", _POSITIVE),
    Kind("Exponential", ("rate",), (1.0,), ("rate",), d.exponential,
         lambda g, n, rate: g.exponential(1.0 / rate, n),
         "dist.Exponential({rate})", "exponential({rate})", _POSITIVE),
    Kind("Gamma", ("concentration", "rate"), (1.0,), ("concentration", "rate"), d.gamma,
         lambda g, n, concentration, rate: g.gamma(concentration, 1.0 / rate, n),
         "dist.Gamma({concentration}, {rate})", "gamma({concentration}, {rate})", _POSITIVE),
    Kind("InverseGamma", ("concentration", "rate"), (1.0,), ("concentration", "rate"),
         d.inverse_gamma,
         lambda g, n, concentration, rate: rate / g.gamma(concentration, 1.0, n),
         "dist.InverseGamma({concentration}, {rate})", "inv_gamma({concentration}, {rate})",
         _POSITIVE),
    Kind("LogNormal", ("loc", "scale"), (0.0, 1.0), ("scale",), d.log_normal,
         lambda g, n, loc, scale: g.lognormal(loc, scale, n),
         "dist.LogNormal({loc}, {scale})", "lognormal({loc}, {scale})", _POSITIVE),
    Kind("Weibull", ("scale", "concentration"), (), ("scale", "concentration"), d.weibull,
         lambda g, n, scale, concentration: scale * g.weibull(concentration, n),
         "dist.Weibull({scale}, {concentration})", "weibull({concentration}, {scale})", _POSITIVE),
    Kind("Uniform", ("low", "high"), (0.0, 1.0), (), d.uniform,
         lambda g, n, low, high: g.uniform(low, high, n),
         "dist.Uniform({low}, {high})", "uniform({low}, {high})", ("low", "high")),
    Kind("Beta", ("concentration1", "concentration0"), (), ("concentration1", "concentration0"),
         d.beta, lambda g, n, a, b: g.beta(a, b, n),
         "dist.Beta({concentration1}, {concentration0})",
         "beta({concentration1}, {concentration0})", (0.0, 1.0)),
    Kind("TruncatedNormal", ("loc", "scale", "low", "high"), (0.0, 1.0, -np.inf, np.inf),
         ("scale",), d.truncated_normal, d.draw_truncated_normal,
         "dist.TruncatedNormal({loc}, {scale}, low={low}, high={high})",
         "normal({loc}, {scale})", ("low", "high")),
    Kind("LKJ", ("concentration",), (1.0,), ("concentration",), d.lkj, d.draw_lkj_factor,
         "dist.LKJCholesky({size}, concentration={concentration})", "lkj({concentration})",
         (-1.0, 1.0)),
    Kind("Flat", (), (), (), d.flat, None, "", ""),
)  # fmt: skip
"""Every prior that text may name. `LKJ` is of correlation matrices, `Flat` improper."""


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
