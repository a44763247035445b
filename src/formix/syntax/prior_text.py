"""A prior written as text, such as `Normal(0, 5)`, read without evaluating anything."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NoReturn, cast

from lark import Lark
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from formix.errors import PriorError, Span
from formix.resources import resource

if TYPE_CHECKING:
    from lark import Token, Tree

_NOWHERE = Span(0, 0)
_LONGEST = 1000
_EXAMPLE = "a prior is a name and its numbers, such as Normal(0, 5) or Normal(loc=0, scale=5)"
_WORDS = {
    "NAME": "a name",
    "NUMBER": "a number",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "COMMA": "`,`",
    "EQUAL": "`=`",
}


@dataclass(frozen=True)
class PriorCall:
    """A prior as written: a distribution's name, and its numbers by position or by name.

    `arguments` are pairs of a name, empty for one by position, and a number. Spans take no part
    in equality.

    Examples
    --------
    >>> parse_prior("Normal(0, scale=5)").arguments
    (('', 0.0), ('scale', 5.0))
    """

    name: str
    arguments: tuple[tuple[str, float], ...]
    text: str = field(default="", compare=False, repr=False, kw_only=True)
    name_span: Span = field(default=_NOWHERE, compare=False, repr=False, kw_only=True)
    argument_spans: tuple[Span, ...] = field(default=(), compare=False, repr=False, kw_only=True)

    @property
    def positional(self) -> tuple[float, ...]:
        """The numbers given by position."""
        return tuple(value for name, value in self.arguments if not name)

    @property
    def keyword(self) -> dict[str, float]:
        """The numbers given by name."""
        return {name: value for name, value in self.arguments if name}


def parse_prior(text: str) -> PriorCall:
    """Return the distribution and the numbers that a text names.

    The text is data, not code: a name, and numbers in parentheses, and nothing else. Whether the
    name is in the table of priors, and the numbers suit it, is for the table to say.

    Raises
    ------
    PriorError
        If the text is anything else.

    Examples
    --------
    >>> parse_prior("HalfStudentT(3, 56.3)")
    PriorCall(name='HalfStudentT', arguments=(('', 3.0), ('', 56.3)))
    """
    if len(text) > _LONGEST:
        raise PriorError(f"a prior has at most {_LONGEST} characters; this one has {len(text)}")
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        _refuse(text, error)
    name = cast("Token", tree.children[0])
    arguments, spans = _arguments(text, tree)
    return PriorCall(str(name), arguments, text=text, name_span=_span(name), argument_spans=spans)


@cache
def _parser() -> Lark:
    grammar = resource("grammar", "prior.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer="basic", maybe_placeholders=True)


def _span(token: Token) -> Span:
    start = token.start_pos or 0
    return Span(start, start + len(token))


def _arguments(
    text: str, tree: Tree[Token]
) -> tuple[tuple[tuple[str, float], ...], tuple[Span, ...]]:
    arguments: list[tuple[str, float]] = []
    spans: list[Span] = []
    given = cast("Tree[Token] | None", tree.children[1])
    for argument in cast("list[Tree[Token]]", given.children if given is not None else []):
        tokens = cast("list[Token]", argument.children)
        name = str(tokens[0]) if len(tokens) > 1 else ""
        span = _span(tokens[0]) | _span(tokens[-1])
        if argument.data == "word":
            message = f"`{tokens[0]}` is not a number"
            raise PriorError(message, text=text, span=span, hint=_EXAMPLE)
        if not name and arguments and arguments[-1][0]:
            raise PriorError(
                "a number by position cannot follow one by name",
                text=text,
                span=span,
                hint="put the numbers without a name first, or name them all",
            )
        if name and name in dict(arguments):
            raise PriorError(f"`{name}` is given twice", text=text, span=span, hint="keep one")
        arguments.append((name, _number(text, tokens[-1])))
        spans.append(span)
    return tuple(arguments), tuple(spans)


def _number(text: str, token: Token) -> float:
    value = float(token)
    if math.isinf(value) and "inf" not in token:
        raise PriorError(
            "this number is too large",
            text=text,
            span=_span(token),
            hint="for infinity write inf",
        )
    return value


def _refuse(text: str, error: UnexpectedInput) -> NoReturn:
    """Raise what is wrong with a text at the place where it stops being a prior."""
    if not text.strip():
        raise PriorError("the prior is empty", hint=_EXAMPLE) from None
    if isinstance(error, UnexpectedCharacters):
        span = Span(error.pos_in_stream, error.pos_in_stream + 1)
        message = f"`{span.of(text)}` cannot stand in a prior"
        raise PriorError(message, text=text, span=span, hint=_EXAMPLE) from None
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        span = _span(error.token)
        message = f"`{span.of(text)}` cannot stand here: {_wanted(error)} should"
    else:
        end = len(text.rstrip())
        span = Span(end - 1, end)
        message = f"the prior ends too early: {_wanted(error)} should follow"
    raise PriorError(message, text=text, span=span, hint=_EXAMPLE) from None


def _wanted(error: UnexpectedInput) -> str:
    expected: set[str] = set()
    if isinstance(error, UnexpectedToken | UnexpectedEOF):
        expected = set(error.expected)
    words = [word for name, word in _WORDS.items() if name in expected]
    if not words:
        return "nothing"
    return " or ".join(words)
