"""The packaged data: what the index says is what is there, and what R has."""

from __future__ import annotations

import json
from dataclasses import replace
from math import sqrt

import pandas as pd
import pytest

from formix import catalogue as module
from formix.catalogue import catalogue, datasets, load
from formix.errors import ArgumentError, DataError
from formix.resources import resource

NAMES = tuple(catalogue())

# rows, and the number of levels of each factor, as `str()` shows them in R 4.2.2, lme4 1.1-31.
STRUCTURE = {
    "sleepstudy": (180, {"Subject": 18}),
    "sleep": (20, {"group": 2, "ID": 10}),
    "aspirin": (6, {"study": 6}),
    "Penicillin": (144, {"plate": 24, "sample": 6}),
    "Pastes": (60, {"batch": 10, "cask": 3, "sample": 30}),
    "cbpp": (56, {"herd": 15, "period": 4, "obs": 56}),
    "cake": (270, {"replicate": 15, "recipe": 3, "temperature": 6}),
    "Dyestuff": (30, {"Batch": 6}),
    "Dyestuff2": (30, {"Batch": 6}),
    "VerbAgg": (
        7584,
        {"Gender": 2, "item": 24, "resp": 3, "id": 316, "btype": 3, "situ": 2, "mode": 2, "r2": 2},
    ),
    "InstEval": (
        73421,
        {"s": 2972, "d": 1128, "studage": 4, "lectage": 6, "service": 2, "dept": 14},
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_rows_and_levels_are_those_of_r(name: str):
    frame = load(name)
    rows, levels = STRUCTURE[name]
    factors = frame.select_dtypes("category")
    assert len(frame) == rows == catalogue()[name].rows
    assert {column: len(factors[column].cat.categories) for column in factors} == levels
    assert list(frame.columns) == [column.name for column in catalogue()[name].columns]
    assert not frame.isna().any().any()


def test_every_dataset_of_the_issue_is_there():
    assert set(NAMES) == set(STRUCTURE)


def test_numbers_and_factors_have_their_types():
    frame = load("cake")
    assert frame["angle"].dtype == "int64"
    assert frame["temp"].dtype == "float64"
    assert frame["temperature"].cat.ordered
    assert not frame["recipe"].cat.ordered


@pytest.mark.parametrize(
    ("name", "column", "levels"),
    [
        ("cake", "replicate", [str(i) for i in range(1, 16)]),
        ("VerbAgg", "mode", ["want", "do"]),
        ("VerbAgg", "resp", ["no", "perhaps", "yes"]),
        ("Pastes", "sample", [f"{batch}:{cask}" for batch in "ABCDEFGHIJ" for cask in "abc"]),
        ("aspirin", "study", ["UK-1", "CDPA", "GAMS", "UK-2", "PARIS", "AMIS"]),
    ],
)
def test_levels_are_in_the_order_of_their_source(name: str, column: str, levels: list[str]):
    assert list(load(name)[column].cat.categories) == levels


def test_levels_may_be_in_no_order_at_all():
    dept = load("InstEval")["dept"].cat.categories
    assert [int(level) for level in dept] == [15, 5, 10, 12, 6, 7, 4, 8, 9, 14, 1, 3, 11, 2]


def test_aspirin_agrees_with_the_deaths_that_it_summarises():
    """Deaths and patients with aspirin, then with placebo, as the six trials reported them."""
    counts = {
        "UK-1": (49, 615, 67, 624),
        "CDPA": (44, 758, 64, 771),
        "GAMS": (27, 317, 32, 309),
        "UK-2": (102, 832, 126, 850),
        "PARIS": (85, 810, 52, 406),
        "AMIS": (246, 2267, 219, 2257),
    }
    for row in load("aspirin").itertuples():
        treated, n, control, m = counts[row.study]
        p, q = treated / n, control / m
        assert row.y == pytest.approx(100 * (q - p), abs=0.0051)
        assert row.sd == pytest.approx(100 * sqrt(p * (1 - p) / n + q * (1 - q) / m), abs=0.0051)


def test_sleepstudy_has_the_means_that_r_prints():
    """`tapply(Reaction, Days, mean)` and `mean(Reaction)` in R."""
    frame = load("sleepstudy")
    assert frame["Reaction"].mean() == pytest.approx(298.5079, abs=5e-5)
    by_day = frame.groupby("Days")["Reaction"].mean()
    assert by_day[0.0] == pytest.approx(256.6518, abs=5e-5)
    assert by_day[9.0] == pytest.approx(350.8512, abs=5e-5)


def test_each_call_returns_a_frame_of_its_own():
    first = load("sleep")
    first.loc[0, "extra"] = 99.0
    assert load("sleep").loc[0, "extra"] == 0.7


def test_datasets_is_a_table_of_all():
    table = datasets()
    assert list(table.index) == list(NAMES)
    assert list(table.columns) == ["title", "rows", "columns", "source", "licence"]
    assert table.loc["sleep", "licence"] == "GPL-2.0-only OR GPL-3.0-only"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("sleepstudi", "sleepstudy"), ("dyestuff", "Dyestuff"), ("insteval", "InstEval")],
)
def test_an_unknown_name_is_met_with_the_nearest(typed: str, meant: str):
    with pytest.raises(ArgumentError, match="neither a packaged dataset nor a file") as caught:
        load(typed)
    assert f"did you mean `{meant}`?" in caught.value.hint
    assert "VerbAgg" in caught.value.hint


