"""The noun that verbs read: the draws of a result, by site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from formix.errors import ArgumentError, ResultError
from formix.results.attributes import damaged, read_sites
from formix.results.groups import Groups, opened
from formix.results.kept import MEAN, SD
from formix.results.layout import OBS

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr

    from formix.results.layout import Site, SiteKind

Sampled = Literal["posterior", "prior"]

_KEPT = (MEAN, SD)

_SAMPLED: tuple[Sampled, ...] = ("posterior", "prior")


@dataclass(frozen=True, eq=False)
class Sample:
    """Draws of every site of a model, and what the result says of the model.

    Parameters
    ----------
    group
        Where the draws are from: the posterior or the prior.
    sites
        The sites that have draws, in the model's order.
    found
        The whole result.
    effects
        The sites of group-level effects, be their draws kept or not.
    """

    group: Sampled
    sites: tuple[Site, ...]
    found: Groups
    effects: tuple[Site, ...] = ()

    def of(self, kind: SiteKind) -> tuple[Site, ...]:
        """Return the sites of one kind."""
        return tuple(site for site in self.sites if site.kind == kind)

    def draws(self, site: Site) -> xr.DataArray:
        """Return the draws of a site: chain, draw, and its own axes."""
        variable = self.found[self.group][site.variable]
        if set(variable.dims) != {"chain", "draw", *site.dims}:
            raise damaged(f"`{site.name}` has the dimensions {', '.join(map(str, variable.dims))}")
        return variable.transpose("chain", "draw", *site.dims)

    def labels(self, dim: str) -> list[object]:
        """Return the labels of an axis, in Python's own types."""
        return self.found[self.group][dim].to_numpy().tolist()

    def effect_labels(self, site: Site) -> list[str]:
        """Return the labels of coefficients or effects, as `sigma.Days` beyond the main predictor.

        The effects of a block shared across predictors carry their names already.
        """
        return [self.shown(site, label) for label in self.labels(site.dims[-1])]

    def shown(self, site: Site, label: object) -> str:
        """Return the label of a coefficient or effect with its predictor, beyond the main one."""
        start = f"{site.predictor}." if site.name.startswith(f"{site.predictor}.") else ""
        return f"{start}{label}"

    def values(self) -> Mapping[str, np.ndarray]:
        """Return the draws as arrays by the true name of the site."""
        return {site.name: self.draws(site).to_numpy() for site in self.sites}

    @property
    def observations(self) -> int:
        """How many rows the model was fitted to."""
        return int(self.found["observed_data"].sizes[OBS])

    @property
    def levels(self) -> dict[str, int]:
        """How many levels each group has, in formula order."""
        dims = self.found[self.group].sizes
        levels = {site.group: site.dims[0] for site in self.effects}
        return {group: int(dims[dim]) for group, dim in levels.items() if dim in dims}

    def moments(self, site: Site) -> tuple[np.ndarray, np.ndarray]:
        """Return the means and standard deviations that are kept of a site instead of its draws.

        Raises
        ------
        ResultError
            If they are not kept either.
        """
        if any(name not in self.found or site.variable not in self.found[name] for name in _KEPT):
            raise self.not_kept(site)
        mean, sd = (self.found[name][site.variable].transpose(*site.dims) for name in _KEPT)
        return mean.to_numpy(), sd.to_numpy()

    def not_kept(self, site: Site) -> ResultError:
        """Return the error of draws that a verb needs and the fit has not kept."""
        return ResultError(
            f"this fit has kept no draws of `{site.name}`",
            hint=f"fx.redraw(fit, {site.group!r}, levels=[...]) draws them again",
        )


def sample(result: object, group: str | None = None) -> Sample:
    """Return the draws of a result: of its posterior, else of its prior.

    Parameters
    ----------
    result
        A fit, or draws from a model's prior, as any ArviZ holds them.
    group
        `posterior` or `prior`; by default the first of them that there is.

    Raises
    ------
    ResultError
        If the result is not one of formix, or has no draws.
    """
    found = opened(result)
    sites = read_sites(found)
    if group is not None and group not in _SAMPLED:
        raise ArgumentError(f"`group` is {group!r}", hint="it is 'posterior' or 'prior'")
    wanted: list[Sampled] = [name for name in _SAMPLED if group in (None, name)]
    for name in wanted:
        if name in found:
            held = found[name]
            here = tuple(site for site in sites if site.variable in held)
            effects = tuple(site for site in sites if site.kind == "ranef")
            return Sample(name, here, found, effects)
    raise ResultError(
        f"this result has no {' or '.join(wanted)} draws",
        hint=f"its groups: {', '.join(found.datasets) or 'none'}",
    )
