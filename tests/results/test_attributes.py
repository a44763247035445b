"""What a result says of itself is read back as it was said."""

import json

import numpy as np
import pytest
from made_fits import drawn, make, make_draws, sleep_spec

from formix.catalogue import load
from formix.design.column import DataColumn
from formix.errors import ResultError
from formix.results.attributes import read_columns, read_recipe, read_sites
from formix.results.datasets import collect
from formix.results.files import read_groups, write_groups
from formix.results.groups import Groups
from formix.results.layout import lay_out

ROWS = 30
EXTRA = (
    DataColumn("a/b", "factor", np.arange(ROWS, dtype=np.int32) % 2, ("x/y", "")),
    DataColumn("obs", "ordered", np.arange(ROWS, dtype=np.int32) % 3, (1, 2.5, 3)),
    DataColumn("mixed", "factor", np.arange(ROWS, dtype=np.int32) % 3, (1, "1", True)),
    DataColumn("flag", "bool", np.arange(ROWS, dtype=np.int32) % 2, (False, True)),
    DataColumn(
        "when",
        "date",
        np.datetime64("2020-02-29T12:00:00.000000001", "ns") + np.arange(ROWS) * 10**9,
    ),
    DataColumn("x" * 300, "number", np.linspace(-1e-300, 1e300, ROWS)),
    DataColumn("chain", "factor", np.zeros(ROWS, dtype=np.int32), ("nul\x00", "\ud800"), text=True),
)


def same_frame(found, frame):
    assert found.names == frame.names
    for one, other in zip(found, frame, strict=True):
        assert (one.kind, one.levels, one.text) == (other.kind, other.levels, other.text)
        assert [type(x) for x in one.levels] == [type(x) for x in other.levels]
        np.testing.assert_array_equal(one.values, other.values)
        assert one.values.dtype == other.values.dtype
    np.testing.assert_array_equal(found.rows, frame.rows)


def same_recipe(found, given):
    for name in (
        "formula", "family", "links", "priors", "prior_set", "contrasts", "encoding", "needs",
        "notes", "source_sha256",
    ):  # fmt: skip
        assert getattr(found, name) == getattr(given, name), name
    assert set(found.heads) == set(given.heads)
    for name, head in given.heads.items():
        np.testing.assert_array_equal(found.heads[name], head)
    same_frame(found.frame, given.frame)


@pytest.fixture(scope="module")
def rich():
    return make(sleep_spec("y/n", "größe", "..", levels=("a/b", "é", "日本")), EXTRA, draws=4)


def test_the_recipe_in_memory(rich):
    same_recipe(read_recipe(rich.groups), rich.recipe)


@pytest.mark.parametrize("ending", [".nc", ".zarr"])
def test_the_recipe_in_files(rich, tmp_path, ending):
    found = read_groups(write_groups(rich.groups, tmp_path / f"fit{ending}"))
    same_recipe(read_recipe(found), rich.recipe)
    assert read_sites(found) == read_sites(rich.groups)


def test_how_the_draws_were_made_is_kept_with_its_types(rich, tmp_path):
    found = read_groups(write_groups(rich.groups, tmp_path / "fit.nc"))
    run = read_recipe(found).run
    for name, value in rich.draws.attributes.items():
        assert run[name] == value
        assert type(run[name]) is type(value)


def test_sites_are_those_of_the_layout(rich):
    assert read_sites(rich.groups) == lay_out(rich.spec, rich.frame).sites
    assert read_columns(rich.groups) == lay_out(rich.spec, rich.frame).columns


def test_every_attribute_is_text_or_a_number(rich):
    assert {type(value) for value in rich.groups.attributes.values()} <= {str, int, float}


def test_the_sampler_cannot_overwrite_what_rebuilds_the_model():
    spec = sleep_spec()
    made = make(spec)
    draws = make_draws(spec)
    draws.attributes.update({"formula": "y ~ 1", "formix_schema": 99})
    found = collect(spec, draws, made.recipe)
    assert read_recipe(found).formula == spec.text


