"""One frame, whatever library the data come from."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import xarray as xr
from r_results import design_of

from formix.design.frame import factorize, open_data, to_pandas
from formix.errors import DataError, UnknownColumnError

N = 12
PLAIN = {
    "y": [0.5, 1.5, -2.0, 4.0] * 3,
    "i": list(range(N)),
    "s": ["b", "a", "c"] * 4,
    "b": [True, False, False, True] * 3,
    "g": [10, 7, 300] * 4,
}
LEVELS = ["c", "a", "b"]


def pandas():
    return pd.DataFrame(PLAIN | {"f": pd.Categorical(PLAIN["s"], LEVELS)})


def polars():
    return pl.DataFrame(PLAIN | {"f": pl.Series(PLAIN["s"], dtype=pl.Enum(LEVELS))})


def pyarrow():
    return pa.Table.from_pandas(pandas(), preserve_index=False)


def relation():
    connection = duckdb.connect()
    connection.execute("create type levels as enum ('c', 'a', 'b')")
    connection.register("plain", pandas().drop(columns="f"))
    return connection.sql("select *, s::levels as f from plain")


SOURCES = {
    "pandas": pandas,
    "polars": polars,
    "lazy polars": lambda: polars().lazy(),
    "pyarrow": pyarrow,
    "duckdb": relation,
    "pandas with arrow types": lambda: pandas().convert_dtypes(dtype_backend="pyarrow"),
    "pandas with nullable types": lambda: pandas().convert_dtypes(),
    "dict of lists": lambda: PLAIN | {"f": pd.Categorical(PLAIN["s"], LEVELS)},
    "dict of arrays": lambda: (
        {name: np.asarray(values) for name, values in PLAIN.items()} | {"f": polars()["f"]}
    ),
    "dict of arrow arrays": lambda: (
        {name: pa.chunked_array([values]) for name, values in PLAIN.items()} | {"f": pyarrow()["f"]}
    ),
    "dataset": lambda: xr.Dataset(
        {name: ("row", np.asarray(values)) for name, values in PLAIN.items()}
    ).assign(f=("row", pd.Categorical(PLAIN["s"], LEVELS))),
}


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_gives_the_same_design(source):
    formula = "y ~ i * f + s + b + (i | g) + (1 | f:g)"
    design = design_of(formula, SOURCES[source]())
    same = design_of(formula, pandas())
    assert design.columns == same.columns
    np.testing.assert_array_equal(design.X, same.X)
    np.testing.assert_array_equal(design.response.values, same.response.values)
    for ours, theirs in zip(design.blocks, same.blocks, strict=True):
        assert ours.levels == theirs.levels
        np.testing.assert_array_equal(ours.index, theirs.index)
        np.testing.assert_array_equal(ours.Z, theirs.Z)


def test_polars_needs_no_pyarrow():
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "import polars as pl\n"
        "from formix.design.frame import open_data\n"
        "d = pl.DataFrame({'x': [1, None, 3], 's': ['b', None, 'a'], 't': [True, None, False],\n"
        "  'e': pl.Series(['v', 'u', None], dtype=pl.Enum(['v', 'u'])),\n"
        "  'c': pl.Series(['v', 'u', None], dtype=pl.Categorical), 'd': [1.5, 2.5, None]})\n"
        "frame = open_data(d).read(d.columns)\n"
        "kinds = [c.kind for c in frame]\n"
        "assert kinds == ['number', 'factor', 'bool', 'factor', 'factor', 'number']\n"
        "assert frame['s'].values.tolist() == [1, -1, 0]\n"
        "assert frame['e'].levels == ('v', 'u') and frame['c'].levels == ('u', 'v')\n"
        "assert frame['t'].values.tolist() == [1, -1, 0]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_xarray_is_not_imported_for_other_data():
    code = (
        "import sys\n"
        "from formix.design.frame import open_data\n"
        "open_data({'x': [1, 2]}).read(['x'])\n"
        "assert 'xarray.core' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def column(values):
    return open_data({"v": values}).read(["v"])["v"]


NAN, NONE = np.nan, None


@pytest.mark.parametrize(
    ("values", "kind", "expected", "levels"),
    [
        ([1, 2, 3], "number", [1, 2, 3], ()),
        ([1.5, NONE, 3], "number", [1.5, NAN, 3], ()),
        (np.array([1, 2], dtype="int8"), "number", [1, 2], ()),
        (np.array([1, 2], dtype="float32"), "number", [1, 2], ()),
        ([Decimal("1.25"), NONE], "number", [1.25, NAN], ()),
        (pd.array([1, NONE], dtype="Int64"), "number", [1, NAN], ()),
        (np.ma.array([1.0, 9.0], mask=[False, True]), "number", [1, NAN], ()),
        (["b", "a", NONE], "factor", [1, 0, -1], ("a", "b")),
        (["b", NAN, "B"], "factor", [1, -1, 0], ("B", "b")),
        (["ä", "z", "a"], "factor", [2, 1, 0], ("a", "z", "ä")),
        (np.array(["b", "a"]), "factor", [1, 0], ("a", "b")),
        (np.array(["b", "a"], dtype=np.dtypes.StringDType()), "factor", [1, 0], ("a", "b")),
        (pd.Series(["b", NONE], dtype="string"), "factor", [0, -1], ("b",)),
        ([True, False], "bool", [1, 0], (False, True)),
        ([True, NONE], "bool", [1, -1], (False, True)),
        (pd.array([True, NONE], dtype="boolean"), "bool", [1, -1], (False, True)),
        (pd.Categorical([2, 1, NAN], [2, 1]), "factor", [0, 1, -1], (2, 1)),
        (pd.Categorical([1.5, 2.0]), "factor", [0, 1], (1.5, 2)),
        (pd.Categorical(["u", "v"], ["v", "u"], ordered=True), "ordered", [1, 0], ("v", "u")),
        (pd.cut(pd.Series([1, 5]), [0, 2, 6]), "ordered", [0, 1], ("(0, 2]", "(2, 6]")),
        ([2**60 + 1, 2**60, 2**60 + 1], "factor", [1, 0, 1], (2**60, 2**60 + 1)),
    ],
)  # fmt: skip
def test_kinds_of_columns(values, kind, expected, levels):
    found = column(values)
    assert found.kind == kind
    assert found.levels == levels
    assert [type(level) for level in found.levels] == [type(level) for level in levels]
    np.testing.assert_array_equal(found.values, np.array(expected, dtype=float))
    missing = np.isnan(np.array(expected, dtype=float)) | (found.values < 0) * (kind != "number")
    np.testing.assert_array_equal(found.missing, missing)


@pytest.mark.parametrize(
    "values",
    [
        pd.date_range("2020-01-01", periods=2),
        pd.date_range("2020-01-01", periods=2, tz="Europe/Berlin"),
        pl.Series([dt.datetime(2020, 1, 1), dt.datetime(2020, 1, 2)]).dt.replace_time_zone(
            "Europe/Berlin"
        ),
        pd.Series(pd.date_range("2020-01-01", periods=2)).convert_dtypes(dtype_backend="pyarrow"),
        np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[D]"),
        [dt.date(2020, 1, 1), dt.date(2020, 1, 2)],
        pl.Series([dt.date(2020, 1, 1), dt.date(2020, 1, 2)]),
    ],
)
def test_dates(values):
    found = column(values)
    assert found.kind == "date"
    assert found.values.dtype == "datetime64[ns]"
    assert (np.diff(found.values) == np.timedelta64(1, "D")).all()
    design = design_of("y ~ (1 | v)", {"y": [1.0, 2.0], "v": values})
    assert design.blocks[0].index.tolist() == [0, 1]
    assert design.blocks[0].levels == ("2020-01-01", "2020-01-02")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1.0, np.inf, -np.inf], "`v` is infinite in 2 rows, the first of them row 2"),
        ([1, "a"], "`v` holds values of several types: int, str"),
        ([object(), object()], "`v` holds values of the type object"),
        ([1j, 2j], "`v` holds values of the type complex128"),
        (pd.to_timedelta([1, 2], unit="D"), "`v` holds values of the type"),
        (np.array([b"a", b"b"]), "`v` holds values of the type |S1"),
        (pl.Series([[1], [2]]), "`v` holds values of the type List"),
        (np.zeros((2, 2)), "`v` has 2 dimensions, and a column has one"),
        ([[1, 2], [3]], "`v` holds values of the type list"),
        (3.0, "`v` has 0 dimensions"),
        (pd.Categorical([1, "a"]), ""),
    ],
)
def test_columns_that_no_formula_can_use(values, said):
    if not said:
        assert column(values).levels == (1, "a")
        return
    with pytest.raises(DataError) as caught:
        column(values)
    assert said in caught.value.message
    assert caught.value.hint


def test_a_categorical_coordinate_is_spread():
    levels = pd.Categorical(["lo", "hi"], ["lo", "hi"])
    data = xr.Dataset(
        {"y": (("day", "dose"), np.arange(6.0).reshape(3, 2)), "f": ("dose", levels)},
    )
    frame = open_data(data).read(["y", "f"])
    assert frame["f"].levels == ("lo", "hi")
    np.testing.assert_array_equal(frame["f"].values, [0, 1] * 3)
    swapped = open_data(data).read(["f", "y"])
    np.testing.assert_array_equal(swapped["f"].values, [0] * 3 + [1] * 3)
    np.testing.assert_array_equal(swapped["y"].values, [0, 2, 4, 1, 3, 5])


@pytest.mark.parametrize("data", [3, None, "file.csv", [1, 2], np.zeros((2, 2)), object()])
def test_things_that_are_no_data(data):
    with pytest.raises(DataError) as caught:
        open_data(data)
    assert caught.value.hint


def test_the_name_of_a_file_gets_a_hint():
    with pytest.raises(DataError, match=r"read the file first, such as pandas.read_csv"):
        open_data("file.csv")


def test_columns_are_converted_only_when_used():
    data = open_data({"x": [1, 2], "odd": [object(), object()], "longer": [1, 2, 3]})
    assert data.names == ("x", "odd", "longer")
    assert data.read(["x"]).names == ("x",)
    with pytest.raises(DataError, match="`x` has 2 values and `longer` has 3"):
        data.read(["x", "longer"])


def test_what_a_user_changes_later_does_not_reach_the_frame():
    numbers, words = np.array([1.0, 2.0]), np.array([1, 2])
    frame = open_data({"x": numbers, "n": words}).read(["x", "n"])
    numbers[0], words[0] = 9, 9
    assert frame["x"].values.tolist() == frame["n"].values.tolist() == [1, 2]
    table = pd.DataFrame({"x": [1.0, 2.0]})
    frame = open_data(table).read(["x"])
    table.loc[0, "x"] = 9.0
    assert frame["x"].values.tolist() == [1, 2]


def test_dates_as_groups_show_a_time_where_there_is_one():
    times = pd.to_datetime(["2020-01-01T00:00", "2020-01-01T12:30", "2020-01-02T00:00"])
    design = design_of("y ~ (1 | t)", {"y": [1.0, 2.0, 4.0], "t": times})
    assert design.blocks[0].levels == ("2020-01-01", "2020-01-01T12:30", "2020-01-02")


def test_two_columns_of_one_name():
    data = pd.DataFrame([[1, 2, 3]], columns=["x", "z", "z"])
    assert open_data(data).read(["x"]).names == ("x",)
    with pytest.raises(DataError, match="2 columns are called `z`"):
        open_data(data).read(["z"])


def test_names_of_several_parts():
    data = pd.DataFrame(np.zeros((2, 2)), columns=pd.MultiIndex.from_product([["a"], ["b", "c"]]))
    with pytest.raises(DataError, match="names of several parts"):
        open_data(data)


def test_no_rows_and_no_such_column():
    with pytest.raises(DataError, match="the data has no rows"):
        open_data(pandas().iloc[:0]).read(["y"])
    with pytest.raises(UnknownColumnError):
        open_data(pandas()).read(["nope"])


def test_labels_of_rows():
    data = pandas()
    assert open_data(data).read(["y"]).rows.tolist() == list(range(N))
    assert open_data(data.iloc[3:6]).read(["y"]).rows.tolist() == [3, 4, 5]
    named = data.set_index(pd.Index([f"r{i}" for i in range(N)]))
    assert open_data(named).read(["y"]).rows[0] == "r0"
    several = data.set_index(["s", "g"])
    assert open_data(several).read(["y"]).rows.tolist() == list(range(N))
    days = data.set_index(pd.date_range("2020-01-01", periods=N))
    assert str(open_data(days).read(["y"]).rows[0]).startswith("2020-01-01")
    assert open_data(polars()).read(["y"]).rows.tolist() == list(range(N))


def test_a_dataset_of_two_dimensions_is_spread():
    data = xr.Dataset(
        {"y": (("subject", "day"), np.arange(6.0).reshape(2, 3)), "other": ("draw", np.zeros(9))},
        {"subject": ["s1", "s2"], "day": [0, 1, 2]},
    )
    design = design_of("y ~ day + (1 | subject)", data)
    np.testing.assert_array_equal(design.X[:, 1], [0, 1, 2, 0, 1, 2])
    assert design.blocks[0].levels == ("s1", "s2")
    np.testing.assert_array_equal(design.blocks[0].index, [0, 0, 0, 1, 1, 1])
    rows = open_data(data).read(["subject"]).rows
    assert rows.tolist() == ["s1", "s2"]
    assert open_data(data["y"].rename("y")).read(["y"]).names == ("y",)


def test_back_to_pandas():
    names = ["y", "f", "b"]
    data = pandas()
    frame = open_data(data).read(names)
    back = to_pandas(frame)
    assert back["f"].cat.categories.tolist() == LEVELS
    pd.testing.assert_frame_equal(back.astype({"f": str}), data[names].astype({"f": str}))
    some = frame.take(np.array([1, 4]))
    assert some["f"].levels == ("a",)
    assert some["b"].levels == (False, True)
    assert to_pandas(some).index.tolist() == [1, 4]
    holes = open_data({"b": [True, None]}).read(["b"])
    assert to_pandas(holes)["b"].tolist() == [True, None]


def test_factorize_counts_in_order():
    codes, values = factorize(np.array([3.0, 1.0, np.nan, 3.0]))
    np.testing.assert_array_equal(codes, [1, 0, -1, 1])
    np.testing.assert_array_equal(values, [1.0, 3.0])


def test_units_are_read_where_the_data_say_them():
    table = pd.DataFrame({"y": [1.0, 2.0], "x": [3.0, 4.0]})
    table.attrs["units"] = {"y": "ms", "x": 5}
    frame = open_data(table).read(["x", "y"])
    assert [column.unit for column in frame] == ["", "ms"]
    assert frame.take(np.array([1]))["y"].unit == "ms"
    data = xr.Dataset({"y": ("row", [1.0, 2.0], {"units": "s"}), "x": ("row", [3.0, 4.0])})
    assert [column.unit for column in open_data(data).read(["x", "y"])] == ["", "s"]
    table.attrs["units"] = "ms"
    assert open_data(table).read(["y"])["y"].unit == ""
