"""The pass over the tokens, between the lexer and the grammar's rules.

It pairs brackets, tells the line ends that part two formulas from those that merely wrap one,
marks the names of functions, and stops at characters that no rule could read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from formix.errors import Span
from formix.syntax.spelling import is_letter

if TYPE_CHECKING:
    from lark import Token

STRUCTURES = ("us", "diag", "cs", "ar1")
"""The names of covariance structures that may stand around a bar."""

DEEPEST = 100
"""How deep brackets, and operators within operators, may be nested."""

_LOOKALIKES = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u00d7\u2217\u22c5\u2219\u2022", "*"),
    **dict.fromkeys("\u00f7\u2215\u2044", "/"),
    **dict.fromkeys("\u223c\u02dc\u301c", "~"),
    **dict.fromkeys("\u2223\u00a6\u2758", "|"),
    **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2018\u2019\u201a\u00b4", "'"),
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2260": "!=",
    "\u00b2": "^2",
    "\u00b3": "^3",
}

_IN_BACKTICKS = "take it out, or put the name that it belongs to in backticks"
_OPEN = {"LPAR": "RPAR", "LSQB": "RSQB"}
_CLOSE = {"RPAR", "RSQB"}
OPERATORS = {
    "PLUS",
    "MINUS",
    "STAR",
    "SLASH",
    "CARET",
    "COLON",
    "IN",
    "MODULO",
    "AND",
    "COMPARISON",
}
"""Tokens that stand between two operands."""

_JOIN = OPERATORS | {"TILDE", "BAR", "DOUBLE_BAR", "ASSIGN", "COMMA"}
# A line that begins with one of these goes on with the formula of the line before it.
_CONTINUE = _JOIN | _CLOSE
# A line that ends with one of these is not over.
_UNFINISHED = _JOIN | {"NOT", "LPAR", "LSQB"}


class FaultError(Exception):
    """A mistake found while reading: its entry in mistakes.toml, its place, its words."""

    def __init__(self, mistake: str, span: Span, **words: object) -> None:
        super().__init__(mistake)
        self.mistake = mistake
        self.span = span
        self.words = words


class Passage:
    """The pass itself, in the shape that Lark asks for; it keeps no state between texts."""

    always_accept = ("NEWLINE", "SEMICOLON", "FOREIGN", "CUSTOM", "STRAY")

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Return the tokens that the rules read."""
        tokens = list(stream)
        depths = _depths(tokens)
        tokens = _part(tokens, depths)
        for place, token in enumerate(tokens):
            following = tokens[place + 1].type if place + 1 < len(tokens) else ""
            if token.type == "NAME":
                _check(token)
                if place and _is_attribute(tokens[place - 1], token):
                    raise FaultError("attribute", span_of(token), token=token)
                if following == "LPAR":
                    yield token.update(type="STRUCTURE" if token in STRUCTURES else "FUNCTION")
                    continue
            yield token


def span_of(token: Token) -> Span:
    """Return where a token stands."""
    start = token.start_pos or 0
    return Span(start, start + len(token))


def _depths(tokens: list[Token]) -> list[int]:
    """Return how many brackets are open after each token."""
    depths: list[int] = []
    opened: list[Token] = []
    for token in tokens:
        if token.type in _OPEN:
            opened.append(token)
            if len(opened) > DEEPEST:
                raise FaultError("deep", span_of(token), deepest=DEEPEST)
        elif token.type in _CLOSE:
            if not opened:
                raise FaultError("unopened", span_of(token), token=token)
            if _OPEN[opened[-1].type] != token.type:
                raise FaultError("crossed", span_of(token), token=token, before=opened[-1])
            opened.pop()
        depths.append(len(opened))
    if opened:
        raise FaultError("unclosed", span_of(opened[-1]), token=opened[-1])
    return depths


def _part(tokens: list[Token], depths: list[int]) -> list[Token]:
    """Return the tokens with a SEPARATOR between formulas, and no other line ends."""
    kept: list[Token] = []
    waiting: Token | None = None
    for token, depth in zip(tokens, depths, strict=True):
        if token.type == "NEWLINE" or (token.type == "SEMICOLON" and depth == 0):
            if depth == 0 and kept and (waiting is None or token.type == "SEMICOLON"):
                waiting = token
            continue
        if waiting is not None and (waiting.type == "SEMICOLON" or _parts(kept[-1], token)):
            kept.append(waiting.update(type="SEPARATOR"))
        waiting = None
        kept.append(token)
    return kept


def _parts(before: Token, after: Token) -> bool:
    """Return whether a line end between two tokens parts two formulas."""
    return before.type not in _UNFINISHED and after.type not in _CONTINUE


def _check(token: Token) -> None:
    """Refuse characters that look like something else, such as a dash for a minus."""
    if token.isascii():
        return
    for place, character in enumerate(token):
        if not is_letter(character):
            start = span_of(token).start + place
            name = unicodedata.name(character, f"U+{ord(character):04X}")
            plain = _LOOKALIKES.get(character) or unicodedata.normalize("NFKC", character).strip()
            instead = f"type {plain} instead" if plain.isascii() and plain else _IN_BACKTICKS
            raise FaultError(
                "character", Span(start, start + 1), token=character, name=name, instead=instead
            )


def _is_attribute(before: Token, token: Token) -> bool:
    """Return whether a name such as `.T` hangs on a closing bracket."""
    return (
        before.type in _CLOSE
        and token.startswith(".")
        and span_of(before).stop == span_of(token).start
    )
