"""A statement about parameters, such as `beta[Days] > 5`, read without evaluating anything.

    statement  = expression ("<" | "<=" | "=" | "==" | ">=" | ">") expression
    expression = operand { ("+" | "-" | "*" | "/" | "^" | "**") operand }
    operand    = { "+" | "-" } ( number | parameter | function "(" expression ")"
                                | "(" expression ")" )
    function   = "abs" | "exp" | "log" | "sqrt"
    parameter  = name { "[" labels "]" [ "." name ] }, its names in backticks where they are odd

Powers bind first and to the right, then signs, then `*` and `/`, then `+` and `-`, as in R.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NoReturn

from formix.errors import ArgumentError, Span

Kind = Literal["number", "parameter", "function", "prefix", "binary"]

FUNCTIONS = ("abs", "exp", "log", "sqrt")
"""What may stand before a parenthesis."""

LONGEST = 1000
"""Characters that a statement may have."""

EXAMPLE = "for example beta[Days] > 5, or sd_Subject[Intercept] - 2 * sigma > 0"
"""What a statement looks like."""

_BLANK = re.compile(r"\s*")
_NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_NAME = re.compile(r"`[^`]*`|[^\W\d][\w.:]*")
_SIGN = re.compile(r"<=|>=|==|\*\*|[-+*/^()<>=]")
_RELATIONS = {"<": "<", "<=": "<", ">": ">", ">=": ">", "=": "=", "==": "="}
_BINARY = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 4}
_PREFIX = 3


@dataclass(frozen=True)
class Step:
    """One step of an expression in the order in which it is computed, operands first.

    Parameters
    ----------
    kind
        What it is.
    text
        The number, the parameter without backticks around it, the function or the operator.
    span
        Where it stands.
    """

    kind: Kind
    text: str
    span: Span


@dataclass(frozen=True)
class Statement:
    """Two expressions and the relation between them: `<`, `=` or `>`."""

    text: str
    left: tuple[Step, ...]
    relation: str
    right: tuple[Step, ...]


@dataclass(frozen=True)
class _Token:
    kind: Literal["number", "parameter", "function", "sign"]
    text: str
    span: Span


@dataclass
class _Side:
    """An expression while it is read: the steps so far, and operators that wait for theirs."""

    steps: list[Step] = field(default_factory=list[Step])
    waiting: list[tuple[Step, int]] = field(default_factory=list[tuple[Step, int]])
    opened: list[int] = field(default_factory=list[int])
    operand: bool = True

    def release(self, least: int) -> None:
        """Let operators that bind as strongly take their operands, back to the last bracket."""
        while self.waiting and self.waiting[-1][1] >= least:
            self.steps.append(self.waiting.pop()[0])


_OPENED = 0
"""How strongly a bracket binds: nothing is released beyond it."""


def parse_statement(text: str) -> Statement:
    """Return what a text says of parameters.

    The text is data, not code: whether its parameters are there is for the fit to say.

    Raises
    ------
    ArgumentError
        If it is no statement, with the place where it stops being one.

    Examples
    --------
    >>> found = parse_statement("exp(beta[Days]) > 2")
    >>> [step.text for step in found.left], found.relation
    (['beta[Days]', 'exp'], '>')
    """
    if len(text) > LONGEST:
        _refuse(f"a statement has at most {LONGEST} characters", text, Span(LONGEST, LONGEST + 1))
    if not text.strip():
        _refuse("the statement is empty", text, Span(0, len(text)), EXAMPLE)
    left, side, relation = None, _Side(), ""
    for token in _tokens(text):
        if token.kind == "sign" and token.text in _RELATIONS:
            if side.opened or left is not None:
                _refuse("a statement compares once, outside parentheses", text, token.span)
            _finish(side, text, token.span)
            left, side, relation = side, _Side(), _RELATIONS[token.text]
        else:
            _take(side, token, text)
    last = Span(max(0, len(text.rstrip()) - 1), len(text.rstrip()))
    _finish(side, text, last)
    if left is None:
        _refuse(
            "nothing is compared", text, Span(0, len(text)), "compare it, as in `beta[Days] > 0`"
        )
    return Statement(text, tuple(left.steps), relation, tuple(side.steps))


def _tokens(text: str) -> Iterator[_Token]:
    place = _blank(text, 0)
    while place < len(text):
        if found := _NUMBER.match(text, place):
            kind, stop = "number", found.end()
        elif _NAME.match(text, place):
            stop = _parameter(text, place)
            called = text.startswith("(", _blank(text, stop))
            kind = "function" if called else "parameter"
        elif found := _SIGN.match(text, place):
            kind, stop = "sign", found.end()
        else:
            span = Span(place, place + 1)
            shown = text[place] if text[place].isprintable() else repr(text[place])[1:-1]
            hint = "the name of a column or level belongs in brackets" if text[place] == "[" else ""
            _refuse(f"`{shown}` cannot stand in a statement", text, span, hint)
        yield _Token(kind, text[place:stop], Span(place, stop))
        place = _blank(text, stop)


def _blank(text: str, place: int) -> int:
    found = _BLANK.match(text, place)
    return found.end() if found else place


def _parameter(text: str, place: int) -> int:
    """Return where a parameter ends: after its brackets, and what hangs on them by a dot."""
    found = _NAME.match(text, place)
    while found is not None:
        stop = found.end()
        if not text.startswith("[", stop):
            return stop
        stop = _bracket(text, stop)
        found = _NAME.match(text, stop + 1) if text.startswith(".", stop) else None
        place = stop
    return place


def _bracket(text: str, place: int) -> int:
    """Return where a bracket ends; brackets within it are labels', such as `recipe[B]`."""
    depth, stop = 0, place
    while stop < len(text):
        depth += (text[stop] == "[") - (text[stop] == "]")
        stop += 1
        if depth == 0:
            break
    if depth:
        _refuse("this bracket is never closed", text, Span(place, place + 1), "close it with `]`")
    return stop


