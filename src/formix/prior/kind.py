"""The noun of a row of the table of priors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

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

    @property
    def is_truncated(self) -> bool:
        """Whether it is another distribution between bounds, of which either may be absent."""
        return self.name.startswith("Truncated")
