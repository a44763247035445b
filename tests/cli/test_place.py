"""Where a fit or its report is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from formix.cli.place import page_place, result_place
from formix.errors import ArgumentError


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ("sleepstudy", "sleepstudy.nc"),
        ("rats.csv", "rats.nc"),
        ("rats.csv.gz", "rats.nc"),
        ("some/where/rats.2.parquet", "rats.2.nc"),
    ],
)
def test_it_is_named_after_the_data_and_lies_here(data: str, name: str):
    assert result_place(None, data) == Path(name)


def test_no_file_is_replaced_unless_asked_for():
    Path("sleepstudy.nc").touch()
    Path("sleepstudy-2.nc").touch()
    assert result_place(None, "sleepstudy") == Path("sleepstudy-3.nc")
    assert result_place(Path("sleepstudy.nc"), "sleepstudy") == Path("sleepstudy.nc")


def test_a_name_without_an_ending_is_netcdf():
    assert result_place(Path("mine"), "sleepstudy") == Path("mine.nc")
    assert result_place(Path("mine.zarr"), "sleepstudy") == Path("mine.zarr")


@pytest.mark.parametrize("name", ["mine.txt", "mine.csv", "folder.nc"])
def test_what_is_no_format_is_refused(name: str):
    Path("folder.nc").mkdir()
    with pytest.raises(ArgumentError, match="cannot be written to") as caught:
        result_place(Path(name), "sleepstudy")
    assert caught.value.hint == f"name it `{Path(name).stem}.nc`, a NetCDF file"


def test_a_folder_that_is_not_there_is_refused():
    with pytest.raises(ArgumentError, match="there is no folder `nowhere`"):
        result_place(Path("nowhere/mine.nc"), "sleepstudy")


def test_a_folder_that_cannot_be_written_is_refused(monkeypatch: pytest.MonkeyPatch):
    # Root may write everywhere, so the system's answer is given here.
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(ArgumentError, match="cannot be written to"):
        result_place(None, "sleepstudy")


@pytest.mark.parametrize(
    ("fit", "name"),
    [
        ("rats.nc", "rats.html"),
        ("some/rats.2.nc", "some/rats.2.html"),
        ("rats.zarr", "rats.html"),
        ("rats", "rats.html"),
    ],
)
def test_a_report_is_named_after_its_fit_and_lies_beside_it(fit: str, name: str):
    Path("some").mkdir()
    assert page_place(None, Path(fit)) == Path(name)


def test_no_page_is_replaced_unless_asked_for():
    Path("rats.html").touch()
    assert page_place(None, Path("rats.nc")) == Path("rats-2.html")
    assert page_place(Path("rats.html"), Path("rats.nc")) == Path("rats.html")
    assert page_place(Path("mine"), Path("rats.nc")) == Path("mine.html")


@pytest.mark.parametrize("name", ["rats.nc", "rats.txt", "folder.html"])
def test_a_report_that_is_no_page_is_refused(name: str):
    Path("folder.html").mkdir()
    with pytest.raises(ArgumentError, match="a report cannot be written to"):
        page_place(Path(name), Path("rats.nc"))
