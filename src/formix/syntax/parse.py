"""From a text to a formula (the lark door)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, cast

from lark import Lark
from lark.exceptions import UnexpectedToken

from formix.errors import ArgumentError, Span
from formix.resources import resource
from formix.syntax.build import Build
from formix.syntax.mistakes import MISTAKES, Mistake, mistake, words
from formix.syntax.tokens import DEEPEST, OPERATORS, FaultError, Passage, span_of
from formix.syntax.tree import Assignment, Equation, Formula, Node, children

if TYPE_CHECKING:
    from lark import Token

    from formix.errors import FormixError

LONGEST = 10_000
"""How many characters a formula may have."""

_END = "$END"
_LONGEST_SHOWN = 60
# Whether these may stand after an operand hangs on what stands further to the left.
_OFTEN_LEFT_OUT = {"ASSIGN", "LSQB", "COMPARISON", "BAR"}
_SIMPLE = {"NAME", "NUMBER", "BAR", "DOUBLE_BAR"}
_OPERANDS = {"NAME", "QUOTED", "NUMBER", "STRING", "DOT", "RPAR", "RSQB"}


def parse(text: str | Sequence[str]) -> Formula:
    """Return the formula that a text says, with the place of everything in it.

    A text may hold several formulas, parted by `;` or line ends: the first is the response's,
    the others are those of further parameters. Line ends inside brackets, and after or before an
    operator, part nothing. A list of texts is one formula, its texts joined by line ends.

    Raises
    ------
    FormulaSyntaxError
        If the text is no formula; the error shows where it stops being one, and what to type.
    ArgumentError
        If it is no text, nor a list of texts.

    Examples
    --------
    >>> formula = parse("Reaction ~ Days + (Days | Subject); sigma ~ Days")
    >>> formula.main.left
    Name(name='Reaction')
    >>> formula.others[0].right.span.of(formula.text)
    'Days'
    """
    texts = _texts(text)
    whole = "\n".join(texts)
    if len(whole) > LONGEST:
        span = Span(LONGEST, LONGEST + 1)
        raise mistake("long", whole, span, count=len(whole), longest=LONGEST)
    statements: list[Equation | Assignment] = []
    start = 0
    for part in texts:
        # Blanks in front put every span where it belongs in the whole.
        statements += _read(whole, " " * start + part)
        start += len(part) + 1
    if not statements:
        raise mistake("empty", whole, Span(0, len(whole)))
    main, *others = statements
    if isinstance(main, Assignment):
        raise mistake("assignment-first", whole, main.span, token=main.parameter.name)
    return Formula(text=whole, main=main, others=tuple(others))


def _texts(given: object) -> list[str]:
    if isinstance(given, str):
        return [given]
    if isinstance(given, list | tuple):
        texts = [one for one in cast("Sequence[object]", given) if isinstance(one, str)]
        if len(texts) == len(cast("Sequence[object]", given)):
            return texts
    raise ArgumentError(
        "a formula is a text, or a list of texts",
        hint='such as "y ~ x + (x | g)", or ["y ~ x", "sigma ~ z"]',
    )


def _read(whole: str, text: str) -> list[Equation | Assignment]:
    try:
        statements = _run(text)
        for statement in statements:
            if isinstance(statement, Equation):
                _measure(statement)
    except FaultError as fault:
        raise mistake(fault.mistake, whole, fault.span, **fault.words) from None
    except _StuckError as stuck:
        raise _explain(whole, stuck.situation) from None
    return statements


@cache
def _parser() -> Lark:
    grammar = resource("grammar", "formula.lark").read_text(encoding="utf-8")
    return Lark(
        grammar,
        parser="lalr",
        lexer="basic",
        postlex=Passage(),
        transformer=Build(),
        keep_all_tokens=True,
        maybe_placeholders=False,
    )


@dataclass(frozen=True)
class _Situation:
    """Where reading stopped: the token that fits no rule, its neighbours, and what would fit."""

    token: Token
    before: Token | None
    after: Token | None
    accepts: frozenset[str]

    @property
    def key(self) -> tuple[frozenset[str], str, str]:
        """What two situations share when the same is to be said of them."""
        before = self.before.type if self.before is not None else ""
        if before in _OPERANDS:
            before = "operand"
        elif before in OPERATORS:
            before = "operator"
        return self.accepts - _OFTEN_LEFT_OUT, before, self.token.type


class _StuckError(Exception):
    def __init__(self, situation: _Situation) -> None:
        super().__init__()
        self.situation = situation


def _run(text: str) -> list[Equation | Assignment]:
    """Return the formulas of a text, or raise the situation in which no rule fits."""
    reader = _parser().parse_interactive(text)
    stream = reader.lexer_thread.lex(reader.parser_state)
    before: Token | None = None
    token: Token
    for token in stream:
        try:
            reader.feed_token(token)
        except UnexpectedToken:
            accepts = frozenset(reader.accepts())
            raise _StuckError(_Situation(token, before, next(stream, None), accepts)) from None
        before = token
    if before is None:
        return []
    try:
        return cast("list[Equation | Assignment]", reader.feed_eof(before))
    except UnexpectedToken as error:
        accepts = frozenset(reader.accepts())
        raise _StuckError(_Situation(error.token, before, None, accepts)) from None


def _measure(equation: Equation) -> None:
    """Refuse operators nested too deep, before anything calls itself on the tree."""
    waiting: list[tuple[Node, int]] = [(equation.left, 1), (equation.right, 1)]
    waiting += [(addition, 1) for addition in equation.additions]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            raise FaultError("deep", node.span, deepest=DEEPEST)
        waiting += [(child, depth + 1) for child in children(node)]


@cache
def _lessons() -> dict[tuple[frozenset[str], str, str], Mistake]:
    """Return what the examples of mistakes.toml teach: where each goes wrong, and its entry."""
    lessons: dict[tuple[frozenset[str], str, str], Mistake] = {}
    for entry in MISTAKES.values():
        for example in entry.examples if entry.learn else ():
            try:
                _run(example)
            except _StuckError as stuck:
                lessons.setdefault(stuck.situation.key, entry)
    return lessons


def _explain(text: str, situation: _Situation) -> FormixError:
    """Return the error that says what is wrong in a situation and what to type instead."""
    token, before, after = situation.token, situation.before, situation.after
    entry = _entry(situation)
    if entry is None:
        entry = MISTAKES["ends-early" if token.type == _END else "unexpected"]
    if before is not None and (token.type == _END or before in entry.words):
        # Nothing stands where a formula ends, so its last token is shown.
        token = before
    named = {"token": token, "before": before, "after": after}
    simple = all(
        neighbour is not None and neighbour.type in _SIMPLE
        for name, neighbour in named.items()
        if f"{{{name}}}" in entry.simple
    )
    said = {name: _shown(neighbour) for name, neighbour in named.items()}
    said["wanted"] = words(situation.accepts)
    return entry.made(text, span_of(token), said, simple=simple)


def _shown(token: Token | None) -> str:
    """Return a token as a message shows it, within backticks of its own."""
    if token is None:
        return ""
    shown = token.strip("`") if token.type == "QUOTED" else str(token)
    if not shown.isprintable():
        shown = shown.encode("unicode_escape").decode()
    return shown if len(shown) <= _LONGEST_SHOWN else f"{shown[:_LONGEST_SHOWN]}..."


def _entry(situation: _Situation) -> Mistake | None:
    token, before = situation.token, situation.before
    near = {str(token), "" if before is None else str(before)}
    for entry in MISTAKES.values():
        if token.type in entry.tokens or near.intersection(entry.words):
            return entry
    return _lessons().get(situation.key)
