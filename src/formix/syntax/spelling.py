"""How names, numbers and strings are spelled in a formula: read, and written as R writes them."""

from __future__ import annotations

import math
import re

TRUTHS = {"TRUE": True, "True": True, "FALSE": False, "False": False}
"""The spellings of truth values that are never columns, unless in backticks."""

SHORT_TRUTHS = {"T": True, "F": False}
"""R's short spellings, which are columns where a column stands."""

_NAME = re.compile(r"(?:[^\W\d]|[^\x00-\x7f]|\.+(?:[^\W\d]|[^\x00-\x7f]))(?:[\w.]|[^\x00-\x7f])*")
_ESCAPE = re.compile(
    r"\\(?:x(?P<x>[0-9a-fA-F]{1,2})|u\{(?P<ub>[0-9a-fA-F]{1,8})\}|u(?P<u>[0-9a-fA-F]{1,4})"
    r"|U\{(?P<Ub>[0-9a-fA-F]{1,8})\}|U(?P<U>[0-9a-fA-F]{1,8})|(?P<octal>[0-7]{1,3})"
    r"|(?P<plain>.))",
    re.DOTALL,
)
_PLAIN = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "\\": "\\",
    '"': '"',
    "'": "'",
    "`": "`",
    " ": " ",
    "\n": "\n",
}
_WRITTEN = {value: f"\\{key}" for key, value in _PLAIN.items() if key in 'ntrabfv\\"'}
_DIGITS = 15
_SURROGATES = range(0xD800, 0xE000)


class EscapeError(ValueError):
    """A backslash in a string with nothing known behind it; `start` and `stop` are its place."""

    def __init__(self, start: int, stop: int) -> None:
        super().__init__(start, stop)
        self.start = start
        self.stop = stop


def unquote(quoted: str) -> str:
    r"""Return what a quoted string or a name in backticks says, its escapes read as R reads them.

    Raises
    ------
    EscapeError
        If a backslash stands before something that is no escape.

    Examples
    --------
    >>> unquote(r'"a\tb"')
    'a\tb'
    >>> unquote("`odd name`")
    'odd name'
    """

    def read(match: re.Match[str]) -> str:
        kind = match.lastgroup
        if kind == "plain":
            if match["plain"] in _PLAIN:
                return _PLAIN[match["plain"]]
        elif kind is not None:
            point = int(match[kind], 8 if kind == "octal" else 16)
            if point <= 0x10FFFF and point not in _SURROGATES:
                return chr(point)
        raise EscapeError(match.start() + 1, match.end() + 1)

    return _ESCAPE.sub(read, quoted[1:-1])


def is_plain(name: str) -> bool:
    """Return whether a name may stand without backticks.

    Examples
    --------
    >>> [is_plain(name) for name in ("x.1", "_u", ".y", "größe", "odd name", ".1", "TRUE", "")]
    [True, True, True, True, False, False, False, False]
    """
    return (
        _NAME.fullmatch(name) is not None
        and name not in TRUTHS
        and all(is_letter(character) for character in name)
    )


def is_letter(character: str) -> bool:
    """Return whether a character may stand in a bare name: letters, marks and digits, `_`, `.`."""
    return character == "." or f"a{character}".isidentifier()


def spell_name(name: str) -> str:
    """Return a name as a formula spells it: in backticks where it must be.

    Examples
    --------
    >>> spell_name("x.1"), spell_name("odd name")
    ('x.1', '`odd name`')
    """
    if is_plain(name):
        return name
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def spell_text(value: str) -> str:
    r"""Return a string in double quotes, what cannot be seen written as R escapes it.

    Examples
    --------
    >>> print(spell_text('say "é"'), spell_text("a\tb"))
    "say \"é\"" "a\tb"
    """
    return '"' + "".join(_spell_character(character) for character in value) + '"'


def _spell_character(character: str) -> str:
    if character in _WRITTEN:
        return _WRITTEN[character]
    if character < " " or character == "\x7f":
        return f"\\{ord(character):03o}"
    return character


def spell_number(value: float) -> str:
    """Return a number as R prints it, in 15 digits, or in as many as it needs.

    Examples
    --------
    >>> [spell_number(number) for number in (2.0, 0.001, 1e-5, 1e5, 123456.7)]
    ['2', '0.001', '1e-05', '1e+05', '123456.7']
    """
    if not math.isfinite(value):
        raise ValueError("a formula has no infinite numbers")
    mantissa, _, exponent = f"{value:.{_DIGITS - 1}e}".partition("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    power = int(exponent)
    scientific = f"{mantissa}e{power:+03d}"
    decimals = max(0, len(mantissa.replace("-", "").replace(".", "")) - 1 - power)
    plain = f"{value:.{decimals}f}"
    shorter = plain if len(plain) <= len(scientific) else scientific
    return shorter if float(shorter) == value else repr(value)
