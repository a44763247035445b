"""One number of a site, by the name under which results show it: `sd_Subject[Intercept]`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from formix.errors import ArgumentError, Span
from formix.spelling import label_text

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float

    from formix.results.layout import Site
    from formix.results.sample import Sample

_MOST = 20
"""Names that an error lists."""


@dataclass(frozen=True)
class Element:
    """A number of a site: the site, and its place along the site's axes."""

    site: Site
    place: tuple[int, ...]

    def draws(self, drawn: Sample) -> Float[np.ndarray, "chain draw"]:
        """Return its draws."""
        return drawn.draws(self.site).to_numpy()[(slice(None), slice(None), *self.place)]

    def label(self, drawn: Sample) -> str:
        """Return its labels as they stand in brackets."""
        axes = zip(self.site.dims, self.place, strict=True)
        return ", ".join(str(drawn.labels(dim)[j]) for dim, j in axes)


def element_of(name: str, drawn: Sample, text: str, span: Span) -> Element:
    """Return the number that a name means.

    Parameters
    ----------
    name
        The site with its labels in brackets, the site's name in backticks where it is odd.
    text, span
        Where it stands.

    Raises
    ------
    ArgumentError
        If there is no such site, or it has no such label, with what there is.
    ResultError
        If the fit has kept no draws of it.
    """
    sites = {site.name: site for site in (*drawn.sites, *drawn.effects)}
    found = _split(name, sites)
    if found is None:
        written = name.partition("[")[0].strip("`")
        raise ArgumentError(
            f"`{label_text(written)}` is not a parameter of this fit",
            text=text,
            span=span,
            hint=_hint(written, sites, "its parameters"),
        )
    site, inside = sites[found[0]], found[1]
    if site not in drawn.sites:
        raise drawn.not_kept(site)
    labels = [[str(label) for label in drawn.labels(dim)] for dim in site.dims]
    if not labels and not inside:
        return Element(site, ())
    place = _place(_squashed(inside), labels) if labels and inside else None
    if place is not None:
        return Element(site, place)
    if not labels:
        raise ArgumentError(
            f"`{site.name}` is one number, without labels",
            text=text,
            span=span,
            hint=f"write {site.name}",
        )
    example = f"{site.name}[{', '.join(some[-1 if len(labels) == 1 else 0] for some in labels)}]"
    said = f"`{inside}` is not in `{site.name}`" if inside else f"`{site.name}` has several numbers"
    known = "; ".join(_listed(some) for some in labels)
    near = get_close_matches(inside, labels[0], n=1) if len(labels) == 1 else []
    raise ArgumentError(
        said,
        text=text,
        span=span,
        hint=(f"did you mean `{site.name}[{near[0]}]`? " if near else f"such as {example}; ")
        + f"its labels: {known}",
    )


def _split(name: str, sites: Iterable[str]) -> tuple[str, str] | None:
    """Return the longest site that a name begins with, and what stands in its brackets."""
    plain = re.sub(r"`([^`]*)`", r"\1", name)
    for site in sorted(sites, key=len, reverse=True):
        rest = plain[len(site) :]
        if plain.startswith(site) and (not rest or (rest[0] == "[" and rest[-1] == "]")):
            return site, rest[1:-1]
    return None


def _place(inside: str, labels: list[list[str]]) -> tuple[int, ...] | None:
    """Return where labels joined by commas stand; labels may hold commas themselves."""
    *before, last = labels
    if not before:
        return next(((j,) for j, label in enumerate(last) if _squashed(label) == inside), None)
    for j, label in enumerate(last):
        tail = f",{_squashed(label)}"
        if inside.endswith(tail):
            rest = _place(inside[: -len(tail)], before)
            if rest is not None:
                return (*rest, j)
    return None


def _squashed(text: str) -> str:
    return re.sub(r"[\s`]+", "", text)


def _hint(written: str, known: Iterable[str], what: str) -> str:
    names = list(known)
    near = get_close_matches(written, names, n=1)
    return (f"did you mean `{near[0]}`? " if near else "") + f"{what}: {_listed(names)}"


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST
    shown = ", ".join(label_text(name) for name in names[:_MOST])
    return shown + (f" and {more} more" if more > 0 else "")
