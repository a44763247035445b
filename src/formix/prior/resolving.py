"""Addresses, a set and what the user gives -> the prior of every address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

from formix.errors import ArgumentError, PriorError
from formix.prior.address import Address, at_means_key, user_entries
from formix.prior.reading import from_text
from formix.prior.sets import SETS
from formix.prior.table import PriorEntry, PriorTable, rounded
from formix.prior.words import words

if TYPE_CHECKING:
    from formix.prior.prior import Prior
    from formix.prior.sets import Scale


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
            # A prior of several addresses together stands once.
            if all(entry.key != chosen[address.key].key for entry in entries):
                entries.append(chosen[address.key])
        else:
            key, prior = _by_set(name, address, scales[address.parameter])
            rule = words(name, address, scales[address.parameter])
            entry = PriorEntry(key, prior, name, rule=rule)
            entries.append(rounded(entry) if name == "default" else entry)
    return PriorTable(tuple(entries), name)
