"""Errors read as they did: the golden texts of every entry of mistakes.toml."""

from __future__ import annotations

import re

import pytest
from golden.mistakes import TEXTS, refusal, told

from formix.syntax.mistakes import MISTAKES, Mistake

ENTRIES = [entry for entry in MISTAKES.values() if entry.examples]
EXAMPLES = [(entry, example) for entry in ENTRIES for example in entry.examples]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_golden_text(entry: Mistake) -> None:
    assert told(entry) == (TEXTS / f"{entry.id}.txt").read_text(encoding="utf-8")


def test_every_golden_text_has_an_entry() -> None:
    assert {path.stem for path in TEXTS.glob("*.txt")} == {entry.id for entry in ENTRIES}


@pytest.mark.parametrize(("entry", "example"), EXAMPLES, ids=lambda one: getattr(one, "id", one))
def test_every_example_makes_its_own_mistake(entry: Mistake, example: str) -> None:
    error = refusal(example, entry.stage)
    assert type(error) is entry.error
    assert re.fullmatch(_pattern(entry.message), error.message, re.DOTALL)
    if entry.stage != "design":
        hints = [hint for hint in (entry.hint, entry.simple) if hint]
        assert any(re.fullmatch(_pattern(hint), error.hint, re.DOTALL) for hint in hints)
    assert error.hint
    assert error.text == example
    assert error.span is not None
    assert 0 <= error.span.start <= error.span.stop <= len(example)


def _pattern(template: str) -> str:
    """Return what a message looks like whatever its braces are filled with."""
    pieces = re.split(r"\{\w+\}", template)
    return ".+".join(re.escape(piece.replace("{{", "{").replace("}}", "}")) for piece in pieces)


def test_messages_are_one_line_in_one_voice() -> None:
    for entry in MISTAKES.values():
        for text in filter(None, (entry.message, entry.hint, entry.simple)):
            assert "\n" not in text
            assert not text.endswith(".") or text.endswith("~ .")
            assert not text[0].isupper() or text.startswith("I(")
