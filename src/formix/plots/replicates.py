"""The noun of a predictive check: a response, and replicates that a fit draws of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from formix.engines.plan import whole
from formix.errors import UnsupportedError
from formix.results.groups import opened
from formix.verbs.simulate import CHECKED, simulate

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

    from formix.families import Family
    from formix.models import Model
    from formix.results.groups import Groups

    Given = tuple[
        Mapping[str, Callable[..., Any]] | None, Mapping[str, object] | None, Family | None
    ]

Form = Literal["continuous", "counts", "levels", "columns", "censored"]

_MOST = 20_000_000
"""Numbers of replicates that are held at once."""

_FEWEST = 20

RIGHT = 1.0
"""What says that the response of a row is larger than what was seen."""


@dataclass(frozen=True, eq=False)
class Replicates:
    """A response and its replicates.

    Parameters
    ----------
    name
        Of the response.
    seen, drawn
        Values by row, and by replicate and row; codes of a response with levels; a number for every
        level of one of several columns.
    form
        Whether it is a number, a count, one of some levels, has a column for each of them, or is
        known in some rows to be larger only.
    levels
        Their labels.
    found
        The fit, with its columns.
    larger
        The rows whose response is only known to be larger than what was seen.
    """

    name: str
    seen: Float[np.ndarray, " obs *level"]
    drawn: Float[np.ndarray, "sample obs *level"]
    form: Form
    levels: tuple[str, ...]
    found: Groups
    larger: Bool[np.ndarray, " obs"]

    def at(self, rows: Bool[np.ndarray, " obs"]) -> Replicates:
        """Return the same of some rows."""
        drawn, larger = self.drawn[:, rows], self.larger[rows]
        return replace(self, seen=self.seen[rows], drawn=drawn, larger=larger)


def replicates(
    fit: object,
    built: Model,
    given: Given,
    *,
    groups: object = "all",
    draws: int = 100,
    seed: int | None = None,
) -> Replicates:
    """Return the response of a fit with replicates.

    Parameters
    ----------
    built, given
        The fit's model, and the user's own functions, priors and family.
    draws
        How many replicates are wanted: fewer of very many rows, and no more than draws.

    Raises
    ------
    UnsupportedError
        If rows are known to be smaller only, or between two values, or of censored levels: what was
        seen of them is no response such as replicates are.
    """
    response = built.spec.response
    censored = np.asarray(response.known.get("cens", np.zeros(len(response.values))))
    unlike = censored != 0.0 if built.family.codes else (censored != 0.0) & (censored != RIGHT)
    if np.any(unlike):
        what = "among levels" if built.family.codes else "from the left or to an interval"
        raise UnsupportedError(
            f"rows of `{response.name}` are censored {what}, and replicates are not: they cannot "
            "be compared",
            hint='fx.residuals(fit, "quantile") checks censored rows too',
        )
    whole("draws", draws, 1)
    most = max(_FEWEST, _MOST // max(1, response.values.size))
    functions, priors, family = given
    drawn = simulate(
        fit,
        groups=groups,
        draws=min(draws, most),
        seed=seed,
        functions=functions,
        priors=priors,
        family=family,
    )
    found = opened(drawn)
    values = next(iter(found[CHECKED].data_vars.values()))
    array = values.transpose("chain", "draw", "obs", ...).to_numpy()
    return Replicates(
        name=response.name,
        seen=np.asarray(response.values, dtype=np.float64),
        drawn=array.reshape(-1, *array.shape[2:]),
        form=form_of(built),
        levels=tuple(map(str, response.levels)) or ("0", "1"),
        found=found,
        larger=censored == RIGHT,
    )


def form_of(built: Model) -> Form:
    """Return what the values of a model's response are."""
    family, known = built.spec.family, built.spec.response.known
    if np.any(known.get("cens", 0.0)):
        return "censored"
    if family.columns:
        return "columns"
    # A count of one trial is a yes or no.
    single = "trials" in known and bool(np.all(known["trials"] == 1.0))
    if family.codes or (family.discrete and (not family.counts or single)):
        return "levels"
    return "counts" if family.discrete else "continuous"
