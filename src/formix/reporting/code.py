"""Programs as the page shows them: words told apart by colour (the Pygments door)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pygments.lexers.bibtex import BibTeXLexer
from pygments.lexers.python import PythonLexer
from pygments.lexers.r import SLexer
from pygments.lexers.shell import BashLexer
from pygments.token import Token

from formix.reporting.html import Html, join, tag

if TYPE_CHECKING:
    from pygments.token import TokenType

Language = Literal["python", "r", "sh", "bibtex"]

_LEXERS = {"python": PythonLexer, "r": SLexer, "sh": BashLexer, "bibtex": BibTeXLexer}

_CLASSES = {
    Token.Keyword: "k",
    Token.Literal.String: "s",
    Token.Literal.Number: "m",
    Token.Comment: "c",
}
"""What the style sheet has colours for."""


def code(text: str, language: Language, label: str) -> Html:
    """Return a program, its keywords, strings, numbers and comments marked.

    Parameters
    ----------
    label
        What it is, for who hears the page.
    """
    lexer = _LEXERS[language](stripnl=False, ensurenl=False)
    words = [_marked(word, kind) for kind, word in lexer.get_tokens(text.rstrip("\n"))]
    return tag("pre", tag("code", *words), tabindex=0, role="region", aria_label=label)


def _marked(word: str, kind: TokenType) -> Html:
    name = next((name for known, name in _CLASSES.items() if kind in known), "")
    return tag("span", word, class_=name) if name else join([word])
