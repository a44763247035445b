"""A part of the page: what it is called, what is in it, or why it is not there."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formix.errors import FormixError, FormixWarning
from formix.reporting.html import Html, join, tag

if TYPE_CHECKING:
    from formix.reporting.html import Content
    from formix.reporting.reported import Reported

Write = Callable[["Reported"], Iterable["Content"]]
"""What writes a piece of the page, or refuses by an error."""


@dataclass(frozen=True)
class Part:
    """A section of the page.

    Parameters
    ----------
    slug
        Its address within the page.
    title
        Its heading.
    pieces
        What writes it, one after the other; where one fails, the others still stand.
    """

    slug: str
    title: str
    pieces: tuple[Write, ...]


def written(part: Part, reported: Reported) -> Html | None:
    """Return a part as a section of the page; nothing where it has nothing to say."""
    pieces = [attempt(write, reported) for write in part.pieces]
    if not any(piece.text for piece in pieces):
        return None
    return tag("section", tag("h2", part.title), *pieces, id=part.slug)


def attempt(write: Write, reported: Reported, what: str = "Part") -> Html:
    """Return what a piece writes, its warnings after it; or why it could not be written.

    One picture that fails must not cost the reader the rest of the page.
    """
    with _warnings() as heard:
        try:
            found = join(write(reported))
        except FormixError as refusal:
            found = remark(f"{what} left out: {refusal.message}.", refusal.hint)
        except Exception as error:
            logging.getLogger("formix").exception("a part of the report failed")
            found = remark(
                f"{what} left out, by a fault of formix: {type(error).__name__}: {error}"
            )
    return join([found, *(remark(text) for text in dict.fromkeys(heard))])


def remark(text: str, hint: str = "") -> Html:
    """Return a remark in the margin of what surrounds it."""
    more = [" ", tag("span", hint, class_="hint")] if hint else []
    return tag("p", text, *more, class_="remark")


@contextmanager
def _warnings() -> Generator[list[str]]:
    """Hear what formix warns of, and pass on every other warning."""
    heard: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", FormixWarning)
        yield heard
    for each in caught:
        if issubclass(each.category, FormixWarning):
            heard.append(str(each.message))
        else:
            warnings.warn_explicit(each.message, each.category, each.filename, each.lineno)
