"""Statements about parameters: their order of operations, and what is refused where."""

from __future__ import annotations

import pytest

from formix.errors import ArgumentError
from formix.syntax.statement import LONGEST, parse_statement


def order(text: str) -> str:
    return " ".join(step.text for step in parse_statement(f"{text} > 0").left)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", "1 2 3 * +"),
        ("1 - 2 - 3", "1 2 - 3 -"),
        ("8 / 4 / 2", "8 4 / 2 /"),
        ("2 ^ 3 ^ 2", "2 3 2 ^ ^"),
        ("2 ** 3", "2 3 ^"),
        ("-2 ^ 2", "2 2 ^ -"),
        ("2 ^ -1 * 3", "2 1 - ^ 3 *"),
        ("-a * b", "a - b *"),
        ("--a", "a - -"),
        ("(1 + 2) * 3", "1 2 + 3 *"),
        ("exp(a - log(b)) / 2", "a b log - exp 2 /"),
        ("abs (a)", "a abs"),
        (".5e-3 * 10.", ".5e-3 10. *"),
        ("beta[recipe[B]:temp]-sigma", "beta[recipe[B]:temp] sigma -"),
        ("mu[B].beta[poly(x, 2)[1]]", "mu[B].beta[poly(x, 2)[1]]"),
        ("sd_batch:cask[Intercept]", "sd_batch:cask[Intercept]"),
        ("`sd_a/b`[x y]", "`sd_a/b`[x y]"),
        ("exp", "exp"),
    ],
)
def test_operations_stand_in_the_order_of_r(text: str, expected: str):
    assert order(text) == expected


@pytest.mark.parametrize("sign", ["<", "<=", "=", "==", ">=", ">"])
def test_statements_compare(sign: str):
    found = parse_statement(f"a {sign} b")
    assert found.relation == sign[0]
    assert found.left[0].span.of(found.text) == "a"
    assert found.right[0].span.of(found.text) == "b"


@pytest.mark.parametrize(
    ("text", "message", "guilty"),
    [
        ("", "the statement is empty", ""),
        ("a", "nothing is compared", "a"),
        ("a >", "a number or a parameter is missing here", ">"),
        ("> 1", "a number or a parameter is missing here", ">"),
        ("a > 1 > 0", "a statement compares once", ">"),
        ("(a > 1)", "a statement compares once", ">"),
        ("a b > 1", "an operator is missing before `b`", "b"),
        ("2a > 1", "an operator is missing before `a`", "a"),
        ("a exp(b) > 1", "an operator is missing before `exp`", "exp"),
        ("a + * b > 1", "a number or a parameter is missing before `*`", "*"),
        ("f(a) > 1", "`f` is not a function here", "f"),
        ("abs() > 1", "is missing before `)`", ")"),
        ("a[b > 1", "this bracket is never closed", "["),
        ("a > (b", "this parenthesis is never closed", "("),
        ("a) > 1", "this parenthesis was never opened", ")"),
        ("a > 1)", "this parenthesis was never opened", ")"),
        ("a $ b > 1", "`$` cannot stand in a statement", "$"),
        ("__import__('os') > 1", "`__import__` is not a function here", "__import__"),
        ("(1).real > 1", "`.` cannot stand in a statement", "."),
        ("a" * (LONGEST + 1), "at most 1000 characters", "a"),
    ],
)
def test_what_is_no_statement_is_refused_where_it_stops_being_one(text, message, guilty):
    with pytest.raises(ArgumentError) as caught:
        parse_statement(text)
    assert message in caught.value.message
    assert caught.value.span is not None
    assert caught.value.span.of(text) == guilty


def test_signs_and_brackets_may_be_as_many_as_a_text_holds():
    many = "-" * 450 + "(" * 200 + "a" + ")" * 200 + " > 1"
    assert parse_statement(many).left[-1].text == "-"