def test_an_unknown_name_near_nothing_lists_the_datasets():
    with pytest.raises(ArgumentError) as caught:
        load("zzz")
    assert caught.value.hint.startswith("The datasets are: sleepstudy")


def test_a_path_to_nothing_says_where_it_looked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ArgumentError, match=r"there is no file `mine\.csv`") as caught:
        load("mine.csv")
    assert str(tmp_path) in caught.value.hint


def test_a_changed_file_is_refused(monkeypatch):
    entry = replace(catalogue()["sleep"], sha256="0" * 64)
    monkeypatch.setattr(module, "catalogue", lambda: {"sleep": entry})
    with pytest.raises(DataError, match="checksum"):
        load("sleep")


def test_a_lost_file_is_refused(monkeypatch):
    entry = replace(catalogue()["sleep"], file="gone.csv")
    monkeypatch.setattr(module, "catalogue", lambda: {"sleep": entry})
    with pytest.raises(DataError, match="cannot be read"):
        load("sleep")


def test_none_is_a_label(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("y,drug\n1,None\n2,\n3,NA\n", encoding="utf-8")
    assert load(path)["drug"].isna().tolist() == [False, True, True]


def test_the_licences_name_every_file():
    text = resource("data", "LICENSES.md").read_text(encoding="utf-8")
    for dataset in catalogue().values():
        line = next(line for line in text.splitlines() if f"`{dataset.file}`" in line)
        assert f"| {dataset.licence} |" in line


def test_files_above_100_kb_are_compressed_and_all_are_small():
    sizes = {each.file: resource("data", each.file).stat().st_size for each in catalogue().values()}
    assert all(name.endswith(".gz") or size <= 100_000 for name, size in sizes.items())
    assert sum(sizes.values()) < 1_000_000


def test_compressed_files_hold_no_time_of_making():
    for each in catalogue().values():
        if each.file.endswith(".gz"):
            head = resource("data", each.file).read_bytes()[:10]
            assert head[4:8] == b"\0\0\0\0", each.file


def test_lme4_results_are_of_packaged_data():
    results = json.loads(resource("data", "lme4/fits.json").read_text(encoding="utf-8"))
    assert results["made_with"] == "R 4.2.2, lme4 1.1-31"
    for fit in results["fits"]:
        assert fit["n"] == catalogue()[fit["dataset"]].rows
        for group in fit["ml"]["groups"]:
            assert len(group["sd"]) == len(group["effects"]) == len(group["cor"])


def test_lme4_results_hold_the_sleep_study_as_published():
    """Bates et al. (2015), doi:10.18637/jss.v067.i01, section 1.2."""
    results = json.loads(resource("data", "lme4/fits.json").read_text(encoding="utf-8"))
    fit = next(fit for fit in results["fits"] if fit["id"] == "sleepstudy")["reml"]
    assert [round(x, 3) for x in fit["fixed"]["estimate"]] == [251.405, 10.467]
    assert [round(x, 3) for x in fit["fixed"]["se"]] == [6.825, 1.546]
    assert [round(x, 2) for x in fit["groups"][0]["sd"]] == [24.74, 5.92]
    assert round(fit["sigma"], 2) == 25.59


def test_levels_may_not_hold_what_the_data_do_not():
    for name in NAMES:
        for column in load(name).select_dtypes("category").items():
            assert set(column[1].unique()) == set(column[1].cat.categories)
    assert isinstance(load("sleep"), pd.DataFrame)


@pytest.mark.parametrize("name", [None, 3, "", " "])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(ArgumentError, match="neither the name of a dataset nor the path"):
        load(name)


def test_units_are_those_of_the_columns_that_have_any():
    assert load("sleepstudy").attrs["units"] == {"Reaction": "ms", "Days": "d"}
    for each in catalogue().values():
        numbers = {column.name for column in each.columns if column.type in ("float", "int")}
        assert set(load(each.name).attrs["units"]) <= numbers
