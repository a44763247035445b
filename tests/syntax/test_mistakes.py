"""What is said of mistakes: the general case where no entry knows better, and the shape of all."""

from __future__ import annotations

import pytest

from formix.errors import FormixError, FormulaSyntaxError, Span
from formix.syntax.mistakes import MISTAKES, mistake, words
from formix.syntax.parse import parse


def refusal(text: str) -> FormulaSyntaxError:
    with pytest.raises(FormulaSyntaxError) as caught:
        parse(text)
    return caught.value


def test_an_error_has_the_class_message_and_hint_of_its_entry() -> None:
    error = mistake("term-number", "y ~ x + 2", Span(8, 9), token="2")
    assert type(error) is MISTAKES["term-number"].error
    assert str(error).splitlines() == [
        "`2` is not a term: only 0 and 1 are numbers in a formula, for the intercept",
        "",
        "    y ~ x + 2",
        "            ^",
        "    for a column times a number write I(2 * x); for a column raised to it, I(x^2)",
    ]


def test_a_name_in_backticks_is_not_put_into_others() -> None:
    error = mistake("response-on-right", "y", Span(0, 1), token="`odd name`")
    assert error.message == "the response `odd name` is also a term"


def test_every_class_is_an_error_of_ours() -> None:
    assert all(issubclass(entry.error, FormixError) for entry in MISTAKES.values())
    assert {entry.stage for entry in MISTAKES.values()} == {"parse", "expand", "design"}


def test_the_general_message_lists_what_may_stand() -> None:
    error = refusal("y ~ x + * z")
    assert error.message == "`*` cannot stand here"
    assert error.hint == "there could stand a column, a number, a call, `.`, `(`, `+` or `-`"


@pytest.mark.parametrize(
    ("terminals", "text"),
    [
        ((), ""),
        (("NAME",), "a column"),
        (("NAME", "QUOTED"), "a column"),
        (("RPAR", "NAME"), "a column or `)`"),
        (("RPAR", "NAME", "NUMBER"), "a column, a number or `)`"),
    ],
)
def test_words(terminals: tuple[str, ...], text: str) -> None:
    assert words(terminals) == text


@pytest.mark.parametrize(
    ("text", "message", "guilty"),
    [
        # The situation is known from another formula than the entry's examples.
        ("y ~ a:b + log(x, 2) c", "there is no operator between `)` and `c`", "c"),
        ("y ~ x; sigma ~ a b", "there is no operator between `a` and `b`", "b"),
        ("y ~ x^2 z", "there is no operator between `2` and `z`", "z"),
        ("y ~ ((a + b) c)^2", "there is no operator between `)` and `c`", "c"),
        ("y ~ log(x) + 1 | g", "group-level effects stand in parentheses; this bar has none", "|"),
        ("y ~ a*b || g", "group-level effects stand in parentheses; this bar has none", "||"),
        ("y | se(s) ~ x ~ z", "a formula has one tilde; this is another", "~"),
        ("y ~ poly(x, 2, 'a' 'b')", "there is no operator or comma between `'a'` and `'b'`", "'b'"),
        ("y ~ x + (1 | g) + (x | 2)", "`2` is not a group: a group is a column", "2"),
        ("y ~ x +\n\n", "the formula ends too early", "+"),
        ("y ~ x\nsigma ~", "nothing follows the tilde", "~"),
        ("y ~ é\u00d7z", "`×` (MULTIPLICATION SIGN) cannot stand in a formula", "\u00d7"),
        ("\ufeffy ~ x", "`\ufeff` (ZERO WIDTH NO-BREAK SPACE) cannot stand in a formula", "\ufeff"),
        ("y ~ x\x1b31m", "`\\x1b` cannot stand here", "\x1b"),
    ],
)
def test_what_is_learnt_holds_elsewhere(text: str, message: str, guilty: str) -> None:
    error = refusal(text)
    assert error.message == message
    assert error.span is not None
    assert error.span.of(text) == guilty


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (
            "y ~ x z",
            "write x + z, or x:z for their interaction; one name of two words stands in backticks",
        ),
        ("y ~ (x) z", "write + for one more term, or : for an interaction"),
        ("y ~ x + 1|g", "write (1 | g)"),
        ("y ~ log(x)|g", "write (x | g): the effects, the bar and the group"),
    ],
)
def test_hints_name_the_neighbours_where_they_are_simple(text: str, hint: str) -> None:
    assert refusal(text).hint == hint


def test_no_control_character_reaches_the_terminal() -> None:
    text = "y ~ x\x1b[31m + \x07"
    assert str(refusal(text)).replace("\n", "").isprintable()


def test_the_caret_stands_under_the_guilty_characters_of_wide_scripts() -> None:
    lines = str(refusal("身長 ~ x z")).splitlines()
    assert lines[2:4] == ["    身長 ~ x z", "             ^"]
