"""The dispersion of rows of which more is known: as the program writes it, and as NumPy has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

    Array = Float[np.ndarray, "..."]

PARAMETER = "dispersion"
"""What stands for the family's own parameter in an expression."""

SAID = frozenset({"se", "se_sigma", "weights"})
"""What the response may know of the dispersion of its rows."""


@dataclass(frozen=True)
class Dispersion:
    """The dispersion of a row where something is known of it.

    Parameters
    ----------
    known
        The names under which the response knows it, and no others of `SAID`.
    arrays
        Those of them that are part of the expression.
    estimated
        Whether the family's own parameter is part of it too; if not, the model has none.
    source
        The expression as the program writes it, in braces the arrays and `dispersion`.
    value
        The same in NumPy, of the values by those names.
    words
        What a model says of it; in braces the parameter, and the `range` of the first array.
    """

    known: frozenset[str]
    arrays: tuple[str, ...]
    estimated: bool
    source: str
    value: Callable[[Mapping[str, Array]], Array]
    words: str


def _both(of: Mapping[str, Array]) -> Array:
    return np.sqrt(np.square(of["se"]) + np.square(of[PARAMETER]))


def _weighted(of: Mapping[str, Array]) -> Array:
    return of[PARAMETER] / np.sqrt(of["weights"])


def _shape(of: Mapping[str, Array]) -> Array:
    return of[PARAMETER] * of["weights"]


SHAPES = (
    Dispersion(
        frozenset({"weights"}),
        ("weights",),
        estimated=True,
        source="{dispersion} * {weights}",
        value=_shape,
        words="weights {range}, and a row's variance is mu^2 / ({dispersion} weight)",
    ),
)
"""Of families whose variance is some function of the mean over a shape.

References
----------
McCullagh and Nelder (1989), "Generalized Linear Models", doi:10.1007/978-1-4899-3242-6, section 2.2
(prior weights).
"""

STANDARD_DEVIATIONS = (
    Dispersion(
        frozenset({"se"}),
        ("se",),
        estimated=False,
        source="{se}",
        value=lambda of: of["se"],
        words="standard errors {range}, in place of {dispersion}",
    ),
    Dispersion(
        frozenset({"se", "se_sigma"}),
        ("se",),
        estimated=True,
        source="jnp.sqrt({se}**2 + {dispersion}**2)",
        value=_both,
        words="standard errors {range}, and a row's variance is se^2 + {dispersion}^2",
    ),
    Dispersion(
        frozenset({"weights"}),
        ("weights",),
        estimated=True,
        source="{dispersion} / jnp.sqrt({weights})",
        value=_weighted,
        words="weights {range}, and a row's variance is {dispersion}^2 / weight",
    ),
)
"""Of families whose dispersion is a standard deviation, or a scale in its place.

References
----------
Bates, Maechler, Bolker and Walker (2015), doi:10.18637/jss.v067.i01 (precision weights); Buerkner
(2017), doi:10.18637/jss.v080.i01 (`se`).
"""