def test_many_levels_make_long_attributes(tmp_path):
    levels = [f"level {i} of a group with a long name" for i in range(3000)]
    data = {"y": np.random.default_rng(1).normal(size=6000), "g": levels * 2}
    found = drawn("y ~ (1 | g)", data, draws=2, chains=1)
    assert max(len(str(value)) for value in found.attributes.values()) > 2**16
    for ending in (".nc", ".zarr"):
        again = read_groups(write_groups(found, tmp_path / f"fit{ending}"))
        assert again.attributes["encoding"] == found.attributes["encoding"]


def altered(made, **attributes):
    kept = {**made.groups.attributes, **attributes}
    return Groups(made.groups.datasets, {k: v for k, v in kept.items() if v is not None})


def test_a_result_of_others_is_told_from_ours(made):
    with pytest.raises(ResultError, match="was not made by formix"):
        read_recipe(altered(made, formix_schema=None))
    with pytest.raises(ResultError, match="was not made by formix"):
        read_sites(Groups({}))


def test_a_newer_schema_asks_for_a_newer_formix(made):
    with pytest.raises(ResultError, match=r"schema 2, made by formix 9\.0") as caught:
        read_recipe(altered(made, formix_schema=2, formix_version="9.0"))
    assert "pip install --upgrade formix" in caught.value.hint


@pytest.mark.parametrize("schema", ["x", 0, -1, "null", 1.5])
def test_a_schema_that_is_no_number_is_damage(made, schema):
    with pytest.raises(ResultError, match="damaged"):
        read_recipe(altered(made, formix_schema=schema))


REBUILDING = [
    "formula", "family", "links", "priors", "prior_set", "contrasts", "encoding", "needs", "notes",
    "source_sha256", "heads", "columns",
]  # fmt: skip


@pytest.mark.parametrize("name", REBUILDING)
def test_a_missing_attribute_is_damage_and_named(made, name):
    with pytest.raises(ResultError, match=f"damaged: `{name}` is missing"):
        read_recipe(altered(made, **{name: None}))


@pytest.mark.parametrize("value", ["[", "[1, 2]", "null", '{"a": 1}', "", 3, '"text"', '[["x"]]'])
@pytest.mark.parametrize("name", ["priors", "columns", "heads", "sites"])
def test_any_damage_is_an_error_of_ours(made, name, value):
    found = altered(made, **{name: value})
    with pytest.raises(ResultError, match="damaged"):
        read_sites(found) if name == "sites" else read_recipe(found)


def test_missing_data_are_damage(made):
    datasets = dict(made.groups.datasets)
    datasets["constant_data"] = datasets["constant_data"].drop_vars("Days")
    with pytest.raises(ResultError, match="damaged"):
        read_recipe(Groups(datasets, made.groups.attributes))
    del datasets["constant_data"]
    with pytest.raises(ResultError, match="no group `constant_data`"):
        read_recipe(Groups(datasets, made.groups.attributes))


def test_attributes_are_json_for_other_programs(made):
    said = made.groups.attributes
    assert json.loads(said["links"]) == {"mu": "identity"}
    assert json.loads(said["columns"])["Subject"]["levels"] == [308, 309, 310, 311, 312, 313]
    assert ["sigma", "HalfStudentT(3, 5)", "default", ""] in json.loads(said["priors"])
    assert said["formula"] == "Reaction ~ Days + (Days | Subject)"
    assert said["formix_schema"] == 1


@pytest.mark.parametrize("ending", [".nc", ".zarr"])
def test_units_are_kept_and_make_no_spans_of_time(tmp_path, ending):
    """Of a file, xarray reads numbers in `units` of "d" as spans of days."""
    found = drawn("Reaction ~ Days + (1 | Subject)", load("sleepstudy"))
    write_groups(found, tmp_path / f"fit{ending}")
    again = read_recipe(read_groups(tmp_path / f"fit{ending}")).frame
    assert [again[name].unit for name in ("Reaction", "Days", "Subject")] == ["ms", "d", ""]
    assert again["Days"].values.dtype == np.float64
