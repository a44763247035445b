"""Group terms: names, order, effects given twice, and what `||` means."""

from __future__ import annotations

import pytest

from formix.errors import FormulaError
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(x | gr(g))", "(1 + x | g)"),
        ("(x | gr(g, dist = 'gaussian', sum_to_zero = F))", "(1 + x | g)"),
        ("(x || gr(g, by = f))", "(1 + x || gr(g, by = f))"),
        ("(1 | (gr(g, cov = A, by = f)))", "(1 | gr(g, by = f, cov = A))"),
        ('cs(f | p | gr(g, dist = "student"))', 'cs(1 + f | p | gr(g, dist = "student"))'),
        ("(1 | gr(`my g`, sum_to_zero = TRUE))", "(1 | gr(`my g`, sum_to_zero = TRUE))"),
        ("(1 | mm(g, h))", "(1 | mm(g, h))"),
        (
            "(1 | mm(g, h, weights = cbind(w, log(v)), scale = F))",
            "(1 | mm(g, h, weights = cbind(w, log(v)), scale = FALSE))",
        ),
    ],
)
def test_special_groups(text: str, expected: str) -> None:
    assert groups(text) == [expected]
    assert groups(expected) == [expected]


def test_special_groups_have_the_names_of_their_factors() -> None:
    terms = expand("y ~ (1 | gr(g, by = f)) + (1 | mm(a, b)) + (1 | a)")["mu"].groups
    assert [term.group for term in terms] == ["g", "mm(a, b)", "a"]
    assert [len(term.factors) for term in terms] == [1, 2, 1]


def test_what_is_said_of_a_group_may_differ_by_parameter_but_not_within_a_block() -> None:
    assert expand("y ~ (1 | g); sigma ~ (1 | gr(g, sum_to_zero = TRUE))")
    with pytest.raises(FormulaError, match="`g` is the group of other effects too"):
        expand("y ~ (1 | p | g); sigma ~ (1 | p | gr(g, by = f))")


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
