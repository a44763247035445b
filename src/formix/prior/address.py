"""Addresses of priors: what a model's parameters are called, and whose a user's key is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

import numpy as np

from formix.errors import PriorError
from formix.prior.prior import ForeignPrior, Prior, Support, number
from formix.prior.reading import read_prior
from formix.prior.shrinkage import is_joint, misplaced
from formix.prior.table import PriorEntry

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.prior.table import PriorTable

Rule = Literal["intercept", "slope", "coefficient", "sd", "cor", "rho", "auxiliary"]

MEANS = "@means"
"""What marks the intercept at the means of the other columns: `beta[Intercept@means]`."""


@dataclass(frozen=True, eq=False)
class Address:
    """A place in a model that has a prior.

    Parameters
    ----------
    key
        Its own name, such as `beta[Days]`.
    wider
        The keys that cover it too, narrowest first: `beta`; `sd_Subject`, `sd`.
    rule
        Which rule of a prior set is for it: a `slope` stands beside an intercept, a `coefficient`
        does not.
    support
        Where the parameter lives.
    parameter
        The parameter of the family whose predictor it is in; itself, for `auxiliary`.
    column
        The design's column that it multiplies; empty where there is none.
    levels, effects
        Of a group: how many levels it has, and how many effects its block has.
    own
        Its priors by set, as text, where its family has some for it.
    least
        Where an interval begins, whose upper end is 1.
    """

    key: str
    wider: tuple[str, ...]
    rule: Rule
    support: Support
    parameter: str
    column: Float[np.ndarray, " obs"]
    levels: int = 0
    effects: int = 0
    own: Mapping[str, str] = field(default_factory=dict[str, str])
    least: float = -1.0

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that sets it, narrowest first."""
        at_means = (at_means_key(self.key),) if self.rule == "intercept" else ()
        return (self.key, *at_means, *self.wider)


def at_means_key(key: str) -> str:
    """Return the key of an intercept at the means, such as `beta[Intercept@means]`."""
    return key.removesuffix("]") + MEANS + ("]" if key.endswith("]") else "")


def inner(least: float) -> float:
    """Return the lower end of an interval, of four digits and not below it."""
    return -float(np.floor(-least * 1e4)) / 1e4


def user_entries(
    addresses: tuple[Address, ...], given: Mapping[str, object]
) -> dict[str, PriorEntry]:
    """Return the entries that a user's own keys set, by the key of their address.

    Raises
    ------
    PriorError
        If a key matches nothing, is given twice in two spellings, or its prior does not suit.
    """
    priors = {key: read_prior(value) for key, value in given.items()}
    _refuse_unmatched(addresses, priors)
    _refuse_sizes(addresses, given)
    entries: dict[str, PriorEntry] = {}
    for address in addresses:
        for key in address.keys:
            if _is_passed_over(address, key, priors.get(key)):
                continue
            spellings = [s for s in (key, key + "^2") if s in priors and _may(address, s)]
            if address.rule == "intercept" and key == address.key:
                spellings += [s for s in (at_means_key(key),) if s in priors]
            if len(spellings) > 1:
                shown = " and ".join(f"`{spelling}`" for spelling in spellings)
                raise PriorError(
                    f"{shown} are two priors of one parameter", hint="give one of them"
                )
            if spellings:
                entries[address.key] = _entry(address, spellings[0], priors[spellings[0]])
                break
    _refuse_mixed(addresses, entries)
    for key, prior in priors.items():
        if is_joint(prior) and all(entry.origin != key for entry in entries.values()):
            raise PriorError(
                f"there is no coefficient but the intercept, which `{prior}` is not of",
                hint='give the intercept a prior of its own, such as "Normal(0, 10)"',
            )
    return entries


def _may(address: Address, spelling: str) -> bool:
    return not spelling.endswith("^2") or address.support == "positive"


def _site(address: Address) -> str:
    """Return the site of a coefficient: `mu[B].beta`, which `beta` covers too."""
    return next(key for key in address.wider if address.key.startswith(f"{key}["))


def _is_passed_over(address: Address, key: str, prior: object) -> bool:
    """Whether a key sets the coefficients beside an intercept, and not this, the intercept."""
    return is_joint(prior) and address.rule == "intercept" and key in address.wider


def _entry(address: Address, spelling: str, prior: Prior | ForeignPrior) -> PriorEntry:
    if is_joint(prior):
        if address.rule in ("slope", "coefficient") and spelling.endswith("beta"):
            return PriorEntry(key=_site(address), prior=prior, origin=spelling)
        raise misplaced(spelling, prior)
    if isinstance(prior, Prior) and not prior.suits(address.support, address.least):
        raise PriorError(
            f"`{prior}` is not a prior for `{spelling}`, which is {_where(address)}",
            hint=_instead(prior, address),
        )
    if isinstance(prior, ForeignPrior) and not _foreign_suits(prior, address.support):
        raise PriorError(
            f"`{prior}` is not a prior for `{spelling}`, which is {_where(address)}",
            hint=_instead(Prior("Flat"), address),
        )
    at_means = spelling.removesuffix("]").endswith(MEANS)
    return PriorEntry(
        key=spelling if at_means else address.key,
        prior=prior,
        origin=spelling,
        squared=spelling.endswith("^2"),
    )


