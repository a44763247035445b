"""Lines of Python as a formatter would leave them, whatever its line length.

A line that fits in 88 characters stands as it is; a longer one is broken at its outermost
brackets, one item a line with a comma after the last, which formatters keep as it is.
"""

from __future__ import annotations

WIDTH = 88
_OPEN, _CLOSE = "([{", ")]}"


def laid_out(text: str, indent: int) -> list[str]:
    """Return one statement as lines, each indented by so many blanks."""
    blanks = " " * indent
    if len(blanks) + len(text) <= WIDTH:
        return [blanks + text]
    tail = "," if text.endswith(",") else ""
    inner = text.removesuffix(",")
    # The last bracket that closes at the end of the line, or before a colon.
    colon = ":" if inner.endswith(":") else ""
    inner = inner.removesuffix(":")
    opening = _last_group(inner)
    if opening < 0 or not inner[opening + 1 : -1]:
        return [blanks + text]
    lines = [blanks + inner[: opening + 1]]
    for item in _items(inner[opening + 1 : -1]):
        lines += laid_out(f"{item},", indent + 4)
    return [*lines, f"{blanks}{inner[-1]}{colon}{tail}"]


def _last_group(text: str) -> int:
    """Return where the bracket opens that closes at the end of `text`, or -1."""
    if not text or text[-1] not in _CLOSE:
        return -1
    opened: list[int] = []
    for place, character in _code(text):
        if character in _OPEN:
            opened.append(place)
        elif character in _CLOSE:
            start = opened.pop()
            if place == len(text) - 1:
                return start
    return -1


def _items(text: str) -> list[str]:
    """Split at the commas outside brackets and strings."""
    depth, start = 0, 0
    items: list[str] = []
    for place, character in _code(text):
        depth += (character in _OPEN) - (character in _CLOSE)
        if character == "," and depth == 0:
            items.append(text[start:place].strip())
            start = place + 1
    return [*items, text[start:].strip()]


def _code(text: str) -> list[tuple[int, str]]:
    """Return the characters outside string literals, with their places."""
    found: list[tuple[int, str]] = []
    quote = ""
    for place, character in enumerate(text):
        if quote:
            if character == quote and _even_backslashes(text, place):
                quote = ""
        elif character in "'\"":
            quote = character
        else:
            found.append((place, character))
    return found


def _even_backslashes(text: str, place: int) -> bool:
    count = 0
    while place - count > 0 and text[place - count - 1] == "\\":
        count += 1
    return count % 2 == 0
