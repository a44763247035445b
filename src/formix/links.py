"""Links between a linear predictor and a parameter of the family."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from jaxtyping import Float

    Array = Float[np.ndarray, "..."]


@dataclass(frozen=True)
class Link:
    """A link g: eta = g(mu).

    `inverse_source` is the inverse as the generated program writes it, `{eta}` being the
    predictor; `range` bounds what `forward` accepts. A link of a probability has `logits` too:
    log(mu / (1 - mu)) of the predictor, which keeps its digits where mu is all but 0 or 1.
    """

    name: str
    forward: Callable[[Array], Array]
    inverse: Callable[[Array], Array]
    derivative: Callable[[Array], Array]
    inverse_source: str
    range: tuple[float, float] = (-np.inf, np.inf)
    logits: Callable[[Array], Array] | None = None
    logits_source: str = ""

    @property
    def of_probability(self) -> bool:
        """Whether it is the link of a number between 0 and 1."""
        return self.logits is not None

    @property
    def bounded(self) -> bool:
        """Whether it is the link of a number within two bounds."""
        return bool(np.all(np.isfinite(self.range)))


def _identity(x: Array) -> Array:
    return x


def _minus_inverse_square(x: Array) -> Array:
    return -1.0 / np.square(x)


def _reciprocal(x: Array) -> Array:
    return 1.0 / x


def _softplus(x: Array) -> Array:
    return x + np.log(-np.expm1(-x))


def _softplus_inverse(eta: Array) -> Array:
    return np.logaddexp(eta, 0.0)


def _softplus_slope(x: Array) -> Array:
    return -1.0 / np.expm1(-x)


def _inverse_square(x: Array) -> Array:
    return 1.0 / np.square(x)


def _inverse_root(eta: Array) -> Array:
    # As in R a predictor below 0 has no mean.
    with np.errstate(invalid="ignore", divide="ignore"):
        return 1.0 / np.sqrt(eta)


def _minus_two_by_cube(x: Array) -> Array:
    return -2.0 / x**3


def _tan_half(x: Array) -> Array:
    return np.tan(0.5 * x)


def _twice_atan(eta: Array) -> Array:
    return 2.0 * np.arctan(eta)


def _tan_half_slope(x: Array) -> Array:
    return 0.5 / np.square(np.cos(0.5 * x))


def _signed_square(eta: Array) -> Array:
    # As in R a predictor below 0 has no mean; by its plain square two opposite ones had the same.
    return eta * np.abs(eta)


def _half_reciprocal_root(x: Array) -> Array:
    return 0.5 / np.sqrt(x)


def _logit_slope(x: Array) -> Array:
    return 1.0 / (x * (1.0 - x))


def _probit_slope(x: Array) -> Array:
    return np.sqrt(2.0 * np.pi) * np.exp(0.5 * np.square(special.ndtri(x)))


def _probit_logits(eta: Array) -> Array:
    return special.log_ndtr(eta) - special.log_ndtr(-eta)


def _cloglog(x: Array) -> Array:
    return np.log(-np.log1p(-x))


def _cloglog_inverse(eta: Array) -> Array:
    return -np.expm1(-np.exp(eta))


def _cloglog_slope(x: Array) -> Array:
    return 1.0 / ((x - 1.0) * np.log1p(-x))


def _cloglog_logits(eta: Array) -> Array:
    hazard = np.exp(eta)
    return np.log(-np.expm1(-hazard)) + hazard


def _cauchit(x: Array) -> Array:
    return np.tan(np.pi * (x - 0.5))


def _cauchit_inverse(eta: Array) -> Array:
    # atan(eta) / pi + 1/2, without the cancellation far to the left.
    return np.arctan2(1.0, -eta) / np.pi


def _cauchit_slope(x: Array) -> Array:
    return np.pi / np.square(np.sin(np.pi * x))


def _cauchit_logits(eta: Array) -> Array:
    return np.log(np.arctan2(1.0, -eta) / np.arctan2(1.0, eta))


LINKS: tuple[Link, ...] = (
    Link("identity", _identity, _identity, np.ones_like, "{eta}"),
    Link("log", np.log, np.exp, _reciprocal, "jnp.exp({eta})", (0.0, np.inf)),
    Link("inverse", _reciprocal, _reciprocal, _minus_inverse_square, "1.0 / {eta}"),
    Link(
        "sqrt",
        np.sqrt,
        _signed_square,
        _half_reciprocal_root,
        "{eta} * jnp.abs({eta})",
        (0.0, np.inf),
    ),
    Link(
        "softmax", np.log, np.exp, _reciprocal, "jnp.exp({eta})", (0.0, np.inf), _identity, "{eta}"
    ),
    Link(
        "softplus",
        _softplus,
        _softplus_inverse,
        _softplus_slope,
        "jnp.logaddexp({eta}, 0.0)",
        (0.0, np.inf),
    ),
    Link(
        "1/mu^2",
        _inverse_square,
        _inverse_root,
        _minus_two_by_cube,
        "1.0 / jnp.sqrt({eta})",
        (0.0, np.inf),
    ),
    Link(
        "tan_half",
        _tan_half,
        _twice_atan,
        _tan_half_slope,
        "2.0 * jnp.arctan({eta})",
        (-np.pi, np.pi),
    ),
    Link(
        "logit",
        special.logit,
        special.expit,
        _logit_slope,
        "expit({eta})",
        (0.0, 1.0),
        _identity,
        "{eta}",
    ),
    Link(
        "probit",
        special.ndtri,
        special.ndtr,
        _probit_slope,
        "ndtr({eta})",
        (0.0, 1.0),
        _probit_logits,
        "log_ndtr({eta}) - log_ndtr(-{eta})",
    ),
    Link(
        "cloglog",
        _cloglog,
        _cloglog_inverse,
        _cloglog_slope,
        "-jnp.expm1(-jnp.exp({eta}))",
        (0.0, 1.0),
        _cloglog_logits,
        "jnp.log(-jnp.expm1(-jnp.exp({eta}))) + jnp.exp({eta})",
    ),
    Link(
        "cauchit",
        _cauchit,
        _cauchit_inverse,
        _cauchit_slope,
        "jnp.arctan2(1.0, -{eta}) / jnp.pi",
        (0.0, 1.0),
        _cauchit_logits,
        "jnp.log(jnp.arctan2(1.0, -{eta}) / jnp.arctan2(1.0, {eta}))",
    ),
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
