"""Why a prior is what it is, in words: the rule of a set, as it came out for one address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from formix.prior.sets import deviation, is_indicator, width

if TYPE_CHECKING:
    from formix.prior.address import Address
    from formix.prior.sets import Scale

IMPROPER = "none: improper"


def words(name: str, address: Address, scale: Scale) -> str:
    """Return what the rule of a set says for an address.

    Parameters
    ----------
    name
        Of the set.
    """
    if name in address.own:
        return "the family's own"
    if address.rule in ("cor", "rho"):
        return "uniform"
    if name == "flat":
        return IMPROPER
    return _brms(address, scale) if name == "brms" else _default(address, scale)


def _default(address: Address, scale: Scale) -> str:
    location, spread, size = scale.words
    label = _label(address)
    if address.rule == "intercept":
        return f"centre {location}, scale {_times(spread)}"
    if address.rule == "slope":
        narrow = width(address) > deviation(address.column)
        return f"scale {_times(spread)} / {'0.1' if narrow else f'sd({label})'}"
    if address.rule == "coefficient":
        return f"scale {_times(size)} / rms({label})"
    if address.rule == "sd" and not is_indicator(address.column):
        return f"scale {spread} / sd({label})"
    return f"scale {spread}"


def _brms(address: Address, scale: Scale) -> str:
    if address.rule in ("slope", "coefficient"):
        return IMPROPER
    if address.rule == "intercept":
        less = " - mean(offset)" if scale.offset else ""
        return f"centre {scale.brms[0]}{less}, scale {scale.brms[1]}"
    return f"scale {scale.brms_group if address.rule == 'sd' else scale.brms[1]}"


def _times(spread: str) -> str:
    return "2.5" if spread == "1" else f"2.5 {spread}"


def _label(address: Address) -> str:
    """Return the label of the column that an address is about."""
    site = next((key for key in address.wider if address.key.startswith(f"{key}[")), "")
    return address.key.removeprefix(f"{site}[").removesuffix("]")
