"""The algebra: spans, bounds, and what R does in silence. Labels are in tests/reference."""

from __future__ import annotations

import time

import pytest

from formix.errors import FormulaError
from formix.formulas import expand
from formix.terms.algebra import HIGHEST, MOST


def labels(text: str) -> list[str]:
    return [term.text for term in expand(f"y ~ {text}")["mu"].common.terms]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("a + log(b)", ["a", "log(b)"]),
        ("a*b", ["a", "b", "a*b"]),
        ("(a + b):c", ["(a + b):c", "(a + b):c"]),
        ("a / b", ["a", "a / b"]),
        ("b %in% a", ["b %in% a"]),
        ("(a + b)^2", ["a", "b", "(a + b)^2"]),
        ("a + a", ["a"]),
        ("a:a", ["a"]),
    ],
)
def test_spans_of_terms(text: str, spans: list[str]) -> None:
    formula = f"y ~ {text}"
    assert [term.span.of(formula) for term in expand(formula)["mu"].common.terms] == spans


@pytest.mark.parametrize(
    ("text", "kept", "note"),
    [
        ("1*x", [], "`1 * x` adds no term"),
        ("x:1", [], "`x:1` adds no term"),
        ("0/x", [], "`0/x` adds no term"),
        ("1 %in% x", [], "`1 %in% x` adds no term"),
        ("a + (b - b)*x", ["a"], "`(b - b) * x` adds no term"),
        ("x*1", ["x"], None),
        ("x/1", ["x"], None),
        ("x %in% 1", ["x"], None),
    ],
)
def test_what_r_drops_in_silence_is_noted(text: str, kept: list[str], note: str | None) -> None:
    assert labels(text) == kept
    notes = expand(f"y ~ {text}").notes
    assert [told.split(", as in R")[0] for told in notes] == ([note] if note else [])


def test_what_is_dropped_before_a_bar_is_noted() -> None:
    assert expand("y ~ (1 + 1:x | g)").notes == (
        "`1:x` adds no term, as in R: the intercept interacts with nothing",
    )


def test_terms_are_counted_before_they_are_made() -> None:
    many = " + ".join(f"x{number}" for number in range(MOST))
    assert len(labels(many)) == MOST
    began = time.thread_time()
    for text in (
        f"{many} + z",
        f"({many})^2",
        f"({many}):(a + b)",
        f"({many})*(a + b)",
        f"(a + b)/({many} + z)",
        f"({many} + z | g)",
    ):
        with pytest.raises(FormulaError, match=f"more than {MOST} terms"):
            expand(f"y ~ {text}")
    assert time.thread_time() - began < 5.0


def test_dots_are_counted_as_well() -> None:
    columns = ["y", *(f"x{number}" for number in range(MOST + 1))]
    with pytest.raises(FormulaError, match=f"more than {MOST} terms"):
        expand("y ~ .", columns)
    assert len(expand("y ~ .", columns[:-1])["mu"].common.terms) == MOST


def test_powers_have_a_bound() -> None:
    assert labels(f"(a + b)^{HIGHEST}") == ["a", "b", "a:b"]
    with pytest.raises(FormulaError, match=f"from 1 to {HIGHEST}"):
        labels(f"(a + b)^{HIGHEST + 1}")


def test_powers_of_one_and_in_parentheses_are_read() -> None:
    assert labels("x^1") == ["x"]
    assert labels("(a + b)^(2)") == ["a", "b", "a:b"]


def test_variables_have_one_spelling() -> None:
    terms = expand("y ~ log( x )+log(x)+poly(x,2,raw=TRUE):poly( x, 2, raw = True )")
    assert terms["mu"].common.text == "1 + log(x) + poly(x, 2, raw = TRUE)"
