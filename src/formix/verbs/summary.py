"""A fit at a glance: one table, shaped as lme4's and brms's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from formix.notebook import preformatted, sectioned
from formix.results.diagnostics import element
from formix.results.json_text import decode
from formix.results.sample import Sample, sample
from formix.spelling import label_text
from formix.verbs.arguments import truth
from formix.verbs.cells import cells
from formix.verbs.estimates import PROB, estimates, tails
from formix.verbs.ranef import check_kept
from formix.verbs.structures import told
from formix.verbs.varcorr import named

if TYPE_CHECKING:
    from formix.results.layout import Site
    from formix.verbs.structures import Told


@dataclass(frozen=True)
class Section:
    """A titled part of the table: where its rows begin and end, and how they are shown."""

    title: str
    start: int
    labels: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Summary:
    """The summary of a fit: `frame` to compute with, text to read.

    Parameters
    ----------
    frame
        One row a parameter, by its address (`beta[Days]`, `sd_Subject[Days]`): mean, sd, the ends
        of the equal-tailed interval, `rhat`, `ess_bulk`, `ess_tail`.
    heading
        The family, the formula and how it was sampled.
    sections
        The parts of the printed table.
    counts
        How many observations and levels there are.
    """

    frame: pd.DataFrame
    heading: tuple[str, ...]
    sections: tuple[Section, ...]
    counts: str

    def __str__(self) -> str:
        parts = [
            (section.title, [[f"  {label}", *cells] for label, *cells in rows])
            for section, rows in self._rows()
        ]
        lines = [row for _, rows in parts for row in rows]
        widths = [max(map(len, column)) for column in zip(self._names(), *lines, strict=True)]
        text = [*self.heading, "", _row(self._names(), widths)]
        for title, rows in parts:
            text += [title, *(_row(row, widths) for row in rows)]
        return "\n".join([*text, "", self.counts])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        """Return the table for a notebook, under its heading."""
        parts = [(section.title, rows) for section, rows in self._rows()]
        heading = preformatted("\n".join(self.heading))
        return "\n".join([heading, sectioned(self._names(), parts), preformatted(self.counts)])

    def _names(self) -> list[str]:
        return ["", *(HEADINGS.get(name, name) for name in self.frame.columns)]

    def _rows(self) -> Iterator[tuple[Section, list[list[str]]]]:
        """Yield each section with its rows: label and numbers as text."""
        shown = cells(self.frame)
        for section in self.sections:
            labels = map(label_text, section.labels)
            numbers = shown[section.start : section.start + len(section.labels)]
            yield section, [[label, *row] for label, row in zip(labels, numbers, strict=True)]


HEADINGS = {"rhat": "R-hat", "ess_bulk": "bulk ESS", "ess_tail": "tail ESS"}
"""What columns are called where they are read."""


def summary(fit: object, *, prob: float = PROB, ranef: bool = False) -> Summary:
    """Return a summary of a fit: its parameters, how they were sampled, what it was fitted to.

    Parameters
    ----------
    fit
        What `Model.fit` returned, or a file of it that was opened; draws from the prior too, which
        are independent and so have no R-hat.
    prob
        The probability that the equal-tailed interval holds.
    ranef
        Whether the group-level (random) effects are listed too.

    Raises
    ------
    ResultError
        If the result is not one of formix, or the effects to be listed were not kept.

    References
    ----------
    Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021), doi:10.1214/20-BA1221 (R-hat, ESS).

    Examples
    --------
    >>> table = fx.summary(fit)
    >>> table.frame.index.tolist()[:3]
    ['sd_Subject[Intercept]', 'sd_Subject[Days]', 'cor_Subject[Days, Intercept]']
    >>> print(str(table).splitlines()[-1])
    Number of obs: 180, groups: Subject, 18
    """
    drawn = sample(fit)
    tails(prob)
    if truth("ranef", ranef):
        check_kept(drawn, drawn.effects)
    found = list(parts(drawn, ranef))
    columns: list[dict[str, np.ndarray]] = []
    names: list[str] = []
    sections: dict[str, list[str]] = {}
    for part in found:
        columns.append(estimates(part.draws, prob, diagnostics=drawn.group == "posterior"))
        names += part.names
        sections.setdefault(part.title, []).extend(part.labels)
    frame = pd.concat([pd.DataFrame(column) for column in columns]) if columns else pd.DataFrame()
    frame.index = pd.Index(names, name="parameter")
    return Summary(frame, _heading(drawn), tuple(_sections(sections)), _counts(drawn))


@dataclass(frozen=True, eq=False)
class Part:
    """The rows of one site: the section they stand in, their addresses, labels and draws."""

    title: str
    names: list[str]
    labels: list[str]
    draws: np.ndarray


def parts(drawn: Sample, ranef: bool) -> Iterator[Part]:
    """Yield the rows in the order of the printed table: groups, common effects, the rest."""
    correlations = {(site.group, site.predictor): site for site in drawn.of("cor")}
    groups = list(dict.fromkeys(site.group for site in drawn.of("sd")))
    counts = drawn.levels
    for group in groups:
        levels = f" ({counts[group]} level{'s' * (counts[group] != 1)})" if group in counts else ""
        title = f"Group-level effects: {label_text(group)}{levels}"
        for site in (site for site in drawn.of("sd") if site.group == group):
            cor = correlations.get((group, site.predictor))
            found = told(drawn, site, cor)
            yield _deviations(drawn, site, title, found)
            if cor is not None:
                yield _correlations(drawn, cor, title, found)
        for site in (site for site in drawn.of("covariance") if site.group == group):
            yield _scalar(drawn, site, title)
        for site in (site for site in drawn.of("ranef") if ranef and site.group == group):
            yield _levels(drawn, site, title)
    for site in drawn.of("common"):
        yield _vector(drawn, site, "Common effects", "{}")
    for site in (site for site in drawn.of("shrinkage") if not site.dims):
        yield _scalar(drawn, site, "Shrinkage of common effects")
    for site in drawn.of("auxiliary"):
        yield _scalar(drawn, site, "Family parameters")


def _vector(drawn: Sample, site: Site, title: str, shape: str) -> Part:
    names = [element(site.name, (label,)) for label in drawn.labels(site.dims[0])]
    labels = [shape.format(label) for label in drawn.effect_labels(site)]
    return Part(title, names, labels, drawn.draws(site).to_numpy())


def _deviations(drawn: Sample, site: Site, title: str, found: Told) -> Part:
    """Return the standard deviations, once where effects share one."""
    names = [element(site.name, one.labels) for one in found.deviations]
    labels = [f"sd({named(drawn, site, one.labels)})" for one in found.deviations]
    return Part(title, names, labels, _at(drawn, site, [one.place for one in found.deviations]))


def _at(drawn: Sample, site: Site, places: Sequence[tuple[int, ...]]) -> np.ndarray:
    """Return the draws of some elements of a site, side by side."""
    draws = drawn.draws(site).to_numpy()
    some = [draws[(..., *place)] for place in places]
    return np.stack(some, axis=2) if some else np.zeros((*draws.shape[:2], 0))


def _correlations(drawn: Sample, site: Site, title: str, found: Told) -> Part:
    """Return the correlations that are free."""
    labels, shown = drawn.labels(site.dims[-1]), drawn.effect_labels(site)
    names: list[str] = []
    titles: list[str] = []
    for pair in found.correlations:
        i, j = pair.place[-2:]
        names.append(element(site.name, (*pair.before, labels[i], labels[j])))
        titles.append(f"cor({', '.join([*map(str, pair.before), shown[j], shown[i]])})")
    return Part(title, names, titles, _at(drawn, site, [p.place for p in found.correlations]))


def _levels(drawn: Sample, site: Site, title: str) -> Part:
    levels, effects = drawn.labels(site.dims[0]), drawn.labels(site.dims[1])
    pairs = [(level, effect) for level in levels for effect in effects]
    names = [element(site.name, pair) for pair in pairs]
    return Part(title, names, [element("r", pair) for pair in pairs], drawn.draws(site).to_numpy())


def _scalar(drawn: Sample, site: Site, title: str) -> Part:
    draws = drawn.draws(site).to_numpy()
    axes = [drawn.labels(dim) for dim in site.dims]
    places = np.ndindex(*draws.shape[2:])
    names = [
        element(site.name, tuple(axis[i] for axis, i in zip(axes, place, strict=True)))
        for place in places
    ]
    return Part(title, names, names, draws)


def _sections(labels: dict[str, list[str]]) -> Iterator[Section]:
    start = 0
    for title, some in labels.items():
        yield Section(title, start, tuple(some))
        start += len(some)


def _heading(drawn: Sample) -> tuple[str, ...]:
    said = drawn.found.attributes
    links = decode(said.get("links", "{}"), "links")
    shown = "; ".join(f"{parameter} {name}" for parameter, name in links.items())
    sizes = drawn.found[drawn.group].sizes
    chains = f"{sizes['chain']} chains of {sizes['draw']} draws"
    engine = said.get("engine", "")
    about = ", an approximation" if said.get("approximation") else ""
    by = f" by {engine}{about}" if engine and drawn.group == "posterior" else ""
    return (
        f"Formula: {said.get('formula', '')}".replace("\n", "\n         "),
        f"Family:  {said.get('family', '')} ({shown})",
        f"Draws:   {chains if sizes['chain'] > 1 else chains.replace('chains', 'chain')}"
        f"{by}{' from the prior' if drawn.group == 'prior' else ''}",
    )


def _counts(drawn: Sample) -> str:
    groups = "".join(f"; {label_text(name)}, {count}" for name, count in drawn.levels.items())
    return f"Number of obs: {drawn.observations}" + (f", groups: {groups[2:]}" if groups else "")


def _row(texts: list[str], widths: list[int]) -> str:
    name, *numbers = texts
    padded = [f"{cell:>{width}}" for cell, width in zip(numbers, widths[1:], strict=True)]
    return "  ".join([f"{name:<{widths[0]}}", *padded])
