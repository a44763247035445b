"""Priors as text: what is read, and what is refused at which characters."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st

from formix.errors import PriorError
from formix.syntax.prior_text import PriorCall, parse_prior


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("Normal(0, 5)", "Normal", (("", 0.0), ("", 5.0))),
        ("Normal(loc=0, scale=5)", "Normal", (("loc", 0.0), ("scale", 5.0))),
        ("Normal(0,scale = 5)", "Normal", (("", 0.0), ("scale", 5.0))),
        (" HalfStudentT ( 3 , 56.3 ) ", "HalfStudentT", (("", 3.0), ("", 56.3))),
        ("Flat()", "Flat", ()),
        ("Uniform(-inf, inf)", "Uniform", (("", -math.inf), ("", math.inf))),
        ("Normal(+1e-3, .5E+2)", "Normal", (("", 0.001), ("", 50.0))),
        ("Normal(-5., information=2)", "Normal", (("", -5.0), ("information", 2.0))),
    ],
)
def test_reads(text: str, name: str, arguments: tuple[tuple[str, float], ...]) -> None:
    assert parse_prior(text) == PriorCall(name, arguments)


def test_numbers_by_position_and_by_name() -> None:
    call = parse_prior("StudentT(3, loc=0, scale=2.5)")
    assert call.positional == (3.0,)
    assert call.keyword == {"loc": 0.0, "scale": 2.5}


def test_spans_slice_the_text() -> None:
    call = parse_prior(" Normal(-5, loc = 0)")
    assert call.name_span.of(call.text) == "Normal"
    assert [span.of(call.text) for span in call.argument_spans] == ["-5", "loc = 0"]


@pytest.mark.parametrize(
    ("text", "message", "guilty"),
    [
        ("Normal", "the prior ends too early: `(` should follow", "l"),
        ("Normal(0, 5", "the prior ends too early: `)` or `,` should follow", "5"),
        ("Normal(0 5)", "`5` cannot stand here: `)` or `,` should", "5"),
        ("Normal(0, 5) + 1", "`+` cannot stand in a prior", "+"),
        ("Normal(0, 5))", "`)` cannot stand here: nothing should", ")"),
        ("Normal(0, x)", "`x` is not a number", "x"),
        ("Normal(0, scale 5)", "`5` cannot stand here: `)` or `,` or `=` should", "5"),
        ("Normal(0, 1/2)", "`/` cannot stand in a prior", "/"),
        ("Normal(0,)", "`)` cannot stand here: a name or a number should", ")"),
        ("5", "`5` cannot stand here: a name should", "5"),
        ("dist.Normal(0, 5)", "`.` cannot stand in a prior", "."),
        ("Normal(loc=0, 5)", "a number by position cannot follow one by name", "5"),
        ("Normal(loc=0, loc=1)", "`loc` is given twice", "loc=1"),
        ("Normal(0, 1e999)", "this number is too large", "1e999"),
        ("__import__('os')", "`'` cannot stand in a prior", "'"),
    ],
)
def test_refuses_with_a_caret(text: str, message: str, guilty: str) -> None:
    with pytest.raises(PriorError) as caught:
        parse_prior(text)
    error = caught.value
    assert error.message == message
    assert error.text == text
    assert error.span is not None
    assert error.span.of(text) == guilty
    assert error.hint


@pytest.mark.parametrize("text", ["", "  \n"])
def test_refuses_nothing(text: str) -> None:
    with pytest.raises(PriorError, match="the prior is empty"):
        parse_prior(text)


def test_refuses_a_long_text() -> None:
    with pytest.raises(PriorError, match="at most 1000 characters"):
        parse_prior("Normal(" + "0, " * 1000 + "1)")


@given(st.text())
def test_any_text_is_a_prior_or_a_prior_error(text: str) -> None:
    try:
        parse_prior(text)
    except PriorError as error:
        if error.span is not None:
            assert 0 <= error.span.start <= error.span.stop <= len(text)
