"""Laws of the language, for formulas, soups of tokens, and any text at all."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from properties import strategies

from formix.errors import FormulaError, FormulaSyntaxError
from formix.syntax.parse import parse
from formix.syntax.printer import to_text
from formix.syntax.tokens import STRUCTURES
from formix.syntax.tree import (
    Argument,
    Assignment,
    Bar,
    Call,
    Equation,
    Formula,
    Name,
    Node,
    Number,
    walk,
)
from formix.terms.expand import expand

MANY = settings(max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SOME = settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SECONDS = 0.05
"""The CPU time that any text may take."""


@pytest.fixture(scope="module", autouse=True)
def _grammar_and_lessons() -> None:
    """Read the grammar and its mistakes once, so that no example pays for them."""
    for text in ("y ~ x", "y ~ x z"):
        with contextlib.suppress(FormulaSyntaxError):
            parse(text)


def _seconds(text: str) -> float:
    began = time.thread_time()
    with contextlib.suppress(FormulaSyntaxError):
        parse(text)
    return time.thread_time() - began


def _reads(text: str) -> None:
    # Of three times the least, because a collection of garbage may fall into one.
    assert any(_seconds(text) < SECONDS for _ in range(3))
    try:
        formula = parse(text)
    except FormulaSyntaxError as error:
        assert error.text == text
        assert error.span is not None
        assert 0 <= error.span.start <= error.span.stop <= len(text)
        assert error.message
        assert error.hint
        assert str(error)
    else:
        assert isinstance(formula, Formula)
        assert parse(to_text(formula)) == formula


@MANY
@given(st.text())
def test_any_text_is_a_formula_or_a_syntax_error(text: str) -> None:
    _reads(text)


@settings(MANY, max_examples=3_000)
@given(strategies.SOUPS)
def test_any_soup_of_tokens_is_a_formula_or_a_syntax_error(text: str) -> None:
    _reads(text)


@SOME
@given(strategies.formulas(), st.integers(0, 200), st.sampled_from(strategies.TOKENS))
def test_a_damaged_formula_is_a_formula_or_a_syntax_error(text: str, at: int, token: str) -> None:
    at %= len(text) + 1
    _reads(text[:at] + token + text[at:])
    _reads(text[:at] + text[at + 1 :])


@SOME
@given(strategies.formulas())
def test_print_parse_print_is_the_identity(text: str) -> None:
    formula = parse(text)
    printed = to_text(formula)
    assert parse(printed) == formula
    assert to_text(parse(printed)) == printed


@SOME
@given(strategies.formulas())
def test_expansion_is_idempotent(text: str) -> None:
    try:
        terms = expand(parse(text))
    except FormulaError as error:
        assert error.span is not None
        assert error.span.of(text)
        return
    again = expand(parse(terms.text))
    assert again == terms
    assert again.text == terms.text


@SOME
@given(strategies.formulas())
def test_spans_slice_the_text(text: str) -> None:
    formula = parse(text)
    for node in _nodes(formula):
        written = node.span.of(text)
        assert written
        assert written == written.strip()
        match node:
            case Name():
                assert written in {node.name, strategies.quoted(node.name)}
            case Number():
                assert written == node.text
            case Call():
                assert node.function_span.of(text) == node.function
                assert written.startswith(node.function)
                assert written.endswith(")")
            case Bar():
                assert written[0] == "(" or written.startswith(STRUCTURES)
                assert written.endswith(")")
            case _:
                pass


@SOME
@given(strategies.formulas(), strategies.formulas())
def test_a_list_of_texts_is_read_one_by_one(first: str, second: str) -> None:
    whole = parse([first, second])
    assert whole.text == f"{first}\n{second}"
    assert whole.statements == (*parse(first).statements, *parse(second).statements)
    for node in _nodes(whole):
        if isinstance(node, Number):
            assert node.span.of(whole.text) == node.text


def _nodes(formula: Formula) -> list[Node]:
    sides: list[Node] = []
    for statement in formula.statements:
        match statement:
            case Equation():
                sides += [statement.left, *statement.additions, statement.right]
            case Assignment():
                sides.append(statement.parameter)
    return [node for side in sides for node in walk(side)]


def test_the_strategies_reach_every_kind_of_node() -> None:
    """The laws above would hold of nothing if the formulas were all alike."""
    kinds: set[type] = set()

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(strategies.formulas())
    def gather(text: str) -> None:
        for node in _nodes(parse(text)):
            kinds.add(type(node))
            if isinstance(node, Call):
                kinds.update(type(one) for one in node.arguments)

    gather()
    expected = {Argument, *Node.__args__}
    assert {kind.__name__ for kind in expected - kinds} == {"Dot"}
