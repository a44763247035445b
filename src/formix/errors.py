"""What goes wrong, said in one shape: the fault, the formula, a caret, what to type next."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Span:
    """Where something stands in a formula: characters `start` up to, not including, `stop`."""

    start: int
    stop: int

    def __or__(self, other: Span) -> Span:
        """Return the smallest span that covers both."""
        return Span(min(self.start, other.start), max(self.stop, other.stop))

    def of(self, text: str) -> str:
        """Return the characters of `text` that the span covers."""
        return text[self.start : self.stop]


_LONGEST_LINE = 88


def caret(text: str, span: Span) -> str:
    """Return the line of `text` where `span` begins, and under it a caret and tildes to its end."""
    begin = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.start)
    line = text[begin:] if end < 0 else text[begin:end]
    start, stop = span.start - begin, min(span.stop - begin, len(line))
    if len(line) > _LONGEST_LINE:
        line, start, stop = _window(line, start, stop)
    before, width = _width(line[:start]), max(1, _width(line[start:stop]))
    # Tabs would push the caret aside, and control characters might do anything to a terminal.
    shown = "".join(one if one.isprintable() else " " for one in line)
    return f"{shown}\n{' ' * before}^{'~' * (width - 1)}"


def _window(line: str, start: int, stop: int) -> tuple[str, int, int]:
    """Return what surrounds a place in a long line, with dots for the rest, and the place there."""
    first = max(0, min(start - _LONGEST_LINE // 2, len(line) - _LONGEST_LINE))
    last = min(len(line), first + _LONGEST_LINE)
    dots = "... " if first else ""
    shown = dots + line[first:last] + (" ..." if last < len(line) else "")
    moved = len(dots) - first
    return shown, start + moved, min(stop, last) + moved


def _width(text: str) -> int:
    """Return how many places of a terminal a text takes: wide characters two, accents none."""
    places = (2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
    return sum(places) - sum(unicodedata.combining(character) > 0 for character in text)


class FormixError(Exception):
    """Anything formix refuses, with its place in the formula where there is one.

    Parameters
    ----------
    message
        What is wrong, in the user's words, one line.
    text, span
        The formula and the characters at fault.
    hint
        What to type next.
    """

    def __init__(
        self,
        message: str,
        *,
        text: str | None = None,
        span: Span | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.text = text
        self.span = span
        self.hint = hint

    def __str__(self) -> str:
        lines = [self.message]
        if self.text and not self.text.isspace() and self.span is not None:
            lines += [
                "",
                *(f"    {line}" for line in caret(self.text, self.span).split("\n")),
            ]
        elif self.hint:
            lines.append("")
        lines += [f"    {line}" for line in self.hint.splitlines()]
        return "\n".join(lines)


class FormulaError(FormixError, ValueError):
    """A formula that cannot be read, or means nothing that can be fitted."""


class FormulaSyntaxError(FormulaError):
    """A text that is not a formula."""


class UnknownColumnError(FormulaError, LookupError):
    """A name that is not a column of the data."""


class UnknownFunctionError(FormulaError, LookupError):
    """A function outside the closed list."""


class UnknownLevelError(FormulaError, LookupError):
    """A level of a factor that the model has not seen."""


class UnsupportedError(FormulaError, NotImplementedError):
    """Something that the language has and this version cannot fit."""


class DataError(FormixError, ValueError):
    """Data that no model can be fitted to."""


class PriorError(FormixError, ValueError):
    """A prior that cannot be read, matches nothing, or does not suit its parameter."""


class ArgumentError(FormixError, ValueError):
    """An argument of a public function outside what it accepts."""


class EngineError(FormixError, RuntimeError):
    """A sampler that could not start or finish."""


class ResultError(FormixError, ValueError):
    """A fit, or a file of one, that cannot be read or lacks what a verb needs."""


class MissingLibraryError(FormixError, ImportError):
    """An optional library that is not installed, with what installs it."""


class FormixWarning(UserWarning):
    """What may change the answer."""


class ConvergenceWarning(FormixWarning):
    """Draws that should not be trusted yet."""


class RankWarning(FormixWarning):
    """Columns that cannot be told apart from others, and were dropped."""


class DataWarning(FormixWarning):
    """Data from which little can be learnt, though proper priors still fit."""


class FallbackWarning(FormixWarning):
    """A way of computing that was given up for another."""
