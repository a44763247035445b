"""Names, numbers and strings, spelled as R spells them and read back the same."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st

from formix.syntax.spelling import (
    EscapeError,
    is_plain,
    spell_name,
    spell_number,
    spell_text,
    unquote,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        # deparse() of R 4.2.2.
        (0.0, "0"),
        (1.0, "1"),
        (0.5, "0.5"),
        (0.001, "0.001"),
        (1e-4, "1e-04"),
        (1e-5, "1e-05"),
        (123456.0, "123456"),
        (1e5, "1e+05"),
        (100001.0, "100001"),
        (1e15, "1e+15"),
        (123456.7, "123456.7"),
        (0.1, "0.1"),
        (3.14159265358979, "3.14159265358979"),
        (1.5e-7, "1.5e-07"),
        (1e300, "1e+300"),
        (-2.5, "-2.5"),
        (1200000.0, "1200000"),
        (0.00012, "0.00012"),
    ],
)
def test_numbers_as_r_prints_them(value: float, text: str) -> None:
    assert spell_number(value) == text


def test_numbers_that_need_more_digits_than_r_prints_keep_them() -> None:
    assert spell_number(0.1234567890123456) == "0.1234567890123456"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_exact(value: float) -> None:
    assert float(spell_number(value)) == value


@pytest.mark.parametrize("value", [math.inf, math.nan])
def test_no_number_is_infinite(value: float) -> None:
    with pytest.raises(ValueError, match="infinite"):
        spell_number(value)


@given(st.text())
def test_strings_are_read_back(value: str) -> None:
    assert unquote(spell_text(value)) == value


@given(st.text(min_size=1))
def test_names_are_read_back(name: str) -> None:
    spelled = spell_name(name)
    assert spelled == name if is_plain(name) else unquote(spelled) == name


@pytest.mark.parametrize(
    ("quoted", "value"),
    [
        (r'"\n\t\r\a\b\f\v\\\"\'\`"', "\n\t\r\a\b\f\v\\\"'`"),
        (r'"\x41\x4g"', None),
        (r'"\x41\xe9"', "Aé"),
        (r'"\u41\u00e9\u{20ac}"', "Aé€"),
        (r'"\U1F600\U{1F600}"', "😀😀"),
        (r'"\101\0"', "A\0"),
    ],
)
def test_escapes_of_r(quoted: str, value: str | None) -> None:
    if value is None:
        assert unquote(quoted) == "A\x04g"
    else:
        assert unquote(quoted) == value


@pytest.mark.parametrize(
    ("quoted", "escape"),
    [(r'"a\d"', r"\d"), (r'"\x"', r"\x"), (r'"\ud800"', r"\ud800"), (r'"\U110000"', r"\U110000")],
)
def test_what_is_no_escape(quoted: str, escape: str) -> None:
    with pytest.raises(EscapeError) as caught:
        unquote(quoted)
    assert quoted[caught.value.start : caught.value.stop] == escape


@pytest.mark.parametrize(
    "name", ["x", "x.1", ".x", "_", "_u", "..a", "größe", "身長", "ता", "T", "if"]
)
def test_plain_names(name: str) -> None:
    assert is_plain(name)


@pytest.mark.parametrize(
    "name", ["", "1x", ".1", ".", "a b", "a-b", "TRUE", "False", "x²", "a–b", "`"]
)
def test_odd_names(name: str) -> None:
    assert not is_plain(name)
