"""The page of errors, from the table of mistakes and the texts that its tests hold."""

from __future__ import annotations

from pathlib import Path

from formix.syntax.mistakes import MISTAKES, Mistake

_TOLD = Path(__file__).parents[2] / "tests" / "golden" / "mistakes"

_STAGES = {
    "parse": "What cannot be read",
    "expand": "What can be read, but means nothing",
    "design": "What the data does not have, or cannot be",
}

_HEAD = """\
# Errors, explained

A formula that is refused is told with a caret under the characters at fault, and with what to
type instead. This page is made from the table that formix itself reads (`grammar/mistakes.toml`):
what is said, what to do, and how it looks. Words in braces stand for what your formula has there.

All errors are children of `formix.FormixError`, and of the built-in error that they are a kind of
(`ValueError`, `KeyError`, ...); warnings are children of `formix.FormixWarning`.
"""


def errors_page() -> str:
    """Return the page, by the stage at which a mistake is noticed."""
    parts = [_HEAD]
    for stage, title in _STAGES.items():
        parts.append(f"## {title}\n")
        parts += [_entry(entry) for entry in MISTAKES.values() if entry.stage == stage]
    return "\n".join(parts)


def _entry(entry: Mistake) -> str:
    lines = [
        f"(mistake-{entry.id})=",
        f"### {entry.id.replace('-', ' ')}",
        "",
        f"`{entry.error.__name__}`: {_escaped(entry.message)}",
        "",
        f"What to do: {_escaped(entry.hint)}",
        "",
    ]
    told = _TOLD / f"{entry.id}.txt"
    if told.exists():
        first = told.read_text(encoding="utf-8").rstrip("\n").split("\n\n\n")[0]
        shown = _first(first)
        lines += ["````text", shown, "````", ""]
    return "\n".join(lines)


def _first(text: str) -> str:
    """Return the first of the errors that are told below one another."""
    lines = text.splitlines()
    for number, line in enumerate(lines[1:], start=1):
        if line and not line.startswith(" ") and "Error: " in line.split("`")[0]:
            return "\n".join(lines[:number]).rstrip()
    return text


def _escaped(text: str) -> str:
    """Return a message as Markdown that shows it letter by letter, its backticks as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return "`` " + text + " ``"
    code = (f"`{part}`" if k % 2 and part else _plain(part) for k, part in enumerate(parts))
    return "".join(code)


def _plain(text: str) -> str:
    for special in "\\*_[]<>|$~#":
        text = text.replace(special, "\\" + special)
    return text
