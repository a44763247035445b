"""A fit as one page that opens anywhere."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from formix.errors import ArgumentError, ResultError
from formix.reporting.html import Html, join, tag
from formix.reporting.page import page
from formix.reporting.part import attempt, written
from formix.reporting.parts import PARTS
from formix.reporting.parts.diagnostics import sentence, verdict
from formix.reporting.parts.pictures import lacking
from formix.reporting.reported import Reported
from formix.results.files import write_whole
from formix.spelling import label_text
from formix.versions import version_of

if TYPE_CHECKING:
    from formix.families import Family

ENDINGS = (".html", ".htm")
"""Of a page."""


def report(
    fit: object,
    path: str | Path = "",
    *,
    title: str = "",
    file: str | Path = "",
    functions: Mapping[str, Callable[..., Any]] | None = None,
    priors: Mapping[str, object] | None = None,
    family: Family | None = None,
) -> Path:
    """Write a fit as one page of HTML, and return its path.

    The page has what was fitted and to which data, priors, estimates, group-level (random) effects,
    diagnostics, pictures, the program, lme4's estimates beside, and how to make the same fit again.
    It needs nothing beside itself: it runs no script and fetches nothing. What cannot be made of a
    model is left out, with its reason in its place. A file that is there is replaced, at once and
    only when the page is whole.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened.
    path
        Of the page, ending in `.html`. It must be given: no page is replaced that was not named.
    title
        Of the page; by default it names the response.
    file
        The file that the fit lies in; its name stands in the code that the page shows. By default
        it has the page's own name, with the ending `.nc`.
    functions, priors, family
        The user's own functions, priors outside the table, and the user's own family, where the
        model has any: a result does not hold them, and the parts that need them say so.

    Raises
    ------
    ResultError
        If the result is not one of formix, is damaged, has no posterior draws, or the place cannot
        be written.
    ArgumentError
        If the path is none, or has another ending.

    Examples
    --------
    >>> fx.report(fit, "sleepstudy.pdf")
    Traceback (most recent call last):
        ...
    formix.errors.ArgumentError: a report cannot be written to `sleepstudy.pdf`
    ...
    """
    place = report_place(path)
    name = Path(file).name or f"{place.stem}.nc"
    reported = Reported(fit, name, functions, priors, family)
    _write(place, _text(reported, title))
    return place


def report_place(path: str | Path) -> Path:
    """Return the path of a page.

    Raises
    ------
    ArgumentError
        If it is none, or has an ending other than `.html`.
    """
    given = cast("object", path)
    if given == "":
        raise ArgumentError(
            "a report needs the path of its page", hint='for example fx.report(fit, "fit.html")'
        )
    if not isinstance(given, str | os.PathLike):
        raise ArgumentError(
            f"{path!r} is not the path of a file", hint='for example fx.report(fit, "fit.html")'
        )
    place = Path(path).expanduser()
    if place.suffix.lower() not in ENDINGS or place.is_dir():
        raise ArgumentError(
            f"a report cannot be written to `{place}`", hint=f"name it `{place.stem}.html`"
        )
    return place


def _text(reported: Reported, title: str) -> str:
    # A result that is not one of a fit is refused before a page is begun.
    recipe, drawn = reported.recipe, reported.drawn
    kind = "multilevel model" if drawn.effects else "model"
    shown = title or f"A {kind} of {label_text(reported.response)}"
    parts: dict[str, tuple[str, Html]] = {}
    for part in PARTS:
        found = written(part, reported)
        if found is not None:
            parts[part.slug] = part.title, found
    heading = join(
        [
            tag("h1", shown),
            tag("p", tag("code", "\n".join(recipe.formula.splitlines())), class_="formula"),
            sentence(reported),
            verdict(reported),
            attempt(lacking, reported),
        ]
    )
    foot = tag("p", f"Made by formix {version_of('formix')}, from the fit alone.")
    return page(shown, heading, parts, foot)


def _write(place: Path, text: str) -> None:
    """Write a text to its place, whole or not at all."""
    try:
        write_whole(place, lambda made: made.write_text(text, encoding="utf-8", newline="\n"))
    except OSError as error:
        raise ResultError(
            f"cannot write `{place}`: {error.strerror or error}",
            hint="does the folder exist, and is it writable?",
        ) from error
