"""Errors: one shape, a caret in the right place, nothing that disturbs a terminal."""

from __future__ import annotations

import copy
import pickle

import pytest

from formix.errors import FormixError, FormulaError, Span, UnknownColumnError, caret


def test_spans() -> None:
    assert Span(2, 4) | Span(7, 9) == Span(2, 9)
    assert Span(2, 4).of("y ~ x") == "~ "


def test_the_shape() -> None:
    error = UnknownColumnError(
        "`Dayz` is not a column of the data",
        text="Reaction ~ Dayz + (1 | Subject)",
        span=Span(11, 15),
        hint="did you mean `Days`?\nThe data has: Reaction, Days, Subject",
    )
    assert str(error).splitlines() == [
        "`Dayz` is not a column of the data",
        "",
        "    Reaction ~ Dayz + (1 | Subject)",
        "               ^~~~",
        "    did you mean `Days`?",
        "    The data has: Reaction, Days, Subject",
    ]


def test_without_a_formula_there_is_no_caret() -> None:
    assert str(FormixError("wrong")) == "wrong"
    assert str(FormixError("wrong", hint="right")) == "wrong\n\n    right"
    assert str(FormixError("wrong", text="  ", span=Span(0, 2), hint="right")) == (
        "wrong\n\n    right"
    )


@pytest.mark.parametrize(
    ("text", "span", "lines"),
    [
        ("y ~ x z", Span(6, 7), ["y ~ x z", "      ^"]),
        ("y ~ x\nz ~ w v\nu", Span(12, 13), ["z ~ w v", "      ^"]),
        ("a ~ (b\n+ c", Span(4, 9), ["a ~ (b", "    ^~"]),
        ("a\t~\tb", Span(4, 5), ["a ~ b", "    ^"]),
        ("身長 ~ 体重", Span(5, 7), ["身長 ~ 体重", "       ^~~~"]),
        ("e\u0301 ~ x", Span(5, 6), ["e\u0301 ~ x", "    ^"]),
        ("a\x1b[31m ~ x", Span(9, 10), ["a [31m ~ x", "         ^"]),
        ("y ~", Span(3, 3), ["y ~", "   ^"]),
    ],
)
def test_the_caret_stands_below(text: str, span: Span, lines: list[str]) -> None:
    assert caret(text, span).split("\n") == lines


@pytest.mark.parametrize("place", [0, 30, 500, 970, 1000])
def test_of_a_long_line_the_surroundings_are_shown(place: int) -> None:
    text = "x" * place + "?!" + "z" * (1000 - place)
    line, below = caret(text, Span(place, place + 2)).split("\n")
    assert len(line) < 100
    assert line[below.index("^") :][:2] == "?!"
    assert below.endswith("^~")
    assert line.startswith("... ") == (place > 100)
    assert line.endswith(" ...") == (place < 900)


def test_errors_travel_between_processes() -> None:
    error = FormulaError("wrong", text="y ~ x", span=Span(4, 5), hint="right")
    for other in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert str(other) == str(error)
        assert other.span == error.span