def _take(side: _Side, token: _Token, text: str) -> None:
    """Put one token to the expression that it goes on with.

    References
    ----------
    Dijkstra (1961), MR 35, Mathematisch Centrum, Amsterdam (the shunting yard).
    """
    if token.text in ("(", ")") or token.kind == "function":
        _enclose(side, token, text)
    elif token.kind == "sign" and not side.operand:
        sign = "^" if token.text == "**" else token.text
        strength = _BINARY[sign]
        # Powers go to the right: the one before waits for the one behind.
        side.release(strength + (sign == "^"))
        side.waiting.append((Step("binary", sign, token.span), strength))
        side.operand = True
    elif token.kind == "sign":
        if token.text not in ("+", "-"):
            _refuse(f"a number or a parameter is missing before `{token.text}`", text, token.span)
        side.waiting.append((Step("prefix", token.text, token.span), _PREFIX))
    elif not side.operand:
        _refuse(f"an operator is missing before `{token.text}`", text, token.span)
    else:
        kind: Kind = "number" if token.kind == "number" else "parameter"
        side.steps.append(Step(kind, token.text, token.span))
        side.operand = False


def _enclose(side: _Side, token: _Token, text: str) -> None:
    if token.text == ")":
        if not side.opened:
            _refuse("this parenthesis was never opened", text, token.span)
        if side.operand:
            _refuse("a number or a parameter is missing before `)`", text, token.span)
        side.release(_OPENED + 1)
        side.opened.pop()
        side.waiting.pop()
        if side.waiting and side.waiting[-1][0].kind == "function":
            side.steps.append(side.waiting.pop()[0])
        return
    if not side.operand:
        _refuse(f"an operator is missing before `{token.text}`", text, token.span)
    if token.kind == "function":
        if token.text not in FUNCTIONS:
            _refuse(
                f"`{token.text}` is not a function here",
                text,
                token.span,
                f"functions: {', '.join(FUNCTIONS)}; a parameter is followed by an operator",
            )
        side.waiting.append((Step("function", token.text, token.span), _OPENED))
        return
    side.opened.append(token.span.start)
    side.waiting.append((Step("prefix", "(", token.span), _OPENED))


def _finish(side: _Side, text: str, span: Span) -> None:
    """Let every operator have its operands; `span` is where the expression ends."""
    if side.opened:
        start = side.opened[-1]
        _refuse("this parenthesis is never closed", text, Span(start, start + 1), "close it")
    if side.operand:
        _refuse("a number or a parameter is missing here", text, span)
    side.release(_OPENED + 1)


def _refuse(message: str, text: str, span: Span, hint: str = "") -> NoReturn:
    raise ArgumentError(message, text=text, span=span, hint=hint or EXAMPLE)
