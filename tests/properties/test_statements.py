"""Laws of statements: any text is read or refused at a place in it."""

from __future__ import annotations

import ast
import math

import pytest
from hypothesis import given, settings, strategies as st

from formix.errors import ArgumentError
from formix.syntax.statement import parse_statement
from formix.verbs.computed import computed

MANY = settings(max_examples=1000, deadline=None)

TOKENS = st.sampled_from(
    [*"+-*/^()<>=[].,` ", "**", "==", "<=", "beta[Days]", "sigma", "exp", "log", "1", "2.5", "1e3"]
)


def _reads(text: str) -> None:
    try:
        found = parse_statement(text)
    except ArgumentError as error:
        assert error.text == text
        assert error.span is not None
        assert 0 <= error.span.start <= error.span.stop <= len(text)
        assert str(error)
        return
    steps = [*found.left, *found.right]
    assert all(step.span.of(text).strip() == step.span.of(text) != "" for step in steps)
    # Every step finds its operands, and one number is left.
    names = {step.text: 0.5 for step in steps if step.kind == "parameter"}
    for side in (found.left, found.right):
        float(computed(side, names))


@MANY
@given(st.text(max_size=40))
def test_any_text(text: str):
    _reads(text)


@MANY
@given(st.lists(TOKENS, max_size=14))
def test_soups_of_tokens(tokens: list[str]):
    _reads("".join(tokens))
    _reads(" ".join(tokens))


numbers = st.floats(0.1, 9.0).map(lambda x: f"{x:.3f}")
expressions = st.recursive(
    numbers,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(" ".join),
        inner.map("({})".format),
        inner.map("-{}".format),
        st.tuples(inner, st.sampled_from(["2", "-1", "3"])).map(lambda p: f"({p[0]}) ^ {p[1]}"),
    ),
    max_leaves=12,
)


@MANY
@given(expressions)
def test_values_are_pythons(text: str):
    """Python's own parser has the same precedence, with `**` for `^`."""
    try:
        expected = eval(compile(ast.parse(text.replace("^", "**"), mode="eval"), "", "eval"), {})
    except (ZeroDivisionError, OverflowError):
        return
    found = float(computed(parse_statement(f"{text} > 0").left, {}))
    if math.isfinite(expected):
        assert found == pytest.approx(expected, rel=1e-12)
