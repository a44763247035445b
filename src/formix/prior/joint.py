"""Priors of all coefficients together, which shrink most and leave a few: the rows of the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from formix.errors import PriorError
from formix.prior.kind import Joint, JointSite, Kind

if TYPE_CHECKING:
    from jaxtyping import Float

    Array = Float[np.ndarray, "..."]

    Given = Mapping[str, float]


def _together(x: Array, *_arguments: float) -> Array:
    raise PriorError(
        f"a prior of coefficients together has no density of one alone (asked at {x!r})",
        hint="its density follows from its sites: `log_prior` of a fit has it",
    )


def _global(of: Given, rows: int) -> tuple[float, ...]:
    """Return degrees of freedom and scale of the global scale.

    With a guess of how many coefficients are not zero for each that is, the scale follows from how
    well the rows tell one from zero.
    """
    ratio = of["par_ratio"]
    return of["df_global"], ratio / float(np.sqrt(rows)) if ratio else of["scale_global"]


def _horseshoe_scales(of: Mapping[str, Array]) -> Array:
    wide = of["hs_global"] * of["hs_local"]
    return wide / np.sqrt(1.0 + np.square(wide) / (np.square(of["scale_slab"]) * of["hs_slab"]))


def _r2d2_scales(of: Mapping[str, Array]) -> Array:
    share = of["R2D2_R2"]
    return np.sqrt(of["R2D2_phi"] * share / (1.0 - share))


_HORSESHOE = Joint(
    sites=(
        JointSite("hs_local", "HalfStudentT", "positive", lambda of, _: (of["df"], 1.0), each=True),
        JointSite("hs_global", "HalfStudentT", "positive", _global, each=False),
        JointSite(
            "hs_slab",
            "InverseGamma",
            "positive",
            lambda of, _: (0.5 * of["df_slab"], 0.5 * of["df_slab"]),
            each=False,
        ),
    ),
    scales=_horseshoe_scales,
    source=(
        ("wide", "{hs_global} * {hs_local}"),
        ("narrow", "{wide} / jnp.sqrt(1.0 + {wide}**2 / ({scale_slab}**2 * {hs_slab}))"),
    ),
    words="regularised horseshoe",
)
"""References
----------
Piironen and Vehtari (2017), doi:10.1214/17-EJS1337SI, equations 2.8 and 3.12.
"""

_R2D2 = Joint(
    sites=(
        JointSite(
            "R2D2_R2",
            "Beta",
            "unit",
            lambda of, _: (of["mean_R2"] * of["prec_R2"], (1.0 - of["mean_R2"]) * of["prec_R2"]),
            each=False,
        ),
        JointSite("R2D2_phi", "Dirichlet", "simplex", lambda of, _: (of["cons_D2"],), each=True),
    ),
    scales=_r2d2_scales,
    source=(("narrow", "jnp.sqrt({R2D2_phi} * {R2D2_R2} / (1.0 - {R2D2_R2}))"),),
    words="R2D2: R2, and the shares of it",
)
"""References
----------
Zhang, Naughton, Bondell and Reich (2022), doi:10.1080/01621459.2020.1825449, with normal
coefficients given their scales as in Aguilar and Buerkner (2023), doi:10.1214/23-EJS2136.
"""

JOINT: tuple[Kind, ...] = (
    Kind(
        "Horseshoe",
        ("df", "scale_global", "df_global", "scale_slab", "df_slab", "par_ratio"),
        (1.0, 1.0, 1.0, 2.0, 4.0, 0.0),
        ("df", "scale_global", "df_global", "scale_slab", "df_slab"),
        _together,
        None,
        "",
        "horseshoe({df}, {scale_global}, {df_global}, {scale_slab}, {df_slab})",
        joint=_HORSESHOE,
    ),
    Kind(
        "R2D2",
        ("mean_R2", "prec_R2", "cons_D2"),
        (0.5, 2.0, 0.5),
        ("mean_R2", "prec_R2", "cons_D2"),
        _together,
        None,
        "",
        "R2D2({mean_R2}, {prec_R2}, {cons_D2})",
        joint=_R2D2,
    ),
)
"""Priors of coefficients together, under the names and arguments of brms.

Each is in units of the residual standard deviation over the standard deviation of the
coefficient's column, so that it does not change when a predictor or the response is rescaled;
where the model estimates no residual standard deviation, of the response's on the link.
"""
