"""Recipe and layout <-> the attributes and the `constant_data` of a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

import numpy as np

from formix.design.column import DataColumn, Frame
from formix.design.relations import Relation
from formix.errors import ResultError
from formix.results.json_text import decode, encode
from formix.results.layout import OBS, Site, StoredColumn
from formix.results.recipe import SCHEMA, Recipe, RecipePrior
from formix.versions import version_of

if TYPE_CHECKING:
    import xarray as xr

    from formix.results.groups import Attribute, Groups
    from formix.results.layout import Layout, StoredRelation

_RECIPE = (
    "formula", "family", "links", "priors", "prior_set", "contrasts", "encoding", "needs", "notes",
    "source_sha256", "heads", "columns", "sites", "response", "relations", "centred",
    "formix_schema",
)  # fmt: skip


_KINDS: Mapping[type, str] = {str: "text", list: "list", dict: "record"}


def attributes(recipe: Recipe, layout: Layout, run: Mapping[str, object]) -> dict[str, Attribute]:
    """Return what describes a result: text and numbers, which every format keeps.

    Parameters
    ----------
    run
        How the draws were made; none of it takes part in rebuilding the model.
    """
    own: dict[str, object] = {
        "formix_schema": SCHEMA,
        "formula": recipe.formula,
        "family": recipe.family,
        "links": dict(recipe.links),
        "priors": [list(astuple(prior)) for prior in recipe.priors],
        "prior_set": recipe.prior_set,
        "contrasts": dict(recipe.contrasts),
        "encoding": recipe.encoding,
        "needs": {kind: list(names) for kind, names in recipe.needs.items()},
        "notes": list(recipe.notes),
        "source_sha256": recipe.source_sha256,
        "heads": {name: head.tolist() for name, head in recipe.heads.items()},
        "response": layout.response,
        "columns": {column.name: _column_json(column) for column in layout.columns},
        "sites": [_site_json(site) for site in layout.sites],
    }
    if recipe.centred:
        own["centred"] = list(recipe.centred)
    if layout.relations:
        own["relations"] = {name: _relation_json(one) for name, one in layout.relations.items()}
    others = {"formix_version": version_of("formix"), **recipe.run, **run}
    kept = {name: value for name, value in others.items() if name not in own}
    return {name: encode(value) for name, value in {**own, **kept}.items()}


def read_recipe(found: Groups) -> Recipe:
    """Return the recipe of a result.

    Raises
    ------
    ResultError
        If the result was not made by formix, by a newer one, or is damaged.
    """
    check_ours(found)
    said = found.attributes
    try:
        return Recipe(
            formula=_read(said, "formula", str),
            family=_read(said, "family", str),
            links=_read(said, "links", dict),
            priors=tuple(RecipePrior(*prior) for prior in _read(said, "priors", list)),
            prior_set=_read(said, "prior_set", str),
            contrasts=_read(said, "contrasts", dict),
            encoding=decode(said["encoding"], "encoding"),
            frame=_frame(found, read_columns(found)),
            heads=_heads(_read(said, "heads", dict)),
            relations=_relations(found),
            centred=tuple(_read(said, "centred", list)) if "centred" in said else (),
            needs=_read(said, "needs", dict),
            notes=tuple(_read(said, "notes", list)),
            source_sha256=_read(said, "source_sha256", str),
            run={name: decode(x, name) for name, x in said.items() if name not in _RECIPE},
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        if isinstance(error, ResultError):
            raise
        raise damaged(error) from error


def read_sites(found: Groups) -> tuple[Site, ...]:
    """Return the sites of a result, in the model's order.

    Raises
    ------
    ResultError
        If the result was not made by formix, by a newer one, or is damaged.
    """
    check_ours(found)
    try:
        return tuple(_site(entry) for entry in _read(found.attributes, "sites", list))
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, ResultError):
            raise
        raise damaged(error) from error


def read_columns(found: Groups) -> tuple[StoredColumn, ...]:
    """Return where each column of the data is stored."""
    columns = _read(found.attributes, "columns", dict)
    return tuple(
        StoredColumn(
            name,
            entry["variable"],
            entry["kind"],
            tuple(entry.get("levels", ())),
            bool(entry.get("text", False)),
        )
        for name, entry in columns.items()
    )


def check_ours(found: Groups) -> None:
    """Refuse a result that formix did not make, or that a newer one made."""
    schema = found.attributes.get("formix_schema")
    if schema is None:
        raise ResultError(
            "this result was not made by formix: it does not say of which model it is",
            hint="fit it by `fx.Model(formula, data).fit()`; ArviZ's own functions work on it "
            "as it is",
        )
    number = decode(schema, "formix_schema")
    if not isinstance(number, int) or number < 1:
        raise damaged(f"`formix_schema` is {number!r}")
    if number > SCHEMA:
        made_by = found.attributes.get("formix_version", "a newer version")
        raise ResultError(
            f"this result has schema {number}, made by formix {made_by}; this formix "
            f"({version_of('formix')}) reads schemas up to {SCHEMA}",
            hint="pip install --upgrade formix",
        )


def damaged(error: object) -> ResultError:
    """Return the error of a result that lacks what every result of ours has."""
    reason = f"`{error.args[0]}` is missing" if isinstance(error, KeyError) else str(error)
    return ResultError(
        f"this result is damaged: {reason}",
        hint="fit again, or open an undamaged copy of the file",
    )


def _read(said: Mapping[str, object], name: str, kind: type[Any]) -> Any:
    """Return an attribute, which must be of one kind.

    Raises
    ------
    ResultError
        If it is of another.
    """
    value = decode(said[name], name)
    if not isinstance(value, kind):
        raise damaged(f"`{name}` is not a {_KINDS[kind]}")
    return value


def _heads(said: Mapping[str, Any]) -> dict[str, np.ndarray]:
    return {
        name: np.asarray(head, dtype=np.float64).reshape(len(head), -1)
        for name, head in said.items()
    }


def _column_json(column: StoredColumn) -> dict[str, Any]:
    entry: dict[str, Any] = {"variable": column.variable, "kind": column.kind}
    if column.levels:
        entry["levels"] = list(column.levels)
    if column.text:
        entry["text"] = True
    return entry


def _site_json(site: Site) -> dict[str, Any]:
    entry: dict[str, Any] = {"site": site.name, "kind": site.kind, "predictor": site.predictor}
    if site.variable != site.name:
        entry["variable"] = site.variable
    if site.dims:
        entry["dims"] = list(site.dims)
    if site.group:
        entry |= {"group": site.group, "effects": [list(effect) for effect in site.effects]}
    return entry


def _relation_json(relation: StoredRelation) -> dict[str, Any]:
    return {
        "variable": relation.variable,
        "dims": list(relation.dims),
        "labelled": relation.labelled,
    }


def _relations(found: Groups) -> dict[str, Relation]:
    """Return the known relations among levels; files without any do not speak of them."""
    if "relations" not in found.attributes:
        return {}
    data = found["constant_data"]
    relations: dict[str, Relation] = {}
    said: Mapping[str, Any] = _read(found.attributes, "relations", dict)
    for name, entry in said.items():
        rows, columns = str(entry["dims"][0]), str(entry["dims"][1])
        values = data[str(entry["variable"])].transpose(rows, columns).to_numpy()
        labels = data[rows].to_numpy().tolist() if entry["labelled"] else ()
        relations[name] = Relation(np.asarray(values, dtype=np.float64), tuple(labels))
    return relations


def _site(entry: Mapping[str, Any]) -> Site:
    return Site(
        name=entry["site"],
        variable=entry.get("variable", entry["site"]),
        dims=tuple(entry.get("dims", ())),
        kind=entry["kind"],
        predictor=entry["predictor"],
        group=entry.get("group", ""),
        effects=tuple((predictor, column) for predictor, column in entry.get("effects", ())),
    )


def _frame(found: Groups, columns: tuple[StoredColumn, ...]) -> Frame:
    """Return the data used, from `constant_data`."""
    data = found["constant_data"]
    return Frame(
        tuple(
            DataColumn(
                column.name,
                column.kind,
                np.asarray(data[column.variable].to_numpy()).astype(_dtype(column)),
                column.levels,
                column.text,
                str(data[column.variable].attrs.get("unit", "")),
            )
            for column in columns
        ),
        data[OBS].to_numpy(),
        _row_levels(data, {column.variable for column in columns}),
    )


def _row_levels(data: xr.Dataset, columns: set[str]) -> dict[str, np.ndarray]:
    """Return the levels of the rows' labels, where they have several."""
    names = [str(name) for name in data.coords]
    found = {name: data[name] for name in names if name not in columns and name != OBS}
    return {
        str(labels.attrs.get("name", name)): labels.to_numpy()
        for name, labels in found.items()
        if labels.dims == (OBS,)
    }


def _dtype(column: StoredColumn) -> str:
    if column.kind == "number":
        return "float64"
    return "datetime64[ns]" if column.kind == "date" else "int32"
