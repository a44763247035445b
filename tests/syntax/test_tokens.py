"""The pass over the tokens: brackets, line ends, functions, characters."""

from __future__ import annotations

import pytest
from lark import Token

from formix.errors import Span
from formix.syntax.tokens import DEEPEST, FaultError, Passage

KINDS = {
    "(": "LPAR",
    ")": "RPAR",
    "[": "LSQB",
    "]": "RSQB",
    "+": "PLUS",
    "|": "BAR",
    "~": "TILDE",
    "!": "NOT",
    ";": "SEMICOLON",
    "\n": "NEWLINE",
    ",": "COMMA",
}


def passed(text: str) -> str:
    """Return the kinds of the tokens of a text, after the pass; words are names."""
    return " ".join(token.type for token in _pass(text))


def _pass(text: str) -> list[Token]:
    tokens: list[Token] = []
    place = 0
    for word in text.split(" "):
        if word:
            tokens.append(Token(KINDS.get(word, "NAME"), word, place))
        place += len(word) + 1
    return list(Passage().process(iter(tokens)))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a ; b", "NAME SEPARATOR NAME"),
        ("a \n b", "NAME SEPARATOR NAME"),
        ("a ; \n \n ; b", "NAME SEPARATOR NAME"),
        ("\n ; a \n ;", "NAME"),
        ("a \n + b", "NAME PLUS NAME"),
        ("a + \n b", "NAME PLUS NAME"),
        ("a ~ \n \n b", "NAME TILDE NAME"),
        ("! \n a", "NOT NAME"),
        ("a \n ! b", "NAME SEPARATOR NOT NAME"),
        ("( a \n b )", "LPAR NAME NAME RPAR"),
        ("( a ) \n b", "LPAR NAME RPAR SEPARATOR NAME"),
        ("( a ; b )", "LPAR NAME SEMICOLON NAME RPAR"),
        ("a + ; b", "NAME PLUS SEPARATOR NAME"),
        ("a ; + b", "NAME SEPARATOR PLUS NAME"),
    ],
)
def test_line_ends_and_semicolons(text: str, kinds: str) -> None:
    assert passed(text) == kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("f ( a )", "FUNCTION LPAR NAME RPAR"),
        ("cs ( a | g )", "STRUCTURE LPAR NAME BAR NAME RPAR"),
        ("cs + us", "NAME PLUS NAME"),
        ("a [ b ]", "NAME LSQB NAME RSQB"),
    ],
)
def test_functions_and_structures(text: str, kinds: str) -> None:
    assert passed(text) == kinds


@pytest.mark.parametrize(
    ("text", "mistake", "start"),
    [
        ("( ( a )", "unclosed", 0),
        ("( a", "unclosed", 0),
        ("a )", "unopened", 2),
        ("( a ]", "crossed", 4),
        ("a – b", "character", 2),
        ("x² + b", "character", 1),
        ("( " * (DEEPEST + 1), "deep", 2 * DEEPEST),
    ],
)
def test_faults(text: str, mistake: str, start: int) -> None:
    with pytest.raises(FaultError) as caught:
        _pass(text)
    assert caught.value.mistake == mistake
    assert caught.value.span == Span(start, start + 1)


@pytest.mark.parametrize(
    ("character", "instead"),
    [
        ("\u2013", "type - instead"),
        ("\u00d7", "type * instead"),
        ("\u201c", 'type " instead'),
        ("\uff08", "type ( instead"),
        ("\uff5e", "type ~ instead"),
        ("\u00b2", "type ^2 instead"),
        ("\u2192", "take it out, or put the name that it belongs to in backticks"),
    ],
)
def test_characters_that_look_like_others(character: str, instead: str) -> None:
    with pytest.raises(FaultError) as caught:
        _pass(f"a{character}")
    assert caught.value.words["instead"] == instead


def test_an_attribute_hangs_on_a_bracket() -> None:
    closing = [Token("NAME", "a", 1), Token("RPAR", ")", 2)]
    opening = Token("LPAR", "(", 0)
    assert [*Passage().process(iter([opening, *closing, Token("NAME", ".b", 4)]))]
    with pytest.raises(FaultError) as caught:
        [*Passage().process(iter([opening, *closing, Token("NAME", ".b", 3)]))]
    assert caught.value.mistake == "attribute"
