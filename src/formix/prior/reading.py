"""From what a user gives for a prior (text, `Prior`, a NumPyro distribution) to a prior."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from formix.errors import PriorError
from formix.prior.prior import ForeignPrior, Prior, number
from formix.syntax.prior_text import parse_prior

if TYPE_CHECKING:
    from collections.abc import Callable

# NumPyro's class and its attributes, in the order of the table's arguments.
_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "Normal": ("loc", "scale"),
    "StudentT": ("df", "loc", "scale"),
    "Cauchy": ("loc", "scale"),
    "Laplace": ("loc", "scale"),
    "Logistic": ("loc", "scale"),
    "HalfNormal": ("scale",),
    "HalfCauchy": ("scale",),
    "Exponential": ("rate",),
    "Gamma": ("concentration", "rate"),
    "InverseGamma": ("concentration", "rate"),
    "LogNormal": ("loc", "scale"),
    "Weibull": ("scale", "concentration"),
    "Uniform": ("low", "high"),
    "Beta": ("concentration1", "concentration0"),
    "TruncatedGamma": ("concentration", "rate", "low", "high"),
    "LKJ": ("concentration",),
    "LKJCholesky": ("concentration",),
}


def read_prior(value: object) -> Prior | ForeignPrior:
    """Return the prior that a user's value means.

    Raises
    ------
    PriorError
        If it is none: a text that cannot be read, a number, a distribution over several numbers.
    """
    if isinstance(value, (Prior, ForeignPrior)):
        return value
    if isinstance(value, str):
        return from_text(value)
    if isinstance(value, type):
        raise PriorError(
            f"`{value.__name__}` is a class of distributions, not one of them",
            hint=f"give it its parameters, as in {value.__name__}(...)",
        )
    if any(cls.__module__.startswith("numpyro.") for cls in type(value).__mro__):
        return _from_numpyro(value)
    raise PriorError(
        f"{value!r} is not a prior",
        hint='give a text such as "Normal(0, 5)", a fx.Prior, or a NumPyro distribution',
    )


def from_text(text: str) -> Prior:
    """Return the prior that a text such as `Normal(0, 5)` names.

    Raises
    ------
    PriorError
        With a caret, if it is not a prior of the table.
    """
    call = parse_prior(text)
    names = [name for name, _ in call.arguments if name]
    twice = next((name for name in names if names.count(name) > 1), None)
    span = call.name_span
    if twice is not None:
        raise PriorError(f"`{twice}` of `{call.name}` is given twice", text=text, span=span)
    try:
        return Prior(call.name, *call.positional, **call.keyword)
    except PriorError as error:
        raise PriorError(error.message, text=text, span=span, hint=error.hint) from None


def _scalar(value: object) -> float:
    # A bound that is absent is None.
    array = np.asarray(np.inf if value is None else value, dtype=float)
    if array.size != 1:
        raise PriorError(
            "a prior is of one number, and this distribution is of several",
            hint='give one prior a coefficient, such as {"beta[x]": ..., "beta[z]": ...}',
        )
    return float(array.reshape(()))


def _from_numpyro(distribution: object) -> Prior | ForeignPrior:
    """Translate a NumPyro distribution into the table where it is there."""
    read: Callable[[str], float] = lambda name: _scalar(getattr(distribution, name))  # noqa: E731
    name = type(distribution).__name__
    if name in _ATTRIBUTES:
        row = "LKJ" if name == "LKJCholesky" else name
        return Prior(row, *(read(attribute) for attribute in _ATTRIBUTES[name]))
    if name in ("FoldedDistribution", "HalfT"):
        inner = _from_numpyro(getattr(distribution, "base_dist"))  # noqa: B009 - untyped object
        folded = _folded(inner) if isinstance(inner, Prior) else None
        if folded is not None:
            return folded
    shape = tuple(getattr(distribution, "batch_shape", ())) + tuple(
        getattr(distribution, "event_shape", ())
    )
    if int(np.prod(shape, dtype=int)) != 1 or shape not in ((), (1,)):
        _scalar(np.zeros(shape))
    _refuse_no_density(distribution)
    return ForeignPrior(distribution, _described(distribution))


def _refuse_no_density(distribution: object) -> None:
    """Refuse a distribution whose draws have no density over an interval."""
    support = getattr(distribution, "support", None)
    if type(distribution).__name__ == "Delta" or getattr(support, "is_discrete", False):
        raise PriorError(
            f"{_described(distribution)} is not a prior of a continuous parameter",
            hint='give a distribution with a density, such as "Normal(0, 5)"',
        )


def _described(distribution: object) -> str:
    """Return a distribution as it would be written, its parameters by name."""
    parts: list[str] = []
    for name in getattr(distribution, "arg_constraints", {}):
        value = np.asarray(getattr(distribution, name, np.nan))
        if value.size == 1:
            parts.append(f"{name}={number(float(value.reshape(())))}")
    inner = getattr(distribution, "base_dist", None)
    if inner is not None:
        parts.insert(0, _described(inner))
    return f"{type(distribution).__name__}({', '.join(parts) or '...'})"


def _folded(inner: Prior) -> Prior | None:
    """Return a distribution around zero folded at zero as a row of the table, where it is one."""
    if inner.named.get("loc") != 0.0:
        return None
    if inner.name == "StudentT":
        return Prior("HalfStudentT", inner.named["df"], inner.named["scale"])
    if inner.name in ("Normal", "Cauchy"):
        return Prior(f"Half{inner.name}", inner.named["scale"])
    return None
