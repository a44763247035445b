"""What is kept of group-level effects whose draws are not: means and standard deviations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from formix.engines.moments import Moments
from formix.results.attributes import read_sites
from formix.results.json_text import decode

if TYPE_CHECKING:
    import xarray as xr

    from formix.engines.draws import KeepGroups
    from formix.results.groups import Groups

MEAN, SD = "posterior_mean", "posterior_sd"
"""The groups of a result that hold one number an effect, under the names of its site and axes."""


def kept(found: Groups) -> KeepGroups:
    """Return what a result keeps of its group-level effects."""
    return cast("KeepGroups", decode(found.attributes.get("keep_groups", "draws"), "keep_groups"))


def without_draws(found: Groups, keep: KeepGroups) -> Groups:
    """Return a fit that keeps so much of its group-level effects; their levels keep their labels.

    What follows from the effects by observation goes too: it would need as much room.
    """
    posterior = found["posterior"]
    sites = [s.variable for s in read_sites(found) if s.kind == "ranef" and s.variable in posterior]
    if keep == "draws" or not sites:
        return found
    effects: Any = posterior[sites]
    datasets = {name: held for name, held in found.datasets.items() if name != "log_likelihood"}
    datasets["posterior"] = posterior.drop_vars(sites)
    if keep == "summary":
        over = {"dim": ("chain", "draw"), "keep_attrs": True}
        datasets[MEAN] = effects.mean(**over).assign_attrs(posterior.attrs)
        datasets[SD] = effects.std(ddof=1, **over).assign_attrs(posterior.attrs)
    return type(found)(datasets, found.attributes)


def pooled(first: Groups, more: Groups) -> dict[str, xr.Dataset]:
    """Return the means and standard deviations of both parts' draws together."""
    if MEAN not in first or MEAN not in more:
        return {}
    mean, sd = first[MEAN].copy(), first[SD].copy()
    for name in mean.data_vars:
        both = _moments(first, str(name)) + _moments(more, str(name))
        mean[name] = mean[name].copy(data=both.mean)
        sd[name] = sd[name].copy(data=both.sd)
    return {MEAN: mean, SD: sd}


def _moments(found: Groups, name: str) -> Moments:
    sizes = found["posterior"].sizes
    mean, sd = found[MEAN][name], found[SD][name].transpose(*found[MEAN][name].dims)
    return Moments.of_sd(sizes["chain"] * sizes["draw"], mean.to_numpy(), sd.to_numpy())
