"""The noun of priors: one, of the closed table or outside it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from numbers import Real
from typing import TYPE_CHECKING, Literal

import numpy as np

from formix.errors import PriorError
from formix.prior import densities
from formix.prior.kinds import KINDS, kind

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.prior.kind import Kind

    Array = Float[np.ndarray, "..."]

Support = Literal["real", "positive", "unit", "interval", "correlation", "simplex"]

_INTERVALS: dict[Support, tuple[float, float]] = {
    "real": (-np.inf, np.inf),
    "positive": (0.0, np.inf),
    "unit": (0.0, 1.0),
    "interval": (-1.0, 1.0),
    "correlation": (-1.0, 1.0),
    "simplex": (0.0, 1.0),
}


def number(value: float) -> str:
    """Return the shortest text of a number that reads back as itself, whole ones without `.0`."""
    text = repr(float(value))
    return text.removesuffix(".0")


@dataclass(frozen=True, init=False)
class Prior:
    """A prior from the closed table.

    Parameters
    ----------
    name
        `Normal`, `StudentT`, `HalfCauchy`, ...: NumPyro's names, and `HalfStudentT`, `LKJ`, `Flat`.
    *arguments, **named
        Its parameters, in the units of what it is a prior of, in NumPyro's order or by name.

    Raises
    ------
    PriorError
        If the name is not in the table, or the arguments do not suit it.

    Examples
    --------
    >>> Prior("Normal", 0, 5)
    Prior('Normal(0, 5)')
    >>> print(Prior("StudentT", 3, scale=2.5))
    StudentT(3, 0, 2.5)
    """

    name: str
    arguments: tuple[float, ...]

    def __init__(self, name: str, *arguments: float, **named: float) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "arguments", _bind(_known(name), arguments, named))
        _check_bounds(self)
        _check_shares(self)

    @property
    def kind(self) -> Kind:
        """The row of the table."""
        return kind(self.name)

    @property
    def named(self) -> dict[str, float]:
        """The arguments by name."""
        return dict(zip(self.kind.parameters, self.arguments, strict=True))

    @property
    def is_proper(self) -> bool:
        """Whether it integrates to one."""
        return self.name != "Flat"

    @property
    def bounds(self) -> tuple[float, float]:
        """The interval outside which the density is zero."""
        low, high = (self.named[b] if isinstance(b, str) else b for b in self.kind.bounds)
        return low, high

    def suits(self, support: Support, least: float = -1.0) -> bool:
        """Whether the prior puts no mass outside a support; `least` is where an interval begins."""
        if self.kind.joint is not None or (self.name == "Dirichlet") != (support == "simplex"):
            return False
        if self.name == "Flat":
            return support not in ("interval", "correlation")
        if (self.name == "LKJ") != (support == "correlation"):
            return False
        low, high = _INTERVALS[support]
        low = least if support == "interval" else low
        return self.bounds[0] >= low and self.bounds[1] <= high

    def log_density(self, x: Array) -> Array:
        """Return the log density at `x`, elementwise; of correlation matrices under `LKJ`."""
        return self.kind.log_density(np.asarray(x, float), *self.arguments)

    def draw(self, generator: np.random.Generator, shape: tuple[int, ...], size: int = 2) -> Array:
        """Draw an array of that shape; under `LKJ` and `Dirichlet`, of arrays of that `size`.

        Under `LKJ` they are the Cholesky factors of the matrices.

        Raises
        ------
        PriorError
            If the prior is improper.
        """
        if self.kind.draw is None:
            raise PriorError(
                f"`{self}` is improper: nothing can be drawn from it",
                hint="give a proper prior, such as Normal(0, 10), to draw from the prior",
            )
        if self.kind.sized:
            return self.kind.draw(generator, shape, size, *self.arguments)
        return self.kind.draw(generator, shape, *self.arguments)

    def rounded(self, digits: int = 4) -> Prior:
        """Return the prior with its numbers rounded to so many significant digits."""
        return Prior(self.name, *(float(f"{value:.{digits}g}") for value in self.arguments))

    def __str__(self) -> str:
        parts = [number(value) for value in self.arguments]
        if self.kind.joint is not None:
            # A ratio of 0 is none.
            given = {name: value for name, value in self.named.items() if value}
            parts = [f"{name}={number(value)}" for name, value in given.items()]
        if self.kind.is_truncated:
            bounds = zip(("low", "high"), self.arguments[2:], self.kind.defaults[-2:], strict=True)
            parts[2:] = [f"{name}={number(x)}" for name, x, absent in bounds if x != absent]
        return f"{self.name}({', '.join(parts)})"

    def __repr__(self) -> str:
        return f"Prior({str(self)!r})"


def _known(name: str) -> Kind:
    try:
        return kind(name)
    except LookupError:
        names = [row.name for row in KINDS]
        close = get_close_matches(name, names, n=1, cutoff=0.5)
        raise PriorError(
            f"`{name}` is not a prior that formix knows",
            hint=(f"did you mean `{close[0]}`? " if close else "") + f"Priors: {', '.join(names)}",
        ) from None


def _bind(row: Kind, given: tuple[float, ...], named: dict[str, float]) -> tuple[float, ...]:
    """Return the arguments in the table's order, checked."""
    signature = f"{row.name}({', '.join(row.parameters)})"
    if len(given) > len(row.parameters):
        raise PriorError(
            f"`{row.name}` takes {len(row.parameters)} numbers, not {len(given)}",
            hint=f"write {signature}",
        )
    bound = dict(zip(row.parameters, given, strict=False))
    for name, value in named.items():
        if name not in row.parameters or name in bound:
            wrong = "is given twice" if name in bound else "is not one of its arguments"
            raise PriorError(f"`{name}` of `{row.name}` {wrong}", hint=f"write {signature}")
        bound[name] = value
    optional = row.parameters[len(row.parameters) - len(row.defaults) :]
    for name, value in zip(optional, row.defaults, strict=True):
        bound.setdefault(name, value)
    missing = [name for name in row.parameters if name not in bound]
    if missing:
        raise PriorError(
            f"`{row.name}` lacks {', '.join(f'`{name}`' for name in missing)}",
            hint=f"write {signature}",
        )
    return tuple(_checked(row, name, bound[name]) for name in row.parameters)


