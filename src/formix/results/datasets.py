"""Draws -> one xarray Dataset a group, with the names, labels and attributes of a result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from formix.design.column import text_of
from formix.results.attributes import attributes
from formix.results.groups import Groups
from formix.results.kept import MEAN, SD
from formix.results.layout import OBS, in_storage, lay_out
from formix.results.likelihood import log_likelihood, log_prior
from formix.results.names import claim, coordinate, text
from formix.results.state import state_dataset
from formix.versions import version_of

if TYPE_CHECKING:
    from jaxtyping import Float

    from formix.design.column import DataColumn, Frame
    from formix.engines.draws import Draws
    from formix.engines.moments import Moments
    from formix.results.layout import Layout
    from formix.results.recipe import Recipe
    from formix.spec import Spec

    Values = Mapping[str, Float[np.ndarray, "chain draw *shape"]]

MOST = 10_000_000
"""Values of the pointwise log likelihood that are stored unasked."""

_SAMPLE, _SIZES = ("chain", "draw"), ("chains", "draws")


def collect(spec: Spec, draws: Draws, recipe: Recipe) -> Groups:
    """Return the groups of a fit: everything that an InferenceData holds.

    Without draws of the group-level effects there is no log likelihood given them.

    Parameters
    ----------
    recipe
        What rebuilds the model; its frame holds the rows that were kept.
    """
    layout = lay_out(spec, recipe.frame, recipe.relations)
    datasets = {
        "posterior": _with_levels(layout, sites_dataset(layout, draws.values)),
        **_moments(layout, draws.moments),
        "sample_stats": _statistics(layout, draws),
    }
    chains, count = next(iter(draws.values.values())).shape[:2]
    whole = all(site in draws.values for site in spec.effect_sites)
    if whole and chains * count * len(spec.response.values) <= MOST:
        pointwise = log_likelihood(spec, draws.values)
        datasets["log_likelihood"] = likelihood_dataset(layout, pointwise)
    prior = log_prior(spec, draws.values)
    if prior:
        stored = {site.name: site.variable for site in layout.sites}
        densities = {stored[name]: (_SAMPLE, x) for name, x in prior.items()}
        datasets["log_prior"] = _dataset(layout, densities, {stored[name]: name for name in prior})
    datasets |= _data(spec, layout, recipe)
    if draws.state:
        datasets["sampler_state"] = _stamped(state_dataset(draws.state))
    return Groups(datasets, attributes(recipe, layout, draws.attributes))


def collect_prior(
    spec: Spec,
    values: Values,
    predictive: Float[np.ndarray, "chain draw obs"],
    recipe: Recipe,
    run: Mapping[str, object],
) -> Groups:
    """Return the groups of draws from the prior: `prior`, `prior_predictive` and the data."""
    layout = lay_out(spec, recipe.frame, recipe.relations)
    datasets = {
        "prior": sites_dataset(layout, values),
        "prior_predictive": responses_dataset(layout, predictive),
        **_data(spec, layout, recipe),
    }
    return Groups(datasets, attributes(recipe, layout, run))


def sites_dataset(layout: Layout, values: Values) -> xr.Dataset:
    """Return draws of the sites as a Dataset, in the order of `in_storage`."""
    names = {site.variable: site.name for site in layout.sites}
    variables = {
        site.variable: (
            (*_SAMPLE, *site.dims),
            _correlations(values[site.name]) if site.kind == "cor" else values[site.name],
        )
        for site in in_storage(layout.sites)
        if site.name in values
    }
    return _dataset(layout, variables, names)


def _statistics(layout: Layout, draws: Draws) -> xr.Dataset:
    """Return what is said of each draw, and as attributes what is said of all: engine, k-hat."""
    made = _dataset(layout, {name: (_SAMPLE, x) for name, x in draws.stats.items()})
    # How many chains and draws there are, the axes say; files know no truth values.
    said = {k: x for k, x in draws.attributes.items() if isinstance(x, str | int | float)}
    return made.assign_attrs(
        {k: int(x) if isinstance(x, bool) else x for k, x in said.items() if k not in _SIZES}
    )


def _correlations(values: np.ndarray) -> np.ndarray:
    """Return matrices as correlations are: exactly symmetric, of diagonal 1, within [-1, 1].

    Made from a factor they are so but for rounding, on which histograms of constants fail.
    """
    exact = np.clip(0.5 * (values + np.swapaxes(values, -1, -2)), -1.0, 1.0)
    return np.where(np.eye(values.shape[-1], dtype=bool), 1.0, exact)


def _with_levels(layout: Layout, posterior: xr.Dataset) -> xr.Dataset:
    """Return draws with the labels of every group's levels, be its effects among them or not."""
    levels = {site.dims[0] for site in layout.sites if site.kind == "ranef"}
    absent = {dim: _coordinate(layout, dim, 0) for dim in levels if dim not in posterior.coords}
    return posterior.assign(absent)


def _moments(layout: Layout, moments: Mapping[str, Moments]) -> dict[str, xr.Dataset]:
    """Return the means and the standard deviations of what is summarised."""
    sites = [site for site in layout.sites if site.name in moments]
    if not sites:
        return {}
    names = {site.variable: site.name for site in sites}
    means = {site.variable: (site.dims, moments[site.name].mean) for site in sites}
    sds = {site.variable: (site.dims, moments[site.name].sd) for site in sites}
    return {MEAN: _dataset(layout, means, names), SD: _dataset(layout, sds, names)}


