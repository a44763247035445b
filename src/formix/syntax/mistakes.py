"""Mistakes that formulas are known to hold, and what to say of each (grammar/mistakes.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formix import errors
from formix.resources import resource

if TYPE_CHECKING:
    from formix.errors import FormixError, Span


@dataclass(frozen=True)
class Mistake:
    """One entry: the error it raises, what it says, and formulas that make the mistake.

    `stage` is where it is noticed: reading (`parse`), expanding (`expand`), or against the data
    (`design`). The parser learns from the examples of those that have `learn`; `words` are texts
    of tokens, and `tokens` their kinds, that give the mistake away wherever they stand.
    """

    id: str
    error: type[FormixError]
    stage: str
    message: str
    hint: str
    examples: tuple[str, ...]
    simple: str = ""
    learn: bool = False
    words: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()

    def made(
        self, text: str, span: Span, said: Mapping[str, object], *, simple: bool = False
    ) -> FormixError:
        """Return the error, its message and hint filled in; `simple` asks for the simple hint."""
        hint = self.simple if simple and self.simple else self.hint
        # A name that stands in backticks anyway needs no second pair.
        message = self.message.format_map(said).replace("``", "`")
        return self.error(message, text=text, span=span, hint=hint.format_map(said))


def _read() -> tuple[dict[str, Mistake], dict[str, str]]:
    text = resource("grammar", "mistakes.toml").read_text(encoding="utf-8")
    contents = tomllib.loads(text)
    found: dict[str, Mistake] = {}
    for entry in contents["mistake"]:
        fields = {name: entry[name] for name in ("id", "stage", "message", "hint")}
        found[entry["id"]] = Mistake(
            **fields,
            error=getattr(errors, entry["error"]),
            examples=tuple(entry["examples"]),
            simple=entry.get("simple", ""),
            learn=entry.get("learn", False),
            words=tuple(entry.get("words", ())),
            tokens=tuple(entry.get("tokens", ())),
        )
    return found, contents["words"]


MISTAKES, _WORDS = _read()


def mistake(id: str, text: str, span: Span, **said: object) -> FormixError:
    """Return the error of an entry, its message and hint filled in.

    Parameters
    ----------
    id
        The entry.
    text, span
        The formula and the characters at fault.
    said
        What stands in the message's and hint's braces.

    Examples
    --------
    >>> print(mistake("unopened", "y ~ x)", errors.Span(5, 6), token=")"))
    this `)` closes nothing
    <BLANKLINE>
        y ~ x)
             ^
        take it out, or open it further to the left
    """
    return MISTAKES[id].made(text, span, said)


def words(terminals: Collection[str]) -> str:
    """Return in words what tokens may stand somewhere, such as "a column, a number or `(`"."""
    listed = [word for terminal, word in _WORDS.items() if terminal in terminals]
    listed = list(dict.fromkeys(listed))
    return " or ".join(part for part in (", ".join(listed[:-1]), *listed[-1:]) if part)
