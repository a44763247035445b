"""How user text and numbers enter the program and tables: identifiers, literals, labels."""

from __future__ import annotations

import keyword
import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from jaxtyping import Float

OURS = (
    "TruncatedGamma",
    "adjacent",
    "censored",
    "continuing",
    "cumulative",
    "dirichlet",
    "half_t",
    "ordered",
    "stopping",
    "truncated",
    "weighted",
)
"""Names of formix.distributions, as an import lists them."""

SPECIAL = ("expit", "log_ndtr", "ndtr")
"""Functions of jax.scipy.special that programs are written with, as an import lists them."""

_TAKEN = frozenset(
    {"jax", "jnp", "dist", "numpyro", "model", "data", "mcmc", "block_diag", *OURS, *SPECIAL}
)
_LONGEST = 22
_COMMENT = 84
_LABEL = 60


class Identifiers:
    """Gives out the names of a program: ASCII, unique, never a keyword.

    Examples
    --------
    >>> names = Identifiers()
    >>> [names.make(text) for text in ("batch:cask", "batch cask", "lambda", "größe")]
    ['batch_cask', 'batch_cask_2', 'lambda_', 'grosse']
    """

    def __init__(self, given: Iterable[str] = ()) -> None:
        self._given: set[str] = {*_TAKEN, *given}
        self._of: dict[Hashable, str] = {}

    def make(self, text: str) -> str:
        """Return an identifier that reads like `text` and was not given out before."""
        slug = _slug(text)
        name, count = slug, 1
        while name in self._given:
            count += 1
            name = f"{slug}_{count}"
        self._given.add(name)
        return name

    def of(self, thing: Hashable, text: str) -> str:
        """Return the one identifier of a thing, made of `text` when it is first asked for."""
        if thing not in self._of:
            self._of[thing] = self.make(text)
        return self._of[thing]


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    ascii_only = plain.encode("ascii", "ignore").decode("ascii")
    slug = re.sub(r"[^0-9A-Za-z]+", "_", ascii_only).strip("_")[:_LONGEST].strip("_")
    if not slug or slug[0].isdigit():
        slug = f"x_{slug}" if slug else "x"
    if keyword.iskeyword(slug) or keyword.issoftkeyword(slug):
        slug += "_"
    return slug


def number_text(value: float) -> str:
    """Return a number as the program writes it."""
    if np.isposinf(value):
        return "jnp.inf"
    if np.isneginf(value):
        return "-jnp.inf"
    return repr(float(value))


def vector_text(values: Sequence[float] | Float[np.ndarray, " k"]) -> str:
    """Return a vector as the program writes it."""
    return f"jnp.array([{', '.join(number_text(float(value)) for value in values)}])"


def string_text(value: str) -> str:
    """Return a string literal in the quotes that a formatter would choose, unprintables escaped."""
    single, double = value.count("'"), value.count('"')
    body = "".join(c if c in "'\"" else repr(c)[1:-1] for c in value)
    if double > single:
        return "'" + body.replace("'", "\\'") + "'"
    return '"' + body.replace('"', '\\"') + '"'


def one_line(text: str) -> str:
    r"""Return text with what would break a line or move a terminal's cursor as Python escapes it.

    Examples
    --------
    >>> print(one_line("two\nlines"), one_line("größe"))
    two\nlines größe
    """
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def label_text(label: object) -> str:
    """Return a label as a table prints it: on one line, the middle of a long one left out.

    Examples
    --------
    >>> label_text(308), label_text("x" * 40 + "y" * 40)
    ('308', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxx...yyyyyyyyyyyyyyyyyyyyyyyyyyyy')
    """
    line = one_line(str(label))
    if len(line) <= _LABEL:
        return line
    end = (_LABEL - 3) // 2
    return f"{line[: _LABEL - 3 - end]}...{line[-end:]}"


def comment_text(text: str) -> str:
    """Return `text` as one line of a comment, printable and of bounded length."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _COMMENT else line[: _COMMENT - 4] + " ..."