def likelihood_dataset(
    layout: Layout, pointwise: Float[np.ndarray, "chain draw obs"]
) -> xr.Dataset:
    """Return the pointwise log likelihood as a Dataset."""
    names = {layout.response: layout.response_name}
    return _dataset(layout, {layout.response: ((*_SAMPLE, OBS), pointwise)}, names)


def by_level(
    layout: Layout, group: str, values: Float[np.ndarray, "chain draw level"]
) -> xr.Dataset:
    """Return a log likelihood that each level of a group has, its effects integrated.

    It is named after the response and the group: `Reaction_by_Subject`.
    """
    true = f"{layout.response_name}_by_{group}"
    taken = {*(site.variable for site in layout.sites), *(axis.name for axis in layout.axes)}
    name = claim(true, taken | {layout.response, *(c.variable for c in layout.columns)})
    levels = next(s.dims[0] for s in layout.sites if s.kind == "ranef" and s.group == group)
    return _dataset(layout, {name: ((*_SAMPLE, levels), values)}, {name: true})


def responses_dataset(
    layout: Layout, drawn: Float[np.ndarray, "chain draw obs *level"]
) -> xr.Dataset:
    """Return draws of the response as a Dataset."""
    variable = ((*_SAMPLE, *layout.response_dims), drawn)
    return _dataset(layout, {layout.response: variable}, {layout.response: layout.response_name})


def used_dataset(layout: Layout, frame: Frame) -> xr.Dataset:
    """Return the columns that predictions were made from, levels by their labels."""
    stored = {column.name: column.variable for column in layout.columns}
    columns = {
        stored[column.name]: ((OBS,), _labelled(column))
        for column in frame
        if column.name in stored
    }
    return _dataset(layout, columns, {variable: name for name, variable in stored.items()})


def _labelled(column: DataColumn) -> np.ndarray:
    if not column.levels and column.kind in ("number", "date"):
        return column.values
    # The last entry stands for -1, a missing value.
    return text([*map(text_of, column.levels), ""])[column.values]


def _data(spec: Spec, layout: Layout, recipe: Recipe) -> dict[str, xr.Dataset]:
    """Return `observed_data` and `constant_data`."""
    response = {layout.response: (layout.response_dims, spec.response.values)}
    columns = {
        stored.variable: ((OBS,), recipe.frame[stored.name].values) for stored in layout.columns
    }
    names = {stored.variable: stored.name for stored in layout.columns}
    whole = _dataset(layout, columns, names).assign(_relations(layout, recipe))
    for stored in layout.columns:
        unit = recipe.frame[stored.name].unit
        if unit:
            # As `units`, "s" or "d" would make xarray read a file's numbers as spans of time.
            whole[stored.variable].attrs["unit"] = unit
    labels = row_coordinates(recipe.frame.levels, set(map(str, whole.variables)))
    whole = whole.assign(labels).set_coords(list(labels))
    return {
        "observed_data": _dataset(layout, response, {layout.response: layout.response_name}),
        "constant_data": whole,
    }


def row_coordinates(levels: Mapping[str, np.ndarray], taken: set[str]) -> dict[str, xr.Variable]:
    """Return the levels of the rows' labels as coordinates that every format holds."""
    found: dict[str, xr.Variable] = {}
    for name, labels in levels.items():
        stored = claim(name, taken)
        attrs = {"name": name} if stored != name else {}
        found[stored] = xr.Variable((OBS,), coordinate(labels), attrs)
    return found


def _relations(layout: Layout, recipe: Recipe) -> dict[str, xr.DataArray]:
    """Return the known relations among levels, by stored name, labelled by the levels."""
    found: dict[str, xr.DataArray] = {}
    for name, stored in layout.relations.items():
        one = recipe.relations[name]
        labels = coordinate(one.labels) if one.labels else np.arange(len(one.values))
        coords = dict.fromkeys(stored.dims, labels)
        attrs = {"name": name} if name != stored.variable else {}
        axes = {dim: (dim, label) for dim, label in coords.items()}
        found[stored.variable] = xr.DataArray(one.values, axes, stored.dims, attrs=attrs)
    return found


def _dataset(
    layout: Layout,
    variables: Mapping[str, tuple[Sequence[str], np.ndarray]],
    names: Mapping[str, str] | None = None,
) -> xr.Dataset:
    """Return variables with a coordinate for each of their dimensions, and true names."""
    made: dict[str, xr.Variable] = {}
    coordinates: dict[str, xr.Variable] = {}
    for name, (dims, values) in variables.items():
        made[name] = _variable(tuple(dims), np.asarray(values), (names or {}).get(name, name), name)
        for dim, length in zip(dims, made[name].shape, strict=True):
            if dim not in coordinates:
                coordinates[dim] = _coordinate(layout, dim, length)
    # A Dataset of no columns still says which rows it is about.
    if not variables:
        coordinates[OBS] = _coordinate(layout, OBS, 0)
    return _stamped(xr.Dataset(made, coordinates))


def _coordinate(layout: Layout, dim: str, length: int) -> xr.Variable:
    if dim in _SAMPLE:
        return xr.Variable((dim,), np.arange(length))
    axis = layout.axis(dim)
    return _variable((dim,), axis.labels, axis.true, dim)


def _variable(dims: tuple[str, ...], values: np.ndarray, true: str, stored: str) -> xr.Variable:
    return xr.Variable(dims, values, {"name": true} if true != stored else {})


def _stamped(dataset: xr.Dataset) -> xr.Dataset:
    return dataset.assign_attrs(
        created_at=datetime.now(UTC).isoformat(),
        inference_library="formix",
        inference_library_version=version_of("formix"),
    )
