"""The standard deviations and correlations of the group-level effects, and the residual's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, overload

import numpy as np
import pandas as pd

from formix.results.sample import Sample, sample
from formix.verbs.arguments import interval, truth
from formix.verbs.estimates import PROB, estimates
from formix.verbs.structures import told
from formix.verbs.table import Table

if TYPE_CHECKING:
    import xarray as xr
    from jaxtyping import Float

    from formix.results.layout import Site
    from formix.verbs.structures import Told

RESIDUAL = "Residual"
"""What lme4 calls the standard deviation of the observations."""


@dataclass(frozen=True, eq=False)
class Component:
    """One standard deviation or correlation: whose it is, and its draws.

    `second` is empty for a standard deviation; `scale` multiplies a correlation into a covariance,
    and is nothing for `rho`, which makes several.
    """

    group: str
    first: str
    second: str
    draws: Float[np.ndarray, "chain draw"]
    scale: Float[np.ndarray, "chain draw"]

    @property
    def name(self) -> str:
        """The component as a row is called: `sd(Days)`, `cor(Intercept, Days)`, `sd`."""
        if not self.first:
            return "sd"
        if np.isnan(self.scale).all():
            return self.first
        return f"cor({self.first}, {self.second})" if self.second else f"sd({self.first})"

    @property
    def covariance(self) -> Float[np.ndarray, "chain draw"]:
        """The draws of the variance or covariance."""
        return self.draws * self.scale


@overload
def varcorr(
    fit: object, *, prob: float = ..., tidy: bool = ..., summary: Literal[True] = ...
) -> pd.DataFrame: ...
@overload
def varcorr(
    fit: object, *, prob: float = ..., tidy: bool = ..., summary: Literal[False]
) -> xr.Dataset: ...
def varcorr(
    fit: object, *, prob: float = PROB, tidy: bool = False, summary: bool = True
) -> pd.DataFrame | xr.Dataset:
    """Return the variance components: sds and correlations by group, and the residual sd.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened; draws from the prior too.
    prob
        The probability that the equal-tailed interval holds.
    tidy
        Whether to return the shape of lme4's `as.data.frame(VarCorr(fit))`: `grp`, `var1`,
        `var2`, `vcov` and `sdcor`. Each is a posterior mean of its own, so that `vcov` is not the
        square of `sdcor` but the mean of the squares.
    summary
        Whether to summarise; if not, the draws.

    Returns
    -------
    DataFrame or Dataset
        Mean, sd and interval by group and component. As draws: the sites `sd_<group>`,
        `cor_<group>` and `sigma`.

    Raises
    ------
    ResultError
        If the result is not one of formix.

    Examples
    --------
    >>> fx.varcorr(fit).loc["Subject"].index.tolist()
    ['sd(Intercept)', 'sd(Days)', 'cor(Intercept, Days)']
    >>> fx.varcorr(fit, tidy=True)["grp"].tolist()
    ['Subject', 'Subject', 'Subject', 'Residual']
    """
    wanted, tall = interval(prob, summary), truth("tidy", tidy)
    drawn = sample(fit)
    if wanted is None:
        sites = [*drawn.of("sd"), *drawn.of("cor"), *drawn.of("covariance"), *residual(drawn)]
        return drawn.found[drawn.group][[site.variable for site in sites]]
    parts = list(components(drawn))
    if tall:
        return _tidy(parts)
    stacked = np.stack([part.draws for part in parts], axis=2) if parts else np.zeros((1, 1, 0))
    index = pd.MultiIndex.from_tuples(
        [(part.group, part.name) for part in parts], names=["group", "component"]
    )
    return Table(estimates(stacked, wanted), index=index)


def components(drawn: Sample) -> Iterator[Component]:
    """Yield every component: of each group the sds, then the correlations; the residual's last."""
    correlations = {(site.group, site.predictor): site for site in drawn.of("cor")}
    for site in drawn.of("sd"):
        cor = correlations.get((site.group, site.predictor))
        found = told(drawn, site, cor)
        yield from _deviations(drawn, site, found)
        if cor is not None:
            yield from _correlations(drawn, site, cor, found)
        for one in drawn.of("covariance"):
            if (one.group, one.predictor) == (site.group, site.predictor):
                yield from _numbers(drawn, one)
    for site in residual(drawn):
        sigma = drawn.draws(site).to_numpy()
        yield Component(RESIDUAL, "", "", sigma, sigma)


def residual(drawn: Sample) -> tuple[Site, ...]:
    """Return the site of the residual standard deviation, where it is one number."""
    return tuple(site for site in drawn.of("auxiliary") if site.name == "sigma" and not site.dims)


def named(drawn: Sample, site: Site, labels: tuple[object, ...]) -> str:
    """Return the name of a standard deviation: its effect, after the level that it differs by."""
    return ", ".join([*map(str, labels[:-1]), drawn.shown(site, labels[-1])])


def _numbers(drawn: Sample, site: Site) -> Iterator[Component]:
    """Yield what else a covariance has: `rho`, `df`; of each level that it differs by."""
    name = site.name.removeprefix(f"{site.predictor}.").replace(f"_{site.group}", "")
    draws = drawn.draws(site).to_numpy()
    nothing = np.full(draws.shape[:2], np.nan)
    labels = drawn.labels(site.dims[0]) if site.dims else ()
    for place in np.ndindex(*draws.shape[2:]):
        shown = f"{name}({labels[place[0]]})" if place else name
        yield Component(site.group, shown, "", draws[(..., *place)], nothing)


def _deviations(drawn: Sample, site: Site, found: Told) -> Iterator[Component]:
    sd = drawn.draws(site).to_numpy()
    for one in found.deviations:
        draws = sd[(..., *one.place)]
        yield Component(site.group, named(drawn, site, one.labels), "", draws, draws)


def _correlations(drawn: Sample, site: Site, cor: Site, found: Told) -> Iterator[Component]:
    """Yield the correlations that are free, by column, as R does."""
    sd, matrix = drawn.draws(site).to_numpy(), drawn.draws(cor).to_numpy()
    labels = drawn.effect_labels(site)
    for pair in found.correlations:
        *lead, i, j = pair.place
        scale = sd[(..., *lead, i)] * sd[(..., *lead, j)]
        first = ", ".join([*map(str, pair.before), labels[j]])
        yield Component(site.group, first, labels[i], matrix[(..., *pair.place)], scale)


def _tidy(parts: list[Component]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "grp": [part.group for part in parts],
            "var1": [part.first or None for part in parts],
            "var2": [part.second or None for part in parts],
            "vcov": [float(np.mean(part.covariance)) for part in parts],
            "sdcor": [float(np.mean(part.draws)) for part in parts],
        }
    )
