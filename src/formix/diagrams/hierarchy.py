"""Spec -> the hierarchy of its data: which group lies in which, or is crossed with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from formix.diagrams.diagram import Diagram
from formix.diagrams.nesting import Group, Pair, group_of, is_constant, pair_of
from formix.diagrams.parts import Edge, Node
from formix.diagrams.tree import Branch, tree_text
from formix.spelling import label_text

if TYPE_CHECKING:
    from formix.spec import Block, Spec

ROWS = "rows"
"""The node of the rows."""

_CROSSED = ("crossed", "partly crossed")


@dataclass(frozen=True, repr=False)
class Hierarchy(Diagram):
    """The hierarchy of the data, as counts and as a diagram.

    Parameters
    ----------
    response
        The name of the response.
    rows
        How many rows there are.
    groups
        The groups, in the order of the formula.
    pairs
        How the levels of every two of them meet.
    constant
        For each term of the common (fixed) effects, the groups in whose levels it has one value:
        the widest of them, not those that are nested in these. A term of no group varies within
        every one.
    """

    response: str
    rows: int
    groups: tuple[Group, ...]
    pairs: tuple[Pair, ...]
    constant: tuple[tuple[str, tuple[str, ...]], ...]


def hierarchy_of(spec: Spec) -> Hierarchy:
    """Return the hierarchy of the data of a model."""
    blocks = {block.group: block for block in spec.blocks}
    groups = tuple(group_of(block) for block in blocks.values())
    pairs = tuple(pair_of(a, b) for a, b in combinations(blocks.values(), 2))
    within = _Within(groups, pairs)
    constant = tuple(_constant(spec, blocks, within))
    rows = len(spec.response.values)
    title = f"{label_text(spec.response.name)}: {_count(rows, 'row')}"
    return Hierarchy(
        text="\n".join([tree_text(_tree(title, within)), *_crossings(pairs), *_terms(constant)]),
        nodes=_nodes(title, within),
        edges=tuple(_edges(within)),
        plates=(),
        response=spec.response.name,
        rows=rows,
        groups=groups,
        pairs=pairs,
        constant=constant,
    )


class _Within:
    """Which groups lie in which: of those that are the same, the first stands for all."""

    def __init__(self, groups: Sequence[Group], pairs: Sequence[Pair]) -> None:
        self.pairs: dict[tuple[str, str], Pair] = {(p.first, p.second): p for p in pairs}
        twins = {pair.second for pair in pairs if pair.how == "same"}
        self.distinct = [group for group in groups if group.name not in twins]
        self.keys = {one.name: f"g{place}" for place, one in enumerate(self.distinct)}
        self._nested = {(p.first, p.second) for p in pairs if p.how == "nested"}
        self._nested |= {(p.second, p.first) for p in pairs if p.how == "contains"}

    def is_within(self, inner: str, outer: str) -> bool:
        """Whether each level of a group lies in one of another."""
        return (inner, outer) in self._nested

    def pair(self, a: str, b: str) -> Pair:
        return self.pairs.get((a, b)) or self.pairs[b, a]

    def parents(self, name: str) -> list[str]:
        """Return the groups that a group lies in, without those that these lie in."""
        wider = [one.name for one in self.distinct if self.is_within(name, one.name)]
        return [a for a in wider if not any(self.is_within(b, a) for b in wider)]

    def children(self, name: str) -> list[Group]:
        """Return the groups that hang from a group in the tree: each from one."""
        return [one for one in self.distinct if self.parents(one.name)[:1] == [name]]

    def called(self, name: str) -> str:
        """Return the name of a group with the others that are the same."""
        same = [b for (a, b), pair in self.pairs.items() if a == name and pair.how == "same"]
        return " = ".join(map(label_text, [name, *same]))


def _tree(title: str, within: _Within) -> Branch:
    roots = [one for one in within.distinct if not within.parents(one.name)]
    return Branch(title, tuple(_branch(one, within) for one in roots))


def _branch(group: Group, within: _Within) -> Branch:
    line = f"{within.called(group.name)}: {', '.join(_said(group))}"
    parents = within.parents(group.name)
    if parents:
        pair = within.pair(group.name, parents[0])
        line += f", {_range(pair.each)} in each level of {label_text(parents[0])}"
    if parents[1:]:
        line += f" (and within {' and '.join(map(label_text, parents[1:]))})"
    return Branch(line, tuple(_branch(one, within) for one in within.children(group.name)))


def _said(group: Group) -> list[str]:
    """Return the counts of a group in words."""
    said = [_count(group.levels, "level"), f"{_range(group.rows)} {_rows(group.rows)} each"]
    return [*said, f"{group.members} to a row"] if group.members > 1 else said


def _crossings(pairs: Sequence[Pair]) -> Iterator[str]:
    for pair in pairs:
        if pair.how in _CROSSED:
            names = f"{label_text(pair.first)} and {label_text(pair.second)}"
            yield f"{names}: {_crossing(pair)}, {_range(pair.rows)} {_rows(pair.rows)} each"


def _crossing(pair: Pair) -> str:
    """Return how far two groups are crossed in words."""
    if pair.how == "crossed":
        return f"fully crossed, {pair.met:,} pairs of levels"
    share = f"{_share(pair)} of {pair.possible:,} pairs of levels"
    parts = f" in {pair.parts:,} parts that do not meet" if pair.parts > 1 else ""
    return f"partly crossed, {pair.met:,} ({share}){parts}"


def _share(pair: Pair) -> str:
    share = 100.0 * pair.met / pair.possible
    # What is not all is never said to be.
    return f"{min(share, 99.9):.2g} %" if share < 10.0 else f"{min(share, 99.0):.0f} %"


def _constant(
    spec: Spec, blocks: Mapping[str, Block], within: _Within
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each term of the common effects, with the widest groups in which it has one value."""
    seen: set[str] = set()
    for predictor in spec.predictors:
        for term in dict.fromkeys(column.term for column in predictor.columns):
            if term == "1" or term in seen:
                continue
            seen.add(term)
            places = [j for j, column in enumerate(predictor.columns) if column.term == term]
            of = [
                one.name
                for one in within.distinct
                if all(is_constant(predictor.X[:, j], blocks[one.name]) for j in places)
            ]
            widest = [a for a in of if not any(within.is_within(a, b) for b in of)]
            yield term, tuple(widest)


