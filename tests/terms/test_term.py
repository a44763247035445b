"""Terms print back as a formula, and as a table to look at."""

from __future__ import annotations

import pytest

from formix.formulas import expand
from formix.syntax.tree import Name
from formix.terms.term import CommonTerms, Term
from formix.terms.variable import Variable


def common(*texts: str, intercept: bool = True) -> CommonTerms:
    terms = (Term(tuple(Variable(name, Name(name)) for name in text.split(":"))) for text in texts)
    return CommonTerms(intercept, tuple(terms))


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        (common(), "1"),
        (common(intercept=False), "0"),
        (common("a", "b", "a:b"), "1 + a + b + a:b"),
        (common("b", "a:b"), "1 + a:b + b"),
        (common("a:c", "b:c"), "1 - a:b:c + a:c + b:c"),
        (common("a:x", "x:b", intercept=False), "0 + a:x + x:b"),
        (common("c", "a:b", "a:b:c"), "1 + a:b + c + a:b:c"),
    ],
)
def test_the_text_tells_the_order_of_variables(terms: CommonTerms, text: str) -> None:
    assert terms.text == text
    assert expand(f"y ~ {text}")["mu"].common == terms


def test_keys_have_no_order() -> None:
    first, second = common("a:b", "b:a").terms
    assert first.text != second.text
    assert first.key == second.key


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("y~x+(x|g)", "y ~ 1 + x + (1 + x | g)"),
        ("y~(x||g/h)", "y ~ 1 + (1 + x || g) + (1 + x || g:h)"),
        ("y~(I(a|b)||g)", "y ~ 1 + (1 + I(a | b) || g)"),
        ("y~diag(x|p|g)+cs(f|h)", "y ~ 1 + diag(1 + x | p | g) + cs(1 + f | h)"),
        ("y~us(x|p|g)", "y ~ 1 + (1 + x | p | g)"),
        ("log(y)|se(s)~x-1+offset(n)", "log(y) | se(s) ~ 0 + x + offset(n)"),
        ("y['a b']~x", 'y["a b"] ~ 1 + x'),
        ("y~x;sigma~z;nu=4;`the phi`~1", "y ~ 1 + x; sigma ~ 1 + z; `the phi` ~ 1; nu = 4"),
    ],
)
def test_terms_print_back_as_a_formula(formula: str, text: str) -> None:
    terms = expand(formula)
    assert terms.text == text
    assert expand(terms.text) == terms


def test_a_table_to_look_at() -> None:
    terms = expand("y ~ . + (poly(x, 2) || g) + offset(n); sigma ~ x; nu = 4", ["y", "x", "g"])
    assert str(terms).splitlines() == [
        "response  y",
        "mu        1 + x",
        "          (1 + poly(x, 2) || g)",
        "          offset(n)",
        "sigma     1 + x",
        "nu        4",
        "note      `.` stands for x (not the response y, nor the group g, which lme4 counts in)",
        "note      (1 + poly(x, 2) || g): every column has its own standard deviation and none is "
        "correlated; lme4 1.x keeps the columns of `poly(x, 2)` correlated",
    ]


def test_parameters_are_found_by_name() -> None:
    assert expand("y ~ x; sigma ~ z")["sigma"].common == common("z")
