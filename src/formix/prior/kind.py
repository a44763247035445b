"""The noun of a row of the table of priors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

    Array = Float[np.ndarray, "..."]


@dataclass(frozen=True)
class JointSite:
    """A site of a joint prior, from which the scales of its coefficients follow.

    Parameters
    ----------
    name
        As in the results, after the prefix of the predictor.
    kind
        The row of the table of its own prior.
    support
        Where it lives.
    arguments
        Of that, given those of the joint prior by name, and how many rows the data have.
    each
        Whether it has a number for every coefficient.
    """

    name: str
    kind: str
    support: Literal["positive", "unit", "simplex"]
    arguments: Callable[[Mapping[str, float], int], tuple[float, ...]]
    each: bool


@dataclass(frozen=True)
class Joint:
    """A prior of coefficients together: normal, with standard deviations that have a prior.

    Parameters
    ----------
    sites
        What is drawn.
    scales
        The standard deviations: of the sites' values and the arguments, both by name. A number a
        coefficient is along the last axis; the others have that axis too, of length 1.
    source
        The same as the program writes it: assignments, the last of which is of the scales; in
        braces sites, arguments, and names assigned before.
    words
        What it is, as a comment.
    """

    sites: tuple[JointSite, ...]
    scales: Callable[[Mapping[str, Array]], Array]
    source: tuple[tuple[str, str], ...]
    words: str


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
    sized
        Whether it is of an array whose size is not among its arguments, and is told.
    joint
        What it expands to, where it is of several coefficients together.
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
    sized: bool = False
    joint: Joint | None = None

    @property
    def is_truncated(self) -> bool:
        """Whether it is another distribution between bounds, of which either may be absent."""
        return self.name.startswith("Truncated")