def _terms(constant: Sequence[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    """Yield which terms are of which groups, those of the same on one line."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for term, groups in constant:
        alike.setdefault(groups, []).append(label_text(term))
    for groups, terms in alike.items():
        if groups:
            yield f"{', '.join(terms)}: one value in each level of {' and of '.join(groups)}"


def _nodes(title: str, within: _Within) -> tuple[Node, ...]:
    groups = (
        Node(key, (within.called(one.name), *_said(one)), "computed")
        for key, one in zip(within.keys.values(), within.distinct, strict=True)
    )
    return (*groups, Node(ROWS, (title,), "seen"))


def _edges(within: _Within) -> Iterator[Edge]:
    """Yield arrows from each group to what lies in it, then how others cross."""
    for name, key in within.keys.items():
        for parent in within.parents(name):
            each = _range(within.pair(name, parent).each)
            yield Edge(within.keys[parent], key, f"{each} each")
        if not any(within.is_within(one, name) for one in within.keys):
            yield Edge(key, ROWS)
    for (a, b), pair in within.pairs.items():
        if pair.how in _CROSSED and a in within.keys and b in within.keys:
            said = "crossed" if pair.how == "crossed" else f"crossed: {_share(pair)}"
            yield Edge(within.keys[a], within.keys[b], said, loose=True)


def _range(counts: tuple[int, int]) -> str:
    least, most = counts
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def _rows(counts: tuple[int, int]) -> str:
    return "row" if counts == (1, 1) else "rows"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
