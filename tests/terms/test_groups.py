"""Group terms: names, order, effects given twice, and what `||` means."""

from __future__ import annotations

import pytest

from formix.errors import FormulaError, UnsupportedError
from formix.formulas import expand
from formix.terms.groups import double_bar_note, several_columns


def groups(text: str) -> list[str]:
    return [term.text for one in expand(f"y ~ {text}").predictors for term in one.groups]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(1 | a/b)", ["(1 | a)", "(1 | a:b)"]),
        ("(1 | a/b/c)", ["(1 | a)", "(1 | a:b)", "(1 | a:b:c)"]),
        ("(1 | a*b)", ["(1 | a)", "(1 | b)", "(1 | a:b)"]),
        ("(1 | a + b)", ["(1 | a)", "(1 | b)"]),
        ("(1 | a/(b + c))", ["(1 | a)", "(1 | a:b)", "(1 | a:c)"]),
        ("(1 | (a:b)/c)", ["(1 | a:b)", "(1 | a:b:c)"]),
        ("(1 | (a + b)/c)", ["(1 | a)", "(1 | b)", "(1 | a:b:c)"]),
        ("(1 | a:a)", ["(1 | a)"]),
        ("cs(f | a/b)", ["cs(1 + f | a)", "cs(1 + f | a:b)"]),
        ("(x || a/b)", ["(1 + x || a)", "(1 + x || a:b)"]),
        ("(1 | `the group`)", ["(1 | `the group`)"]),
        ("(x | g) + (0 + z | g)", ["(1 + x | g)", "(0 + z | g)"]),
        ("(1 | g) + (0 + x | g)", ["(1 | g)", "(0 + x | g)"]),
    ],
)
def test_expansion(text: str, expected: list[str]) -> None:
    assert groups(text) == expected


def test_a_group_is_named_as_first_written() -> None:
    assert groups("(1 | b:a) + (0 + x | a:b)") == ["(1 | b:a)", "(0 + x | b:a)"]
    assert groups("(1 | b:a) + (0 + x | a/b)") == ["(1 | b:a)", "(0 + x | a)", "(0 + x | b:a)"]
    assert groups("(1 | b:a); sigma ~ (1 | a:b)") == ["(1 | b:a)", "(1 | b:a)"]


@pytest.mark.parametrize(
    ("text", "effect", "guilty"),
    [
        ("(1 | g) + (x | g)", "the intercept varies by `g` twice", "(x | g)"),
        ("(x | g) + (0 + x | g)", "the effect of `x` varies by `g` twice", "(0 + x | g)"),
        ("(a:b | g) + (0 + b:a | g)", "the effect of `b:a` varies by `g` twice", "(0 + b:a | g)"),
        ("(1 | a:b) + (1 | b:a)", "the intercept varies by `a:b` twice", "(1 | b:a)"),
        ("(1 | a/b) + (1 | b)", None, ""),
        ("(1 | a/b) + (1 | b:a)", "the intercept varies by `a:b` twice", "(1 | b:a)"),
        ("cs(1 | g) + diag(1 | g)", "the intercept varies by `g` twice", "diag(1 | g)"),
        ("(1 | p | g) + (1 | q | g)", "the intercept varies by `g` twice", "(1 | q | g)"),
        ("(1 | g); sigma ~ (1 | g)", None, ""),
    ],
)
def test_an_effect_stands_once(text: str, effect: str | None, guilty: str) -> None:
    formula = f"y ~ {text}"
    if effect is None:
        assert expand(formula)
        return
    with pytest.raises(FormulaError, match=effect) as caught:
        expand(formula)
    assert caught.value.span is not None
    assert caught.value.span.of(formula) == guilty


def test_special_groups_are_refused_by_name_and_place() -> None:
    formula = "y ~ x + (1 | mm(g, h))"
    with pytest.raises(UnsupportedError, match=r"`mm\(\)` as a group") as caught:
        expand(formula)
    assert caught.value.span is not None
    assert caught.value.span.of(formula) == "mm(g, h)"


def test_double_bars_are_told_from_diag() -> None:
    double, diag = expand("y ~ (x || g) + diag(z | h)")["mu"].groups
    assert (double.covariance, diag.covariance) == ("diag", "diag")
    assert (double.doubled, diag.doubled) == (True, False)


def test_double_bars_that_lme4_reads_otherwise_are_noted() -> None:
    terms = expand("y ~ (x + poly(x, 2) + f:bs(x) || g) + diag(poly(x, 2) | h)")
    (group, other) = terms["mu"].groups
    assert several_columns(group) == ["poly(x, 2)", "f:bs(x)"]
    assert several_columns(other) == []
    assert terms.notes == (double_bar_note(group, ["poly(x, 2)", "f:bs(x)"]),)
    assert "keeps the columns of `poly(x, 2)`, `f:bs(x)` correlated" in terms.notes[0]
    assert expand("y ~ (x + log(x) || g)").notes == ()
