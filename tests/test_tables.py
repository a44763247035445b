"""Files of data: what can be read, and what is refused and how."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from formix.errors import DataError
from formix.tables import read_table

FRAME = pd.DataFrame({"y": [1.5, 2.0, -3.25], "n": [1, 2, 3], "g": ["a", "ß", "None"]})


def _written(folder: Path, ending: str) -> Path:
    path = folder / f"table{ending}"
    if ending == ".parquet":
        FRAME.to_parquet(path)
    elif ending in (".feather", ".arrow"):
        FRAME.to_feather(path)
    else:
        FRAME.to_csv(path, index=False, sep="\t" if ".tsv" in ending else ",")
    return path


ENDINGS = [".csv", ".csv.gz", ".tsv", ".CSV", ".parquet", ".feather", ".arrow"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_gives_the_same_table(tmp_path: Path, ending: str):
    pd.testing.assert_frame_equal(read_table(_written(tmp_path, ending)), FRAME)


def test_a_factor_of_a_parquet_file_keeps_the_order_of_its_levels(tmp_path: Path):
    levels = pd.CategoricalDtype(["low", "mid", "high"], ordered=True)
    frame = pd.DataFrame({"dose": pd.Series(["high", "low", "mid"], dtype=levels)})
    frame.to_parquet(tmp_path / "doses.parquet")
    dose = read_table(tmp_path / "doses.parquet")["dose"]
    assert list(dose.cat.categories) == ["low", "mid", "high"]
    assert dose.cat.ordered


@pytest.mark.parametrize("ending", [".csv.gz", ".parquet", ".feather"])
@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_binary_file_cut_short_is_refused(tmp_path: Path, ending: str, kept: float):
    path = _written(tmp_path, ending)
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * kept)])
    with pytest.raises(DataError, match="not whole"):
        read_table(path)


def test_a_text_file_cut_short_is_refused(tmp_path: Path):
    path = tmp_path / "cut.csv"
    path.write_text("y,x,g\n1,2,a\n3,4", encoding="utf-8")
    with pytest.raises(DataError, match=r"row 2 of .* has 2 cells; the header has 3") as caught:
        read_table(path)
    assert "cut short" in caught.value.hint


def test_an_open_quotation_mark_is_refused(tmp_path: Path):
    path = tmp_path / "open.csv"
    path.write_text('y,g\n1,"a\n2,b\n', encoding="utf-8")
    with pytest.raises(DataError, match="line 3 of"):
        read_table(path)


def test_line_breaks_within_quotes_are_read(tmp_path: Path):
    path = tmp_path / "breaks.csv"
    path.write_text('y,g\n1,"a\nb"\n2,"c,d"\n', encoding="utf-8")
    assert read_table(path)["g"].tolist() == ["a\nb", "c,d"]


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path):
    path = tmp_path / "windows.csv"
    path.write_bytes(b"\xef\xbb\xbfy,x\r\n1,2\r\n3,4\r\n")
    assert read_table(path).to_dict("list") == {"y": [1, 3], "x": [2, 4]}


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "is empty"),
        (b"  \n\n", "is empty"),
        (b"y,x\n1,\xff\n", "not UTF-8"),
        (b"y,x\n1,2\n\0\0\0\0", "bytes of value 0"),
        (b"y,x,y\n1,2,3\n", "two columns called `y`"),
        (b"y,x\n1,2,3\n", "row 1 of .* has 3 cells; the header has 2"),
    ],
)
def test_bad_text_is_refused(tmp_path: Path, content: bytes, match: str):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=match):
        read_table(path)


def test_a_gzip_file_that_is_none_is_refused(tmp_path: Path):
    path = tmp_path / "plain.csv.gz"
    path.write_text("y,x\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="not a gzip file"):
        read_table(path)
    path.write_bytes(gzip.compress(b"y,x\n1,2\n"))
    assert len(read_table(path)) == 1


def test_another_ending_is_refused_with_those_that_are_read(tmp_path: Path):
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(b"PK")
    with pytest.raises(DataError, match="cannot tell") as caught:
        read_table(path)
    assert ".parquet" in caught.value.hint


def test_a_folder_is_refused(tmp_path: Path):
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    with pytest.raises(DataError, match="cannot open"):
        read_table(folder)


@pytest.mark.parametrize("reader", ["read_parquet", "read_feather"])
def test_without_pyarrow_the_error_says_what_to_install(tmp_path: Path, monkeypatch, reader: str):
    def absent(_: object) -> None:
        raise ImportError

    monkeypatch.setattr(pd, reader, absent)
    path = _written(tmp_path, ".parquet" if reader == "read_parquet" else ".arrow")
    with pytest.raises(DataError, match="needs pyarrow") as caught:
        read_table(path)
    assert caught.value.hint == 'pip install "formix[arrow]"'


def test_numbers_are_read_to_the_last_digit(tmp_path: Path):
    path = tmp_path / "digits.csv"
    path.write_text("x\n0.1234567890123456\n1e-308\n249.56\n", encoding="utf-8")
    assert read_table(path)["x"].tolist() == [0.1234567890123456, 1e-308, 249.56]
