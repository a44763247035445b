"""How the rows of a response were observed: in part, within bounds, over an extent, often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from formix.masses import Tails, just_below, log_between
from formix.spelling import number_text

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

    from formix.families.family import Family
    from formix.spec import Response

    Array = Float[np.ndarray, "..."]
    Parameters = dict[str, Array]

KNOWN = ("cens", "cens_upper", "trunc_lower", "trunc_upper", "rate", "likelihood_weights")
"""What a response may know of it."""

BOUNDS = ("trunc_lower", "trunc_upper")
"""What may be infinite in a row: there is no bound there."""

_ROUNDS = 20
"""Times that rows are drawn anew before those still out of bounds are drawn by halving."""

_HALVINGS = 64
"""As many as there are bits in a number: what is left is one number."""


def needs_tails(known: Iterable[str]) -> bool:
    """Whether the density of rows of which this is known takes the distribution function."""
    return any(name.startswith(("cens", "trunc")) for name in known)


def constant(response: Response, name: str) -> float | None:
    """Return the number that a bound is in every row, or nothing where it differs by row."""
    values = np.asarray(response.known[name])
    return float(values[0]) if name in BOUNDS and bool(np.all(values == values[0])) else None


def arrays(response: Response) -> tuple[str, ...]:
    """Return what of it the program takes as arrays: bounds that are one number it prints."""
    there = (name for name in KNOWN if name in response.known)
    return tuple(name for name in there if constant(response, name) is None)


def source(distribution: str, response: Response, of: Mapping[str, str]) -> str:
    """Return the distribution of the rows as the program writes it.

    Parameters
    ----------
    distribution
        That of the response if every row were observed whole.
    of
        The identifiers of what is known of the rows.
    """
    known = response.known
    bounds: list[str] = []
    for argument, name in zip(("low", "high"), BOUNDS, strict=True):
        number = constant(response, name) if name in known else None
        if number is not None and np.isfinite(number):
            bounds.append(f"{argument}={number_text(number)}")
        elif name in of:
            bounds.append(f"{argument}={of[name]}")
    if bounds:
        distribution = f"truncated({', '.join((distribution, *bounds))})"
    if "cens" in known:
        status = [of[name] for name in ("cens", "cens_upper") if name in known]
        distribution = f"censored({', '.join((distribution, *status))})"
    if "likelihood_weights" in known:
        distribution = f"weighted({distribution}, {of['likelihood_weights']})"
    return distribution


def with_rate(family: Family, response: Response, parameters: Parameters) -> Parameters:
    """Return the parameters of the rows, which are those of one unit times the units of each."""
    rate = response.known.get("rate")
    if rate is None:
        return parameters
    return parameters | {name: rate * parameters[name] for name in family.rates}


def log_density(family: Family, response: Response, parameters: Parameters) -> Array:
    """Return the log density of the rows as they were observed.

    A censored row has the log probability of what holds its response: at most `y`, above `y`, or
    above `y` and at most the upper end, also where the response is a count. Within bounds, which
    belong to the response, all of it is given that the response lies there.
    """
    y, known = np.asarray(response.values, dtype=np.float64), response.known
    found = family.log_density(y, parameters)
    if "cens" in known:
        found = _censored(family, response, parameters, found)
    elif needs_tails(known):
        found = found - _mass(family, response, parameters)
    if "likelihood_weights" in known:
        found = known["likelihood_weights"] * found
    return found


def _censored(family: Family, response: Response, parameters: Parameters, density: Array) -> Array:
    y, status = np.asarray(response.values, dtype=np.float64), response.known["cens"]
    low, high = _bounds(family, response)
    below = tails(family, low, parameters)
    above = tails(family, high, parameters)
    interval = status == 2
    upper = np.where(interval, response.known.get("cens_upper", np.inf), np.inf)
    here = tails(family, np.clip(y, low, high), parameters)
    end = tails(family, np.clip(upper, low, high), parameters)
    found = np.select(
        [status == -1, status == 1, interval],
        [log_between(np, below, here), log_between(np, here, above), log_between(np, here, end)],
        density,
    )
    return found - log_between(np, below, above)


def _mass(family: Family, response: Response, parameters: Parameters) -> Array:
    """Return the log probability of the bounds."""
    low, high = _bounds(family, response)
    return log_between(np, tails(family, low, parameters), tails(family, high, parameters))


def _bounds(family: Family, response: Response) -> tuple[Array, Array]:
    """Return what the response lies above, and what it is at most."""
    low, high = bounds(response)
    return lies_above(family, low), high


def lies_above(family: Family, low: Array) -> Array:
    """Return what a response lies above that is at least this."""
    return just_below(np, low, discrete=family.discrete)


def bounds(response: Response) -> tuple[Array, Array]:
    """Return the bounds of the rows, infinite where there is none."""
    known = response.known
    return np.asarray(known.get(BOUNDS[0], -np.inf)), np.asarray(known.get(BOUNDS[1], np.inf))


def complete(response: Response) -> tuple[Response, Bool[np.ndarray, " obs"]]:
    """Return a response of which all that rows say is there, and the rows that do not say it all.

    In place of what is missing there is no bound, no trial, and one unit.
    """
    instead = {BOUNDS[0]: -np.inf, BOUNDS[1]: np.inf, "trials": 0.0}
    lacking = np.zeros(len(response.values), dtype=bool)
    known: dict[str, np.ndarray] = {}
    for name, values in response.known.items():
        missing = np.isnan(values)
        lacking |= missing
        known[name] = np.where(missing, instead.get(name, 1.0), values)
    return replace(response, known=known), lacking


def tails(family: Family, y: Array, parameters: Parameters) -> Tails:
    """Return log P(Y <= y) and log P(Y > y) of responses without bounds."""
    if family.log_tails is None:
        raise LookupError(family.name)
    return family.log_tails(y, parameters)


def ends(family: Family, response: Response, parameters: Parameters) -> tuple[Tails, Tails]:
    """Return the tails on either side of what was observed of each row.

    A number lies between what is just below it and itself, between which there is something where
    single numbers have probability; a censored row between the ends of what holds its response. All
    of it is given that the response lies within its bounds.
    """
    y, known = np.asarray(response.values, dtype=np.float64), response.known
    status = known.get("cens", np.zeros(len(y)))
    first = np.select([status == -1, status == 0], [-np.inf, np.nextafter(y, -np.inf)], y)
    beyond = known.get("cens_upper", np.full(len(y), np.inf))
    last = np.select([status == 1, status == 2], [np.inf, beyond], y)
    if not any(name in known for name in BOUNDS):
        return tails(family, first, parameters), tails(family, last, parameters)
    low, high = _bounds(family, response)
    below, above = tails(family, low, parameters), tails(family, high, parameters)
    mass = log_between(np, below, above)
    here, there = (tails(family, np.clip(end, low, high), parameters) for end in (first, last))
    return (
        (log_between(np, below, here) - mass, log_between(np, here, above) - mass),
        (log_between(np, below, there) - mass, log_between(np, there, above) - mass),
    )


def draw(
    family: Family, response: Response, generator: np.random.Generator, parameters: Parameters
) -> Array:
    """Return draws of the response: within its bounds where it has such, and never censored."""
    drawn = family.draw(generator, parameters)
    if not any(name in response.known for name in BOUNDS):
        return drawn
    low, high = bounds(response)
    shape = np.broadcast_shapes(drawn.shape, low.shape, high.shape)
    drawn = np.array(np.broadcast_to(drawn, shape))
    out = ~((drawn >= low) & (drawn <= high))
    for _ in range(_ROUNDS):
        if not out.any():
            return drawn
        # All are drawn anew: parameters may be of any shape that broadcasts.
        again = np.broadcast_to(family.draw(generator, parameters), shape)
        drawn[out] = again[out]
        out = ~((drawn >= low) & (drawn <= high))
    left: Parameters = {}
    for name, value in parameters.items():
        beyond = value.shape[-1:] if name == "logits" and family.codes else ()
        left[name] = np.broadcast_to(value, (*shape, *beyond))[out]
    low, high = (np.broadcast_to(end, shape)[out] for end in (low, high))
    drawn[out] = _by_halving(family, low, high, generator.random(int(out.sum())), left)
    return drawn


def _by_halving(
    family: Family, low: Array, high: Array, share: Array, parameters: Parameters
) -> Array:
    """Return draws by the inverse of the distribution function, found bit by bit."""
    below = tails(family, just_below(np, low, discrete=family.discrete), parameters)
    wanted = np.log1p(-share) + log_between(np, below, tails(family, high, parameters))
    first, last = _place(low), _place(high)
    for _ in range(_HALVINGS):
        middle = (first >> 1) + (last >> 1) + (first & last & 1)
        enough = log_between(np, below, tails(family, _number(middle), parameters)) >= wanted
        first, last = np.where(enough, first, middle + 1), np.where(enough, middle, last)
    # Where the bounds are so far out that they hold no probability, the nearer one is left.
    lost = (wanted == -np.inf) & (below[0] < below[1])
    return np.where(np.isnan(wanted), np.nan, np.where(lost, high, _number(last)))


def _place(number: Array) -> np.ndarray:
    """Return the place of a number among all of double precision, in their order."""
    largest = np.finfo(np.float64).max
    bits = (np.clip(np.asarray(number, np.float64), -largest, largest) + 0.0).view(np.int64)
    return np.where(bits < 0, np.iinfo(np.int64).min - np.minimum(bits, 0), bits)


def _number(place: np.ndarray) -> Array:
    """Return the number of a place."""
    bits = np.where(place < 0, np.iinfo(np.int64).min - np.minimum(place, 0), place)
    return bits.view(np.float64)
