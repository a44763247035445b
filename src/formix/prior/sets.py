"""The three sets of priors: a rule for every kind of address."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from formix.errors import ArgumentError, PriorError
from formix.prior.address import Address, at_means_key, inner, user_entries
from formix.prior.prior import Prior, PriorEntry, PriorTable, rounded
from formix.prior.reading import from_text

if TYPE_CHECKING:
    from jaxtyping import Float


@dataclass(frozen=True)
class Scale:
    """Where the response lies, on the link of one parameter's predictor.

    Parameters
    ----------
    location, spread
        m and s of the defaults: the response's mean and standard deviation on the link.
    root_mean_square
        q: the size of the response on the link, for coefficients without an intercept.
    median, mad
        brms's location and scale, already rounded and bounded as brms does.
    offset
        The offset's mean.
    group_mad
        brms's scale of group-level effects, where that is not `mad`.
    """

    location: float
    spread: float
    root_mean_square: float
    median: float
    mad: float
    offset: float = 0.0
    group_mad: float | None = None


Rules = Callable[[Address, Scale], tuple[str, Prior]]


def deviation(x: Float[np.ndarray, " obs"]) -> float:
    """Return the standard deviation with divisor n - 1; 1 where that is zero or undefined.

    Examples
    --------
    >>> deviation(np.array([1.0, 2.0, 3.0])), deviation(np.array([5.0]))
    (1.0, 1.0)
    """
    with np.errstate(invalid="ignore", over="ignore"):
        found = float(np.std(x, ddof=1)) if len(x) > 1 else 0.0
    return found if np.isfinite(found) and found > 0.0 else 1.0


def _root_mean_square(x: Float[np.ndarray, " obs"]) -> float:
    found = float(np.sqrt(np.mean(np.square(x)))) if len(x) else 0.0
    return found if np.isfinite(found) and found > 0.0 else 1.0


def _is_indicator(x: Float[np.ndarray, " obs"]) -> bool:
    return bool(np.all((x == 0.0) | (x == 1.0)))


def default(address: Address, scale: Scale) -> tuple[str, Prior]:
    """Return the default prior: proper, and unchanged when a predictor is shifted or rescaled."""
    s = scale.spread
    if address.rule == "intercept":
        return at_means_key(address.key), Prior("Normal", scale.location, 2.5 * s)
    if address.rule == "slope":
        s_j = deviation(address.column)
        if _is_indicator(address.column):
            s_j = max(s_j, 0.1)
        return address.key, Prior("Normal", 0.0, 2.5 * s / s_j)
    if address.rule == "coefficient":
        q_j = _root_mean_square(address.column)
        return address.key, Prior("Normal", 0.0, 2.5 * scale.root_mean_square / q_j)
    if address.rule == "sd":
        s_j = 1.0 if _is_indicator(address.column) else deviation(address.column)
        return address.key, Prior("HalfStudentT", 3.0, s / s_j)
    if address.rule in ("cor", "rho"):
        return address.key, _correlations(address)
    return address.key, Prior("HalfStudentT", 3.0, s)


def brms(address: Address, scale: Scale) -> tuple[str, Prior]:
    """Return brms's documented default (version 2.23).

    References
    ----------
    Bürkner (2017), doi:10.18637/jss.v080.i01, and `set_prior` of brms's manual.
    """
    if address.rule == "intercept":
        prior = Prior("StudentT", 3.0, scale.median - scale.offset, scale.mad)
        return at_means_key(address.key), prior
    if address.rule in ("slope", "coefficient"):
        return address.key, Prior("Flat")
    if address.rule in ("cor", "rho"):
        return address.key, _correlations(address)
    if address.rule == "sd" and scale.group_mad is not None:
        return address.key, Prior("HalfStudentT", 3.0, scale.group_mad)
    return address.key, Prior("HalfStudentT", 3.0, scale.mad)


def flat(address: Address, scale: Scale) -> tuple[str, Prior]:
    """Return no prior at all, but LKJ(1) for correlations: for comparison with lme4."""
    if address.rule == "sd" and address.levels < address.effects + 2:
        group = address.key.split("[")[0]
        raise PriorError(
            f"flat priors leave `{group}` improper: {address.levels} levels are too few "
            f"for {address.effects} effects (at least {address.effects + 2} are needed)",
            hint='use priors="default", or give the standard deviations a proper prior, '
            f'such as {{"{group}": "HalfNormal({scale.spread:.3g})"}}',
        )
    proper = address.rule in ("cor", "rho")
    return address.key, _correlations(address) if proper else Prior("Flat")


def _correlations(address: Address) -> Prior:
    """Return the prior that is even over all correlation matrices that an address stands for.

    References
    ----------
    Lewandowski, Kurowicka and Joe (2009), doi:10.1016/j.jmva.2009.04.008: LKJ(1), whose density
    over the matrices that one correlation makes is the same for each.
    """
    if address.rule == "cor":
        return Prior("LKJ", 1.0)
    return Prior("Uniform", inner(address.least), 1.0)


SETS: Mapping[str, Rules] = {"default": default, "brms": brms, "flat": flat}
"""The sets by name."""


def _by_set(name: str, address: Address, scale: Scale) -> tuple[str, Prior]:
    """Return the prior of an address in a set: its family's own, else the set's rule.

    Raises
    ------
    PriorError
        If the set's prior is not in the table.
    """
    if name in address.own:
        key = at_means_key(address.key) if address.rule == "intercept" else address.key
        return key, from_text(address.own[name])
    if address.own and name != "flat" and address.rule == "auxiliary":
        example = next(iter(address.own.values()))
        raise PriorError(
            f"the prior that {name} has for `{address.key}` is not in formix's table",
            hint=f'give it one, as in priors={{"": "{name}", "{address.key}": "{example}"}}',
        )
    return SETS[name](address, scale)


def resolve(
    addresses: tuple[Address, ...],
    scales: Mapping[str, Scale],
    given: str | Mapping[str, object],
) -> PriorTable:
    """Return the prior of every address: the user's own, else the set's.

    Parameters
    ----------
    given
        The name of a set, or a user's priors by address, which may name a set under `""`.

    Raises
    ------
    PriorError
        If a key matches nothing or a prior does not suit.
    """
    asked = cast("object", given)
    if not isinstance(asked, (str, Mapping)) or not all(
        isinstance(key, str) for key in cast("Iterable[object]", asked)
    ):
        raise ArgumentError(
            f"priors={given!r} is neither the name of a set nor a dict of priors by address",
            hint='for example priors="brms", or priors={"sigma": "HalfNormal(5)"}',
        )
    own = {} if isinstance(given, str) else {key: given[key] for key in given if key}
    name = given if isinstance(given, str) else str(given.get("", "default"))
    if name not in SETS:
        raise ArgumentError(
            f"`{name}` is not a set of priors", hint=f"sets: {', '.join(SETS)}; or a dict of priors"
        )
    chosen = user_entries(addresses, own)
    entries: list[PriorEntry] = []
    for address in addresses:
        if address.key in chosen:
            entries.append(chosen[address.key])
        else:
            key, prior = _by_set(name, address, scales[address.parameter])
            entry = PriorEntry(key, prior, name)
            entries.append(rounded(entry) if name == "default" else entry)
    return PriorTable(tuple(entries), name)