def _checked(row: Kind, name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise PriorError(
            f"`{name}` of `{row.name}` must be a number, not {value!r}",
            hint=f"write {row.name}({', '.join(row.parameters)})",
        )
    result = float(value)
    unbounded = row.is_truncated and name in row.bounds
    if np.isnan(result) or (np.isinf(result) and not unbounded):
        raise PriorError(f"`{name}` of `{row.name}` must be finite, not {result}")
    if name in row.positive and result <= 0.0:
        raise PriorError(f"`{name}` of `{row.name}` must be positive, not {number(result)}")
    return result


def _check_bounds(prior: Prior) -> None:
    """Refuse bounds between which there is nothing, or none of the distribution's mass."""
    low, high = prior.bounds
    if low >= high:
        raise PriorError(
            f"`low` of `{prior.name}` must be below `high`: {number(low)} is not below "
            f"{number(high)}"
        )
    if prior.name != "TruncatedGamma":
        return
    if low < 0.0:
        raise PriorError(
            f"`low` of `{prior.name}` must not be negative, and is {number(low)}",
            hint=f"leave it out: {Prior(prior.name, *prior.arguments[:2])}",
        )
    if not np.isfinite(densities.gamma_log_mass(*prior.arguments)):
        raise PriorError(f"`{prior}` has no mass between its bounds", hint="move the bounds")


def _check_shares(prior: Prior) -> None:
    """Refuse a mean of shares that is none, and a ratio of counts below zero."""
    mean, ratio = prior.named.get("mean_R2", 0.5), prior.named.get("par_ratio", 0.0)
    if mean >= 1.0:
        raise PriorError(f"`mean_R2` of `{prior.name}` must be below 1, and is {number(mean)}")
    if ratio < 0.0:
        raise PriorError(f"`par_ratio` of `{prior.name}` must be positive, not {number(ratio)}")


@dataclass(frozen=True, eq=False)
class ForeignPrior:
    """A NumPyro distribution outside the table: sampled by `nuts` only.

    Parameters
    ----------
    distribution
        The distribution, over one number.
    text
        How it prints.
    """

    distribution: object
    text: str

    def __str__(self) -> str:
        return self.text