def _foreign_suits(prior: ForeignPrior, support: Support) -> bool:
    """Whether a distribution outside the table may be a prior there, by the support it states."""
    stated = type(getattr(prior.distribution, "support", None)).__name__.strip("_")
    return support == "real" or (support != "correlation" and stated != "Real")


def _refuse_mixed(addresses: tuple[Address, ...], entries: Mapping[str, PriorEntry]) -> None:
    """Refuse a prior of one coefficient beside one of all of them together."""
    joint = {entry.key: entry.prior for entry in entries.values() if is_joint(entry.prior)}
    for address in addresses:
        shared = next((key for key in address.wider if key in joint), None)
        own = entries.get(address.key)
        if shared and own and own.key != shared and address.rule != "intercept":
            raise PriorError(
                f"`{own.origin}` has a prior of its own beside `{joint[shared]}`, which is of all "
                "coefficients but the intercept",
                hint=f"leave out the one or the other, `{own.origin}` or `{shared}`",
            )


def entry_of(table: PriorTable, key: str) -> PriorEntry:
    """Return the entry of a coefficient: its own, at the means, or one of several together.

    Raises
    ------
    LookupError
        If there is none.
    """
    own = next((one for one in (key, at_means_key(key)) if one in table), None)
    if own is not None:
        return table[own]
    together = (entry for entry in table if is_joint(entry.prior))
    return next(entry for entry in together if key.startswith(f"{entry.key}["))


def _where(address: Address) -> str:
    return {
        "real": "a real number",
        "positive": "positive",
        "unit": "between 0 and 1",
        "interval": f"between {number(round(address.least, 4))} and 1",
        "correlation": "a correlation matrix",
        "simplex": "shares that sum to one",
    }[address.support]


def _instead(prior: Prior, address: Address) -> str:
    support = address.support
    if support == "interval":
        low = number(inner(address.least))
        return f"write Uniform({low}, 1), or TruncatedNormal(0, 0.5, low={low}, high=1)"
    if support == "simplex":
        return "write Dirichlet(1), or Dirichlet(5) to favour equal shares"
    if support == "correlation":
        return "write LKJ(1), or LKJ(2) to favour small correlations"
    if support == "positive" and prior.named.get("loc") == 0.0:
        half = {"Normal": "HalfNormal", "Cauchy": "HalfCauchy", "StudentT": "HalfStudentT"}
        if prior.name in half:
            rest = [value for name, value in prior.named.items() if name != "loc"]
            return f"write {Prior(half[prior.name], *rest)}"
    if support == "positive" and prior.name == "Normal":
        return f"write TruncatedNormal({str(prior)[7:-1]}, low=0)"
    if support == "positive":
        return "write a prior over positive numbers, such as HalfNormal(5) or Exponential(1)"
    return "write a prior over real numbers, such as Normal(0, 5)"


def _refuse_sizes(addresses: tuple[Address, ...], given: Mapping[str, object]) -> None:
    """Refuse a NumPyro LKJ whose matrix is not of the size of the correlation it is for."""
    for address in addresses:
        for key in address.keys if address.rule == "cor" else ():
            size = getattr(given.get(key), "dimension", address.effects)
            if size != address.effects:
                raise PriorError(
                    f"`{key}` is a prior of {size} x {size} matrices, and `{address.key}` is "
                    f"{address.effects} x {address.effects}",
                    hint='write "LKJ(1)", which is of any size',
                )


def _refuse_unmatched(addresses: tuple[Address, ...], priors: Mapping[str, object]) -> None:
    """Refuse a key that is no address; nothing a user writes is silently ignored."""
    known: dict[str, None] = {}
    for address in addresses:
        for key in address.keys:
            known[key] = None
            if address.support == "positive":
                known[key + "^2"] = None
    for key in priors:
        if key not in known:
            shown = [name for name in known if not name.endswith("^2")]
            close = get_close_matches(key, list(known), n=1, cutoff=0.5)
            raise PriorError(
                f"`{key}` is the address of no prior of this model",
                hint=(f"did you mean `{close[0]}`? " if close else "")
                + f"There are: {', '.join(shown)}"
                + (
                    "; standard deviations also squared, as in `sigma^2`"
                    if "sigma" in known
                    else ""
                ),
            )
