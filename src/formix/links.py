"""Links between a linear predictor and a parameter of the family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from jaxtyping import Float

    Array = Float[np.ndarray, "..."]


@dataclass(frozen=True)
class Link:
    """A link g: eta = g(mu).

    `inverse_source` is the inverse as the generated program writes it, `{eta}` being the
    predictor; `range` bounds what `forward` accepts.
    """

    name: str
    forward: Callable[[Array], Array]
    inverse: Callable[[Array], Array]
    derivative: Callable[[Array], Array]
    inverse_source: str
    range: tuple[float, float] = (-np.inf, np.inf)


def _identity(x: Array) -> Array:
    return x


def _minus_inverse_square(x: Array) -> Array:
    return -1.0 / np.square(x)


def _reciprocal(x: Array) -> Array:
    return 1.0 / x


LINKS: tuple[Link, ...] = (
    Link("identity", _identity, _identity, np.ones_like, "{eta}"),
    Link("log", np.log, np.exp, _reciprocal, "jnp.exp({eta})", (0.0, np.inf)),
    Link("inverse", _reciprocal, _reciprocal, _minus_inverse_square, "1.0 / ({eta})"),
)
"""Every link, `identity` first."""


def link(name: str) -> Link:
    """Return the link of that name.

    Raises
    ------
    LookupError
        If there is none; the caller knows the family and says which there are.
    """
    for candidate in LINKS:
        if candidate.name == name:
            return candidate
    raise LookupError(name)
