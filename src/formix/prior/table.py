"""The nouns of a model's priors: the prior of one address, and the table of all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from formix.errors import PriorError
from formix.prior.prior import ForeignPrior, Prior
from formix.spelling import label_text


@dataclass(frozen=True, eq=False)
class PriorEntry:
    """The prior of one address of a model.

    Parameters
    ----------
    key
        `beta[Days]`, `beta[Intercept@means]`, `sd_Subject[Days]`, `cor_Subject`, `sigma`, ...
    prior
        Its prior, in the units of the parameter, or of its square where `squared`.
    origin
        `default`, `brms`, `flat`, or the user's own key that set it.
    squared
        Whether the prior is on the variance of a standard deviation.
    rule
        Why it is what it is, in words.
    """

    key: str
    prior: Prior | ForeignPrior
    origin: str
    squared: bool = False
    rule: str = ""

    @property
    def of_table(self) -> Prior:
        """The prior, where it is of the table: that of a correlation always is."""
        if isinstance(self.prior, ForeignPrior):
            raise PriorError(
                f"`{self.prior}`, the prior of `{self.key}`, is not in formix's table",
                hint="give a prior of the table, such as Normal(0, 5), HalfNormal(5) or LKJ(1)",
            )
        return self.prior

    @property
    def address(self) -> str:
        """The key with the mark of a prior on the variance."""
        return self.key + ("^2" if self.squared else "")


@dataclass(frozen=True, eq=False)
class PriorTable:
    """Every prior of a model, one an address, in the order of the sites."""

    entries: tuple[PriorEntry, ...]
    name: str = "default"

    @property
    def title(self) -> str:
        """The set that they are of, and how many are the user's own."""
        own = sum(entry.origin != self.name for entry in self.entries)
        if own == len(self):
            return "your own" if own else self.name
        return f"{self.name}, and {own} of your own" if own else self.name

    def __getitem__(self, key: str) -> PriorEntry:
        """Return the entry of a key."""
        return next(entry for entry in self.entries if entry.key == key)

    def __contains__(self, key: str) -> bool:
        return any(entry.key == key for entry in self.entries)

    def __iter__(self) -> Iterator[PriorEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __str__(self) -> str:
        addresses = [label_text(entry.address) for entry in self.entries]
        width = max(map(len, addresses), default=0)
        return "\n".join(
            f"{address:<{width}} ~ {entry.prior}"
            + (f"    [{label_text(entry.origin)}]" if entry.origin != self.name else "")
            for address, entry in zip(addresses, self.entries, strict=True)
        )

    def __repr__(self) -> str:
        return str(self)


def rounded(entry: PriorEntry) -> PriorEntry:
    """Return the entry with a default prior's numbers rounded to four significant digits."""
    if isinstance(entry.prior, ForeignPrior):
        return entry
    return replace(entry, prior=entry.prior.rounded())
