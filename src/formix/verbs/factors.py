"""The label of an interaction -> the columns that it multiplies."""

from __future__ import annotations


def factors(label: str) -> tuple[str, ...]:
    """Return the parts of a label between the colons that stand for an interaction.

    Those of a level, of a quoted name and of a function's arguments are none.

    Examples
    --------
    >>> factors("x:f[a:b]:`c:d`"), factors("I(x**2):f[b]")
    (('x', 'f[a:b]', '`c:d`'), ('I(x**2)', 'f[b]'))
    """
    parts, start, place = list[str](), 0, 0
    while place < len(label):
        if label[place] == ":":
            parts.append(label[start:place])
            start = place + 1
        place = _after(label, place)
    return (*parts, label[start:])


def _after(label: str, place: int) -> int:
    """Return where the next piece begins: past a level, a quoted name, arguments, or one letter."""
    match label[place]:
        case "[":
            end = _end_of_level(label, place)
        case "`":
            end = label.find("`", place + 1)
        case "(":
            end = _end_of_arguments(label, place)
        case _:
            end = place
    return end + 1 if end >= 0 else place + 1


def _end_of_level(label: str, place: int) -> int:
    """Return the bracket that ends a level, which may hold any character, brackets too."""
    end = label.find("]", place)
    while end >= 0 and label[end + 1 : end + 2] not in ("", ":", "["):
        end = label.find("]", end + 1)
    return end


def _end_of_arguments(label: str, place: int) -> int:
    depth, quote = 0, ""
    for at in range(place, len(label)):
        letter = label[at]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'`":
            quote = letter
        else:
            depth += (letter in "([") - (letter in ")]")
            if not depth:
                return at
    return -1
